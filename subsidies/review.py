"""What officers do with a claim: accept, ask for a correction, review, review again, send back, approve, refuse.

Every decision is a person's. It keeps the version, the facts, each rule's verdict, who decided and how to object.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from core import terms
from core.errors import DomainError
from core.workdays import add_working_days
from people.models import User
from subsidies import notices
from subsidies.assessment import collect, judge, request_of
from subsidies.claims import keep_outcome, refresh
from subsidies.models import Claim, ClaimMonth, Office, RuleFinding, Step
from subsidies.models.claim import IN_REVIEW, county_of
from subsidies.rules import Assessment, Facts, Verdict
from subsidies.transitions import add_step, due_after, locked_claim, move, require_duty


class CannotAccept(DomainError):
    """The claim was not accepted or returned for correction."""


class CannotReview(DomainError):
    """The review was not closed."""


class CannotApprove(DomainError):
    """The claim was not approved: decided already, its terms are not met, or the eyes are not fresh."""


class FactsChanged(CannotApprove):
    """What the departments say now differs from what the reviewers saw."""


class CannotRefuse(DomainError):
    """The refusal lacks a reason that stands in the rules, or a way out."""


@dataclass(frozen=True)
class Remedies:
    """How to object to a decision: the authority's two time limits, with their articles."""

    reconsideration: str
    lawsuit: str


def _locked(claim_id: int, *, by: User, office: str, version: object) -> Claim:
    claim = locked_claim(claim_id)
    require_duty(claim, by=by, office=office)
    if version is not None:
        claim.require_version(version)
    return claim


@transaction.atomic
def accept_claim(*, claim_id: int, by: User, on: date, version: object = None) -> Claim:
    """Accept the claim: from here the clock of the reviewers runs, and the applicant has a receipt.

    :raises CannotAccept: it does not wait for intake.
    """
    claim = _locked(claim_id, by=by, office=Office.INTAKE, version=version)
    claim.require(Claim.Status.SUBMITTED, error=CannotAccept, doing="受理")
    claim.accepted_at = timezone.now()
    due = due_after(claim, "review_days", on=on)
    move(
        claim,
        Claim.Status.ACCEPTED,
        kind=Step.Kind.ACCEPT,
        by=by,
        office=Office.INTAKE,
        due_on=due,
        fields=("accepted_at",),
    )
    notices.tell(claim, "accepted")
    return claim


@transaction.atomic
def ask_correction(*, claim_id: int, note: str, by: User, on: date, version: object = None) -> Claim:
    """Ask for everything that is missing, once and in full (优化营商环境条例 36). The note is what the applicant reads.

    :raises CannotAccept: it was asked once already, or the note does not say what to do.
    """
    claim = locked_claim(claim_id)
    claim.require(Claim.Status.SUBMITTED, *IN_REVIEW, error=CannotAccept, doing="要求补正")
    office = Office.INTAKE if claim.status == Claim.Status.SUBMITTED else Office.REVIEW
    require_duty(claim, by=by, office=office)
    if version is not None:
        claim.require_version(version)
    if claim.corrections:
        raise CannotAccept("补正只能要求一次，这份申请已经要求过了。现有材料够不够，请直接审核。")
    if len(note.strip()) < 10:
        raise CannotAccept("请把要补什么、怎么补一次写全，至少 10 个字。这段话会原样发给申请人。")
    claim.corrections, claim.correction_note = 1, note.strip()
    claim.correction_due_on = due_after(claim, "correction_days", on=on)
    move(
        claim,
        Claim.Status.CORRECTION,
        kind=Step.Kind.ASK_CORRECTION,
        by=by,
        office=office,
        note=note.strip(),
        due_on=claim.correction_due_on,
        fields=("corrections", "correction_note", "correction_due_on"),
    )
    notices.tell(claim, "correction", what=note.strip())
    return claim


