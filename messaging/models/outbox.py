"""What has to leave the portal: one row for each text message and e-mail."""

import json
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from core.crypto import EncryptedField
from core.models import PublicModel
from people.models import User


class OutboxQuerySet(models.QuerySet["Outbox"]):
    def due(self, *, now: datetime, quiet: bool) -> Self:
        """Return what may be sent now, the urgent first; in quiet hours other text messages wait."""
        due = self.filter(status=Outbox.Status.QUEUED, next_try_at__lte=now)
        if quiet:
            due = due.filter(Q(is_urgent=True) | ~Q(channel=Outbox.Channel.SMS))
        return due.order_by("-is_urgent", "next_try_at", "pk")

    def cut_off(self, *, before: datetime) -> Self:
        """Return what was being sent when its worker died: claimed before a moment and never heard of again."""
        return self.filter(status=Outbox.Status.SENDING, claimed_at__lt=before)


class Outbox(PublicModel):
    """A message on its way to a phone or mailbox. Written in the transaction of the matter it tells about.

    Address and values are sealed. The public id is what the gateway knows the message by. No history table: the row is
    its own record, and it changes several times a second.
    """

    class Channel(models.TextChoices):
        SMS = "sms", "短信"
        EMAIL = "email", "电子邮件"

    class Status(models.TextChoices):
        QUEUED = "queued", "待发送"
        SENDING = "sending", "发送中"
        SENT = "sent", "已发送"
        FAILED = "failed", "发送失败"
        UNKNOWN = "unknown", "结果不明"
        DROPPED = "dropped", "不发送"

    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    user = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="outbox", verbose_name="收件账号"
    )
    address = EncryptedField("地址", blank=True, default="")
    address_mask = models.CharField("地址（遮住）", max_length=80, blank=True, default="")
    template = models.CharField("模板", max_length=60)
    context = EncryptedField("内容", blank=True, default="")
    key = models.CharField("去重键", max_length=150)
    is_urgent = models.BooleanField("夜间也发", default=False)
    status = models.CharField("状态", max_length=8, choices=Status.choices, default=Status.QUEUED)
    reason = models.CharField("原因", max_length=200, blank=True, default="")
    attempts = models.PositiveSmallIntegerField("发送次数", default=0)
    created_at = models.DateTimeField("时间", default=timezone.now, db_default=Now())
    next_try_at = models.DateTimeField("下次发送时间", default=timezone.now)
    expires_at = models.DateTimeField("过时不发", null=True, blank=True)
    claimed_at = models.DateTimeField("开始发送时间", null=True, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    gateway = models.CharField("通道", max_length=20, blank=True, default="")
    gateway_id = models.CharField("通道流水号", max_length=100, blank=True, default="")

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = "待发消息"
        verbose_name_plural = "待发消息"
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "key"],
                name="messaging_outbox_once",
                violation_error_message="这条消息已经排队发送。",
            )
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=Q(status="queued"), name="messaging_outbox_due"),
            models.Index(fields=["claimed_at"], condition=Q(status="sending"), name="messaging_outbox_sending"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.template} {self.address_mask}"

    def values(self) -> dict[str, Any]:
        """Return the values for the template's text."""
        return json.loads(self.context.open() or "{}")

    def set_values(self, values: dict[str, str]) -> None:
        """Put the values for the template's text in, sealed."""
        self.context = json.dumps(values, ensure_ascii=False)
