"""What visitors and the checker report of postings: somebody wants money, lies, or asks for what no law allows."""

from typing import Self

from django.db import models
from django.db.models import Q

from core import audit
from core.models import PublicModel, VersionedModel
from jobs.models.posting import OFFICERS, Posting, of_places
from people.models import User


class PostingReportQuerySet(models.QuerySet["PostingReport"]):
    def visible_to(self, user: User) -> Self:
        """Return those of the postings that this officer answers for."""
        return self.filter(of_places(user.regions(*OFFICERS), "posting__"))

    def own(self, user: User) -> Self:
        """Return what a person reported."""
        return self.filter(reporter=user)

    def open(self) -> Self:
        """Return those that nobody has settled yet."""
        return self.filter(settled_at=None)


@audit.track(exclude=("text", "answer"))
class PostingReport(PublicModel, VersionedModel):
    """One report of one posting (投诉举报)."""

    class Reason(models.TextChoices):
        MONEY = "money", "要交钱、办贷款"
        FAKE = "fake", "假岗位、骗人"
        DIFFERENT = "different", "和写的不一样"
        UNLAWFUL = "unlawful", "歧视、扣证件、招童工等违法要求"
        OTHER = "other", "别的问题"

    class Outcome(models.TextChoices):
        TAKEN_DOWN = "taken_down", "属实，岗位已下架"
        PASSED_ON = "passed_on", "已转劳动保障监察或公安"
        MENDED = "mended", "单位已改正"
        UNFOUNDED = "unfounded", "没有查到问题"

    posting = models.ForeignKey(Posting, models.CASCADE, related_name="reports", verbose_name="岗位")
    reporter = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="posting_reports", verbose_name="谁举报的"
    )
    rule = models.CharField("系统检查的规则", max_length=40, blank=True, default="", editable=False)
    reason = models.CharField("举报什么", max_length=12, choices=Reason.choices)
    text = models.CharField("说明", max_length=500, blank=True, default="")
    reported_at = models.DateTimeField("举报时间", auto_now_add=True)
    outcome = models.CharField("结果", max_length=12, choices=Outcome.choices, blank=True, default="")
    answer = models.CharField("处理说明", max_length=500, blank=True, default="")
    settled_at = models.DateTimeField("处理时间", null=True, blank=True)
    settled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="谁处理的"
    )

    objects = PostingReportQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位举报"
        verbose_name_plural = "岗位举报"
        indexes = [models.Index(fields=["reported_at", "id"], name="report_open", condition=Q(settled_at=None))]
        constraints = [
            models.UniqueConstraint(
                fields=["posting", "reporter"],
                condition=Q(settled_at=None, reporter__isnull=False),
                name="report_once_a_person",
                violation_error_message="这个岗位您已经举报过，正在核实。",
            ),
            models.UniqueConstraint(
                fields=["posting", "rule"],
                condition=Q(settled_at=None) & ~Q(rule=""),
                name="report_once_a_rule",
                violation_error_message="系统检查已经报过这个岗位。",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, outcome="")
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(outcome="") & ~Q(answer="")),
                name="report_settled_says_how",
                violation_error_message="处理举报要写明结果和说明。",
            ),
        ]

    def __str__(self) -> str:
        return f"岗位举报 {self.pk}"

    @property
    def source(self) -> str:
        """Who says so, in words: the checker, somebody who is signed in, or a visitor."""
        return "系统检查" if self.rule else "登录的用户" if self.reporter_id else "没有登录的人"
