"""Who did what to a claim, and when. Rows are only added; four eyes are held by the database."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from core.triggers import AppendOnly
from people.models import User
from subsidies.models.claim import Claim, Status
from subsidies.models.triggers import NotOneself


class Office(models.TextChoices):
    """The duties of one claim, each of which must be another person's."""

    NONE = "", "不属于审批环节"
    APPLICANT = "applicant", "申请"
    INTAKE = "intake", "受理"
    REVIEW = "review", "初审"
    SECOND_REVIEW = "second_review", "复核"
    APPROVAL = "approval", "审批"
    FINANCE = "finance", "财政同意"
    PAYMENT = "payment", "拨付"


class Step(models.Model):
    """One act on a claim."""

    class Kind(models.TextChoices):
        SUBMIT = "submit", "提交申请"
        ACCEPT = "accept", "受理"
        ASK_CORRECTION = "ask_correction", "要求补正"
        CORRECT = "correct", "补正"
        PASS_REVIEW = "pass_review", "初审通过"
        SETTLE = "settle", "人工核实"
        RECHECK = "recheck", "重新比对"
        PASS_SECOND = "pass_second", "复核通过"
        SEND_BACK = "send_back", "退回初审"
        PUBLISH = "publish", "开始公示"
        END_PUBLICITY = "end_publicity", "公示结束"
        APPROVE = "approve", "批准"
        REFUSE = "refuse", "不予补贴"
        PAY = "pay", "制作拨付批次"
        CONSENT = "consent", "财政同意"
        PAID = "paid", "到账"
        RETURNED = "returned", "银行退回"
        AMEND_ACCOUNT = "amend_account", "改收款账户"
        WITHDRAW = "withdraw", "撤回"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="steps", verbose_name="申请")
    kind = models.CharField("动作", max_length=16, choices=Kind.choices)
    office = models.CharField("环节", max_length=16, choices=Office.choices, blank=True, default=Office.NONE)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人")
    from_status = models.CharField("之前", max_length=16, choices=Status.choices)
    to_status = models.CharField("之后", max_length=16, choices=Status.choices)
    note = models.TextField("说明", max_length=1000, blank=True, default="")
    detail = models.JSONField("细节", default=dict, blank=True)
    at = models.DateTimeField("时间")

    app_privileges = ("SELECT", "INSERT")

    class Meta:
        verbose_name = verbose_name_plural = "办理记录"
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["claim", "at"], name="step_claim")]
        constraints = [
            ExclusionConstraint(
                name="step_four_eyes",
                expressions=[
                    ("claim", RangeOperators.EQUAL),
                    ("actor", RangeOperators.EQUAL),
                    ("office", RangeOperators.NOT_EQUAL),
                ],
                condition=~Q(office=""),
                violation_error_message="同一份申请的申请、受理、初审、复核、审批、拨付要由不同的人办。",
            )
        ]
        triggers = [AppendOnly(), NotOneself()]

    def __str__(self) -> str:
        return self.get_kind_display()


class RuleFinding(models.Model):
    """An officer looked into a rule that the data could not decide. The newest one counts while its facts still hold."""

    class Verdict(models.TextChoices):
        MET = "met", "符合"
        FAILED = "failed", "不符合"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="findings", verbose_name="申请")
    rule = models.CharField("规则", max_length=48)
    verdict = models.CharField("结论", max_length=8, choices=Verdict.choices)
    reason = models.CharField("依据", max_length=255)
    facts = models.JSONField("当时的事实", default=dict)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="核实人")
    at = models.DateTimeField("时间", auto_now_add=True)

    app_privileges = ("SELECT", "INSERT")

    class Meta:
        verbose_name = verbose_name_plural = "人工核实"
        ordering = ["pk"]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return self.rule

    def still_holds(self, facts: dict[str, Any]) -> bool:
        """Whether the rule still rests on the facts that the officer saw."""
        return self.facts == facts
