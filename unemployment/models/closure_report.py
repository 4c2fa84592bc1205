"""What the system of a department or a street reported about somebody on the register."""

from typing import Self

from django.db import models
from django.utils import timezone

from core import audit
from core.models import PublicModel
from jobs.models import PartnerKey
from people.models import Organisation, User
from unemployment.models.exit import GROUND_CHOICES, Deregistration
from unemployment.models.registration import Registration


class ClosureReportQuerySet(models.QuerySet["ClosureReport"]):
    def visible_to(self, user: User) -> Self:
        """Return those about registrations that one may see."""
        return self.filter(proposal__registration__in=Registration.objects.visible_to(user))

    def of_key(self, key: PartnerKey) -> Self:
        """Return what the key's organisation reported about people who are still in the key's region."""
        assert key.region is not None
        return self.filter(
            organisation=key.organisation_id, proposal__registration__region__path__within=[key.region.path]
        )


@audit.track()
class ClosureReport(PublicModel):
    """A message that became a proposal: as it was sent, and under which number. What led to nothing is not kept."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="报送单位")
    number = models.CharField("报送单位的编号", max_length=80)
    ground = models.CharField("情形", max_length=4, choices=GROUND_CHOICES)
    happened_on = models.DateField("情形发生日期")
    facts = models.CharField("报送的事实", max_length=600)
    proposal = models.OneToOneField(
        Deregistration, models.PROTECT, related_name="report", verbose_name="由此提出的注销"
    )
    received_at = models.DateTimeField("收到时间", default=timezone.now)

    objects = ClosureReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报送的退出情形"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "number"],
                name="closure_report_once",
                violation_error_message="这个编号已经用过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.number}"
