"""Figures that are signed: a month's report of a place, its frozen lines, later corrections; and tables made for people."""

from datetime import date
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core import audit
from core.models import PublicModel, VersionedModel
from core.models.audit import AppendOnlyModel
from core.storage import private, private_path
from core.triggers import AppendOnly, GuardedTrigger, Stamp
from people.models import Region, User
from people.roles import Role
from unemployment.models.followup import FOLLOWERS

FIGURE_READERS = FOLLOWERS | {Role.LEADER}
"""Those who see the figures of their regions; the rows behind them are for those who serve the people."""


class ReportIsFrozen(GuardedTrigger):
    """A signed report changes in one way only: it is reopened, once, by somebody, with a reason."""

    name = "report_is_frozen"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'a signed report is never deleted'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'report_is_frozen';
        END IF;
        IF OLD.status <> 'signed' OR NEW.status <> 'reopened'
           OR (to_jsonb(NEW) - '{status,reopened_by_id,reopened_at,reopen_reason,version}'::text[])
              <> (to_jsonb(OLD) - '{status,reopened_by_id,reopened_at,reopen_reason,version}'::text[]) THEN
            RAISE EXCEPTION 'a signed report is frozen'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'report_is_frozen';
        END IF;
        RETURN NEW;
    """


class AdjustmentIsFrozen(GuardedTrigger):
    """A correction keeps what it says; only the report that carries it is filled in, once."""

    name = "adjustment_is_frozen"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' OR OLD.carried_into_id IS NOT NULL
           OR (to_jsonb(NEW) - 'carried_into_id') <> (to_jsonb(OLD) - 'carried_into_id') THEN
            RAISE EXCEPTION 'a correction is frozen'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'adjustment_is_frozen';
        END IF;
        RETURN NEW;
    """


class ReportQuerySet(models.QuerySet["MonthReport"]):
    def visible_to(self, user: User) -> Self:
        """Return the reports of the regions whose figures one sees."""
        return self.filter(region__path__within=user.regions(*FIGURE_READERS))

    def signed(self) -> Self:
        """Return those that stand: signed and not reopened."""
        return self.filter(status=MonthReport.Status.SIGNED)


