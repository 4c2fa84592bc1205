"""公示: what the public may see of claims before money is approved, for at least five working days."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core import audit
from core.crypto import EncryptedField
from core.models import PublicModel, VersionedModel
from people.models import User
from people.roles import Role
from subsidies.models.claim import Claim
from subsidies.models.programme import Programme

PUBLICITY_ROLES = (
    Role.SUBSIDY_INTAKE,
    Role.SUBSIDY_REVIEWER,
    Role.SUBSIDY_SECOND_REVIEWER,
    Role.SUBSIDY_APPROVER,
    Role.COUNTY_SUPERVISOR,
    Role.CITY_SUPERVISOR,
)


class PublicityBatchQuerySet(models.QuerySet["PublicityBatch"]):
    def visible_to(self, user: User) -> Self:
        """Return the notices of the regions in which this user handles claims."""
        return self.filter(region__path__within=user.regions(*PUBLICITY_ROLES))

    def public(self, *, on: date) -> Self:
        """Return the notices that hang on this day."""
        return self.filter(closed_at=None, starts_on__lte=on, ends_on__gte=on)

    def over(self, *, on: date) -> Self:
        """Return the notices whose time is up but that are not yet closed."""
        return self.filter(closed_at=None, ends_on__lt=on)


@audit.track()
class PublicityBatch(PublicModel):
    """One notice: its lines, when it hangs, who posted it. Taken down when its time is up."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+", verbose_name="补贴项目")
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", verbose_name="公示地区")
    title = models.CharField("标题", max_length=128)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")
    posted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发布人")
    posted_at = models.DateTimeField("发布时间", default=timezone.now)
    closed_at = models.DateTimeField("撤下时间", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = PublicityBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公示"
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="publicity_has_time",
                violation_error_message="公示结束日期要晚于开始日期。",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def is_public(self, on: date) -> bool:
        """Whether it hangs on this day."""
        return self.closed_at is None and self.starts_on <= on <= self.ends_on


@audit.track(bulk=True)
class PublicityLine(models.Model):
    """One claim in a notice, already masked: the public page shows these texts and nothing else."""

    class Outcome(models.TextChoices):
        OPEN = "", "公示中"
        CLEARED = "cleared", "无异议"
        OBJECTED = "objected", "异议成立"

    batch = models.ForeignKey(PublicityBatch, models.PROTECT, related_name="lines", verbose_name="公示")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="publicity_lines", verbose_name="申请")
    number = models.PositiveIntegerField("序号")
    name = models.CharField("姓名（遮住）", max_length=64)
    id_number = models.CharField("证件号码（遮住）", max_length=18)
    months = models.CharField("补贴月份", max_length=128)
    standard = models.CharField("补贴标准", max_length=128)
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2)
    outcome = models.CharField("结果", max_length=8, choices=Outcome.choices, blank=True, default=Outcome.OPEN)

    class Meta:
        verbose_name = verbose_name_plural = "公示名单"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "number"],
                name="publicity_line_number",
                violation_error_message="这一期公示里已有这个序号。",
            ),
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(outcome=""),
                name="publicity_line_once",
                violation_error_message="这份申请已在公示。",
            ),
            models.CheckConstraint(
                condition=Q(name__contains="*") & Q(id_number__contains="***"),
                name="publicity_line_masked",
                violation_error_message="公示里的姓名和证件号码必须遮住。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def visible_to(self, user: User) -> Self:
        """Return the objections to the notices this user may see."""
        return self.filter(batch__region__path__within=user.regions(*PUBLICITY_ROLES))

    def waiting(self) -> Self:
        """Return those nobody has answered."""
        return self.filter(status=Objection.Status.OPEN)


@audit.track()
class Objection(PublicModel, VersionedModel):
    """Somebody objects to a line of a notice: recorded, looked into, answered. An open one stops the approval."""

    class Status(models.TextChoices):
        OPEN = "open", "待核查"
        UPHELD = "upheld", "异议成立"
        REJECTED = "rejected", "异议不成立"

    class Channel(models.TextChoices):
        WEB = "web", "网上"
        PHONE = "phone", "电话"
        COUNTER = "counter", "来访"

    batch = models.ForeignKey(PublicityBatch, models.PROTECT, related_name="objections", verbose_name="公示")
    line = models.ForeignKey(
        PublicityLine, models.PROTECT, null=True, blank=True, related_name="objections", verbose_name="针对"
    )
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices, default=Channel.WEB)
    content = models.TextField("异议内容", max_length=1000)
    contact_name = models.CharField("联系人", max_length=64, blank=True, default="")
    contact_phone = EncryptedField("联系电话", blank=True, default="")
    received_at = models.DateTimeField("收到时间", default=timezone.now)
    due_on = models.DateField("答复期限", null=True, blank=True)
    status = models.CharField("状态", max_length=8, choices=Status.choices, default=Status.OPEN)
    handled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核查人")
    handled_at = models.DateTimeField("核查时间", null=True, blank=True)
    finding = models.TextField("核查结果", max_length=1000, blank=True, default="")

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公示异议"
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open") | (Q(handled_by__isnull=False) & ~Q(finding="")),
                name="objection_answered_by_somebody",
                violation_error_message="异议的结论要写清核查结果和核查人。",
            )
        ]

    def __str__(self) -> str:
        return self.get_status_display()
