"""What the applicant does with a claim: start, fill in, submit, correct, withdraw, mend the account."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import DomainError
from core.months import first_day
from people.models import Document, Person, Region, User
from subsidies import notices
from subsidies.assessment import claimable_months, collect, judge, request_of
from subsidies.models import Claim, ClaimDocument, ClaimMonth, Office, Programme, ProgrammeVersion, Step
from subsidies.models.claim import county_of
from subsidies.rules import Assessment
from subsidies.sources import ask_departments
from subsidies.transitions import due_after, locked_claim, move

ACCOUNT = re.compile(r"\d{16,19}")


class CannotClaim(DomainError):
    """The application could not be started, filled in or handed in."""


@transaction.atomic
def start_claim(*, person: Person, programme: Programme, by: User, on: date) -> Claim:
    """Open a draft with what is known already: where the person lives, the account on record, the months that were paid.

    A draft that exists is returned as it is: two tabs fill in one application.

    :raises CannotClaim: the programme is closed, has no version for the place, or the place is unknown.
    """
    found = Claim.objects.filter(person=person, programme=programme, status=Claim.Status.DRAFT).first()
    if found is not None:
        return found
    region = person.residence_region or person.household_region
    if region is None:
        raise CannotClaim("系统里还没有您的常住地。请先到“我的信息”补上，或到服务站办理。")
    version = _version(programme, region, on)
    claim = Claim(person=person, programme=programme, programme_version=version, region=region, is_demo=person.is_demo)
    if person.bank_account:
        claim.bank_account = person.bank_account.open()
        claim.bank_name, claim.bank_tail = person.bank_name, person.bank_account.open()[-4:]
    _ask_what_is_known(claim, on=on)
    claim.save()
    _choose_last_quarter(claim, on=on)
    return claim


def _version(programme: Programme, region: Region, on: date) -> ProgrammeVersion:
    version = programme.version_for(region, on=on) if programme.is_open else None
    if version is None:
        raise CannotClaim(f"“{programme.name}”现在没有开放申请。可以拨打 12333 问什么时候开放。")
    return version


def _ask_what_is_known(claim: Claim, *, on: date) -> None:
    """Fetch the payment records of the months that may be claimed, so that the person need not type them."""
    answers = ask_departments(claim.person, on=on, purpose="预填补贴申请")
    wanted = set(claimable_months(on=on))
    months = {
        f"{paid.month:%Y-%m}": {"pension": str(paid.pension), "medical": str(paid.medical), "by": paid.by}
        for paid in answers.payments or ()
        if paid.month in wanted
    }
    claim.known = {
        "answered": answers.payments is not None,
        "asked_at": timezone.now().isoformat(),
        "original_age": answers.original_age,
        "months": months,
    }


def known_payment(claim: Claim, month: date) -> tuple[Decimal, Decimal, str] | None:
    """Return (pension, medical, "person" or "unit") that the records brought for a month, or None."""
    row = claim.known.get("months", {}).get(f"{month:%Y-%m}")
    return None if row is None else (Decimal(row["pension"]), Decimal(row["medical"]), row["by"])


def _choose_last_quarter(claim: Claim, *, on: date) -> None:
    """Choose the paid months of the last three that no other claim has taken."""
    taken = taken_months(claim)
    rows = []
    for month in claimable_months(on=on)[-3:]:
        paid = known_payment(claim, month)
        if paid and paid[2] == "person" and month not in taken:
            rows.append(ClaimMonth(claim=claim, month=month, pension=paid[0], medical=paid[1]))
    _fill_ids(claim, rows)
    ClaimMonth.objects.bulk_create(rows)


@transaction.atomic
def ask_again(*, claim_id: int, by: User, on: date) -> Claim:
    """Fetch the payment records again: the person says that something is missing or wrong."""
    claim = _editable(claim_id, by=by)
    _ask_what_is_known(claim, on=on)
    claim.bump()
    claim.save(update_fields=["known", "version"])
    return claim


def _fill_ids(claim: Claim, rows: Sequence[ClaimMonth]) -> None:
    """The trigger fills these from the claim; Django wants them too."""
    for row in rows:
        row.person_id, row.programme_id = claim.person_id, claim.programme_id


def taken_months(claim: Claim) -> set[date]:
    """Return the months that another claim of this person and programme has taken."""
    rows = ClaimMonth.objects.holding().filter(person=claim.person_id, programme=claim.programme_id)
    return set(rows.exclude(claim=claim).values_list("month", flat=True))


def _editable(claim_id: int, *, by: User, version: object = None) -> Claim:
    claim = locked_claim(claim_id)
    if by.person_id != claim.person_id:
        raise CannotClaim("这不是您的申请。")
    claim.require(Claim.Status.DRAFT, Claim.Status.CORRECTION, error=CannotClaim, doing="修改")
    if version is not None:
        claim.require_version(version)
    return claim


@transaction.atomic
def save_work(
    *,
    claim_id: int,
    work: str,
    since: date,
    retirement_age: int | None,
    by: User,
    on: date,
    version: object = None,
) -> Claim:
    """Keep what the person does for a living now (灵活就业申报) and, where it matters, the original retirement age.

    :raises CannotClaim: the claim is not the person's to edit, or the month is yet to come.
    :raises StaleVersion: the claim was changed since the page was opened.
    """
    claim = _editable(claim_id, by=by, version=version)
    if since > on:
        raise CannotClaim("开始灵活就业的月份还没到。请选今天以前的月份。")
    claim.work, claim.work_since, claim.declared_retirement_age = work.strip(), first_day(since), retirement_age
    claim.bump()
    claim.save(update_fields=["work", "work_since", "declared_retirement_age", "version"])
    return claim


@transaction.atomic
def save_months(
    *,
    claim_id: int,
    months: Sequence[date],
    declared: Mapping[date, tuple[Decimal, Decimal]],
    by: User,
    on: date,
    version: object = None,
) -> Claim:
    """Keep the chosen months: paid amounts come from the insurance records, or, where they lack, from the person.

    :param declared: (pension, medical) in yuan for months that the records do not show.
    :raises CannotClaim: no month, a month that is not over, one already claimed, or one without amounts.
    """
    claim = _editable(claim_id, by=by, version=version)
    chosen = sorted(set(months))
    if not chosen:
        raise CannotClaim("请至少选一个月份。")
    if late := [m for m in chosen if m >= first_day(on)]:
        raise CannotClaim(f"{late[0].year} 年 {late[0].month} 月还没过完，下个月再申请这个月。")
    if taken := sorted(taken_months(claim) & set(chosen)):
        raise CannotClaim(f"{taken[0].year} 年 {taken[0].month} 月已在另一份申请里，请去掉这个月。")
    rows = []
    for month in chosen:
        paid = known_payment(claim, month)
        if paid and paid[2] == "unit":
            raise CannotClaim(
                f"{month.year} 年 {month.month} 月是单位给您缴的社保，这个月不能领。"
                "已经离职的，请单位或社保窗口先办停保。"
            )
        if paid:
            row = ClaimMonth(claim=claim, month=month, pension=paid[0], medical=paid[1])
        elif month in declared:
            pension, medical = declared[month]
            row = ClaimMonth(
                claim=claim, month=month, pension=pension, medical=medical, source=ClaimMonth.Source.DECLARED
            )
        else:
            raise CannotClaim(
                f"没有查到 {month.year} 年 {month.month} 月的缴费记录。缴了的请填金额，没缴的请去掉这个月。"
            )
        rows.append(row)
    claim.months.all().delete()
    _fill_ids(claim, rows)
    ClaimMonth.objects.bulk_create(rows)
    claim.bump()
    claim.save(update_fields=["version"])
    return claim


@transaction.atomic
def save_account(*, claim_id: int, bank_name: str, account: str, by: User, version: object = None) -> Claim:
    """Keep the account for the money. It must be the applicant's own; the bank checks the name when it pays.

    :raises CannotClaim: the number is no card number, or the claim cannot be changed now.
    """
    claim = locked_claim(claim_id)
    if by.person_id != claim.person_id:
        raise CannotClaim("这不是您的申请。")
    claim.require(
        Claim.Status.DRAFT, Claim.Status.CORRECTION, Claim.Status.RETURNED, error=CannotClaim, doing="改收款账户"
    )
    if version is not None:
        claim.require_version(version)
    digits = re.sub(r"[\s-]", "", account)
    if not ACCOUNT.fullmatch(digits):
        raise CannotClaim(f"银行卡号应是 16 到 19 位数字，您填了 {len(digits)} 位。请对照卡的正面再核对一遍。")
    claim.bank_name, claim.bank_account, claim.bank_tail = bank_name, digits, digits[-4:]
    fields = ("bank_name", "bank_account", "bank_tail")
    if claim.status == Claim.Status.RETURNED:
        claim.return_reason = ""
        kind = Step.Kind.AMEND_ACCOUNT
        due = due_after(claim, "payment_days", on=timezone.localdate())
        note = f"收款账户改为尾号 {claim.bank_tail}"
        return move(
            claim,
            Claim.Status.APPROVED,
            kind=kind,
            by=by,
            office=Office.APPLICANT,
            note=note,
            due_on=due,
            fields=(*fields, "return_reason"),
        )
    claim.bump()
    claim.save(update_fields=[*fields, "version"])
    return claim


@transaction.atomic
def add_paper(*, claim_id: int, document: Document, material: str, by: User) -> ClaimDocument:
    """Attach a paper of the person's own to the claim; one that is there already is not added twice.

    :raises CannotClaim: the paper belongs to somebody else, or the claim cannot be changed now.
    """
    claim = _editable(claim_id, by=by)
    if document.person_id != claim.person_id:
        raise CannotClaim("这份材料不是您的，请重新上传。")
    paper, _ = ClaimDocument.objects.get_or_create(claim=claim, document=document, defaults={"material": material})
    return paper


def missing_parts(claim: Claim) -> list[str]:
    """Name the pages that still need something: work, months, account, papers."""
    missing = []
    if not (claim.work and claim.work_since):
        missing.append("work")
    rows = list(claim.months.all())
    if not rows:
        missing.append("months")
    if not claim.bank_tail:
        missing.append("account")
    if any(row.source == ClaimMonth.Source.DECLARED for row in rows) and not claim.papers.exists():
        missing.append("papers")
    return missing


@transaction.atomic
def submit_claim(*, claim_id: int, pledged: bool, by: User, on: date, version: object = None) -> Claim:
    """Hand the claim in, or hand it in again after the one correction. Records the version, the facts and the trace.

    A verdict of the rules never stops it: whoever wants to be heard by a person may hand in.

    :raises CannotClaim: something is missing, the pledge is not given, or a month was claimed elsewhere meanwhile.
    """
    claim = _editable(claim_id, by=by, version=version)
    if missing := missing_parts(claim):
        raise CannotClaim(f"还差{len(missing)}项没填好，请按右边的清单补齐再交。")
    if not pledged:
        raise CannotClaim("请先勾选承诺：所填内容属实，多领的退回。")
    was = claim.status
    if was == Claim.Status.DRAFT:
        claim.programme_version = _version(claim.programme, claim.region, on)
        claim.submitted_at = timezone.now()
    claim.pledged_at = timezone.now()
    refresh(claim, on=on, purpose="补贴申请提交时比对")
    to, kind = Claim.Status.SUBMITTED, Step.Kind.SUBMIT
    limit = "intake_days"
    if was == Claim.Status.CORRECTION:
        to, kind, limit = Claim.Status.ACCEPTED, Step.Kind.CORRECT, "review_days"
        if claim.accepted_at is None:
            to, limit = Claim.Status.SUBMITTED, "intake_days"
    try:
        with transaction.atomic():
            move(
                claim,
                to,
                kind=kind,
                by=by,
                office=Office.APPLICANT,
                due_on=due_after(claim, limit, on=on),
                fields=("programme_version", "submitted_at", "pledged_at"),
            )
    except IntegrityError as error:
        if "claim_month_paid_once" not in str(error):
            raise
        raise CannotClaim("有月份刚刚在另一份申请里交过了，同一个月只补一次。请去掉这个月再交。") from error
    if not claim.receipt_number:
        claim.receipt_number = f"{county_of(claim.region)}{on:%y%m%d}{claim.pk % 1_000_000:06d}"
        claim.save(update_fields=["receipt_number"])
    notices.tell(claim, "submitted")
    return claim


def refresh(claim: Claim, *, on: date, purpose: str) -> Assessment:
    """Collect the facts anew and keep them with the verdicts and the amounts on the (locked) claim."""
    facts = collect(request_of(claim, claim.programme_version), on=on, purpose=purpose)
    claim.facts, claim.facts_at = facts.as_dict(), timezone.now()
    outcome = judge(claim, facts)
    keep_outcome(claim, outcome)
    return outcome


def keep_outcome(claim: Claim, outcome: Assessment) -> None:
    """Store trace and amounts; the amount is an estimate until the claim is approved."""
    claim.trace, claim.amount = outcome.as_dict(), outcome.amount
    claim.save(update_fields=["facts", "facts_at", "trace", "amount"])
    rows = list(claim.months.all())
    for row in rows:
        row.amount = outcome.months.get(f"{row.month:%Y-%m}")
    ClaimMonth.objects.bulk_update(rows, ["amount"])


@transaction.atomic
def withdraw_claim(*, claim_id: int, by: User, reason: str = "") -> Claim:
    """Take the claim back, as long as nobody approved it. Its months are free again.

    :raises CannotClaim: it was decided already.
    """
    claim = locked_claim(claim_id)
    if by.person_id != claim.person_id:
        raise CannotClaim("这不是您的申请。")
    claim.require(
        Claim.Status.DRAFT,
        Claim.Status.SUBMITTED,
        Claim.Status.CORRECTION,
        Claim.Status.ACCEPTED,
        Claim.Status.REVIEW,
        Claim.Status.SECOND_REVIEW,
        error=CannotClaim,
        doing="撤回",
    )
    return move(claim, Claim.Status.WITHDRAWN, kind=Step.Kind.WITHDRAW, by=by, office=Office.APPLICANT, note=reason)
