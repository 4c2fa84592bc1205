"""A claim: one person, one programme, some months, and where it stands."""

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core import audit
from core.crypto import EncryptedField
from core.errors import DomainError
from core.models import PublicModel, VersionedModel
from people.models import Document, Person, Region, User
from people.roles import Role
from subsidies.models.programme import Programme, ProgrammeVersion
from subsidies.models.triggers import AmountIsFinal, ClaimHoldsMonths, MonthFollowsClaim
from subsidies.rules import Facts

__all__ = ["Claim", "ClaimDocument", "ClaimMonth"]


class Status(models.TextChoices):
    """Where a claim stands. `accepted` and `review` both wait for the first reviewer; `review` was sent back to him."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待受理"
    CORRECTION = "correction", "待补正"
    ACCEPTED = "accepted", "待初审"
    REVIEW = "review", "退回重审"
    SECOND_REVIEW = "second_review", "待复核"
    PUBLICITY = "publicity", "公示"
    APPROVAL = "approval", "待审批"
    APPROVED = "approved", "待拨付"
    PAYING = "paying", "拨付中"
    PAID = "paid", "已发放"
    RETURNED = "returned", "银行退回"
    REFUSED = "refused", "不予补贴"
    WITHDRAWN = "withdrawn", "已撤回"


IN_REVIEW = (Status.ACCEPTED, Status.REVIEW)
OVER = (Status.PAID, Status.REFUSED, Status.WITHDRAWN)
_AFTER_SUBMIT = tuple(s for s in Status if s is not Status.DRAFT)
_AFTER_INTAKE = tuple(s for s in _AFTER_SUBMIT if s not in (Status.SUBMITTED, Status.WITHDRAWN))
_AFTER_APPROVAL = (Status.APPROVED, Status.PAYING, Status.PAID, Status.RETURNED)

ROLE_SEES: dict[str, tuple[str, ...]] = {
    Role.SUBSIDY_INTAKE: _AFTER_SUBMIT,
    Role.SUBSIDY_REVIEWER: _AFTER_INTAKE,
    Role.SUBSIDY_SECOND_REVIEWER: tuple(s for s in _AFTER_INTAKE if s not in (*IN_REVIEW, Status.CORRECTION)),
    Role.SUBSIDY_APPROVER: (Status.PUBLICITY, Status.APPROVAL, *_AFTER_APPROVAL, Status.REFUSED),
    Role.SUBSIDY_PAYER: _AFTER_APPROVAL,
    Role.FINANCE: _AFTER_APPROVAL,
    Role.COUNTY_SUPERVISOR: _AFTER_SUBMIT,
    Role.CITY_SUPERVISOR: _AFTER_SUBMIT,
}
"""What each role sees inside its regions: a claim shows up for a role when it reaches that role's step."""

OWN_MOVE: dict[str, tuple[str, ...]] = {
    Role.SUBSIDY_INTAKE: (Status.SUBMITTED,),
    Role.SUBSIDY_REVIEWER: IN_REVIEW,
    Role.SUBSIDY_SECOND_REVIEWER: (Status.SECOND_REVIEW,),
    Role.SUBSIDY_APPROVER: (Status.APPROVAL,),
}
"""What waits for each role in the queue (payments and notices have desks of their own)."""


class ClaimQuerySet(models.QuerySet["Claim"]):
    def visible_to(self, user: User) -> Self:
        """Return one's own claims and, for officers, those of their regions that reached their step."""
        mine = Q(person=user.person_id) if user.person_id else Q(pk=None)
        return self.filter(mine | _officer_scope(user))

    def for_officer(self, user: User) -> Self:
        """Return the claims that this user sees by office; never one's own."""
        scope = self.filter(_officer_scope(user))
        return scope.exclude(person=user.person_id) if user.person_id else scope

    def waiting_for(self, user: User) -> Self:
        """Return the claims whose next move is this user's."""
        wanted = Q(pk=None)
        for role, statuses in OWN_MOVE.items():
            if paths := user.regions(role):
                wanted |= Q(status__in=statuses, region__path__within=paths)
        return self.for_officer(user).filter(wanted)

    def own(self, user: User) -> Self:
        """Return the claims of the person behind this account."""
        return self.filter(person=user.person_id) if user.person_id else self.none()

    def open(self) -> Self:
        """Return the claims that are not over, drafts too."""
        return self.exclude(status__in=OVER)

    def live(self) -> Self:
        """Return the claims that are under way."""
        return self.exclude(status__in=[Status.DRAFT, *OVER])


