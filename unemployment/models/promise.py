"""不挑不拣 24 小时实现就业承诺: the person takes what is there, the office finds something within a day."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core import audit
from core.models import PublicModel
from jobs.models import Posting
from people.models import Person, User
from unemployment.models.hardship import HANDLERS
from unemployment.models.plan import PLAN_READERS, PLANNERS

PROMISE_READERS = PLAN_READERS
PROMISERS = PLANNERS | HANDLERS


class PromiseStatus(models.TextChoices):
    RUNNING = "running", "计时中"
    KEPT = "kept", "找到工作了"
    REFUSED = "refused", "本人没有接受，承诺结束"
    WITHDRAWN = "withdrawn", "本人不需要了"


class JobPromiseQuerySet(models.QuerySet["JobPromise"]):
    def own(self, user: User) -> Self:
        return self.filter(person=user.person_id) if user.person_id else self.none()

    def for_staff(self, user: User) -> Self:
        """Return those of the regions one serves, never one's own."""
        found = self.filter(region__path__within=user.regions(*PROMISE_READERS))
        return found.exclude(person=user.person_id) if user.person_id else found

    def visible_to(self, user: User) -> Self:
        """Return one's own and those one sees by office."""
        mine = Q(person=user.person_id) if user.person_id else Q(pk=None)
        return self.filter(mine | Q(region__path__within=user.regions(*PROMISE_READERS)))

    def running(self) -> Self:
        return self.filter(status=PromiseStatus.RUNNING)

    def breached(self, *, at: datetime) -> Self:
        """Return those that were not kept in time: still running after the hour, or kept too late."""
        late = Q(status=PromiseStatus.RUNNING, due_at__lt=at)
        return self.filter(late | Q(status=PromiseStatus.KEPT, ended_at__gt=F("due_at")))


@audit.track()
class JobPromise(PublicModel):
    """The clock of one person who takes any suitable work: from accepting the terms to an accepted offer.

    A refused offer ends the promise and nothing else: it is never counted as 拒绝服务.
    """

    Status = PromiseStatus

    person = models.ForeignKey(Person, models.PROTECT, related_name="promises", verbose_name="本人")
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", verbose_name="社区")
    terms_version = models.CharField("条款版本", max_length=96)
    consent = models.CharField("代办时本人怎么同意的", max_length=200, blank=True, default="")
    accepted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    accepted_at = models.DateTimeField("开始计时")
    due_at = models.DateTimeField("到时")
    status = models.CharField("状态", max_length=12, choices=PromiseStatus.choices, default=PromiseStatus.RUNNING)
    ended_at = models.DateTimeField("停止计时", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = JobPromiseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "24 小时就业承诺"
        indexes = [models.Index(fields=["region", "status"], name="promise_region")]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(status="running"),
                name="promise_one_running",
                violation_error_message="已经在计时，不用再登记一次。",
            ),
            models.CheckConstraint(
                condition=Q(status="running", ended_at=None) | (~Q(status="running") & Q(ended_at__isnull=False)),
                name="promise_clock",
                violation_error_message="承诺结束要记下时间。",
            ),
        ]

    def __str__(self) -> str:
        return "24 小时就业承诺"

    def is_breached(self, at: datetime) -> bool:
        """Whether it was not kept in time."""
        if self.status == PromiseStatus.RUNNING:
            return at > self.due_at
        return self.status == PromiseStatus.KEPT and self.ended_at is not None and self.ended_at > self.due_at

    def hours(self, at: datetime) -> float:
        """Return the hours on the clock."""
        return round(((self.ended_at or at) - self.accepted_at).total_seconds() / 3600, 1)


class PromiseOfferQuerySet(models.QuerySet["PromiseOffer"]):
    def visible_to(self, user: User) -> Self:
        """Return those of the promises one may see."""
        return self.filter(promise__in=JobPromise.objects.visible_to(user))


@audit.track()
class PromiseOffer(PublicModel):
    """One offer made under a promise; every one is on record."""

    class Answer(models.TextChoices):
        OPEN = "", "等本人答复"
        ACCEPTED = "accepted", "接受"
        REFUSED = "refused", "没有接受"

    class Channel(models.TextChoices):
        PHONE = "phone", "电话"
        SMS = "sms", "短信"
        VISIT = "visit", "当面"

    promise = models.ForeignKey(JobPromise, models.PROTECT, related_name="offers", verbose_name="承诺")
    posting = models.ForeignKey(
        Posting, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="招聘信息"
    )
    what = models.CharField("什么工作", max_length=200)
    channel = models.CharField("怎么告诉的", max_length=8, choices=Channel.choices)
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="推荐人")
    offered_at = models.DateTimeField("推荐时间", default=timezone.now)
    answer = models.CharField("答复", max_length=8, choices=Answer.choices, blank=True, default=Answer.OPEN)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="记录人"
    )
    note = models.CharField("说明", max_length=200, blank=True, default="")

    objects = PromiseOfferQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "承诺期内的推荐"
        ordering = ["offered_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["promise"],
                condition=Q(answer="accepted"),
                name="promise_one_accepted",
                violation_error_message="已经接受了一份工作。",
            ),
            models.CheckConstraint(
                condition=Q(answer="") | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="promise_answer_by_person",
                violation_error_message="答复要写明谁、什么时候记的。",
            ),
        ]

    def __str__(self) -> str:
        return self.get_answer_display()
