"""每月跟踪调查: one row per registration and month, and every attempt to reach the person."""

from datetime import date
from typing import Any, Self

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from core import audit
from core.models import PublicModel, VersionedModel
from people.models import User
from people.roles import Role
from unemployment.models.choices import INTENTIONS, Answer, ContactChannel, Outcome, Situation
from unemployment.models.registration import Registration

WORKERS = frozenset({Role.COMMUNITY_WORKER, Role.CASEWORKER})
"""Those who make the monthly contact."""
SUPERVISORS = frozenset({Role.COUNTY_SUPERVISOR, Role.CITY_SUPERVISOR})
FOLLOWERS = WORKERS | SUPERVISORS


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def visible_to(self, user: User) -> Self:
        """Return the follow-ups of the regions that this user serves; never those about oneself."""
        found = self.filter(region__path__within=user.regions(*FOLLOWERS))
        return found.exclude(registration__person=user.person_id) if user.person_id else found

    def pending(self) -> Self:
        """Return those still to be done."""
        return self.filter(status=FollowUp.Status.OPEN)

    def done(self) -> Self:
        return self.filter(status=FollowUp.Status.DONE)

    def of_month(self, month: date) -> Self:
        return self.filter(month=month)

    def overdue(self, *, on: date) -> Self:
        """Return those whose day is past."""
        return self.pending().filter(due_on__lt=on)

    def to_do_in(self, month: date) -> Self:
        """Return what the page of a month shows: its own tasks, and open ones left from earlier months."""
        kept = ~Q(status=FollowUp.Status.CANCELLED)
        return self.filter((Q(month=month) & kept) | Q(month__lt=month, status=FollowUp.Status.OPEN))


