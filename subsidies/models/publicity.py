"""公示: what the public may see of claims before money is approved, for at least five working days."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from core import audit
from messaging.models.publicity import Notice, NoticeLine, NoticeQuerySet, ObjectionBase
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


class PublicityBatchQuerySet(NoticeQuerySet):
    def visible_to(self, user: User) -> Self:
        """Return the notices of the regions in which this user handles claims."""
        return self.filter(region__path__within=user.regions(*PUBLICITY_ROLES))


@audit.track()
class PublicityBatch(Notice):
    """One notice of claims of one programme."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+", verbose_name="补贴项目")

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


@audit.track(bulk=True)
class PublicityLine(NoticeLine):
    """One claim in a notice."""

    batch = models.ForeignKey(PublicityBatch, models.PROTECT, related_name="lines", verbose_name="公示")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="publicity_lines", verbose_name="申请")
    id_number = models.CharField("证件号码（遮住）", max_length=18)
    months = models.CharField("补贴月份", max_length=128)
    standard = models.CharField("补贴标准", max_length=128)
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2)

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


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def visible_to(self, user: User) -> Self:
        """Return the objections to the notices this user may see."""
        return self.filter(batch__region__path__within=user.regions(*PUBLICITY_ROLES))

    def waiting(self) -> Self:
        """Return those nobody has answered."""
        return self.filter(status=Objection.Status.OPEN)


@audit.track()
class Objection(ObjectionBase):
    """An objection to a notice of claims; an open one stops the approval."""

    batch = models.ForeignKey(PublicityBatch, models.PROTECT, related_name="objections", verbose_name="公示")
    line = models.ForeignKey(
        PublicityLine, models.PROTECT, null=True, blank=True, related_name="objections", verbose_name="针对"
    )

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
