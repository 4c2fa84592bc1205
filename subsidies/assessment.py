"""Gathering the facts of a claim from what is known, and applying its terms to them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from core.money import to_fen
from core.months import add_months, first_day, last_day, months_between
from people.models import Group, GroupMembership, Person
from people.retirement import CannotTellRetirement, retirement_date
from subsidies.models import Claim, ClaimMonth, ProgrammeVersion, RuleFinding
from subsidies.models.claim import months_text
from subsidies.rules import Assessment, Facts, Finding, Month, Value, Verdict, assess
from subsidies.sources import Answers, ask_departments, is_registered_unemployed, read_registers

NEAR_RETIREMENT = 60
REGISTERED = frozenset({"unregistered_months", "public_post_months"})
"""Facts that only newer terms ask for: a claim under older ones does not change by their coming."""
CATEGORIES = (("hardship", Group.HARDSHIP), ("graduate", Group.LEFT_SCHOOL_JOBLESS))


@dataclass(frozen=True)
class Request:
    """What is asked for: by whom, under which version, for which months, and what the person declared."""

    person: Person
    version: ProgrammeVersion
    months: Sequence[date]
    declared: dict[date, tuple[int | None, int | None]] = field(default_factory=dict)
    works_flexibly: bool | None = None
    retirement_age: int | None = None
    claim_id: int | None = None


def request_of(claim: Claim, version: ProgrammeVersion) -> Request:
    """Read a claim as a request."""
    rows = list(claim.months.order_by("month"))
    declared = {
        row.month: (_fen(row.pension), _fen(row.medical)) for row in rows if row.source != ClaimMonth.Source.SYSTEM
    }
    return Request(
        person=claim.person,
        version=version,
        months=[row.month for row in rows],
        declared=declared,
        works_flexibly=bool(claim.work and claim.work_since),
        retirement_age=claim.declared_retirement_age,
        claim_id=claim.pk,
    )


def collect(request: Request, *, on: date, purpose: str) -> Facts:
    """Ask every source once and return what is known. What nobody answered stays None; nothing is guessed.

    Asking departments leaves a record of purpose and result with each connector.
    """
    answers = ask_departments(request.person, on=on, purpose=purpose)
    values: dict[str, Value] = {}
    details: dict[str, str] = {}
    _put_category(request, on, values, details)
    _put_payments(request, answers, values, details)
    _put_history(request, values, details)
    if REGISTERED & request.version.rules.needs():
        _put_registers(request, values, details)
    _put_retirement(request, answers, on, values, details)
    values["flexible_declared"] = request.works_flexibly
    values["registered_unemployed"] = is_registered_unemployed(request.person)
    values["draws_pension"] = answers.draws_pension
    values["has_licence"], details["has_licence"] = answers.has_licence, answers.licence
    values["on_public_payroll"] = answers.on_public_payroll
    values["is_dead"] = True if request.person.died_on else answers.is_dead
    values["months_claimed"] = len(request.months)
    values["future_months"] = sum(month >= first_day(on) for month in request.months)
    sources = {code: fact["source"] for code, fact in request.version.facts.items() if code in values}
    return Facts(values, _months(request, answers), sources, {k: v for k, v in details.items() if v})


def assess_request(request: Request, *, on: date, purpose: str) -> tuple[Facts, Assessment]:
    """Collect and judge without saving anything: 「看我能不能领」."""
    facts = collect(request, on=on, purpose=purpose)
    return facts, assess(request.version.rules, facts)


def judge(claim: Claim, facts: Facts) -> Assessment:
    """Apply the claim's version to facts, with what officers found out about the rules left open."""
    outcome = assess(claim.programme_version.rules, facts)
    return assess(claim.programme_version.rules, facts, list(_findings(claim, outcome)))


def _findings(claim: Claim, outcome: Assessment) -> Iterable[Finding]:
    used = {verdict.rule: dict(verdict.facts) for verdict in outcome.trace}
    newest = {row.rule: row for row in RuleFinding.objects.filter(claim=claim).select_related("by").order_by("pk")}
    for row in newest.values():
        if row.still_holds(used.get(row.rule, {})):
            yield Finding(row.rule, Verdict(row.verdict), row.reason, str(row.by))


def _put_category(request: Request, on: date, values: dict[str, Value], details: dict[str, str]) -> None:
    """The category is that of the months claimed: a recognition covers a month when it is valid on a day of it."""
    spans = request.months or [first_day(on)]
    rows = GroupMembership.objects.filter(person=request.person, group__in=[group for _, group in CATEGORIES])
    by_group: dict[str, list[tuple[date | None, date | None]]] = {}
    for row in rows.order_by("pk"):
        by_group.setdefault(row.group, []).append((row.valid.lower, row.valid.upper))
    outside = {code: [m for m in spans if not _covered(m, by_group.get(group, []))] for code, group in CATEGORIES}
    code = min(outside, key=lambda c: len(outside[c]))
    known = len(outside[code]) < len(spans)
    values["category"] = code if known else "none"
    values["months_outside_category"] = len(outside[code]) if known else len(spans)
    details["months_outside_category"] = months_text(outside[code])


def _covered(month: date, spans: list[tuple[date | None, date | None]]) -> bool:
    return any((not low or low <= last_day(month)) and (not high or high > month) for low, high in spans)


