"""公示: what any notice with masked names has in common. Each app adds whom its lines are about, and who may see what."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.utils import timezone

from core.crypto import EncryptedField
from core.models import PublicModel, VersionedModel
from people.models import User


class NoticeQuerySet(models.QuerySet[Any]):
    def public(self, *, on: date) -> Self:
        """Return the notices that hang on this day."""
        return self.filter(closed_at=None, starts_on__lte=on, ends_on__gte=on)

    def over(self, *, on: date) -> Self:
        """Return the notices whose time is up but that are not yet closed."""
        return self.filter(closed_at=None, ends_on__lt=on)


class Notice(PublicModel):
    """One notice: when it hangs and who posted it. Taken down when its time is up."""

    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", verbose_name="公示地区")
    title = models.CharField("标题", max_length=128)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")
    posted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发布人")
    posted_at = models.DateTimeField("发布时间", default=timezone.now)
    closed_at = models.DateTimeField("撤下时间", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    def is_public(self, on: date) -> bool:
        """Whether it hangs on this day."""
        return self.closed_at is None and self.starts_on <= on <= self.ends_on


class NoticeLine(models.Model):
    """One person in a notice, already masked: the public page shows these texts and nothing else."""

    class Outcome(models.TextChoices):
        OPEN = "", "公示中"
        CLEARED = "cleared", "无异议"
        OBJECTED = "objected", "异议成立"

    number = models.PositiveIntegerField("序号")
    name = models.CharField("姓名（遮住）", max_length=64)
    outcome = models.CharField("结果", max_length=8, choices=Outcome.choices, blank=True, default=Outcome.OPEN)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class ObjectionBase(PublicModel, VersionedModel):
    """Somebody objects to a line of a notice: recorded, looked into, answered. An open one stops what comes next."""

    class Status(models.TextChoices):
        OPEN = "open", "待核查"
        UPHELD = "upheld", "异议成立"
        REJECTED = "rejected", "异议不成立"

    class Channel(models.TextChoices):
        WEB = "web", "网上"
        PHONE = "phone", "电话"
        COUNTER = "counter", "来访"

    channel = models.CharField("渠道", max_length=8, choices=Channel.choices, default=Channel.WEB)
    content = models.TextField("异议内容", max_length=1000)
    contact_name = models.CharField("联系人", max_length=64, blank=True, default="")
    contact_phone = EncryptedField("联系电话", blank=True, default="")
    received_at = models.DateTimeField("收到时间", default=timezone.now)
    due_on = models.DateField("答复期限", null=True, blank=True)
    status = models.CharField("状态", max_length=8, choices=Status.choices, default=Status.OPEN)
    handled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核查人")
    handled_at = models.DateTimeField("核查时间", null=True, blank=True)
    finding = models.TextField("核查结果", max_length=1000, blank=True, default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.get_status_display()
