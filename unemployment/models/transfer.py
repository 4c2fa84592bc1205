"""转出、转入: a registration moves to another community when the other side has agreed, and not before."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core import audit
from core.models import PublicModel, VersionedModel
from people.models import Region, User
from unemployment.models.registration import READERS, Registration


class TransferQuerySet(models.QuerySet["Transfer"]):
    def visible_to(self, user: User) -> Self:
        """Return one's own, and those that leave or reach the places one serves; by office never one's own."""
        mine = Q(registration__person=user.person_id) if user.person_id else Q(pk=None)
        return self.filter(mine) | self.for_staff(user)

    def for_staff(self, user: User) -> Self:
        """Return those of both sides: from and to the places one serves."""
        paths = user.regions(*READERS)
        found = self.filter(Q(origin__path__within=paths) | Q(target__path__within=paths))
        return found.exclude(registration__person=user.person_id) if user.person_id else found

    def open(self) -> Self:
        return self.filter(status=Transfer.Status.REQUESTED)

    def to_answer_in(self, paths: list[str]) -> Self:
        """Return those that wait for the answer of a place within these."""
        theirs = Q(direction=Transfer.Direction.OUT, target__path__within=paths)
        return self.open().filter(theirs | Q(direction=Transfer.Direction.IN, origin__path__within=paths))

    def overdue(self, *, on: date) -> Self:
        """Return those whose answer is late."""
        return self.open().filter(answer_by__lt=on)


@audit.track()
class Transfer(PublicModel, VersionedModel):
    """One request to move a registration. Whoever did not ask answers: the new place, or (asked there) the old one."""

    class Direction(models.TextChoices):
        OUT = "out", "转出"
        IN = "in", "转入"

    class Status(models.TextChoices):
        REQUESTED = "requested", "待对方答复"
        ACCEPTED = "accepted", "已转移"
        REFUSED = "refused", "未同意"
        WITHDRAWN = "withdrawn", "已撤回"

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="transfers", verbose_name="失业登记")
    direction = models.CharField("方向", max_length=4, choices=Direction.choices)
    origin = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="原管理地")
    target = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="新管理地")
    status = models.CharField("状态", max_length=12, choices=Status.choices, default=Status.REQUESTED)
    reason = models.CharField("转移原因", max_length=200)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    by_person = models.BooleanField("本人申请", default=False)
    asked_at = models.DateTimeField("申请时间", default=timezone.now)
    answer_by = models.DateField("应在哪天前答复")
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answer_note = models.CharField("答复说明", max_length=200, blank=True, default="")

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "失业登记转移"
        indexes = [
            models.Index(fields=["target", "status"], name="transfer_target"),
            models.Index(fields=["origin", "status"], name="transfer_origin"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(status="requested"),
                name="transfer_one_open",
                violation_error_message="这份登记已经有一次转移在办，等答复以后再申请。",
            ),
            models.CheckConstraint(
                condition=~Q(origin=F("target")),
                name="transfer_elsewhere",
                violation_error_message="新管理地和原管理地一样，不用转移。",
            ),
            models.CheckConstraint(
                condition=Q(status="requested") | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="transfer_answered_by",
                violation_error_message="转移的答复要写明谁、什么时候作出。",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["refused", "withdrawn"]) | ~Q(answer_note=""),
                name="transfer_refusal_reason",
                violation_error_message="不同意转移或撤回要写明原因。",
            ),
            models.CheckConstraint(
                condition=~Q(status="accepted") | Q(by_person=True) | ~Q(answered_by=F("asked_by")),
                name="transfer_two_sides",
                violation_error_message="申请转移的人不能自己答复。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()}：{self.get_status_display()}"

    @property
    def answering(self) -> Region:
        """Return the place that has to answer."""
        return self.target if self.direction == self.Direction.OUT else self.origin
