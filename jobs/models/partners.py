"""Organisations that hand over postings by machine, portals from which postings are fetched, monthly supply lists."""

from typing import Self

from django.db import models
from django.db.models import Q

from core import audit
from core.models import PublicModel, VersionedModel
from core.storage import private, private_path
from people.models import Organisation, Region, User
from people.roles import Role


class PartnerKeyQuerySet(models.QuerySet["PartnerKey"]):
    def live(self) -> Self:
        """Return those that open the door: not revoked."""
        return self.filter(revoked_at=None)

    def visible_to(self, user: User) -> Self:
        """Return those of one's own organisations; all to the system administrator."""
        if user.has_role(Role.SYSTEM_ADMIN):
            return self.all()
        return self.filter(organisation__in=user.organisation_ids(Role.EMPLOYER_AGENT))


def machine_sources() -> frozenset[str]:
    """Return the names of the sources that hand over by machine, of revoked keys too: files are never of theirs."""
    keys, feeds = PartnerKey.objects.values_list("source"), PartnerFeed.objects.values_list("source")
    return frozenset(name for (name,) in keys.union(feeds))


@audit.track(exclude=("digest",), ignore=("last_used_on",))
class PartnerKey(PublicModel):
    """The key of an organisation's own system, for one thing only. Only its digest is kept; it is shown once."""

    class Scope(models.TextChoices):
        POSTINGS = "postings", "推送岗位"
        CLOSURES = "closures", "报送退出情形"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="partner_keys", verbose_name="单位")
    scope = models.CharField(
        "用途", max_length=12, choices=Scope.choices, default=Scope.POSTINGS, db_default=Scope.POSTINGS
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="管哪个地区"
    )
    """Whose people it may name; a key for postings names nobody."""
    source = models.CharField("来源名", max_length=40)
    """Under which name its postings are kept: the organisation's, told apart where two are called alike."""
    prefix = models.CharField("密钥开头", max_length=12)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="开通人")
    made_at = models.DateTimeField("开通时间", auto_now_add=True)
    last_used_on = models.DateField("最近使用", null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="停用人")
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)
    revoke_reason = models.CharField("停用原因", max_length=200, blank=True, default="")

    objects = PartnerKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "接口密钥"
        verbose_name_plural = "接口密钥"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "scope"],
                condition=Q(revoked_at=None),
                name="partner_key_one_live_for_each",
                violation_error_message="这个单位已经有一把在用的密钥。要换新的，请先停用原来那把。",
            ),
            models.UniqueConstraint(
                fields=["source", "scope"],
                condition=Q(revoked_at=None),
                name="partner_key_source_once_for_each",
                violation_error_message="这个来源名已经有别的单位在用。",
            ),
            models.CheckConstraint(
                condition=Q(scope="postings", region=None) | Q(scope="closures", region__isnull=False),
                name="partner_key_region_for_people",
                violation_error_message="报送退出情形的密钥要写明管哪个地区；推送岗位的不用。",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None, revoke_reason="")
                | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoke_reason="")),
                name="partner_key_revoked_says_why",
                violation_error_message="停用密钥要写明谁停用、为什么。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.prefix}…"

    @property
    def is_live(self) -> bool:
        """Whether it opens the door."""
        return self.revoked_at is None


class PartnerFeedQuerySet(models.QuerySet["PartnerFeed"]):
    def visible_to(self, user: User) -> Self:
        """Return all to the system administrator, nothing to others."""
        return self.all() if user.has_role(Role.SYSTEM_ADMIN) else self.none()

    def due(self) -> Self:
        """Return those that are switched on."""
        return self.filter(is_on=True)


@audit.track(ignore=("position", "last_run_at", "last_done_at", "problem", "taken", "removed", "refused", "refusals"))
class PartnerFeed(PublicModel, VersionedModel):
    """Another portal whose published postings are fetched: as a snapshot and then change by change, or as one list."""

    class Format(models.TextChoices):
        PORTAL = "portal", "和本站一样的快照和变更"
        LIST = "list", "别的格式：一份 JSON 或 CSV 列表"

    source = models.CharField("来源名", max_length=40, unique=True)
    format = models.CharField(
        "对方的格式", max_length=8, choices=Format.choices, default=Format.PORTAL, db_default=Format.PORTAL
    )
    address = models.URLField("地址", max_length=300, help_text="对方的 /api/v1/jobs/snapshot/ 地址，或者列表的地址。")
    rows_path = models.CharField("列表在哪一项", max_length=100, blank=True, default="", db_default="")
    """Names with dots that lead to the list in the JSON of an answer."""
    is_full = models.BooleanField("是全部岗位", default=True, db_default=True)
    """Whether a list holds all that the portal has, so that what it lacks has ended there."""
    is_on = models.BooleanField("启用", default=True)
    position = models.CharField("读到哪里", max_length=1000, blank=True, default="", editable=False)
    """The address to ask next; "" to begin with a snapshot."""
    changes = models.CharField("快照之后从哪里读变更", max_length=1000, blank=True, default="", editable=False)
    """The change feed as of the snapshot's first page; "" when no snapshot is under way."""
    started_at = models.DateTimeField("快照开始时间", null=True, blank=True, editable=False)
    last_run_at = models.DateTimeField("最近一次运行", null=True, blank=True, editable=False)
    last_done_at = models.DateTimeField("最近一次读完", null=True, blank=True, editable=False)
    problem = models.CharField("没有读完的原因", max_length=300, blank=True, default="", editable=False)
    taken = models.PositiveIntegerField("收进", default=0, editable=False)
    removed = models.PositiveIntegerField("移除", default=0, editable=False)
    refused = models.PositiveIntegerField("没有收", default=0, editable=False)
    refusals = models.CharField("为什么没有收", max_length=300, blank=True, default="", db_default="", editable=False)
    """Of a list: why rows of its last run were refused."""
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    made_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = PartnerFeedQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位拉取来源"
        verbose_name_plural = "岗位拉取来源"

    def __str__(self) -> str:
        return self.source


class SupplyListQuerySet(models.QuerySet["SupplyList"]):
    def visible_to(self, user: User) -> Self:
        """Return all: the lists are published (岗位供给清单)."""
        return self.all()


@audit.track(bulk=True)
class SupplyList(PublicModel):
    """岗位供给清单: the vacancies of a city or county on the first of a month, as a table."""

    month = models.DateField("月份")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地区")
    postings = models.PositiveIntegerField("岗位数")
    headcount = models.PositiveIntegerField("招聘人数")
    """Wanted people; a posting that does not say how many counts as one."""
    as_of = models.DateField("统计日期")
    file = models.FileField("表格", storage=private, upload_to=private_path, max_length=100)
    made_at = models.DateTimeField("生成时间", auto_now_add=True)

    objects = SupplyListQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位供给清单"
        verbose_name_plural = "岗位供给清单"
        constraints = [
            models.UniqueConstraint(
                fields=["month", "region"],
                name="supply_list_once",
                violation_error_message="这个地区这个月的清单已经有了。",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="supply_list_month_is_first_day",
                violation_error_message="月份写这个月的第一天。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.month:%Y-%m}"
