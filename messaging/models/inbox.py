"""What people read in the portal, and what they do not want to hear about."""

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from core import audit
from core.models import PublicModel
from people.models import User


class InboxMessageQuerySet(models.QuerySet["InboxMessage"]):
    def visible_to(self, user: User) -> Self:
        """Return one's own messages; nobody reads another's."""
        return self.filter(user_id=user.pk)

    def unread(self) -> Self:
        """Return those not read yet."""
        return self.filter(read_at=None)


class InboxMessage(PublicModel):
    """A message to one account."""

    user = models.ForeignKey(User, models.CASCADE, related_name="inbox", verbose_name="收件人")
    key = models.CharField("去重键", max_length=150)
    template = models.CharField("模板", max_length=60)
    title = models.CharField("标题", max_length=120)
    text = models.TextField("内容")
    link = models.CharField("办理地址", max_length=300, blank=True, default="")
    created_at = models.DateTimeField("时间", default=timezone.now, db_default=Now())
    read_at = models.DateTimeField("读过的时间", null=True, blank=True)

    objects = InboxMessageQuerySet.as_manager()

    class Meta:
        verbose_name = "消息"
        verbose_name_plural = "消息"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], name="messaging_inbox_once", violation_error_message="这条消息已经发过。"
            )
        ]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="messaging_inbox_list"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="messaging_inbox_unread"),
        ]

    def __str__(self) -> str:
        return self.title


@audit.track()
class OptOut(models.Model):
    """An account does not want to hear about an optional topic any more."""

    user = models.ForeignKey(User, models.CASCADE, related_name="opt_outs", verbose_name="账号")
    topic = models.CharField("主题", max_length=40)
    since = models.DateTimeField("关闭时间", default=timezone.now)

    class Meta:
        verbose_name = "消息退订"
        verbose_name_plural = "消息退订"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "topic"], name="messaging_opt_out_once", violation_error_message="这类消息已经关闭过。"
            )
        ]

    def __str__(self) -> str:
        return self.topic
