"""Vacancies: an employer's own, or taken over from a named source."""

from datetime import date
from decimal import Decimal
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from core import audit
from core.models import PublicModel, VersionedModel
from jobs.models.partners import PartnerKey
from jobs.models.triggers import FirstShown
from jobs.salary import MOST_PAY
from people import reference
from people.models import Organisation, Region, User
from people.roles import Role

MAX_DAYS = 90
DEFAULT_DAYS = 30
"""岗位有效期: set by this portal, not by law (domain facts §7)."""

OFFICERS = (Role.CASEWORKER, Role.COUNTY_SUPERVISOR, Role.CITY_SUPERVISOR)


def of_places(paths: list[str], posting: str = "") -> Q:
    """Return the postings that officers of these places answer for; the province's also for those that name no place of it.

    :param posting: of rows that belong to a posting, what leads to it: "posting__".

    A source's words about the place are not always understood, and what is published somebody must be able to take down.
    """
    found = Q(**{f"{posting}region__path__within": paths})
    return found | Q(**{f"{posting}region": None}) if has_province(paths) else found


def has_province(paths: list[str]) -> bool:
    """Whether the whole province is among these places."""
    return any("/" not in path for path in paths)


class Suits(models.TextChoices):
    """Whom a posting expressly welcomes. An invitation, never a limit."""

    OVER_45 = "over_45", "45 岁以上可投"
    DISABLED_FRIENDLY = "disabled", "残疾人友好"
    NO_EXPERIENCE = "no_experience", "没经验也行"
    GRADUATES = "graduates", "应届生可投"
    VETERANS = "veterans", "退役军人优先"
    NEAR_HOME = "near_home", "就近就业"


class PostingQuerySet(models.QuerySet["Posting"]):
    def published(self, *, on: date) -> Self:
        """Return those that may be shown and applied to on a day; of copies only the one that is shown for all."""
        return self.filter(status=Posting.Status.PUBLISHED, valid_until__gte=on, canonical=None).exclude(
            organisation__status=Organisation.Status.SUSPENDED
        )

    def pushable(self, *, on: date) -> Self:
        """Return those that may be sent to people unasked: published ones that name their pay (条例 24: 基本劳动报酬)."""
        return self.published(on=on).filter(pay_min__gt=0)

    def copies_of(self, posting: "Posting") -> Self:
        """Return the published postings of other sources that say the same and are not shown themselves."""
        shown = self.filter(canonical=posting, status=Posting.Status.PUBLISHED)
        return shown.order_by("source_site", "pk").only("source_site", "source_url", "canonical_id", "posted_at")

    def visible_to(self, user: User) -> Self:
        """Return what is published, one's own organisation's, and for officers their region's."""
        shown = Q(status=Posting.Status.PUBLISHED)
        if not user.is_authenticated:
            return self.filter(shown)
        mine = Q(organisation__in=user.organisation_ids(Role.EMPLOYER_AGENT))
        paths = user.regions(*OFFICERS)
        return self.filter(shown | mine | of_places(paths)) if paths else self.filter(shown | mine)

    def owned_by(self, user: User) -> Self:
        """Return the postings of the organisations for which this user acts."""
        return self.filter(organisation__in=user.organisation_ids(Role.EMPLOYER_AGENT))

    def handed_over_by(self, organisation_id: int) -> Self:
        """Return what an organisation's own system handed over, whoever the employer is."""
        names = PartnerKey.objects.filter(organisation=organisation_id).values("source")
        return self.filter(source_site__in=names).exclude(source_id="")

    def answered_for_by(self, organisation_id: int) -> Self:
        """Return an organisation's own postings and those that its system handed over for others."""
        names = PartnerKey.objects.filter(organisation=organisation_id).values("source")
        return self.filter(Q(organisation=organisation_id) | (Q(source_site__in=names) & ~Q(source_id="")))

    def unplaced(self, user: User, *, on: date) -> Self:
        """Return the published ones whose place nobody made out, to the province's officers; nothing to others."""
        if not has_province(user.regions(*OFFICERS)):
            return self.none()
        return self.published(on=on).filter(region=None)

    def to_review(self, user: User) -> Self:
        """Return what waits for an officer's look in this user's regions, the oldest first."""
        waiting = self.filter(of_places(user.regions(*OFFICERS)), status=Posting.Status.SUBMITTED)
        return waiting.annotate(waits_since=Coalesce("submitted_at", "created_at")).order_by("waits_since", "pk")


