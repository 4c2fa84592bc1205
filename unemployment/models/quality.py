"""How a contact is vouched for: what a visitor brought back with consent, and the sampled call that asks again."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core import audit
from core.models import PublicModel, VersionedModel
from people.models import Document, User
from unemployment.models.followup import FollowUp
from unemployment.models.registration import OFFICERS


class VisitProofQuerySet(models.QuerySet["VisitProof"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(follow_up__in=FollowUp.objects.visible_to(user))


@audit.track()
class VisitProof(PublicModel):
    """Where a visit was and a photo of it: both are optional, and neither is kept without the person's consent."""

    follow_up = models.ForeignKey(FollowUp, models.CASCADE, related_name="proofs", verbose_name="跟踪调查")
    consented = models.BooleanField("本人同意留下位置或照片")
    lng = models.DecimalField("经度（WGS-84）", max_digits=9, decimal_places=6, null=True, blank=True)
    lat = models.DecimalField("纬度（WGS-84）", max_digits=9, decimal_places=6, null=True, blank=True)
    photo = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="走访照片"
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="走访人")
    at = models.DateTimeField("时间", default=timezone.now)

    objects = VisitProofQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "走访留痕"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(consented=True),
                name="visit_proof_consent",
                violation_error_message="没有本人同意，不能留位置和照片。",
            ),
            models.CheckConstraint(
                condition=Q(photo__isnull=False)
                | Q(lng__isnull=False, lat__isnull=False, lng__range=(73, 136), lat__range=(3, 54)),
                name="visit_proof_something",
                violation_error_message="请拍一张照片，或者记下位置。",
            ),
        ]

    def __str__(self) -> str:
        return f"走访留痕 {self.at:%Y-%m-%d}"


class QualityCheckQuerySet(models.QuerySet["QualityCheck"]):
    def visible_to(self, user: User) -> Self:
        """Return those of the places one decides for; never about oneself, nor about what one recorded oneself."""
        found = self.filter(follow_up__region__path__within=user.regions(*OFFICERS)).exclude(recorded_by=user)
        return found.exclude(follow_up__registration__person=user.person_id) if user.person_id else found

    def open(self) -> Self:
        return self.filter(status=QualityCheck.Status.OPEN)


@audit.track(bulk=True)
class QualityCheck(PublicModel, VersionedModel):
    """One contact drawn for a call-back: was the person reached, and is what was written what they said?"""

    class Status(models.TextChoices):
        OPEN = "open", "待抽查"
        DONE = "done", "已抽查"

    class Outcome(models.TextChoices):
        TRUE = "true", "属实"
        DIFFERS = "differs", "和记录不符"
        INVENTED = "invented", "本人说没有联系过"
        NOT_REACHED = "not_reached", "抽查没有打通"

    follow_up = models.OneToOneField(FollowUp, models.CASCADE, related_name="quality", verbose_name="跟踪调查")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="记录人")
    drawn_on = models.DateField("抽中日期")
    status = models.CharField("状态", max_length=8, choices=Status.choices, default=Status.OPEN, db_default=Status.OPEN)
    outcome = models.CharField(
        "抽查结果", max_length=12, choices=Outcome.choices, blank=True, default="", db_default=""
    )
    note = models.CharField("说明", max_length=300, blank=True, default="", db_default="")
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="抽查人")
    done_at = models.DateTimeField("抽查时间", null=True, blank=True)

    objects = QualityCheckQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "跟踪调查抽查"
        indexes = [models.Index(fields=["status", "drawn_on"], name="quality_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open") | (Q(done_by__isnull=False, done_at__isnull=False) & ~Q(outcome="")),
                name="quality_outcome",
                violation_error_message="请选抽查的结果。",
            ),
            models.CheckConstraint(
                condition=Q(done_by=None) | ~Q(done_by=F("recorded_by")),
                name="quality_second_person",
                violation_error_message="不能抽查自己记的联系。",
            ),
        ]

    def __str__(self) -> str:
        return f"抽查：{self.get_status_display()}"
