"""What was taken over from other sources, file by file."""

from typing import Self

from django.db import models

from core import audit
from core.models import PublicModel
from jobs.models.posting import OFFICERS
from people.models import User


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: User) -> Self:
        """Return all to officers, nothing to others: a file may concern any region."""
        return self.all() if user.is_authenticated and user.has_role(*OFFICERS) else self.none()


@audit.track()
class ImportBatch(PublicModel):
    """One run over one file: every row of it was added, changed, unchanged, kept as it was, or rejected."""

    file_name = models.CharField("文件", max_length=255)
    source = models.CharField("来源", max_length=40, blank=True, default="")
    added = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("更新", default=0)
    unchanged = models.PositiveIntegerField("没有变化", default=0)
    kept = models.PositiveIntegerField("已下架或结束，不改", default=0)
    rejected = models.PositiveIntegerField("没有导入", default=0)
    rejects_path = models.CharField("未导入清单", max_length=500, blank=True, default="")
    started_at = models.DateTimeField("开始时间")
    seconds = models.FloatField("用时（秒）", default=0)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="操作人")

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位导入"
        verbose_name_plural = "岗位导入"
        indexes = [models.Index(fields=["-started_at"], name="import_batch_newest")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def rows(self) -> int:
        """All rows of the file."""
        return self.added + self.changed + self.unchanged + self.kept + self.rejected
