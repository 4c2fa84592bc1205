"""Payment batches: the file for the bank, and what the bank answered, to the cent."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core import audit
from core.crypto import EncryptedField
from core.models import PublicModel, VersionedModel
from people.identifiers import mask_name
from people.models import User
from people.roles import Role
from subsidies.models.claim import Claim
from subsidies.models.programme import Programme
from subsidies.models.triggers import LineIsFixed, LinesMakeTotal, TotalIsFixed

PAYMENT_ROLES = (Role.SUBSIDY_PAYER, Role.FINANCE)


class PaymentBatchQuerySet(models.QuerySet["PaymentBatch"]):
    def visible_to(self, user: User) -> Self:
        """Return the batches of the regions for which this user pays or consents."""
        return self.filter(region__path__within=user.regions(*PAYMENT_ROLES))

    def waiting_for_consent(self) -> Self:
        """Return those the finance office has not agreed to yet."""
        return self.filter(status=PaymentBatch.Status.MADE)


@audit.track()
class PaymentBatch(PublicModel, VersionedModel):
    """A list of payments for one region: made by the payer, agreed to by finance, sent to the bank, answered."""

    class Status(models.TextChoices):
        MADE = "made", "待财政同意"
        CONSENTED = "consented", "待送银行"
        SENT = "sent", "等银行回单"
        FINISHED = "finished", "已全部回单"
        CANCELLED = "cancelled", "已作废"

    number = models.CharField("批次号", max_length=24, unique=True)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+", verbose_name="补贴项目")
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", verbose_name="地区")
    status = models.CharField("状态", max_length=12, choices=Status.choices, default=Status.MADE)
    total = models.DecimalField("总金额（元）", max_digits=14, decimal_places=2)
    line_count = models.PositiveIntegerField("笔数")
    checksum = models.CharField("文件校验码", max_length=64)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="制作人")
    made_at = models.DateTimeField("制作时间", default=timezone.now)
    consented_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="财政经办人"
    )
    consented_at = models.DateTimeField("财政同意时间", null=True, blank=True)
    sent_at = models.DateTimeField("送银行时间", null=True, blank=True)
    finished_at = models.DateTimeField("回单齐全时间", null=True, blank=True)
    note = models.CharField("备注", max_length=255, blank=True, default="")
    is_demo = models.BooleanField("演示数据", default=False)

    objects = PaymentBatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "拨付批次"
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(total__gt=0, line_count__gt=0),
                name="payment_batch_not_empty",
                violation_error_message="批次里至少要有一笔。",
            ),
            models.CheckConstraint(
                condition=Q(consented_by__isnull=True) | ~Q(consented_by=F("made_by")),
                name="payment_batch_two_people",
                violation_error_message="制作批次的人不能自己同意拨付。",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["made", "cancelled"]) | Q(consented_by__isnull=False),
                name="payment_batch_consented",
                violation_error_message="财政同意以后才能送银行。",
            ),
        ]
        triggers = [TotalIsFixed()]

    def __str__(self) -> str:
        return self.number


class PaymentLineQuerySet(models.QuerySet["PaymentLine"]):
    def visible_to(self, user: User) -> Self:
        """Return the lines of the batches this user may see."""
        return self.filter(batch__region__path__within=user.regions(*PAYMENT_ROLES))


@audit.track(bulk=True)
class PaymentLine(PublicModel):
    """One payment. A claim stands in one living line; after the bank returned it, it may stand in another."""

    class Status(models.TextChoices):
        PENDING = "pending", "等回单"
        PAID = "paid", "已到账"
        RETURNED = "returned", "被退回"
        CANCELLED = "cancelled", "已作废"

    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="lines", verbose_name="批次")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="payments", verbose_name="申请")
    sequence = models.PositiveIntegerField("序号")
    payee = models.CharField("户名", max_length=64)
    bank_name = models.CharField("开户银行", max_length=32)
    account = EncryptedField("银行卡号")
    account_tail = models.CharField("卡号后四位", max_length=4)
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2)
    status = models.CharField("状态", max_length=12, choices=Status.choices, default=Status.PENDING)
    paid_on = models.DateField("到账日期", null=True, blank=True)
    reference = models.CharField("银行流水号", max_length=64, blank=True, default="")
    reason = models.CharField("退回原因", max_length=128, blank=True, default="")

    objects = PaymentLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "拨付明细"
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "sequence"],
                name="payment_line_sequence",
                violation_error_message="这个批次里已有这个序号。",
            ),
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(status__in=["pending", "paid"]),
                name="payment_line_once",
                violation_error_message="这份申请已在另一个拨付批次里。",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="payment_line_positive", violation_error_message="金额必须大于零。"
            ),
            models.CheckConstraint(
                condition=~Q(status="paid") | Q(paid_on__isnull=False),
                name="payment_line_paid_when",
                violation_error_message="到账的要写到账日期。",
            ),
            models.CheckConstraint(
                condition=~Q(status="returned") | ~Q(reason=""),
                name="payment_line_returned_why",
                violation_error_message="被退回的要写原因。",
            ),
        ]
        triggers = [LinesMakeTotal(), LineIsFixed()]

    def __str__(self) -> str:
        return f"{self.batch.number}-{self.sequence}"

    @property
    def masked_payee(self) -> str:
        """王*"""
        return mask_name(self.payee)
