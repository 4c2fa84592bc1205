"""The ledger a county kept before: uploaded as a table, looked at, taken over portion by portion, each row with its outcome."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from core import audit
from core.models import PublicModel, VersionedModel
from core.models.audit import AppendOnlyModel
from core.storage import private, private_path
from core.triggers import AppendOnly, Stamp
from people.models import Region, User
from unemployment.models.registration import OFFICERS


class LedgerQuerySet(models.QuerySet["Ledger"]):
    def visible_to(self, user: User) -> Self:
        """Return one's own, and those of the places one decides for."""
        return self.filter(Q(by=user) | Q(region__path__within=user.regions(*OFFICERS)))


@audit.track()
class Ledger(PublicModel, VersionedModel):
    """One file of a 失业登记台账: whose place it is about, how far it is, and how many rows came to what."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", "等待确认"
        QUEUED = "queued", "排队中"
        RUNNING = "running", "正在导入"
        DONE = "done", "已完成"
        FAILED = "failed", "没有完成"

    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="台账所在地区")
    file_name = models.CharField("文件", max_length=255)
    upload = models.FileField("上传的文件", storage=private, upload_to=private_path, max_length=100)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.UPLOADED)
    problem = models.CharField("没有完成的原因", max_length=500, blank=True, default="")
    received_on = models.DateField("收到日期")
    trial = models.JSONField("试运行结果", default=dict)
    total = models.PositiveIntegerField("共几行", default=0)
    position = models.PositiveIntegerField("处理到第几行", default=0)
    registered = models.PositiveIntegerField("登记有效", default=0)
    history = models.PositiveIntegerField("历史记录", default=0)
    unchanged = models.PositiveIntegerField("以前导入过", default=0)
    duplicate = models.PositiveIntegerField("已有登记", default=0)
    rejected = models.PositiveIntegerField("没有导入", default=0)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    created_at = models.DateTimeField("上传时间", default=timezone.now)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "台账导入"
        indexes = [models.Index(fields=["region", "-created_at"], name="ledger_region")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="failed") | ~Q(problem=""),
                name="ledger_says_why",
                violation_error_message="没有完成的导入要写明原因。",
            )
        ]

    def __str__(self) -> str:
        return f"台账 {self.received_on}"

    @property
    def is_waiting(self) -> bool:
        """Whether the worker has it, so that the page should be looked at again."""
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)

    @property
    def tone(self) -> str:
        """The colour and shape of its status."""
        return {"done": "ok", "failed": "bd", "uploaded": "none"}.get(self.status, "wn")


class LedgerRow(AppendOnlyModel):
    """What became of one row, masked; written in the same transaction as the registration itself."""

    class Outcome(models.TextChoices):
        REGISTERED = "registered", "登记有效"
        HISTORY = "history", "作为历史记录"
        UNCHANGED = "unchanged", "以前导入过，没有变化"
        DUPLICATE = "duplicate", "全省已有登记，没有覆盖"
        REJECTED = "rejected", "没有导入"

    ledger = models.ForeignKey(Ledger, models.PROTECT, related_name="rows", db_index=False, verbose_name="台账")
    line = models.PositiveIntegerField("行号")
    name = models.CharField("姓名（遮住）", max_length=20, blank=True, default="")
    id_mask = models.CharField("证件号码（遮住）", max_length=18, blank=True, default="")
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices)
    note = models.CharField("说明", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "台账逐行结果"
        triggers = (AppendOnly(), Stamp())
        constraints = [
            models.UniqueConstraint(
                fields=["ledger", "line"], name="ledgerrow_once", violation_error_message="这一行已经有结果。"
            )
        ]

    def __str__(self) -> str:
        return f"第 {self.line} 行"