@audit.track(bulk=True, ignore=("draft", "draft_saved_at"))
class FollowUp(PublicModel, VersionedModel):
    """The contact with one registered person in one month (辽人社建〔2025〕21号: 每月组织开展1次跟踪调查).

    Columns carry database defaults, so that a month of half a million rows is opened by one statement per county.
    """

    class Status(models.TextChoices):
        OPEN = "open", "待联系"
        DONE = "done", "已联系"
        CANCELLED = "cancelled", "已取消"

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="follow_ups", verbose_name="登记")
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", verbose_name="管理地")
    month = models.DateField("月份")
    due_on = models.DateField("到期日")
    status = models.CharField(
        "状态", max_length=12, choices=Status.choices, default=Status.OPEN, db_default=Status.OPEN
    )
    cancel_reason = models.CharField("取消原因", max_length=128, blank=True, default="", db_default="")
    assignee = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任人")
    is_first = models.BooleanField("首次联系", default=False, db_default=False)
    opened_at = models.DateTimeField("建立时间", default=timezone.now, db_default=Now())
    failed_attempts = models.PositiveSmallIntegerField("没联系上的次数", default=0, db_default=0)

    channel = models.CharField(
        "联系方式", max_length=12, choices=ContactChannel.choices, blank=True, default="", db_default=""
    )
    reached = models.CharField(
        "联系到谁", max_length=12, choices=Outcome.choices, blank=True, default="", db_default=""
    )
    situation = models.CharField(
        "现在的情况", max_length=12, choices=Situation.choices, blank=True, default="", db_default=""
    )
    job = models.CharField("求职意向", max_length=12, choices=Answer.choices, blank=True, default="", db_default="")
    training = models.CharField(
        "培训意愿", max_length=12, choices=Answer.choices, blank=True, default="", db_default=""
    )
    business = models.CharField(
        "创业需求", max_length=12, choices=Answer.choices, blank=True, default="", db_default=""
    )
    details = models.JSONField("意向的具体内容", default=dict, db_default={}, blank=True)
    difficulties = models.CharField("困难", max_length=500, blank=True, default="", db_default="")
    services = models.JSONField("提供的服务", default=list, db_default=[], blank=True)
    note = models.CharField("备注", max_length=1000, blank=True, default="", db_default="")
    next_action = models.CharField("下一步", max_length=200, blank=True, default="", db_default="")
    next_on = models.DateField("下次联系", null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="联系人")
    done_at = models.DateTimeField("联系时间", null=True, blank=True)
    draft = models.JSONField("草稿", null=True, blank=True, editable=False)
    draft_saved_at = models.DateTimeField("草稿保存时间", null=True, blank=True, editable=False)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "跟踪调查"
        indexes = [
            models.Index(fields=["region", "month", "status"], name="followup_region_month"),
            models.Index(fields=["due_on", "id"], condition=Q(status="open"), name="followup_open_due"),
            models.Index(fields=["assignee", "month"], name="followup_assignee"),
            models.Index(
                fields=["done_at"], condition=Q(status="done") & ~Q(services=[]), name="followup_served"
            ),  # the figures of a month; a task that is opened is not in it, so that opening a month costs no more
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "month"],
                name="followup_once_a_month",
                violation_error_message="这个人这个月的跟踪调查已经建好了。",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1), name="followup_month", violation_error_message="月份要写成当月 1 日。"
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(cancel_reason=""),
                name="followup_cancel_reason",
                violation_error_message="取消跟踪调查要写明原因。",
            ),
            models.CheckConstraint(
                condition=~Q(status="done")
                | (
                    Q(done_by__isnull=False, done_at__isnull=False, reached__in=["self", "family"])
                    & ~Q(channel="")
                    & ~Q(job="")
                    & ~Q(training="")
                    & ~Q(business="")
                ),
                name="followup_done_complete",
                violation_error_message="求职、培训、创业三项都要有回答，没问到的写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} 跟踪调查"

    def days_left(self, on: date) -> int:
        """Return the days until the due day; negative when it is past."""
        return (self.due_on - on).days

    def intentions(self) -> list[dict[str, Any]]:
        """Return the three answers with their details, for display."""
        return [
            {
                "code": code,
                "label": label,
                "answer": Answer(getattr(self, code)).label if getattr(self, code) else "",
                "yes": getattr(self, code) == Answer.YES,
                "detail": "，".join(filter(None, (self.details or {}).get(code, {}).values())),
            }
            for code, label in INTENTIONS
        ]


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(follow_up__in=FollowUp.objects.visible_to(user))


@audit.track(bulk=True)
class Attempt(models.Model):
    """One try to reach a person: when, how, by whom, and what came of it."""

    follow_up = models.ForeignKey(FollowUp, models.CASCADE, related_name="attempts", verbose_name="跟踪调查")
    at = models.DateTimeField("时间", default=timezone.now)
    channel = models.CharField("联系方式", max_length=12, choices=ContactChannel.choices)
    outcome = models.CharField("结果", max_length=12, choices=Outcome.choices)
    note = models.CharField("说明", max_length=255, blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="联系人")

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "联系记录"
        ordering = ["-at", "-pk"]
        # Attempts are written down as they happen, so that a month of them lies together.
        indexes = [BrinIndex(fields=["at"], autosummarize=True, name="attempt_at")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}：{self.get_outcome_display()}"


@audit.track()
class OpenedMonth(models.Model):
    """That a county's month was opened, when, and how many rows that made: how a missed run is noticed."""

    county = models.ForeignKey("people.Region", models.PROTECT, related_name="+", verbose_name="县区")
    month = models.DateField("月份")
    opened_at = models.DateTimeField("时间", default=timezone.now)
    opened = models.PositiveIntegerField("建立的任务数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "月度任务建立记录"
        constraints = [
            models.UniqueConstraint(
                fields=["county", "month"], name="opened_month_once", violation_error_message="这个月已经建过任务。"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class PrintedListQuerySet(models.QuerySet["PrintedList"]):
    def visible_to(self, user: User) -> Self:
        """Return the lists one printed oneself; supervisors see those of their regions."""
        return self.filter(Q(printed_by=user) | Q(region__path__within=user.regions(*SUPERVISORS)))


@audit.track()
class PrintedList(PublicModel):
    """A visiting list on paper: it carries who printed it, when and a serial number, because it shows phones."""

    serial = models.CharField("编号", max_length=24, unique=True, editable=False)
    month = models.DateField("月份")
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", verbose_name="地区")
    printed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="打印人")
    printed_at = models.DateTimeField("打印时间", default=timezone.now)
    filters = models.CharField("名单条件", max_length=200, blank=True, default="")
    follow_ups = models.ManyToManyField(FollowUp, related_name="+", verbose_name="名单")

    objects = PrintedListQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "走访名单"

    def __str__(self) -> str:
        return self.serial