@transaction.atomic
def recheck(*, claim_id: int, by: User, on: date, version: object = None) -> Claim:
    """Ask the departments again while the claim is under review, and keep the new facts.

    :raises CannotReview: it is not under review.
    """
    claim = _locked(claim_id, by=by, office=Office.REVIEW, version=version)
    claim.require(*IN_REVIEW, error=CannotReview, doing="重新比对")
    before = claim.stored_facts()
    refresh(claim, on=on, purpose="补贴初审重新比对")
    changed = before.changes_to(claim.stored_facts())
    note = f"有变化：{fact_labels(claim, changed)}" if changed else "没有变化"
    add_step(claim, kind=Step.Kind.RECHECK, by=by, office=Office.REVIEW, note=note)
    return claim


@transaction.atomic
def settle_rule(*, claim_id: int, rule: str, verdict: str, reason: str, by: User, version: object = None) -> Claim:
    """Write down what a person found about a rule that the data leaves open.

    :raises CannotReview: the data decides this rule, or no ground is given.
    """
    claim = _locked(claim_id, by=by, office=Office.REVIEW, version=version)
    claim.require(*IN_REVIEW, error=CannotReview, doing="人工核实")
    plain = _assess_without_findings(claim)
    row = next((v for v in plain.trace if v.rule == rule), None)
    if row is None or row.verdict is not Verdict.UNKNOWN:
        raise CannotReview("这一条系统已经有结论，不能人工改。数据有误的，请先请来源部门更正，再重新比对。")
    if verdict not in (Verdict.MET, Verdict.FAILED):
        raise CannotReview("请选“符合”或“不符合”。")
    if len(reason.strip()) < 6:
        raise CannotReview("请写明看了什么、怎么核实的，至少 6 个字。")
    RuleFinding.objects.create(
        claim=claim, rule=rule, verdict=verdict, reason=reason.strip(), facts=dict(row.facts), by=by
    )
    outcome = judge(claim, claim.stored_facts())
    keep_outcome(claim, outcome)
    said = "符合" if verdict == Verdict.MET else "不符合"
    add_step(
        claim,
        kind=Step.Kind.SETTLE,
        by=by,
        office=Office.REVIEW,
        note=f"{row.label}：{said}。{reason.strip()}",
        detail={"rule": rule},
    )
    claim.bump()
    claim.save(update_fields=["version"])
    return claim


def _assess_without_findings(claim: Claim) -> Assessment:
    from subsidies.rules import assess

    return assess(claim.programme_version.rules, claim.stored_facts())


@transaction.atomic
def pass_review(*, claim_id: int, note: str = "", by: User, on: date, version: object = None) -> Claim:
    """First review passed: every rule is met by data or by a person's finding.

    :raises CannotReview: a rule failed or is still open, or the amount is not known.
    """
    claim = _locked(claim_id, by=by, office=Office.REVIEW, version=version)
    claim.require(*IN_REVIEW, error=CannotReview, doing="通过初审")
    outcome = judge(claim, claim.stored_facts())
    _require_met(outcome, CannotReview)
    keep_outcome(claim, outcome)
    due = due_after(claim, "second_review_days", on=on)
    return move(
        claim,
        Claim.Status.SECOND_REVIEW,
        kind=Step.Kind.PASS_REVIEW,
        by=by,
        office=Office.REVIEW,
        note=note,
        due_on=due,
    )


@transaction.atomic
def pass_second_review(*, claim_id: int, note: str = "", by: User, on: date, version: object = None) -> Claim:
    """Second review passed: the claim waits for the next publicity.

    :raises CannotReview: a rule is not met.
    """
    claim = _locked(claim_id, by=by, office=Office.SECOND_REVIEW, version=version)
    claim.require(Claim.Status.SECOND_REVIEW, error=CannotReview, doing="通过复核")
    _require_met(judge(claim, claim.stored_facts()), CannotReview)
    return move(
        claim,
        Claim.Status.PUBLICITY,
        kind=Step.Kind.PASS_SECOND,
        by=by,
        office=Office.SECOND_REVIEW,
        note=note,
        due_on=add_working_days(on, 2),
    )


