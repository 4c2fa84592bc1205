"""What happens around an application: kept postings, messages, notes, interviews, offers."""

from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from core import audit
from core.models import PublicModel
from jobs.models.application import Application
from jobs.models.posting import Posting
from people.models import User
from people.roles import Role


class SavedPostingQuerySet(models.QuerySet["SavedPosting"]):
    def visible_to(self, user: User) -> Self:
        """Return what oneself has kept."""
        return self.filter(user_id=user.pk)


@audit.track()
class SavedPosting(models.Model):
    """A posting that somebody keeps for later."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_postings", verbose_name="账号")
    posting = models.ForeignKey(Posting, models.CASCADE, related_name="+", verbose_name="岗位")
    saved_at = models.DateTimeField("收藏时间", auto_now_add=True)

    objects = SavedPostingQuerySet.as_manager()

    class Meta:
        verbose_name = "收藏的岗位"
        verbose_name_plural = "收藏的岗位"
        indexes = [models.Index(fields=["user", "-saved_at", "-id"], name="saved_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "posting"], name="saved_once", violation_error_message="这个岗位已经收藏过。"
            )
        ]

    def __str__(self) -> str:
        return f"收藏 {self.pk}"


class OfApplicationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Return what belongs to one's own applications and, for an agent, to those sent to the organisation."""
        mine = Q(application__applicant_id=user.pk)
        return self.filter(
            mine | Q(application__posting__organisation__in=user.verified_organisation_ids(Role.EMPLOYER_AGENT))
        )


@audit.track(exclude=("text",))
class ApplicationMessage(models.Model):
    """A line of the conversation about one application. Plain text, never changed."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="messages", verbose_name="申请")
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="谁写的")
    by_employer = models.BooleanField("单位写的")
    text = models.CharField("内容", max_length=500)
    sent_at = models.DateTimeField("时间", auto_now_add=True)

    objects = OfApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = "应聘对话"
        verbose_name_plural = "应聘对话"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class ApplicationNoteQuerySet(models.QuerySet["ApplicationNote"]):
    def visible_to(self, user: User) -> Self:
        """Return the notes of one's own organisation; the applicant never reads them here."""
        return self.filter(application__posting__organisation__in=user.verified_organisation_ids(Role.EMPLOYER_AGENT))


@audit.track(exclude=("text",))
class ApplicationNote(models.Model):
    """What an employer notes for itself about an application."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="notes", verbose_name="申请")
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="谁写的")
    text = models.CharField("备注", max_length=500)
    written_at = models.DateTimeField("时间", auto_now_add=True)

    objects = ApplicationNoteQuerySet.as_manager()

    class Meta:
        verbose_name = "单位备注"
        verbose_name_plural = "单位备注"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


@audit.track(exclude=("reply",))
class Interview(PublicModel):
    """An invitation to an interview. A new time for it is the same interview: calendars know it by its number."""

    class Mode(models.TextChoices):
        ONSITE = "onsite", "到现场"
        PHONE = "phone", "电话"
        VIDEO = "video", "视频"

    class Status(models.TextChoices):
        PROPOSED = "proposed", "等求职者回复"
        ACCEPTED = "accepted", "会来"
        OTHER_TIME = "other_time", "想换时间"
        DECLINED = "declined", "不来"
        CANCELLED = "cancelled", "单位取消"
        HELD = "held", "已过"

    LIVE = frozenset({Status.PROPOSED, Status.ACCEPTED, Status.OTHER_TIME})

    application = models.ForeignKey(Application, models.CASCADE, related_name="interviews", verbose_name="申请")
    starts_at = models.DateTimeField("时间")
    minutes = models.PositiveSmallIntegerField("大约几分钟", default=30)
    mode = models.CharField("方式", max_length=8, choices=Mode.choices, default=Mode.ONSITE)
    place = models.CharField("地点", max_length=160)
    contact = models.CharField("找谁", max_length=60, blank=True, default="")
    bring = models.CharField("带什么", max_length=200, blank=True, default="")
    status = models.CharField("回复", max_length=16, choices=Status.choices, default=Status.PROPOSED)
    reply = models.CharField("求职者说", max_length=200, blank=True, default="")
    sequence = models.PositiveSmallIntegerField("改过几次", default=0)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="谁约的")
    invited_at = models.DateTimeField("什么时候约的", auto_now_add=True)

    objects = OfApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = "面试"
        verbose_name_plural = "面试"
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status__in=["proposed", "accepted", "other_time"]),
                name="interview_one_live",
                violation_error_message="已经约了一次面试，直接改那一次的时间就行。",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=5, minutes__lte=480),
                name="interview_minutes",
                violation_error_message="面试时长要在 5 分钟到 8 小时之间。",
            ),
        ]

    def __str__(self) -> str:
        return f"面试 {self.pk}"

    @property
    def is_live(self) -> bool:
        """Whether it is still to come or to be answered."""
        return self.status in self.LIVE

    @property
    def ends_at(self) -> Any:
        """When it is over, as far as one can say."""
        return self.starts_at + timedelta(minutes=self.minutes)


@audit.track(exclude=("reply",))
class Offer(PublicModel):
    """An employer's offer: from when, for what pay, on what terms, and until when it waits for an answer."""

    class Status(models.TextChoices):
        OPEN = "open", "等求职者决定"
        ACCEPTED = "accepted", "接受"
        DECLINED = "declined", "没有接受"
        REPLACED = "replaced", "单位改了"
        LAPSED = "lapsed", "过期没有答复"

    application = models.ForeignKey(Application, models.CASCADE, related_name="offers", verbose_name="申请")
    starts_on = models.DateField("哪天上岗")
    pay_text = models.CharField("工资", max_length=60)
    terms = models.CharField("其他约定", max_length=500, blank=True, default="")
    answer_by = models.DateField("哪天以前答复")
    status = models.CharField("答复", max_length=16, choices=Status.choices, default=Status.OPEN)
    reply = models.CharField("求职者说", max_length=200, blank=True, default="")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="谁发的")
    made_at = models.DateTimeField("什么时候发的", auto_now_add=True)
    answered_at = models.DateTimeField("什么时候答复的", null=True, blank=True)

    objects = OfApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = "录用意向"
        verbose_name_plural = "录用意向"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(status__in=["open", "accepted"]),
                name="offer_one_live",
                violation_error_message="已经发过录用意向，直接改那一份就行。",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__gte=F("answer_by")),
                name="offer_answered_before_start",
                violation_error_message="答复期限不能晚于上岗日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"录用意向 {self.pk}"