def _officer_scope(user: User) -> Q:
    scope = Q(pk=None)
    for role, statuses in ROLE_SEES.items():
        if paths := user.regions(role):
            scope |= Q(region__path__within=paths, status__in=statuses)
    return scope


@audit.track(exclude=("known", "facts", "trace"))
class Claim(PublicModel, VersionedModel):
    """An application for one programme, from draft to money.

    The decision stores the version of the terms, the facts with their sources, each rule's verdict and the amount.
    """

    Status = Status

    class Channel(models.TextChoices):
        WEB = "web", "网上"
        COUNTER = "counter", "窗口"

    person = models.ForeignKey(Person, models.PROTECT, related_name="claims", verbose_name="申请人")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="claims", verbose_name="补贴项目")
    programme_version = models.ForeignKey(
        ProgrammeVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="适用版本"
    )
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", verbose_name="受理地区")
    status = models.CharField("状态", max_length=16, choices=Status.choices, default=Status.DRAFT)
    status_since = models.DateTimeField("进入状态时间", default=timezone.now)
    due_on = models.DateField("办理期限", null=True, blank=True)
    receipt_number = models.CharField("受理编号", max_length=24, null=True, blank=True, unique=True)
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2, null=True, blank=True)
    known = models.JSONField("系统带出的数据", default=dict, blank=True)
    facts = models.JSONField("事实", default=dict, blank=True)
    facts_at = models.DateTimeField("事实查询时间", null=True, blank=True)
    trace = models.JSONField("规则结果", default=dict, blank=True)
    decision = models.JSONField("决定", default=dict, blank=True)
    work = models.CharField("现在做的工作", max_length=64, blank=True, default="")
    work_since = models.DateField("从哪个月开始", null=True, blank=True)
    declared_retirement_age = models.PositiveSmallIntegerField("本人确认的原退休年龄", null=True, blank=True)
    bank_name = models.CharField("开户银行", max_length=32, blank=True, default="")
    bank_account = EncryptedField("银行卡号", blank=True, default="")
    bank_tail = models.CharField("卡号后四位", max_length=4, blank=True, default="")
    pledged_at = models.DateTimeField("承诺时间", null=True, blank=True)
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices, default=Channel.WEB)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    accepted_at = models.DateTimeField("受理时间", null=True, blank=True)
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    paid_on = models.DateField("到账日期", null=True, blank=True)
    corrections = models.PositiveSmallIntegerField("补正次数", default=0)
    correction_note = models.TextField("要补正的内容", max_length=1000, blank=True, default="")
    correction_due_on = models.DateField("补正期限", null=True, blank=True)
    return_reason = models.CharField("退回原因", max_length=255, blank=True, default="")
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "补贴申请"
        indexes = [
            models.Index(fields=["status", "due_on", "id"], name="claim_queue"),
            models.Index(fields=["region", "status"], name="claim_region_status"),
            GinIndex(fields=["decision"], name="claim_decision"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "programme"],
                condition=Q(status=Status.DRAFT),
                name="claim_one_draft",
                violation_error_message="这项补贴您已有一份没交的申请，请接着填那一份。",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                name="claim_amount_not_negative",
                violation_error_message="金额不能是负数。",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.DRAFT, Status.WITHDRAWN]) | Q(programme_version__isnull=False),
                name="claim_has_version",
                violation_error_message="交上来的申请必须记下适用的版本。",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=_AFTER_APPROVAL) | Q(amount__gt=0, decided_at__isnull=False),
                name="claim_approved_has_amount",
                violation_error_message="批准的申请必须有金额和决定时间。",
            ),
            models.CheckConstraint(
                condition=Q(corrections__lte=1),
                name="claim_corrected_once",
                violation_error_message="补正只能要求一次，而且要一次说全（优化营商环境条例第三十六条）。",
            ),
            models.CheckConstraint(
                condition=Q(declared_retirement_age__isnull=True) | Q(declared_retirement_age__in=[50, 55, 60]),
                name="claim_retirement_age",
                violation_error_message="原法定退休年龄：男 60 岁，女 50 或 55 岁。",
            ),
        ]
        triggers = [ClaimHoldsMonths(), AmountIsFinal()]

    def __str__(self) -> str:
        return f"{self.programme.short_name} {self.receipt_number or '草稿'}"

    def require(self, *statuses: str, error: type[DomainError], doing: str) -> None:
        """Refuse to go on unless the (locked) claim stands at one of these statuses.

        :raises DomainError: the given class, naming where the claim is now.
        """
        if self.status not in statuses:
            raise error(f"这份申请现在是“{self.get_status_display()}”，不能{doing}。请刷新页面看最新进度。")

    def stored_facts(self) -> Facts:
        """Return the facts that were collected last."""
        return Facts.from_dict(self.facts)

    @property
    def spaced_receipt(self) -> str:
        """Return the receipt number in groups of four, as people read it out."""
        number = self.receipt_number or ""
        return " ".join(number[i : i + 4] for i in range(0, len(number), 4))

    @property
    def masked_account(self) -> str:
        """盛京银行，尾号 6208"""
        return f"{self.bank_name}，尾号 {self.bank_tail}" if self.bank_tail else "还没填"

    @property
    def is_editable(self) -> bool:
        """Whether the applicant may change it now."""
        return self.status in (Status.DRAFT, Status.CORRECTION)

    @property
    def rule_rows(self) -> list[dict[str, Any]]:
        """Return the stored verdicts, those that need a look first."""
        order = {"failed": 0, "unknown": 1, "met": 2}
        return sorted(self.trace.get("rules", []), key=lambda row: order[row["verdict"]])


