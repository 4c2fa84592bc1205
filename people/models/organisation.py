"""Organisations, one row each (一企一档)."""

from typing import Self

from django.db import models
from django.db.models import Q

from core import audit
from core.models import PublicModel, VersionedModel
from people.models.user import User
from people.roles import CASE_ROLES, CLAIM_ROLES, Role

OFFICER_ROLES = CASE_ROLES | CLAIM_ROLES | {Role.INSPECTOR}


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: User) -> Self:
        """Return one's own organisations and, for officers, those of their regions."""
        mine = Q(pk__in=user.organisation_ids())
        paths = user.regions(*OFFICER_ROLES)
        return self.filter(mine | Q(region__path__within=paths)) if paths else self.filter(mine)

    def verified(self) -> Self:
        """Return those whose licence was checked and still counts."""
        return self.filter(status=Organisation.Status.VERIFIED)

    def to_recheck(self) -> Self:
        """Return the verified ones whose last check has run out: an officer must look again."""
        return self.verified().filter(recheck_since__isnull=False)

    def matching(self, text: str) -> Self:
        """Return those with this credit code, or whose name holds every word."""
        words = text.split()
        if len(words) == 1 and len(words[0]) == 18 and words[0].isascii():
            return self.filter(credit_code=words[0].upper())
        found = self
        for word in words:
            found = found.filter(name__contains=word)
        return found


@audit.track(bulk=True)
class Organisation(PublicModel, VersionedModel):
    """An employer, an agency, a department: one row per GB 32100 credit code."""

    class Kind(models.TextChoices):
        EMPLOYER = "employer", "用人单位"
        HR_AGENCY = "hr_agency", "经营性人力资源服务机构"
        PUBLIC_AGENCY = "public_agency", "公共就业服务机构"
        DEPARTMENT = "department", "政府部门"
        TRAINING = "training", "培训机构"
        SCHOOL = "school", "院校"
        BANK = "bank", "银行和担保机构"

    HIRING = (Kind.EMPLOYER, Kind.HR_AGENCY, Kind.PUBLIC_AGENCY)
    """The kinds that publish postings as their business, and are checked again every half-year."""
    SIGNING_UP = (*HIRING, Kind.DEPARTMENT)
    """The kinds that sign up by themselves; departments too, since their systems report by key."""

    class Status(models.TextChoices):
        PENDING = "pending", "待核验"
        VERIFIED = "verified", "已核验"
        RETURNED = "returned", "退回补充"
        SUSPENDED = "suspended", "已暂停"

    class Scale(models.TextChoices):
        """统计上大中小微型企业划分."""

        MICRO = "micro", "微型"
        SMALL = "small", "小型"
        MEDIUM = "medium", "中型"
        LARGE = "large", "大型"

    name = models.CharField("单位名称", max_length=128)
    credit_code = models.CharField(
        "统一社会信用代码",
        max_length=18,
        null=True,
        blank=True,
        unique=True,
        error_messages={"unique": "这个统一社会信用代码已经登记过。"},
    )
    kind = models.CharField("类型", max_length=16, choices=Kind.choices, default=Kind.EMPLOYER)
    status = models.CharField("核验状态", max_length=16, choices=Status.choices, default=Status.PENDING)
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", verbose_name="所在地")
    address = models.CharField("地址", max_length=255, blank=True, default="")
    industry = models.CharField("行业（GB/T 4754）", max_length=8, blank=True, default="")
    scale = models.CharField("规模", max_length=8, choices=Scale.choices, blank=True, default="")
    staff_count = models.PositiveIntegerField("职工人数", null=True, blank=True)
    introduction = models.TextField("单位介绍", max_length=2000, blank=True, default="")
    contact_phone = models.CharField("对外联系电话", max_length=32, blank=True, default="")
    agency_licence = models.CharField("人力资源服务许可证", max_length=64, blank=True, default="")
    verified_on = models.DateField("核验日期", null=True, blank=True)
    verified_until = models.DateField("核验管到", null=True, blank=True)
    recheck_since = models.DateField("从哪天起待复核", null=True, blank=True)
    status_reason = models.CharField("核验意见", max_length=255, blank=True, default="")
    source = models.CharField("来源", max_length=64, blank=True, default="")
    is_demo = models.BooleanField("演示数据", default=False)
    created_at = models.DateTimeField("建档时间", auto_now_add=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "单位"
        verbose_name_plural = "单位"
        constraints = [
            models.CheckConstraint(
                condition=Q(credit_code__isnull=True) | Q(credit_code__regex=r"^[0-9A-HJ-NP-RTUWXY]{18}$"),
                name="organisation_credit_code",
                violation_error_message="统一社会信用代码是 18 位数字和大写字母，请对照营业执照再核对一遍。",
            ),
            models.CheckConstraint(
                condition=~Q(kind="hr_agency", status="verified") | ~Q(agency_licence=""),
                name="organisation_agency_licence",
                violation_error_message="人力资源服务机构要有人力资源服务许可证才能通过核验。",
            ),
        ]
        indexes = [models.Index(fields=["region"], name="organisation_region")]

    def __str__(self) -> str:
        return self.name

    @property
    def may_speak_for_others(self) -> bool:
        """Whether it may publish postings for other employers: public bodies, and agencies with a permit.

        人力资源市场暂行条例 18: who acts as a go-between needs the permit.
        """
        if self.kind == self.Kind.HR_AGENCY:
            return bool(self.agency_licence)
        return self.kind in (self.Kind.PUBLIC_AGENCY, self.Kind.DEPARTMENT)

    @property
    def status_text(self) -> str:
        """Its status in words; one whose check has run out says so."""
        return "已核验，待复核" if self.waits_for_recheck else self.get_status_display()

    @property
    def is_verified(self) -> bool:
        """Whether its licence was checked and nobody suspended it since."""
        return self.status == self.Status.VERIFIED

    @property
    def waits_for_recheck(self) -> bool:
        """Whether its last check has run out. Nothing is hidden by that alone: an officer decides."""
        return self.is_verified and self.recheck_since is not None

    @property
    def tone(self) -> str:
        """The colour and shape of its status."""
        if self.waits_for_recheck:
            return "wn"
        return {"verified": "ok", "pending": "wn", "returned": "bd", "suspended": "bd"}[self.status]
