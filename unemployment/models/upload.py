"""What two kinds of lists have in common that are handed in as a file: how far each is, and what became of its rows."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.models import PublicModel, VersionedModel
from core.models.audit import AppendOnlyModel
from core.storage import private, private_path
from people.models import User


class Upload(PublicModel, VersionedModel):
    """A file of rows about people: uploaded, looked at, taken over portion by portion in the worker."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", "等待确认"
        QUEUED = "queued", "排队中"
        RUNNING = "running", "正在处理"
        DONE = "done", "已完成"
        FAILED = "failed", "没有完成"

    file_name = models.CharField("文件", max_length=255)
    upload = models.FileField("上传的文件", storage=private, upload_to=private_path, max_length=100)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.UPLOADED)
    problem = models.CharField("没有完成的原因", max_length=500, blank=True, default="")
    received_on = models.DateField("收到日期")
    total = models.PositiveIntegerField("共几行", default=0)
    position = models.PositiveIntegerField("处理到第几行", default=0)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    created_at = models.DateTimeField("上传时间", default=timezone.now)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="failed") | ~Q(problem=""),
                name="%(class)s_says_why",
                violation_error_message="没有完成的，要写明原因。",
            )
        ]

    @property
    def is_waiting(self) -> bool:
        """Whether the worker has it, so that the page should be looked at again."""
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)

    @property
    def tone(self) -> str:
        """The colour and shape of its status."""
        return {"done": "ok", "failed": "bd", "uploaded": "none"}.get(self.status, "wn")


class UploadRow(AppendOnlyModel):
    """What became of one row, masked; written in the same transaction as what it led to. A row has a column `outcome`."""

    line = models.PositiveIntegerField("行号")
    name = models.CharField("姓名（遮住）", max_length=20, blank=True, default="")
    id_mask = models.CharField("证件号码（遮住）", max_length=18, blank=True, default="")
    note = models.CharField("说明", max_length=200, blank=True, default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"第 {self.line} 行"
