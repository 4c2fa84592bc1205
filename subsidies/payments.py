"""拨付: put approved claims into a batch, have finance agree, give the bank its file, take down its answer.

To the cent and once: a claim stands in one living line, a batch's lines add up to its total, and the bank's answer may
be read in as often as one likes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit
from core.errors import DomainError
from people.models import Region, User
from people.roles import Role
from subsidies import bank_files, notices
from subsidies.bank_files import BadRow, ResultRow
from subsidies.models import Claim, Office, PaymentBatch, PaymentLine, Programme, Step
from subsidies.models.claim import ClaimQuerySet, county_of
from subsidies.transitions import due_after, locked_claim, move

MAX_LINES = 5000


class CannotPay(DomainError):
    """The batch was not made, agreed to, sent, or answered."""


@dataclass
class ResultReport:
    """What reading the bank's answer did."""

    paid: int = 0
    returned: int = 0
    repeated: int = 0
    paid_total: Decimal = Decimal(0)
    returned_total: Decimal = Decimal(0)
    problems: list[BadRow] = field(default_factory=list)


def payable(*, programme: Programme, region: Region, by: User) -> ClaimQuerySet:
    """Return the approved claims of a region that this payer may put into a batch (none he had a hand in)."""
    rows = Claim.objects.filter(status=Claim.Status.APPROVED, programme=programme, region__path__within=[region.path])
    acted = Step.objects.filter(actor=by).exclude(office__in=["", Office.PAYMENT]).values("claim")
    rows = rows.exclude(pk__in=acted)
    return (rows.exclude(person=by.person_id) if by.person_id else rows).order_by("decided_at", "pk")


@transaction.atomic
def make_batch(
    *, programme: Programme, region: Region, by: User, on: date, claim_ids: Sequence[int] | None = None
) -> PaymentBatch:
    """Put the approved claims of a region (or the chosen ones) into one batch.

    Two payers at once share nothing: a claim that another one is just taking is left out.

    :raises CannotPay: nothing waits, `by` does not pay for this region, or an account is missing.
    """
    if not by.serves(region.path, Role.SUBSIDY_PAYER):
        raise CannotPay("您不是这个地区的补贴拨付人员。")
    rows = payable(programme=programme, region=region, by=by)
    if claim_ids is not None:
        rows = rows.filter(pk__in=list(claim_ids))
    claims = list(rows.select_related("person", "region").select_for_update(of=("self",), skip_locked=True)[:MAX_LINES])
    if not claims:
        raise CannotPay("没有可以拨付的申请。可能刚被别人放进了另一个批次，请刷新页面。")
    if missing := [c for c in claims if not c.bank_account]:
        raise CannotPay(f"{len(missing)} 份申请没有收款账户，例如 {missing[0].spaced_receipt}。请先请申请人补上。")
    batch = PaymentBatch(
        number=_number(region, on),
        programme=programme,
        region=region,
        total=sum((c.amount for c in claims), Decimal(0)),
        line_count=len(claims),
        made_by=by,
        is_demo=any(c.is_demo for c in claims),
    )
    lines = [_line(batch, sequence, claim) for sequence, claim in enumerate(claims, 1)]
    batch.checksum = bank_files.checksum(bank_files.payment_rows(batch, lines))
    try:
        with transaction.atomic():
            batch.save()
            PaymentLine.objects.bulk_create(lines)
    except IntegrityError as error:
        if "payment_line_once" in str(error) or "paymentbatch_number" in str(error):
            raise CannotPay("有申请刚刚被放进另一个批次。请刷新页面，重新制作。") from error
        raise
    for claim in claims:
        move(
            claim,
            Claim.Status.PAYING,
            kind=Step.Kind.PAY,
            by=by,
            office=Office.PAYMENT,
            note=f"批次 {batch.number}",
            due_on=claim.due_on,
        )
    return batch


def _number(region: Region, on: date) -> str:
    """Return the next number of the day in the region: 210106-20261130-01."""
    stem = f"{county_of(region)}-{on:%Y%m%d}-"
    last = PaymentBatch.objects.filter(number__startswith=stem).order_by("-number").values_list("number", flat=True)
    following = int(last[0].rsplit("-", 1)[1]) + 1 if last[:1] else 1
    return f"{stem}{following:02d}"


def _line(batch: PaymentBatch, sequence: int, claim: Claim) -> PaymentLine:
    line = PaymentLine(
        batch=batch,
        claim=claim,
        sequence=sequence,
        payee=claim.person.name,
        bank_name=claim.bank_name,
        account_tail=claim.bank_tail,
        amount=claim.amount,
    )
    line.account = claim.bank_account.open()
    return line


def _locked(batch_id: int, version: object) -> PaymentBatch:
    batch = PaymentBatch.objects.select_for_update(of=("self",)).select_related("region", "programme").get(pk=batch_id)
    if version is not None:
        batch.require_version(version)
    return batch