@audit.track()
class MonthReport(PublicModel, VersionedModel):
    """A place's figures of one month as somebody signed them; signed again after a reopening it is another edition."""

    class Status(models.TextChoices):
        SIGNED = "signed", "已签"
        REOPENED = "reopened", "已退回重签"

    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地区")
    month = models.DateField("月份")
    edition = models.PositiveSmallIntegerField("第几稿", default=1)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.SIGNED)
    head = models.CharField("单位负责人", max_length=30, blank=True, default="")
    filler = models.CharField("填表人", max_length=30, blank=True, default="")
    missing = models.JSONField("签的时候还没签的下级", default=list, blank=True)
    reason = models.CharField("下级没签完就签的原因", max_length=200, blank=True, default="")
    signed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="签字人")
    signed_at = models.DateTimeField("签字时间", default=timezone.now)
    reopened_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="退回人"
    )
    reopened_at = models.DateTimeField("退回时间", null=True, blank=True)
    reopen_reason = models.CharField("退回原因", max_length=200, blank=True, default="")

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "月报"
        triggers = (ReportIsFrozen(),)
        constraints = [
            models.UniqueConstraint(
                fields=["region", "month"],
                condition=Q(status="signed"),
                name="report_one_signed",
                violation_error_message="这个月已经有人签过。",
            ),
            models.UniqueConstraint(
                fields=["region", "month", "edition"], name="report_edition", violation_error_message="这一稿已经有了。"
            ),
            models.CheckConstraint(
                condition=Q(month__day=1), name="report_month", violation_error_message="月份要写成当月 1 日。"
            ),
            models.CheckConstraint(
                condition=Q(missing=[]) | ~Q(reason=""),
                name="report_says_why_early",
                violation_error_message="下级没有签完，要写明为什么先签。",
            ),
            models.CheckConstraint(
                condition=Q(status="signed", reopened_by=None, reopened_at=None, reopen_reason="")
                | (Q(status="reopened", reopened_by__isnull=False, reopened_at__isnull=False) & ~Q(reopen_reason="")),
                name="report_reopened_complete",
                violation_error_message="退回要写明谁、什么时候、为什么。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} 月报"


class ReportLine(AppendOnlyModel):
    """One figure of a signed report: of the place as a whole, or of one place right below it. Never changed."""

    report = models.ForeignKey(MonthReport, models.PROTECT, related_name="lines", db_index=False, verbose_name="月报")
    unit = models.ForeignKey(
        Region, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="下级地区（空白是合计）"
    )
    code = models.CharField("指标", max_length=24)
    label = models.CharField("指标名称", max_length=24)
    times = models.IntegerField("人次")
    people = models.IntegerField("人数")
    carried_times = models.IntegerField("上期调整人次", default=0)
    carried_people = models.IntegerField("上期调整人数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "月报数字"
        triggers = (AppendOnly(), Stamp())
        constraints = [
            models.UniqueConstraint(
                fields=["report", "unit", "code"],
                name="reportline_once",
                nulls_distinct=False,
                violation_error_message="这个数字已经有了。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.times}"


class AdjustmentQuerySet(models.QuerySet["Adjustment"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(report__in=MonthReport.objects.visible_to(user))

    def to_carry(self, region: Region, before: date) -> Self:
        """Return the corrections of a place's earlier months that no report carries yet."""
        standing = MonthReport.objects.signed().filter(region=region, month__lt=before)
        return self.filter(report__in=standing, carried_into=None).order_by("pk")


@audit.track()
class Adjustment(PublicModel):
    """What a figure has become since it was signed: the difference, recorded by a person, carried by the next report."""

    report = models.ForeignKey(MonthReport, models.PROTECT, related_name="adjustments", verbose_name="月报")
    code = models.CharField("指标", max_length=24)
    label = models.CharField("指标名称", max_length=24)
    times = models.IntegerField("人次增减")
    people = models.IntegerField("人数增减")
    reason = models.CharField("原因", max_length=200)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="记录人")
    at = models.DateTimeField("记录时间", default=timezone.now)
    carried_into = models.ForeignKey(
        MonthReport, models.PROTECT, null=True, blank=True, related_name="carried", verbose_name="并入哪期月报"
    )

    objects = AdjustmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "月报调整"
        triggers = (AdjustmentIsFrozen(),)
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="") & (~Q(times=0) | ~Q(people=0)),
                name="adjustment_says_why",
                violation_error_message="调整要有增减，并写明原因。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.times:+d}"


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: User) -> Self:
        """Return the tables one asked for oneself: what is in them is what one may see."""
        return self.filter(by=user)


@audit.track(ignore=("done",))
class Export(PublicModel, VersionedModel):
    """A table of rows, masked, made in the worker for the person who asked."""

    class Kind(models.TextChoices):
        FIGURE = "figure", "指标明细"
        LEDGER = "ledger", "失业登记台账"

    class Status(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "正在生成"
        DONE = "done", "可以下载"
        FAILED = "failed", "没有完成"
        GONE = "gone", "文件已到期清除"

    kind = models.CharField("内容", max_length=8, choices=Kind.choices)
    code = models.CharField("指标", max_length=24, blank=True, default="")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="地区")
    month = models.DateField("月份")
    title = models.CharField("标题", max_length=80)
    status = models.CharField("状态", max_length=8, choices=Status.choices, default=Status.QUEUED)
    problem = models.CharField("没有完成的原因", max_length=300, blank=True, default="")
    total = models.PositiveIntegerField("共几行", default=0)
    done = models.PositiveIntegerField("写了几行", default=0)
    file = models.FileField("文件", storage=private, upload_to=private_path, max_length=100, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="要表的人")
    created_at = models.DateTimeField("提出时间", default=timezone.now)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导出的表"
        indexes = [models.Index(fields=["by", "-created_at"], name="export_by")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_waiting(self) -> bool:
        """Whether the worker has it, so that the page should be looked at again."""
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)