@transaction.atomic
def send_back(*, claim_id: int, note: str, by: User, on: date, version: object = None) -> Claim:
    """Return the claim to the first reviewer, saying what to look at again.

    :raises CannotReview: it is not at the second review or the approval, or no reason is given.
    """
    claim = locked_claim(claim_id)
    claim.require(Claim.Status.SECOND_REVIEW, Claim.Status.APPROVAL, error=CannotReview, doing="退回初审")
    office = Office.SECOND_REVIEW if claim.status == Claim.Status.SECOND_REVIEW else Office.APPROVAL
    require_duty(claim, by=by, office=office)
    if version is not None:
        claim.require_version(version)
    if len(note.strip()) < 4:
        raise CannotReview("请写明退回要重新看哪一点，至少 4 个字。")
    due = due_after(claim, "review_days", on=on)
    return move(
        claim, Claim.Status.REVIEW, kind=Step.Kind.SEND_BACK, by=by, office=office, note=note.strip(), due_on=due
    )


@transaction.atomic
def approve_claim(*, claim_id: int, by: User, on: date, version: object = None) -> Claim:
    """Approve a claim after its publicity and fix its amount.

    The departments are asked again: when anything changed since the review, nobody approves on stale facts.

    :raises CannotApprove: it is decided already, an objection is open, or its terms are not met.
    :raises FactsChanged: naming what changed.
    :raises NotYourDuty: `by` handled an earlier step (four eyes).
    """
    claim = _locked(claim_id, by=by, office=Office.APPROVAL, version=version)
    claim.require(Claim.Status.APPROVAL, error=CannotApprove, doing="批准")
    seen = claim.stored_facts()
    facts = collect(request_of(claim, claim.programme_version), on=on, purpose="补贴审批前比对")
    if changed := _changed_for_decision(seen, facts):
        raise FactsChanged(
            f"审核以后，这些数据变了：{fact_labels(claim, changed)}。请退回初审重新比对，不要按旧数据批准。"
        )
    outcome = judge(claim, facts)
    _require_met(outcome, CannotApprove)
    claim.decided_at = timezone.now()
    claim.decision = _decision(claim, outcome, by=by, on=on)
    keep_outcome(claim, outcome)
    due = due_after(claim, "payment_days", on=on)
    move(
        claim,
        Claim.Status.APPROVED,
        kind=Step.Kind.APPROVE,
        by=by,
        office=Office.APPROVAL,
        note=f"批准 {outcome.amount} 元",
        detail={"amount": str(outcome.amount)},
        due_on=due,
        fields=("decided_at", "decision"),
    )
    notices.tell(claim, "approved", amount=outcome.amount)
    return claim


def _changed_for_decision(seen: Facts, now: Facts) -> list[str]:
    """Name the facts that changed; the distance to retirement shrinks by itself and is judged anew."""
    drifting = {"months_to_retirement_at_first"}
    return [name for name in seen.changes_to(now) if name not in drifting]


@transaction.atomic
def refuse_claim(*, claim_id: int, rule: str, reason: str, by: User, on: date, version: object = None) -> Claim:
    """Refuse, by a person, for a rule that is not met: with the article, what to do next and how to object.

    :raises CannotRefuse: the rule is met or still open, or the sentence for the applicant is missing.
    """
    claim = locked_claim(claim_id)
    claim.require(
        *IN_REVIEW, Claim.Status.SECOND_REVIEW, Claim.Status.APPROVAL, error=CannotRefuse, doing="作不予补贴决定"
    )
    office = {Claim.Status.SECOND_REVIEW: Office.SECOND_REVIEW, Claim.Status.APPROVAL: Office.APPROVAL}.get(
        claim.status, Office.REVIEW
    )
    require_duty(claim, by=by, office=office)
    if version is not None:
        claim.require_version(version)
    outcome = judge(claim, claim.stored_facts())
    row = next((v for v in outcome.failed if v.rule == rule), None)
    if row is None:
        raise CannotRefuse("请从不符合的条款里选一条。还没查清的条款，要先人工核实，再作决定。")
    if len(reason.strip()) < 10:
        raise CannotRefuse("请用申请人看得懂的话写明为什么不符合，至少 10 个字。")
    claim.decided_at = timezone.now()
    claim.decision = _decision(claim, outcome, by=by, on=on) | {
        "outcome": "refused",
        "rule": row.rule,
        "label": row.label,
        "article": row.article,
        "reason": reason.strip(),
        "remedy": row.remedy,
    }
    move(
        claim,
        Claim.Status.REFUSED,
        kind=Step.Kind.REFUSE,
        by=by,
        office=office,
        note=reason.strip(),
        detail={"rule": row.rule, "article": row.article},
        fields=("decided_at", "decision"),
    )
    notices.tell(claim, "refused", reason=reason.strip(), basis=row.article)
    return claim


