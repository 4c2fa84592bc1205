"""Call-backs after a hire: does the work suit, is the pay as agreed (定期回访：岗位适应、待遇落实)."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from core import audit
from core.models import PublicModel, VersionedModel
from jobs.models.application import Placement
from people.models import Region, User
from people.roles import CASE_ROLES


class CallBackQuerySet(models.QuerySet["CallBack"]):
    def visible_to(self, user: User) -> Self:
        """Return those of the regions that this user serves."""
        return self.filter(region__path__within=user.regions(*CASE_ROLES))

    def open(self) -> Self:
        """Return those that are still to be made."""
        return self.filter(status=CallBack.Status.OPEN)

    def due(self, *, on: date) -> Self:
        """Return those that are to be made by now."""
        return self.open().filter(due_on__lte=on)


@audit.track(exclude=("note",))
class CallBack(PublicModel, VersionedModel):
    """One call some days after the first day of work."""

    class Status(models.TextChoices):
        OPEN = "open", "待回访"
        DONE = "done", "已回访"
        DROPPED = "dropped", "不用回访"

    class Situation(models.TextChoices):
        WORKING = "working", "还在这个岗位"
        LEFT = "left", "已经离开"
        UNREACHED = "unreached", "没联系上"

    class Fit(models.TextChoices):
        GOOD = "good", "适应"
        LEARNING = "learning", "还在适应"
        BAD = "bad", "不适应"

    class Pay(models.TextChoices):
        AS_AGREED = "as_agreed", "按约定发"
        NOT_YET = "not_yet", "还没到发薪日"
        LESS = "less", "比约定的少"
        OWED = "owed", "拖欠"

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="call_backs", verbose_name="录用")
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+", verbose_name="负责地区")
    days = models.PositiveSmallIntegerField("上岗后第几天")
    due_on = models.DateField("应回访日期")
    term = models.CharField("依据的参数", max_length=80, blank=True, default="", editable=False)
    status = models.CharField("状态", max_length=8, choices=Status.choices, default=Status.OPEN)
    situation = models.CharField("在不在岗", max_length=12, choices=Situation.choices, blank=True, default="")
    fit = models.CharField("岗位适应", max_length=12, choices=Fit.choices, blank=True, default="")
    pay = models.CharField("待遇落实", max_length=12, choices=Pay.choices, blank=True, default="")
    left_on = models.DateField("哪天离开的", null=True, blank=True)
    note = models.CharField("记录", max_length=500, blank=True, default="")
    attempts = models.PositiveSmallIntegerField("没联系上几次", default=0)
    done_at = models.DateTimeField("回访时间", null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="回访人")

    objects = CallBackQuerySet.as_manager()

    class Meta:
        verbose_name = "就业回访"
        verbose_name_plural = "就业回访"
        indexes = [
            models.Index(fields=["region", "due_on"], name="callback_due", condition=Q(status="open")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "days"],
                name="callback_once",
                violation_error_message="这次录用的这一次回访已经有了。",
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | (~Q(situation__in=["", "unreached"]) & Q(done_by__isnull=False)),
                name="callback_done_says_what",
                violation_error_message="回访完要写明本人在不在岗。",
            ),
            models.CheckConstraint(
                condition=~Q(situation="working", status="done") | (~Q(fit="") & ~Q(pay="")),
                name="callback_working_says_how",
                violation_error_message="在岗的要写明岗位适应和待遇落实。",
            ),
        ]

    def __str__(self) -> str:
        return f"就业回访 {self.pk}"
