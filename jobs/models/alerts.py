"""What people want to hear about: searches they saved, how they are told, and what they were told."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core import audit
from core.models import PublicModel
from people.models import User

MOST_SEARCHES = 20
MOST_SHOWN = 20
"""An alert lists so many postings; of more it says only that there are more."""


class Frequency(models.TextChoices):
    """How often somebody is told of new postings."""

    DAILY = "daily", "每天"
    WEEKLY = "weekly", "每周一"
    OFF = "off", "不提醒"


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    def visible_to(self, user: User) -> Self:
        """Return one's own; nobody sees what another looks for."""
        return self.filter(user_id=user.pk)


@audit.track(exclude=("query",))
class SavedSearch(PublicModel):
    """One search that somebody wants to come back to: the address of its results, without the page."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_searches", verbose_name="账号")
    query = models.CharField("条件", max_length=500)
    frequency = models.CharField("多久提醒一次", max_length=8, choices=Frequency.choices, default=Frequency.DAILY)
    created_at = models.DateTimeField("保存时间", default=timezone.now)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = "保存的搜索"
        verbose_name_plural = "保存的搜索"
        indexes = [models.Index(fields=["frequency", "user"], name="saved_search_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "query"],
                name="saved_search_once",
                violation_error_message="这样的搜索您已经保存过了。",
            )
        ]

    def __str__(self) -> str:
        return f"保存的搜索 {self.pk}"


class AlertSettingQuerySet(models.QuerySet["AlertSetting"]):
    def visible_to(self, user: User) -> Self:
        """Return one's own."""
        return self.filter(user_id=user.pk)


@audit.track()
class AlertSetting(models.Model):
    """How an account is told of postings, and whether its résumé may be used for that (个人信息保护法 24)."""

    user = models.OneToOneField(User, models.CASCADE, related_name="alert_setting", verbose_name="账号")
    personalised = models.CharField(
        "照我的求职意向推岗位", max_length=8, choices=Frequency.choices, default=Frequency.WEEKLY
    )
    by_sms = models.BooleanField("也发短信", default=False)
    by_email = models.BooleanField("也发电子邮件", default=False)

    objects = AlertSettingQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位提醒设置"
        verbose_name_plural = "岗位提醒设置"

    def __str__(self) -> str:
        return f"岗位提醒设置 {self.pk}"


class AlertRun(models.Model):
    """One day's (or week's) comparison of what is new with what everybody looks for."""

    frequency = models.CharField("多久一次", max_length=8, choices=Frequency.choices)
    day = models.DateField("日期")
    since = models.DateTimeField("从")
    until = models.DateTimeField("到")
    postings = models.PositiveIntegerField("新岗位", default=0)
    subscriptions = models.PositiveIntegerField("订阅", default=0)

    class Meta:
        verbose_name = "岗位提醒批次"
        verbose_name_plural = "岗位提醒批次"
        constraints = [
            models.UniqueConstraint(
                fields=["frequency", "day"], name="alert_run_once", violation_error_message="这一天已经提醒过了。"
            ),
            models.CheckConstraint(
                condition=Q(since__lt=F("until")),
                name="alert_run_in_order",
                violation_error_message="开始的时间要早于结束的时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.get_frequency_display()}"


class AlertQuerySet(models.QuerySet["Alert"]):
    def visible_to(self, user: User) -> Self:
        """Return what one was told oneself."""
        return self.filter(user_id=user.pk)


class Alert(PublicModel):
    """The new postings that one person was told of in one run, the newest first. Machines write it; no history."""

    run = models.ForeignKey(AlertRun, models.CASCADE, related_name="alerts", verbose_name="批次")
    user = models.ForeignKey(User, models.CASCADE, related_name="alerts", verbose_name="账号")
    postings = ArrayField(models.BigIntegerField(), verbose_name="岗位")
    total = models.PositiveIntegerField("一共几个")
    told_at = models.DateTimeField("通知时间", null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位提醒"
        verbose_name_plural = "岗位提醒"
        indexes = [
            models.Index(fields=["id"], condition=Q(told_at=None), name="alert_to_tell"),
            models.Index(fields=["user", "-id"], name="alert_of_user"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "user"], name="alert_once", violation_error_message="这次已经提醒过了。"
            )
        ]

    def __str__(self) -> str:
        return f"岗位提醒 {self.pk}"

    @property
    def count_text(self) -> str:
        """How many were found, as far as they were counted: 12, or 20 多."""
        return f"{MOST_SHOWN} 多" if self.total > MOST_SHOWN else str(self.total)