@transaction.atomic
def consent_to_batch(*, batch_id: int, by: User, version: object = None) -> PaymentBatch:
    """Finance agrees to pay the batch (同级财政同意).

    :raises CannotPay: it does not wait for that, or `by` made it or is no finance officer there.
    """
    batch = _locked(batch_id, version)
    if not by.serves(batch.region.path, Role.FINANCE):
        raise CannotPay("您不是这个地区的财政经办人。")
    if batch.made_by_id == by.pk:
        raise CannotPay("制作批次的人不能自己同意拨付，要由财政的同事办。")
    if batch.status != PaymentBatch.Status.MADE:
        raise CannotPay(f"这个批次现在是“{batch.get_status_display()}”，不用再同意。")
    batch.status, batch.consented_by, batch.consented_at = PaymentBatch.Status.CONSENTED, by, timezone.now()
    batch.bump()
    batch.save()
    claims = Claim.objects.filter(payments__batch=batch).order_by("pk")
    now = timezone.now()
    steps = [
        Step(
            claim=claim,
            kind=Step.Kind.CONSENT,
            office=Office.FINANCE,
            actor=by,
            from_status=claim.status,
            to_status=claim.status,
            note=f"批次 {batch.number}",
            at=now,
        )
        for claim in claims
    ]
    try:
        with transaction.atomic():
            Step.objects.bulk_create(steps)
    except IntegrityError as error:
        raise CannotPay("您在批次里的某份申请上办过别的环节，要由另一位财政经办人同意。") from error
    return batch


@transaction.atomic
def cancel_batch(*, batch_id: int, reason: str, by: User, on: date, version: object = None) -> PaymentBatch:
    """Undo a batch that was not sent: its claims wait for payment again.

    :raises CannotPay: it was sent already, or no reason is given.
    """
    batch = _locked(batch_id, version)
    if not by.serves(batch.region.path, Role.SUBSIDY_PAYER, Role.FINANCE):
        raise CannotPay("您不是这个地区的拨付或财政经办人。")
    if batch.status not in (PaymentBatch.Status.MADE, PaymentBatch.Status.CONSENTED):
        raise CannotPay("已经送银行的批次不能作废。银行没付成的，用回单登记退回。")
    if len(reason.strip()) < 4:
        raise CannotPay("请写明为什么作废，至少 4 个字。")
    batch.status, batch.note = PaymentBatch.Status.CANCELLED, reason.strip()
    batch.bump()
    batch.save()
    for line in batch.lines.select_for_update().order_by("sequence"):
        line.status = PaymentLine.Status.CANCELLED
        line.save(update_fields=["status"])
        claim = locked_claim(line.claim_id)
        due = due_after(claim, "payment_days", on=on)
        move(
            claim,
            Claim.Status.APPROVED,
            kind=Step.Kind.PAY,
            by=by,
            note=f"批次 {batch.number} 作废：{reason.strip()}",
            due_on=due,
        )
    return batch


@transaction.atomic
def send_batch(*, batch_id: int, by: User, version: object = None) -> PaymentBatch:
    """The file goes to the bank. The rows must still be what the checksum was made of.

    :raises CannotPay: finance has not agreed, or a row was changed.
    """
    batch = _locked(batch_id, version)
    if not by.serves(batch.region.path, Role.SUBSIDY_PAYER):
        raise CannotPay("您不是这个地区的补贴拨付人员。")
    if batch.status == PaymentBatch.Status.MADE:
        raise CannotPay("财政还没有同意，不能送银行。")
    if batch.status != PaymentBatch.Status.CONSENTED:
        raise CannotPay(f"这个批次现在是“{batch.get_status_display()}”，不用再送。")
    require_unchanged(batch)
    batch.status, batch.sent_at = PaymentBatch.Status.SENT, timezone.now()
    batch.bump()
    batch.save()
    return batch


def require_unchanged(batch: PaymentBatch) -> list[PaymentLine]:
    """Return the batch's lines after checking count, total and checksum.

    :raises CannotPay: they differ from what was agreed.
    """
    lines = list(batch.lines.order_by("sequence"))
    same = bank_files.checksum(bank_files.payment_rows(batch, lines)) == batch.checksum
    if not same or len(lines) != batch.line_count or sum(line.amount for line in lines) != batch.total:
        raise CannotPay("批次内容和制作时的校验码对不上，已停止。请联系系统管理员核查，不要送银行。")
    return lines


