"""What was taken over from other sources: file by file, and how each source's columns are read."""

from typing import Self

from django.db import models

from core import audit
from core.models import PublicModel, VersionedModel
from core.storage import private, private_path
from jobs.models.posting import OFFICERS
from jobs.models.triggers import NoPartnersSource
from people.models import User


class ForOfficers(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Return all to officers, nothing to others: a file may concern any region."""
        return self.all() if user.is_authenticated and user.has_role(*OFFICERS) else self.none()


@audit.track()
class ImportMapping(PublicModel, VersionedModel):
    """Which column of a source's files means what, as a person settled it once for all its files."""

    source = models.CharField("来源", max_length=40, unique=True)
    columns = models.JSONField("列的对应", default=dict)
    """Our field -> the source's column name, as it stands in the header."""
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="保存人")
    saved_at = models.DateTimeField("保存时间", auto_now=True)

    objects = ForOfficers.as_manager()

    class Meta:
        verbose_name = "来源的列"
        verbose_name_plural = "来源的列"

    def __str__(self) -> str:
        return self.source


@audit.track()
class ImportBatch(PublicModel, VersionedModel):
    """One run over one file: every row of it was added, changed, unchanged, kept as it was, held, or rejected."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", "等着确认列"
        QUEUED = "queued", "排队中"
        RUNNING = "running", "正在导入"
        DONE = "done", "已完成"
        FAILED = "failed", "没有完成"

    file_name = models.CharField("文件", max_length=255)
    source = models.CharField("来源", max_length=40, blank=True, default="")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.DONE)
    problem = models.CharField("没有完成的原因", max_length=500, blank=True, default="")
    upload = models.FileField("上传的文件", storage=private, upload_to=private_path, max_length=100, blank=True)
    outcomes = models.FileField("逐行结果", storage=private, upload_to=private_path, max_length=100, blank=True)
    columns = models.JSONField("列的对应", default=dict, blank=True)
    is_full = models.BooleanField("来源的全部岗位", default=False)
    position = models.PositiveIntegerField("处理到第几行", default=0)
    attempts = models.PositiveSmallIntegerField("连着断了几次", default=0, db_default=0, editable=False)
    """How often the worker began since it last got on: the file itself may be what breaks it."""
    added = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("更新", default=0)
    unchanged = models.PositiveIntegerField("没有变化", default=0)
    kept = models.PositiveIntegerField("已下架或结束，不改", default=0)
    held = models.PositiveIntegerField("其中转人工核验", default=0)
    merged = models.PositiveIntegerField("其中与别的来源重复", default=0)
    gone = models.PositiveIntegerField("来源不再列出，已到期", default=0)
    rejected = models.PositiveIntegerField("没有导入", default=0)
    rejects_path = models.CharField("未导入清单", max_length=500, blank=True, default="")
    started_at = models.DateTimeField("开始时间")
    seconds = models.FloatField("用时（秒）", default=0)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="操作人")

    objects = ForOfficers.as_manager()

    class Meta:
        verbose_name = "岗位导入"
        verbose_name_plural = "岗位导入"
        indexes = [models.Index(fields=["-started_at"], name="import_batch_newest")]
        triggers = [NoPartnersSource()]

    def __str__(self) -> str:
        return self.file_name

    @property
    def rows(self) -> int:
        """All rows of the file that were read so far."""
        return self.added + self.changed + self.unchanged + self.kept + self.rejected

    @property
    def is_waiting(self) -> bool:
        """Whether the worker has it, so that the page should be looked at again."""
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)

    @property
    def can_go_on(self) -> bool:
        """Whether somebody may have it gone on with: it broke off, and the file is still there."""
        return self.status == self.Status.FAILED and bool(self.upload)

    @property
    def tone(self) -> str:
        """The colour and shape of its status."""
        return {"done": "ok", "failed": "bd", "uploaded": "none"}.get(self.status, "wn")
