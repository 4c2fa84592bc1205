"""Domain events and who has dealt with them."""

from django.contrib.postgres.indexes import BrinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now

from core.models.audit import AppendOnlyModel


class Event(AppendOnlyModel):
    """Something that happened in the domain, appended in the transaction in which it happened."""

    name = models.TextField("事件")
    subject = models.TextField("对象")
    payload = models.JSONField("内容", default=dict, encoder=DjangoJSONEncoder)
    context = models.JSONField("来源", default=dict)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "领域事件"
        verbose_name_plural = "领域事件"
        indexes = [
            BrinIndex(fields=["xid"], autosummarize=True),
            models.Index(fields=["subject", "-id"], name="core_event_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject}"


class ConsumerCursor(models.Model):
    """How far a consumer has taken note of events: every transaction below `position` has ended and was seen."""

    consumer = models.TextField("消费者", unique=True)
    position = models.BigIntegerField("位置", default=0)

    class Meta:
        verbose_name = "消费位置"
        verbose_name_plural = "消费位置"


class Delivery(models.Model):
    """One event for one consumer: to be done, done, or set aside after too many failures."""

    class Status(models.TextChoices):
        PENDING = "pending", "待处理"
        DONE = "done", "已处理"
        PARKED = "parked", "已搁置"

    consumer = models.TextField("消费者")
    event_id = models.BigIntegerField("事件")
    subject = models.TextField("对象")
    status = models.TextField("状态", choices=Status, default=Status.PENDING, db_default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField("次数", default=0, db_default=0)
    next_try_at = models.DateTimeField("下次时间", db_default=Now())
    error = models.TextField("错误", blank=True, default="", db_default="")
    done_at = models.DateTimeField("处理时间", null=True)

    class Meta:
        verbose_name = "事件处理"
        verbose_name_plural = "事件处理"
        constraints = [models.UniqueConstraint(fields=["consumer", "event_id"], name="core_delivery_once")]
        indexes = [
            models.Index(
                fields=["consumer", "subject", "event_id"],
                condition=models.Q(status="pending"),
                name="core_delivery_pending",
            ),
            models.Index(fields=["consumer"], condition=models.Q(status="parked"), name="core_delivery_parked"),
        ]
