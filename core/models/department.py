"""What other departments know: their files, row by row, and the log of every question put to them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from core import audit
from core.models.audit import AppendOnlyModel


class Department(models.TextChoices):
    POLICE = "police", "公安"
    CIVIL_AFFAIRS = "civil_affairs", "民政"
    AGRICULTURE = "agriculture", "农业农村"
    MARKET_REGULATION = "market_regulation", "市场监管"
    SOCIAL_INSURANCE = "social_insurance", "社保"
    EDUCATION = "education", "教育"
    DISABLED_FEDERATION = "disabled_federation", "残联"
    TAX = "tax", "税务"
    VETERANS_AFFAIRS = "veterans_affairs", "退役军人"
    FINANCE = "finance", "财政"


@audit.track()
class DepartmentFile(models.Model):
    """One loaded file: which department's list, as of which day, in which version of that day."""

    department = models.TextField("部门", choices=Department)
    dataset = models.TextField("数据集")
    name = models.TextField("文件名")
    as_of = models.DateField("数据日期")
    version = models.PositiveIntegerField("版本")
    sha256 = models.TextField("文件摘要")
    rows = models.PositiveIntegerField("行数")
    rejected = models.PositiveIntegerField("退回行数")
    loaded_at = models.DateTimeField("载入时间", auto_now_add=True)

    class Meta:
        verbose_name = "部门数据文件"
        verbose_name_plural = "部门数据文件"
        constraints = [
            models.UniqueConstraint(
                fields=["department", "dataset", "as_of", "version"], name="core_departmentfile_version"
            ),
            models.UniqueConstraint(fields=["department", "dataset", "sha256"], name="core_departmentfile_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_department_display()} {self.name}"


class DepartmentRow(AppendOnlyModel):
    """One row of a file, found by the blind index of the person's or organisation's number; the number is not kept."""

    file = models.ForeignKey(DepartmentFile, models.PROTECT, related_name="+", db_index=False, verbose_name="文件")
    row = models.PositiveIntegerField("行号")
    subject_index = models.TextField("对象索引")
    state = models.TextField("状态", blank=True, default="")
    valid_from = models.DateField("起", null=True)
    valid_to = models.DateField("止", null=True)
    record = models.JSONField("内容", default=dict)

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "部门数据"
        verbose_name_plural = "部门数据"
        indexes = [
            BrinIndex(fields=["xid"], autosummarize=True),
            models.Index(fields=["subject_index", "file"], name="core_departmentrow_subject"),
        ]


class QueryLog(AppendOnlyModel):
    """One question put to a department's data: who asked, for what, about whom (as an index), and what came back."""

    actor = models.BigIntegerField("人员", null=True)
    actor_name = models.TextField("姓名", blank=True, default="")
    role = models.TextField("角色", blank=True, default="")
    request_id = models.TextField("请求编号", blank=True, default="")
    department = models.TextField("部门", choices=Department)
    dataset = models.TextField("数据集")
    purpose = models.TextField("用途")
    subject_index = models.TextField("对象索引")
    on = models.DateField("查询日期")
    available = models.BooleanField("有数据")
    hits = models.PositiveIntegerField("结果数")
    states = ArrayField(models.TextField(), default=list, verbose_name="结果状态")

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "部门数据查询记录"
        verbose_name_plural = "部门数据查询记录"
        indexes = [
            BrinIndex(fields=["xid"], autosummarize=True),
            models.Index(fields=["subject_index", "-id"], name="core_querylog_subject"),
        ]
        constraints = [models.CheckConstraint(condition=~models.Q(purpose=""), name="core_querylog_says_why")]