def open_file(*, batch: PaymentBatch, kind: str, by: User) -> bytes:
    """Return the bank's file as CSV or XLSX, and leave a record of who took it: it holds full account numbers.

    :raises CannotPay: finance has not agreed, the batch is void, or `by` does not pay there.
    """
    if not by.serves(batch.region.path, Role.SUBSIDY_PAYER):
        raise CannotPay("您不是这个地区的补贴拨付人员，不能下载带完整卡号的文件。")
    if batch.status in (PaymentBatch.Status.MADE, PaymentBatch.Status.CANCELLED):
        raise CannotPay(f"这个批次现在是“{batch.get_status_display()}”，还不能下载银行文件。")
    lines = require_unchanged(batch)
    audit.record_access(actor=by, action="payment:file", subject=batch, reason=f"下载拨付文件 {batch.number}")
    return bank_files.as_xlsx(batch, lines) if kind == "xlsx" else bank_files.as_csv(batch, lines)


def record_result(*, batch_id: int, file: BinaryIO, by: User, on: date) -> ResultReport:
    """Take down the bank's answer. A row that was read before changes nothing; a bad row is reported, the rest count.

    :raises CannotPay: the batch was not sent, or `by` does not pay there.
    :raises bank_files.CannotReadResult: the file is not for this batch.
    """
    batch = PaymentBatch.objects.select_related("region").get(pk=batch_id)
    rows, problems = bank_files.read_result(file, batch)
    return record_rows(batch_id=batch_id, rows=rows, problems=problems, by=by, on=on)


@transaction.atomic
def record_rows(
    *, batch_id: int, rows: Sequence[ResultRow], problems: Sequence[BadRow] = (), by: User, on: date
) -> ResultReport:
    """Apply checked rows of the bank's answer to the batch.

    :raises CannotPay: the batch was not sent, or `by` does not pay there.
    """
    batch = _locked(batch_id, None)
    if not by.serves(batch.region.path, Role.SUBSIDY_PAYER):
        raise CannotPay("您不是这个地区的补贴拨付人员。")
    if batch.status not in (PaymentBatch.Status.SENT, PaymentBatch.Status.FINISHED):
        raise CannotPay(f"这个批次现在是“{batch.get_status_display()}”，送银行以后才能登记回单。")
    lines = {line.sequence: line for line in batch.lines.select_for_update().order_by("sequence")}
    report = ResultReport(problems=list(problems))
    for row in rows:
        if problem := _problem(row, lines.get(row.sequence), on):
            report.problems.append(BadRow(row.row, problem))
            continue
        _apply(row, lines[row.sequence], report, by=by, on=on)
    report.problems.sort(key=lambda bad: bad.row)
    left = any(line.status == PaymentLine.Status.PENDING for line in lines.values())
    if not left and batch.status == PaymentBatch.Status.SENT:
        batch.status, batch.finished_at = PaymentBatch.Status.FINISHED, timezone.now()
        batch.bump()
        batch.save()
    return report


def _problem(row: ResultRow, line: PaymentLine | None, on: date) -> str:
    if line is None:
        return f"批次里没有序号 {row.sequence}。"
    if row.amount != line.amount:
        return f"序号 {row.sequence} 的金额是 {row.amount}，批次里是 {line.amount}，没有登记。"
    if row.paid_on and row.paid_on > on:
        return f"序号 {row.sequence} 的到账日期 {row.paid_on} 还没到。"
    wanted = PaymentLine.Status.PAID if row.paid else PaymentLine.Status.RETURNED
    if line.status not in (PaymentLine.Status.PENDING, wanted):
        return (
            f"序号 {row.sequence} 已登记为“{line.get_status_display()}”，和这次的结果不一样，没有改动。请与银行核对。"
        )
    return ""


def _apply(row: ResultRow, line: PaymentLine, report: ResultReport, *, by: User, on: date) -> None:
    if line.status != PaymentLine.Status.PENDING:
        report.repeated += 1
        return
    claim = locked_claim(line.claim_id)
    line.reference = row.reference
    if row.paid:
        line.status, line.paid_on = PaymentLine.Status.PAID, row.paid_on
        line.save(update_fields=["status", "paid_on", "reference"])
        claim.paid_on = row.paid_on
        move(claim, Claim.Status.PAID, kind=Step.Kind.PAID, by=by, office=Office.PAYMENT, fields=("paid_on",))
        notices.tell(claim, "paid", amount=line.amount, on=row.paid_on)
        report.paid, report.paid_total = report.paid + 1, report.paid_total + line.amount
        return
    line.status, line.reason = PaymentLine.Status.RETURNED, row.reason
    line.save(update_fields=["status", "reason", "reference"])
    claim.return_reason = row.reason
    move(
        claim,
        Claim.Status.RETURNED,
        kind=Step.Kind.RETURNED,
        by=by,
        office=Office.PAYMENT,
        note=row.reason,
        fields=("return_reason",),
    )
    notices.tell(claim, "returned", reason=row.reason)
    report.returned, report.returned_total = report.returned + 1, report.returned_total + line.amount