def _put_payments(request: Request, answers: Answers, values: dict[str, Value], details: dict[str, str]) -> None:
    if answers.payments is None:
        values["unpaid_months"] = values["unit_paid_months"] = None
        return
    unpaid = [month for month in request.months if not answers.paid_alone(month)]
    by_unit = [month for month in request.months if answers.paid_by_unit(month)]
    unpaid = [month for month in unpaid if month not in by_unit]
    # A month that the person says was paid and the records lack, or that they do not reach, is for a person to look at.
    to_look_at = any(month in request.declared or not answers.covers(month) for month in unpaid)
    open_ended = not by_unit and any(not answers.covers(month) for month in request.months)
    values["unpaid_months"], details["unpaid_months"] = None if to_look_at else len(unpaid), months_text(unpaid)
    values["unit_paid_months"], details["unit_paid_months"] = None if open_ended else len(by_unit), months_text(by_unit)


def _put_registers(request: Request, values: dict[str, Value], details: dict[str, str]) -> None:
    """Flexible work that is registered, and months in a 公益性岗位; the words say under which number and where."""
    found = read_registers(request.person, request.months)
    lacking = [month for month in request.months if month not in found.flexible]
    rows = {row.pk: row for row in found.flexible.values()}.values()
    known = "；".join(f"登记编号 {row.number}，{row.started_on} 起，{row.get_kind_display()}" for row in rows)
    values["unregistered_months"] = len(lacking)
    details["unregistered_months"] = months_text(lacking) or known
    values["public_post_months"] = len({line.month for line in found.posts})
    details["public_post_months"] = "；".join(
        f"{line.month:%Y-%m}，{line.organisation.name}，{line.post.title}" for line in found.posts
    )


def _put_history(request: Request, values: dict[str, Value], details: dict[str, str]) -> None:
    """What this person already drew, or has under way, here."""
    taken = ClaimMonth.objects.holding().filter(person=request.person).exclude(claim=request.claim_id)
    programme = request.version.programme_id
    mine = list(taken.filter(programme=programme).values_list("month", flat=True))
    again = sorted(set(mine) & set(request.months))
    others = request.version.content.get("other_programmes", [])
    other = sorted(
        set(taken.filter(programme__code__in=others, month__in=request.months).values_list("month", flat=True))
    )
    values["months_used"] = len(mine)
    values["paid_before_months"], details["paid_before_months"] = len(again), months_text(again)
    values["other_subsidy_months"], details["other_subsidy_months"] = len(other), months_text(other)


def _put_retirement(
    request: Request, answers: Answers, on: date, values: dict[str, Value], details: dict[str, str]
) -> None:
    """Retirement counts from the first approval. An unknown original age matters only where 50 and 55 differ."""
    person = request.person
    age = person.original_retirement_age or answers.original_age or request.retirement_age
    ages = [age] if age or person.sex == Person.Sex.MALE else [50, 55]
    try:
        reached = [retirement_date(person.birth_date, person.sex, choice) for choice in ages]
    except CannotTellRetirement:
        reached = []
    first_on, first_month = _first_approval(request, on)
    near = {months_between(first_on, day) < NEAR_RETIREMENT for day in reached}
    left = {max(0, months_between(first_month, day)) for day in reached}
    after = {tuple(m for m in request.months if m >= day) for day in reached}
    values["near_retirement_at_first"] = near.pop() if len(near) == 1 else None
    values["months_to_retirement_at_first"] = left.pop() if len(left) == 1 else None
    values["months_after_retirement"] = len(next(iter(after))) if len(after) == 1 else None
    if len(after) == 1:
        details["months_after_retirement"] = months_text(list(next(iter(after))))
    if len(reached) == 1:
        details["months_to_retirement_at_first"] = f"{reached[0].year} 年 {reached[0].month} 月到退休年龄"


def _first_approval(request: Request, on: date) -> tuple[date, date]:
    """Return the day of the first approval (today when there is none yet) and the first month ever subsidised."""
    earlier = Claim.objects.filter(person=request.person, programme=request.version.programme_id)
    approved = earlier.exclude(pk=request.claim_id).filter(
        decided_at__isnull=False, status__in=["approved", "paying", "paid", "returned"]
    )
    first = approved.order_by("decided_at").first()
    month = min(request.months, default=first_day(on))
    if first is None:
        return on, month
    months = ClaimMonth.objects.filter(claim__in=approved).order_by("month").values_list("month", flat=True)
    return first.decided_at.date(), min(month, months.first() or month)


def _months(request: Request, answers: Answers) -> tuple[Month, ...]:
    """Return what was paid each month: the department's figure where it answered, else what the person declared."""
    rows = []
    for month in request.months:
        pension, medical = request.declared.get(month, (None, None))
        if (paid := answers.paid_alone(month)) is not None:
            pension, medical = to_fen(paid.pension), to_fen(paid.medical)
        elif answers.covers(month) and month not in request.declared:
            pension, medical = 0, 0
        rows.append(Month(f"{month:%Y-%m}", {"pension_fen": pension, "medical_fen": medical}))
    return tuple(rows)


def _fen(amount: object) -> int | None:
    return None if amount is None else to_fen(amount)


def claimable_months(*, on: date, back: int = 12) -> list[date]:
    """Return the months a person may choose from: the last twelve that are over, oldest first."""
    this = first_day(on)
    return [add_months(this, -offset) for offset in range(back, 0, -1)]