@audit.track(
    bulk=True,
    ignore=("view_count",),
    # The change feed walks the history in this order (`jobs.feed`).
    indexes=(models.Index(fields=["pgh_xid", "pgh_obj"], name="posting_changes"),),
)
class Posting(PublicModel, VersionedModel):
    """One vacancy. It must name headcount, duties, conditions, place and pay (人力资源市场暂行条例 24)."""

    class Kind(models.TextChoices):
        FULL_TIME = "full_time", "全职"
        PART_TIME = "part_time", "兼职"
        GIG = "gig", "零工"
        INTERNSHIP = "internship", "见习"
        PUBLIC_WELFARE = "public_welfare", "公益性岗位"

    class Period(models.TextChoices):
        MONTH = "month", "月"
        DAY = "day", "天"
        HOUR = "hour", "小时"
        YEAR = "year", "年"
        PIECE = "piece", "件"

    class Status(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "待核验"
        SCHEDULED = "scheduled", "等着发布"
        PUBLISHED = "published", "招聘中"
        RETURNED = "returned", "退回修改"
        PAUSED = "paused", "已暂停"
        FILLED = "filled", "已招满"
        EXPIRED = "expired", "已到期"
        WITHDRAWN = "withdrawn", "已撤回"
        TAKEN_DOWN = "taken_down", "已下架"

    ENDED = frozenset({Status.FILLED, Status.EXPIRED, Status.WITHDRAWN, Status.TAKEN_DOWN})
    EDITABLE = frozenset({Status.DRAFT, Status.RETURNED, Status.PAUSED})

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="postings", verbose_name="单位"
    )
    employer_name = models.CharField("单位名称", max_length=128)
    on_behalf = models.BooleanField("受委托代招", default=False, db_default=False)
    """The organisation is an agency that the named employer authorised; it states so with every posting."""
    title = models.CharField("岗位名称", max_length=80)
    occupation = models.CharField("职业（大典 2022）", max_length=12, blank=True, default="")
    industry = models.CharField("行业", max_length=64, blank=True, default="")
    kind = models.CharField("用工形式", max_length=16, choices=Kind.choices, default=Kind.FULL_TIME)
    headcount = models.PositiveIntegerField("招聘人数", null=True, blank=True)
    pay_min = models.DecimalField("工资从（元）", max_digits=12, decimal_places=2, null=True, blank=True)
    pay_max = models.DecimalField("工资到（元）", max_digits=12, decimal_places=2, null=True, blank=True)
    pay_period = models.CharField("按什么算", max_length=8, choices=Period.choices, blank=True, default="")
    pay_months = models.PositiveSmallIntegerField("一年发几个月", default=12)
    pay_text = models.CharField("来源写的工资", max_length=64, blank=True, default="")
    monthly_min = models.PositiveIntegerField("折合每月从（元）", null=True, blank=True)
    monthly_max = models.PositiveIntegerField("折合每月到（元）", null=True, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="工作地区")
    place_text = models.CharField("来源写的地点", max_length=128, blank=True, default="")
    address = models.CharField("工作地址", max_length=160, blank=True, default="")
    lng = models.DecimalField("经度（WGS-84）", max_digits=9, decimal_places=6, null=True, blank=True)
    lat = models.DecimalField("纬度（WGS-84）", max_digits=9, decimal_places=6, null=True, blank=True)
    education = models.CharField("学历要求（GB/T 4658）", max_length=2, blank=True, default="")
    education_rank = models.PositiveSmallIntegerField(default=0, editable=False)
    experience_min = models.PositiveSmallIntegerField("工作经验从（年）", default=0)
    experience_max = models.PositiveSmallIntegerField("工作经验到（年）", null=True, blank=True)
    description = models.TextField("干什么活", max_length=8000, blank=True, default="")
    requirement = models.TextField("要什么人", max_length=8000, blank=True, default="")
    shifts = models.CharField("上班时间", max_length=80, blank=True, default="")
    insurance = models.CharField("社会保险", max_length=40, blank=True, default="")
    probation_months = models.PositiveSmallIntegerField("试用期（月）", null=True, blank=True)
    probation_pay = models.DecimalField("试用期工资（元）", max_digits=12, decimal_places=2, null=True, blank=True)
    """In the period of the pay itself (劳动合同法 20 compares the two)."""
    contract_months = models.PositiveSmallIntegerField("合同期（月）", null=True, blank=True)
    skills = ArrayField(
        models.CharField(max_length=24), verbose_name="要会什么", default=list, db_default=[], blank=True
    )
    welfare = ArrayField(models.CharField(max_length=24), verbose_name="福利", default=list, blank=True)
    suits = ArrayField(
        models.CharField(max_length=16, choices=Suits.choices), verbose_name="适合谁", default=list, blank=True
    )
    status = models.CharField("状态", max_length=16, choices=Status.choices, default=Status.DRAFT)
    status_reason = models.CharField("退回或下架原因", max_length=500, blank=True, default="")
    valid_days = models.PositiveSmallIntegerField("展示几天", default=DEFAULT_DAYS, db_default=DEFAULT_DAYS)
    publish_at = models.DateTimeField("定时发布", null=True, blank=True)
    valid_until = models.DateField("有效期到", null=True, blank=True)
    posted_at = models.DateTimeField("发布时间", null=True, blank=True)
    shown_at = models.DateTimeField("最早公开时间", null=True, blank=True, editable=False)
    """When it first became public, whichever way it went; the database writes it. None: never yet."""
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核验人")
    source_site = models.CharField("来源", max_length=40, blank=True, default="")
    source_id = models.CharField("来源编号", max_length=80, blank=True, default="")
    source_url = models.URLField("来源网址", max_length=500, blank=True, default="")
    imported_at = models.DateTimeField("导入时间", null=True, blank=True)
    findings = models.JSONField("导入时的核验发现", default=list, db_default=[], blank=True, editable=False)
    """What the checker found when it was imported: rule, action, field and words (`jobs.import_checks`)."""
    canonical = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="copies", verbose_name="合并到", editable=False
    )
    """The posting that is shown for this one, which says the same (`jobs.copies`); None when it is shown itself."""
    view_count = models.PositiveIntegerField("浏览次数", default=0, editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="填写人")
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位"
        verbose_name_plural = "岗位"
        indexes = [
            models.Index(fields=["organisation", "status"], name="posting_organisation"),
            models.Index(fields=["region", "status"], name="posting_region"),
            models.Index(
                fields=["-posted_at", "-id"],
                name="posting_newest",
                condition=Q(status="published", posted_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source_site", "source_id"],
                condition=~Q(source_id=""),
                name="posting_once_per_source",
                violation_error_message="这个来源的这条岗位已经导入过。",
            ),
            models.CheckConstraint(
                condition=Q(pay_min=None) | Q(pay_max=None) | Q(pay_max__gte=F("pay_min")),
                name="posting_pay_in_order",
                violation_error_message="工资上限不能低于下限。",
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(valid_until__isnull=False, posted_at__isnull=False),
                name="posting_published_is_dated",
                violation_error_message="发布的岗位要有有效期。",
            ),
            models.CheckConstraint(
                condition=~Q(status="published")
                | Q(imported_at__isnull=False)
                | Q(pay_min__gt=0, region__isnull=False),
                name="posting_published_names_pay_and_place",
                violation_error_message="发布岗位要写明工资和工作地区（人力资源市场暂行条例第二十四条）。",
            ),
            models.CheckConstraint(
                condition=Q(canonical=None) | ~Q(canonical=F("id")),
                name="posting_no_copy_of_itself",
                violation_error_message="岗位不能合并到自己。",
            ),
            models.CheckConstraint(
                condition=Q(valid_days__gte=1, valid_days__lte=MAX_DAYS),
                name="posting_valid_days",
                violation_error_message=f"一次最多展示 {MAX_DAYS} 天，到期前可以续期。",
            ),
            models.CheckConstraint(
                condition=~Q(status="scheduled") | Q(publish_at__isnull=False, organisation__isnull=False),
                name="posting_scheduled_has_a_time",
                violation_error_message="等着发布的岗位要有发布时间。",
            ),
            models.CheckConstraint(
                condition=Q(imported_at__isnull=False) | Q(organisation__isnull=False),
                name="posting_has_organisation",
                violation_error_message="岗位要属于一个单位。",
            ),
            models.CheckConstraint(
                condition=Q(probation_months=None) | Q(probation_months__lte=6),
                name="posting_probation",
                violation_error_message="试用期最长 6 个月（劳动合同法第十九条）。",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf=False) | (Q(organisation__isnull=False) & ~Q(employer_name="")),
                name="posting_on_behalf_names_both",
                violation_error_message="代招的岗位要写明用人单位。",
            ),
            models.CheckConstraint(
                condition=(Q(pay_min=None) | Q(pay_min__lte=MOST_PAY))
                & (Q(pay_max=None) | Q(pay_max__lte=MOST_PAY))
                & (Q(probation_pay=None) | Q(probation_pay__gte=0, probation_pay__lte=MOST_PAY)),
                name="posting_pay_within_reason",
                violation_error_message=f"工资最多写 {MOST_PAY:,} 元，请核对有没有多写零。",
            ),
        ]
        triggers = [FirstShown()]

    def __str__(self) -> str:
        return self.title

    @property
    def pay_label(self) -> str:
        """How the pay is shown: 6,500–8,000 元/月，13 薪; 薪资未标明 when the source gave none."""
        if self.pay_min is None:
            return "薪资未标明"
        low, high = _plain(self.pay_min), _plain(self.pay_max) if self.pay_max is not None else ""
        amount = low if high in ("", low) else f"{low}–{high}"
        months = f"，{self.pay_months} 薪" if self.pay_months > 12 else ""
        return f"{amount} 元/{self.get_pay_period_display()}{months}"

    @property
    def place_label(self) -> str:
        """Where the work is: the region's name, else what the source wrote."""
        if self.region is None:
            return self.place_text or "地点未标明"
        return self.region.full_name.removeprefix("辽宁省")

    @property
    def agency(self) -> str:
        """The name of the agency that recruits for the named employer; "" where the employer recruits by itself."""
        return self.organisation.name if self.on_behalf and self.organisation is not None else ""

    @property
    def is_copy(self) -> bool:
        """Whether another posting is shown for it."""
        return self.canonical_id is not None and self.status == self.Status.PUBLISHED

    @property
    def held_for(self) -> str:
        """What the checker found when it was imported, in words."""
        return "、".join(dict.fromkeys(finding["name"] for finding in self.findings))

    @property
    def has_ended(self) -> bool:
        """Whether the page answers 410 with similar postings."""
        return self.status in self.ENDED

    @property
    def is_editable(self) -> bool:
        """Whether its employer may change what it says."""
        return self.status in self.EDITABLE

    @property
    def tone(self) -> str:
        """The colour and shape of its status."""
        return _TONES.get(self.Status(self.status), "none")

    @property
    def education_text(self) -> str:
        """The education wanted, in words."""
        if not self.education:
            return "不限"
        return f"{self.education_word}及以上" if self.education_word else reference.education_label(self.education)

    @property
    def education_word(self) -> str:
        """The education wanted, in one short word, for lists."""
        return _EDUCATION_WORDS.get(self.education_rank, "")

    @property
    def experience_text(self) -> str:
        """The years of experience wanted, in words."""
        if not self.experience_min and not self.experience_max:
            return "不限"
        return (
            f"{self.experience_min}–{self.experience_max} 年"
            if self.experience_max
            else f"{self.experience_min} 年以上"
        )

    @property
    def duties(self) -> list[str]:
        """What is to be done, line by line."""
        return _lines(self.description)

    @property
    def needs(self) -> list[str]:
        """Who is wanted, line by line."""
        return _lines(self.requirement)

    @property
    def terms(self) -> list[tuple[str, str]]:
        """Pay and contract as pairs, without what is not known."""
        told = [("工资", self.pay_label)]
        if self.monthly_min and self.pay_period != self.Period.MONTH:
            told.append(("折合每月", f"约 {self.monthly_min:,} 元起"))
        if self.insurance:
            told.append(("社会保险", self.insurance))
        if self.probation_months is not None:
            told.append(("试用期", f"{self.probation_months} 个月" if self.probation_months else "没有"))
        if self.probation_pay is not None:
            per = f"/{self.get_pay_period_display()}" if self.pay_period else ""
            told.append(("试用期工资", f"{_plain(self.probation_pay)} 元{per}"))
        if self.contract_months:
            told.append(("合同期", f"{self.contract_months} 个月"))
        return told

    @property
    def suit_labels(self) -> list[str]:
        """The names of its invitations."""
        return [choice.label for choice in Suits if choice.value in self.suits]


_EDUCATION_WORDS = {1: "小学", 2: "初中", 3: "中专、高中", 4: "大专", 5: "本科", 6: "硕士", 7: "博士"}
_TONES = {
    Posting.Status.PUBLISHED: "ok",
    Posting.Status.SUBMITTED: "wn",
    Posting.Status.SCHEDULED: "info",
    Posting.Status.PAUSED: "wn",
    Posting.Status.RETURNED: "bd",
    Posting.Status.TAKEN_DOWN: "bd",
}


def _lines(text: str) -> list[str]:
    return [line for raw in text.splitlines() if (line := raw.strip().lstrip("•·●▪-—* ").strip())]


def _plain(amount: Decimal) -> str:
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
