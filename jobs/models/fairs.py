"""招聘会: days on which employers meet people, some kept for 残疾人 or 退役军人."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from core import audit
from core.models import PublicModel, VersionedModel
from jobs.models.posting import OFFICERS, Posting
from people.models import Region, User


class FairQuerySet(models.QuerySet["Fair"]):
    def shown(self) -> Self:
        """Return those that an officer approved and nobody cancelled."""
        return self.filter(status=Fair.Status.APPROVED)

    def coming(self, *, at: datetime) -> Self:
        """Return those that are shown and not over."""
        return self.shown().filter(ends_at__gt=at)

    def visible_to(self, user: User) -> Self:
        """Return what is shown and, for officers, all of their regions."""
        paths = user.regions(*OFFICERS) if user.is_authenticated else []
        return self.filter(Q(status=Fair.Status.APPROVED) | Q(region__path__within=paths)) if paths else self.shown()

    def of_regions(self, user: User) -> Self:
        """Return those of an officer's regions."""
        return self.filter(region__path__within=user.regions(*OFFICERS))


@audit.track()
class Fair(PublicModel, VersionedModel):
    """A job fair that one officer enters and another approves. What it is kept for, its postings may name."""

    class Kind(models.TextChoices):
        GENERAL = "general", "综合招聘会"
        DISABLED = "disabled", "残疾人专场"
        VETERANS = "veterans", "退役军人专场"

    KEPT = frozenset({Kind.DISABLED, Kind.VETERANS})
    """Whose postings may lawfully name the group: 残疾人就业条例, 退役军人保障法."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", "待审核"
        APPROVED = "approved", "已公布"
        RETURNED = "returned", "未通过"
        CANCELLED = "cancelled", "已取消"

    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类型", max_length=12, choices=Kind.choices, default=Kind.GENERAL)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地区")
    place = models.CharField("地点", max_length=120)
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    organiser = models.CharField("主办", max_length=80)
    phone = models.CharField("咨询电话", max_length=32, blank=True, default="")
    note = models.CharField("说明", max_length=500, blank=True, default="")
    status = models.CharField("状态", max_length=12, choices=Status.choices, default=Status.PROPOSED)
    reason = models.CharField("审核或取消的理由", max_length=200, blank=True, default="")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    made_at = models.DateTimeField("登记时间", auto_now_add=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人")
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)

    objects = FairQuerySet.as_manager()

    class Meta:
        verbose_name = "招聘会"
        verbose_name_plural = "招聘会"
        indexes = [models.Index(fields=["-starts_at", "-id"], name="fair_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="fair_ends_after_it_starts",
                violation_error_message="结束时间要晚于开始时间。",
            ),
            models.CheckConstraint(
                condition=Q(status="proposed", decided_by=None, decided_at=None)
                | (~Q(status="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="fair_decided_by_a_person",
                violation_error_message="公布、退回和取消招聘会要写明谁定的、什么时候。",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | ~Q(decided_by=F("made_by")),
                name="fair_approved_by_another",
                violation_error_message="自己登记的招聘会要由别人审核。",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["returned", "cancelled"]) | ~Q(reason=""),
                name="fair_says_why_not",
                violation_error_message="不通过和取消都要写明理由。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tone(self) -> str:
        """The colour and shape of its status."""
        return {"approved": "ok", "proposed": "wn"}.get(self.status, "none")

    @property
    def is_kept(self) -> bool:
        """Whether it is kept for one group."""
        return self.kind in self.KEPT


class FairPostingQuerySet(models.QuerySet["FairPosting"]):
    def visible_to(self, user: User) -> Self:
        """Return those of fairs that one may see."""
        return self.filter(fair__in=Fair.objects.visible_to(user))


@audit.track()
class FairPosting(models.Model):
    """A posting that its employer brings to a fair."""

    fair = models.ForeignKey(Fair, models.CASCADE, related_name="brought", verbose_name="招聘会")
    posting = models.ForeignKey(Posting, models.CASCADE, related_name="fairs", verbose_name="岗位")
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="谁带来的")
    added_at = models.DateTimeField("带来的时间", auto_now_add=True)

    objects = FairPostingQuerySet.as_manager()

    class Meta:
        verbose_name = "招聘会的岗位"
        verbose_name_plural = "招聘会的岗位"
        constraints = [
            models.UniqueConstraint(
                fields=["fair", "posting"],
                name="fair_posting_once",
                violation_error_message="这个岗位已经在这场招聘会里。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.fair_id} {self.posting_id}"