class ClaimMonthQuerySet(models.QuerySet["ClaimMonth"]):
    def holding(self) -> Self:
        """Return the months that a standing claim has taken."""
        return self.filter(holds=True)


@audit.track(bulk=True)
class ClaimMonth(models.Model):
    """One month of a claim, with what was paid for it. A person's month is paid once per programme, across claims."""

    class Source(models.TextChoices):
        SYSTEM = "system", "社保缴费记录"
        DECLARED = "declared", "本人填报"
        CHECKED = "checked", "看缴费凭证核实"

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="months", verbose_name="申请")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+", editable=False)
    month = models.DateField("月份")
    pension = models.DecimalField("养老缴费（元）", max_digits=14, decimal_places=2, null=True, blank=True)
    medical = models.DecimalField("医疗缴费（元）", max_digits=14, decimal_places=2, null=True, blank=True)
    source = models.CharField("来源", max_length=8, choices=Source.choices, default=Source.SYSTEM)
    amount = models.DecimalField("补贴（元）", max_digits=14, decimal_places=2, null=True, blank=True)
    holds = models.BooleanField("占用这个月份", default=False, editable=False)

    objects = ClaimMonthQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "申请的月份"
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "month"], name="claim_month_once", violation_error_message="这个月份已经选过。"
            ),
            models.UniqueConstraint(
                fields=["person", "programme", "month"],
                condition=Q(holds=True),
                name="claim_month_paid_once",
                violation_error_message="这个月份已在另一份申请里，同一个月只补一次。",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1), name="claim_month_first_day", violation_error_message="月份写成当月 1 日。"
            ),
            models.CheckConstraint(
                condition=(Q(pension__isnull=True) | Q(pension__gte=0)) & (Q(medical__isnull=True) | Q(medical__gte=0)),
                name="claim_month_paid_not_negative",
                violation_error_message="缴费金额不能是负数。",
            ),
        ]
        triggers = [MonthFollowsClaim()]

    def __str__(self) -> str:
        return f"{self.month.year} 年 {self.month.month} 月"

    @property
    def paid(self) -> Decimal | None:
        """Return what was paid in all, if both parts are known."""
        return None if self.pension is None or self.medical is None else self.pension + self.medical


@audit.track()
class ClaimDocument(models.Model):
    """A paper handed in for a claim; the file itself belongs to the person and may serve other matters too."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="papers", verbose_name="申请")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+", verbose_name="材料")
    material = models.CharField("材料种类", max_length=32)
    added_at = models.DateTimeField("交来时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "申请材料"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "document"], name="claim_document_once", violation_error_message="这份材料已经交过。"
            )
        ]

    def __str__(self) -> str:
        return self.material


def months_text(months: list[date]) -> str:
    """Return months as people say them: 2026 年 7 月到 9 月, or 2026 年 3 月、7 月到 9 月."""
    runs: list[list[date]] = []
    for month in sorted(months):
        last = runs[-1][-1] if runs else None
        if last and (month.year * 12 + month.month) - (last.year * 12 + last.month) == 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    said, year = [], None
    for run in runs:
        head = f"{run[0].month} 月" if run[0].year == year else f"{run[0].year} 年 {run[0].month} 月"
        year = run[0].year
        if len(run) > 1:
            tail = f"{run[-1].month} 月" if run[-1].year == year else f"{run[-1].year} 年 {run[-1].month} 月"
            head, year = f"{head}到 {tail}", run[-1].year
        said.append(head)
    return "、".join(said)


def county_of(region: Region) -> str:
    """Return the code of the county or functional zone that handles a place (its own code for a city or the province)."""
    return region.county_code or region.code