def remedies(*, on: date, region: str | None = None) -> Remedies:
    """Return how to object, as dated terms: reconsideration within 60 days, a lawsuit within 6 months."""
    first = terms.get("remedy.reconsideration", on=on, region=region)
    second = terms.get("remedy.lawsuit", on=on, region=region)
    return Remedies(
        f"收到决定之日起 {first.value} 日内，可以向作出决定机关的本级人民政府申请行政复议（{first.source}{first.article}）",
        f"收到决定之日起 {second.value} 个月内，可以向人民法院提起行政诉讼（{second.source}{second.article}）",
    )


def _decision(claim: Claim, outcome: Assessment, *, by: User, on: date) -> dict[str, object]:
    objections = remedies(on=on, region=county_of(claim.region))
    return {
        "outcome": "approved",
        "amount": None if outcome.amount is None else str(outcome.amount),
        "by": str(by),
        "on": on.isoformat(),
        "version": claim.programme_version.key,
        "source": claim.programme_version.source,
        "engine": outcome.engine,
        "reconsideration": objections.reconsideration,
        "lawsuit": objections.lawsuit,
    }


def _require_met(outcome: Assessment, error: type[DomainError]) -> None:
    if outcome.failed:
        raise error(f"有不符合的条款：{'；'.join(v.sentence for v in outcome.failed)}")
    if outcome.unknown:
        labels = "、".join(v.label for v in outcome.unknown)
        raise error(f"还有 {len(outcome.unknown)} 条没查清：{labels}。请先人工核实这几条。")
    if outcome.amount is None or outcome.amount <= 0:
        raise error("金额还算不出来：有月份缺缴费金额。请先核实缴费凭证。")


def fact_labels(claim: Claim, names: list[str]) -> str:
    """Return the Chinese names of facts, for a sentence."""
    known = claim.programme_version.facts
    return "、".join("每月缴费金额" if n == "months" else known.get(n, {}).get("label", n) for n in names)


@transaction.atomic
def check_receipts(
    *, claim_id: int, paid: dict[date, tuple[Decimal, Decimal]], by: User, on: date, version: object = None
) -> Claim:
    """Put in what the reviewer read on the payment receipts, for months that the records do not show.

    :raises CannotReview: the claim is not under review, or a month comes from the records.
    """
    claim = _locked(claim_id, by=by, office=Office.REVIEW, version=version)
    claim.require(*IN_REVIEW, error=CannotReview, doing="核实缴费凭证")
    rows = {row.month: row for row in claim.months.all()}
    for month, (pension, medical) in paid.items():
        row = rows.get(month)
        if row is None or row.source == ClaimMonth.Source.SYSTEM:
            raise CannotReview("只有系统查不到的月份，才按缴费凭证填写金额。")
        row.pension, row.medical, row.source = pension, medical, ClaimMonth.Source.CHECKED
    ClaimMonth.objects.bulk_update(list(rows.values()), ["pension", "medical", "source"])
    refresh(claim, on=on, purpose="补贴初审核实缴费凭证")
    add_step(claim, kind=Step.Kind.SETTLE, by=by, office=Office.REVIEW, note="按缴费凭证核实了缴费金额")
    claim.bump()
    claim.save(update_fields=["version"])
    return claim
