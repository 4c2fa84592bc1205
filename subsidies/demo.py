"""A believable year of subsidy claims for the demo province: every step of the way has somebody waiting at it."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db import connection
from django.utils import timezone

from core.bulk import copy_rows
from core.models import DepartmentFile
from core.money import to_fen
from core.months import add_months, first_day
from core.workdays import add_working_days
from people.models import Group, GroupMembership, Person, Region, User
from people.roles import Role
from subsidies import bank_files
from subsidies.demo_words import BANKS, NOTE, WORKS
from subsidies.models import (
    Claim,
    ClaimMonth,
    Office,
    PaymentBatch,
    PaymentLine,
    Programme,
    ProgrammeVersion,
    PublicityBatch,
    PublicityLine,
    Step,
)
from subsidies.models.claim import county_of, months_text
from subsidies.review import remedies
from subsidies.rules import Facts, Month, assess
from unemployment import demo_employments
from unemployment.models import Employment, Registration, WelfarePlacement

S = Claim.Status
Progress = Callable[[str, int, int], None]
LISTS = (
    ("social_insurance", "contributions"),
    ("social_insurance", "pensions"),
    ("market_regulation", "registrations"),
    ("police", "deaths"),
    ("finance", "payroll"),
)
SHARE = 0.03
"""Of all people how many claimed in the last months."""
ENOUGH, MOST = 240, 0.08
"""A small province has more of them, so that every desk has work."""
YEARS_TO_RETIREMENT = 6
DISTRICT, BUSY = "21/2101/210106", 60
MIX = {
    S.SUBMITTED: 16,
    S.CORRECTION: 4,
    S.ACCEPTED: 14,
    S.REVIEW: 3,
    S.SECOND_REVIEW: 9,
    S.PUBLICITY: 10,
    S.APPROVAL: 7,
    S.APPROVED: 6,
    S.PAYING: 5,
    S.PAID: 22,
    S.RETURNED: 2,
    S.REFUSED: 2,
}
ROAD = (
    (Step.Kind.SUBMIT, Office.APPLICANT, S.DRAFT, S.SUBMITTED),
    (Step.Kind.ACCEPT, Office.INTAKE, S.SUBMITTED, S.ACCEPTED),
    (Step.Kind.PASS_REVIEW, Office.REVIEW, S.ACCEPTED, S.SECOND_REVIEW),
    (Step.Kind.PASS_SECOND, Office.SECOND_REVIEW, S.SECOND_REVIEW, S.PUBLICITY),
    (Step.Kind.END_PUBLICITY, Office.NONE, S.PUBLICITY, S.APPROVAL),
    (Step.Kind.APPROVE, Office.APPROVAL, S.APPROVAL, S.APPROVED),
    (Step.Kind.PAY, Office.PAYMENT, S.APPROVED, S.PAYING),
)
LENGTH = {
    S.SUBMITTED: 1,
    S.CORRECTION: 1,
    S.ACCEPTED: 2,
    S.REFUSED: 2,
    S.SECOND_REVIEW: 3,
    S.REVIEW: 3,
    S.PUBLICITY: 4,
    S.APPROVAL: 5,
    S.APPROVED: 6,
    S.PAYING: 7,
    S.PAID: 7,
    S.RETURNED: 7,
}
ROLE_OF = {
    Office.INTAKE: Role.SUBSIDY_INTAKE,
    Office.REVIEW: Role.SUBSIDY_REVIEWER,
    Office.SECOND_REVIEW: Role.SUBSIDY_SECOND_REVIEWER,
    Office.APPROVAL: Role.SUBSIDY_APPROVER,
    Office.PAYMENT: Role.SUBSIDY_PAYER,
}


def build(*, people: Sequence[Person], rng: Random, on: date, staff: Mapping[str, User], progress: Progress) -> int:
    """Let the departments know the people, and put claims at every step. Returns how many claims were made."""
    files = {key: _file(*key, on) for key in LISTS}
    hero = staff["citizen"].person if "citizen" in staff else None
    # Who claims works flexibly: none of them is registered as unemployed, holds a 公益性岗位 or began too late, or no
    # officer could approve what is shown.
    since = add_months(first_day(on), -24)
    others = set(Registration.objects.active().values_list("person_id", flat=True))
    others |= set(WelfarePlacement.objects.values_list("person_id", flat=True))
    others |= set(Employment.objects.open().filter(started_on__gt=since).values_list("person_id", flat=True))
    free = [
        p for p in people if p != hero and p.residence_region and p.pk not in others and _is_far_from_retiring(p, on)
    ]
    near = [p for p in free if p.residence_region.path.startswith(DISTRICT)]
    groups = _groups([*near[:BUSY], *([hero] if hero else [])], on)
    wanted = max(24, int(len(people) * max(SHARE, min(MOST, ENOUGH / len(people)))))
    candidates = [p for p in free if p.pk in groups]
    chosen = list(dict.fromkeys([*near[:BUSY], *rng.sample(candidates, min(len(candidates), wanted))]))
    paid = {p.pk: _premium(rng) for p in [*chosen, *([hero] if hero else [])]}
    payers = [*chosen, *([hero] if hero else [])]
    _contributions(files["social_insurance", "contributions"], payers, paid, on)
    objection = _objection(on)
    versions: Versions = {}
    # Those near come first: the smallest province has work on every desk of theirs.
    plan = [*MIX, *rng.choices(list(MIX), list(MIX.values()), k=len(chosen))][: len(chosen)]
    claims = [
        _claim(p, status, rng, on, paid[p.pk], groups[p.pk], version, objection)
        for p, status in zip(chosen, plan, strict=True)
        if (version := _version(p.residence_region, on, versions))
    ]
    _store(claims, staff, rng, on, paid)
    waiting = {c.person_id for c in claims if c.facts["values"]["unregistered_months"]}
    demo_employments.register_flexible([p for p in payers if p.pk not in waiting], since=since, on=on)
    _notices(claims, staff, on)
    _batches(claims, staff, rng, on)
    progress("补贴申请", len(claims), len(claims))
    return len(claims)


def _is_far_from_retiring(person: Person, on: date) -> bool:
    """Tell whether the five years before retirement, which have terms of their own, are still to come."""
    return (person.original_retirement_age or 0) - person.age(on) > YEARS_TO_RETIREMENT


def _file(department: str, dataset: str, on: date) -> DepartmentFile:
    name = f"{on:%Y%m%d}.csv"
    file, _ = DepartmentFile.objects.get_or_create(
        department=department,
        dataset=dataset,
        as_of=on,
        version=1,
        defaults={"name": name, "sha256": f"demo-{department}-{dataset}-{on}", "rows": 0, "rejected": 0},
    )
    return file


def _groups(certain: Sequence[Person], on: date) -> dict[int, str]:
    """Return who may claim and as what; `certain` are made 就业困难人员 where they are not: the district that visitors try
    should have work to do."""
    groups = [Group.HARDSHIP, Group.LEFT_SCHOOL_JOBLESS]
    known = set(GroupMembership.objects.filter(group=Group.HARDSHIP).values_list("person_id", flat=True))
    valid = (on - timedelta(days=700), None)
    GroupMembership.objects.bulk_create(
        GroupMembership(person=p, group=Group.HARDSHIP, valid=valid, source="演示数据")
        for p in certain
        if p.pk not in known
    )
    words = {Group.HARDSHIP: "hardship", Group.LEFT_SCHOOL_JOBLESS: "graduate"}
    rows = GroupMembership.objects.filter(group__in=groups).order_by("-group")
    return {pk: words[group] for pk, group in rows.values_list("person_id", "group")}


def _premium(rng: Random) -> tuple[Decimal, Decimal]:
    base = Decimal(rng.choice((4273, 4273, 5128, 6410)))
    return (base * Decimal("0.20")).quantize(Decimal("0.01")), (base * Decimal("0.065")).quantize(Decimal("0.01"))


_CONTRIBUTIONS = """
    INSERT INTO core_departmentrow (file_id, row, subject_index, state, valid_from, valid_to, record)
    SELECT %(file)s, 1 + row_number() OVER (ORDER BY payer.number, month DESC, paid.kind), person.id_index, '已缴',
           month, month + interval '1 month - 1 day',
           jsonb_build_object('kind', paid.kind, 'capacity', '102个人', 'amount', paid.amount::text)
      FROM unnest(%(people)s, %(pension)s, %(medical)s) WITH ORDINALITY payer (id, pension, medical, number)
      JOIN people_person person ON person.id = payer.id
     CROSS JOIN generate_series(%(this)s - interval '8 months', %(this)s - interval '1 month', interval '1 month') month
     CROSS JOIN LATERAL (VALUES ('110企业职工基本养老保险', payer.pension), ('310基本医疗保险', payer.medical))
                        paid (kind, amount)
"""


def _contributions(
    file: DepartmentFile, people: Sequence[Person], paid: Mapping[int, tuple[Decimal, Decimal]], on: date
) -> None:
    keys = [person.pk for person in people]
    pension, medical = zip(*(paid[key] for key in keys), strict=True)
    values = {
        "file": file.pk,
        "people": keys,
        "pension": list(pension),
        "medical": list(medical),
        "this": first_day(on),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CONTRIBUTIONS, values)


Versions = dict[str, ProgrammeVersion | None]


def _version(region: Region | None, on: date, known: Versions) -> ProgrammeVersion | None:
    """Return the terms where a person lives; every city has its own."""
    if region is None:
        return None
    city = region.statutory_path[:7]
    if city not in known:
        known[city] = Programme.objects.get(code="flexible_insurance").version_for(region, on=on)
    return known[city]


def _claim(
    person: Person,
    status: str,
    rng: Random,
    on: date,
    paid: tuple[Decimal, Decimal],
    category: str,
    version: ProgrammeVersion,
    objection: Mapping[str, str],
) -> Claim:
    """Return an unsaved claim that was handed in some time ago, with its facts and verdicts."""
    days = rng.randint(0, 3) if status == S.SUBMITTED else 4 * LENGTH[S(status)] + rng.randint(0, 12)
    sent = datetime.combine(on - timedelta(days=days), time(rng.randint(8, 20), rng.randint(0, 59)))
    submitted = timezone.make_aware(sent)
    last = add_months(first_day(submitted.date()), -1)
    months = [add_months(last, -back) for back in range(rng.choice((1, 3, 3, 3)) - 1, -1, -1)]
    failed = status == S.REFUSED
    # Some who just handed in never registered their flexible work: an officer finds out.
    claim_waits = status == S.SUBMITTED and person.pk % 4 == 0
    facts = _facts(months, paid, category, failed=failed, unregistered=len(months) if claim_waits else 0)
    outcome = assess(version.rules, facts)
    account = f"62{rng.randint(10**13, 10**14 - 1)}{rng.randint(0, 9)}"
    claim = Claim(
        person=person,
        programme=version.programme,
        programme_version=version,
        region=person.residence_region,
        status=status,
        amount=outcome.amount,
        facts=facts.as_dict(),
        facts_at=submitted,
        trace=outcome.as_dict(),
        work=rng.choice(WORKS),
        work_since=add_months(last, -rng.randint(3, 20)),
        bank_name=rng.choice(BANKS),
        bank_account=account,
        bank_tail=account[-4:],
        pledged_at=submitted,
        submitted_at=submitted,
        is_demo=True,
    )
    claim.demo_months = months  # type: ignore[attr-defined]
    _date(claim, rng, on)
    if failed:
        row = outcome.failed[0]
        claim.decision = {
            "outcome": "refused",
            "rule": row.rule,
            "label": row.label,
            "article": row.article,
            "source": version.source,
            "reason": "系统查到您名下有正在营业的营业执照，这项补贴不给经营者。",
            "remedy": row.remedy,
            "by": "演示补贴初审",
            **objection,
        }
    elif claim.decided_at:
        claim.decision = {
            "outcome": "approved",
            "amount": str(claim.amount),
            "by": "演示补贴审批",
            "source": version.source,
            **objection,
        }
    return claim


def _objection(on: date) -> dict[str, str]:
    said = remedies(on=on)
    return {"reconsideration": said.reconsideration, "lawsuit": said.lawsuit}


def _facts(
    months: Sequence[date], paid: tuple[Decimal, Decimal], category: str, *, failed: bool, unregistered: int = 0
) -> Facts:
    values = {
        "category": category,
        "months_outside_category": 0,
        "flexible_declared": True,
        "registered_unemployed": False,
        "unpaid_months": 0,
        "unit_paid_months": 0,
        "draws_pension": False,
        "has_licence": failed,
        "on_public_payroll": False,
        "is_dead": False,
        "paid_before_months": 0,
        "other_subsidy_months": 0,
        "months_claimed": len(months),
        "months_used": 0,
        "future_months": 0,
        "near_retirement_at_first": False,
        "months_to_retirement_at_first": 120,
        "months_after_retirement": 0,
        "unregistered_months": unregistered,
        "public_post_months": 0,
    }
    fen = {"pension_fen": to_fen(paid[0]), "medical_fen": to_fen(paid[1])}
    rows = tuple(Month(f"{month:%Y-%m}", fen) for month in months)
    details = {"unregistered_months": months_text(months[:unregistered])} if unregistered else {}
    return Facts(values, rows, details=details | ({"has_licence": "演示便利店"} if failed else {}))


def _date(claim: Claim, rng: Random, on: date) -> None:
    length = LENGTH[S(claim.status)]
    claim.status_since = min(claim.submitted_at + timedelta(days=4 * (length - 1)), timezone.now())
    since = claim.status_since.date()
    claim.due_on = None if claim.status in (S.PAID, S.REFUSED) else add_working_days(since, rng.choice((3, 5, 5)))
    if length >= 2:
        claim.accepted_at = claim.submitted_at + timedelta(days=2)
    if length >= 6 or claim.status == S.REFUSED:
        claim.decided_at = claim.submitted_at + timedelta(days=2 if claim.status == S.REFUSED else 20)
    if claim.status == S.PAID:
        claim.paid_on = on - timedelta(days=rng.randint(5, 9))
    if claim.status == S.CORRECTION:
        claim.corrections, claim.correction_note = 1, NOTE
        claim.correction_due_on = claim.due_on = add_working_days(since, 10)
    if claim.status == S.RETURNED:
        claim.return_reason = "户名与账号不符"


def _store(
    claims: Sequence[Claim],
    staff: Mapping[str, User],
    rng: Random,
    on: date,
    paid: Mapping[int, tuple[Decimal, Decimal]],
) -> None:
    for number, claim in enumerate(claims, 1):
        day = claim.submitted_at.date()
        claim.receipt_number = f"{county_of(claim.region)}{day:%y%m%d}{number % 1_000_000:06d}"
    copy_rows(Claim, claims)
    months, steps = [], []
    for claim in claims:
        pension, medical = paid[claim.person_id]
        for month in claim.demo_months:  # type: ignore[attr-defined]
            amount = claim.trace["months"][f"{month:%Y-%m}"]
            months.append(
                ClaimMonth(
                    claim=claim,
                    person_id=claim.person_id,
                    programme_id=claim.programme_id,
                    month=month,
                    pension=pension,
                    medical=medical,
                    amount=amount,
                )
            )
        steps += _steps(claim, staff)
    copy_rows(ClaimMonth, months)
    copy_rows(Step, steps)


def _steps(claim: Claim, staff: Mapping[str, User]) -> list[Step]:
    """Return what happened so far, each duty by another officer."""
    length = LENGTH[S(claim.status)]
    road = ROAD[:length]
    steps = [
        _step(claim, *leg, staff, claim.submitted_at + timedelta(days=3 * index)) for index, leg in enumerate(road)
    ]
    at = claim.submitted_at + timedelta(days=3 * length)
    more: tuple[Any, ...] = {
        S.CORRECTION: (Step.Kind.ASK_CORRECTION, Office.INTAKE, S.SUBMITTED, S.CORRECTION),
        S.REVIEW: (Step.Kind.SEND_BACK, Office.SECOND_REVIEW, S.SECOND_REVIEW, S.REVIEW),
        S.REFUSED: (Step.Kind.REFUSE, Office.REVIEW, S.ACCEPTED, S.REFUSED),
        S.PAID: (Step.Kind.PAID, Office.PAYMENT, S.PAYING, S.PAID),
        S.RETURNED: (Step.Kind.RETURNED, Office.PAYMENT, S.PAYING, S.RETURNED),
    }.get(S(claim.status), ())
    return [*steps, _step(claim, *more, staff, at)] if more else steps


def _step(
    claim: Claim, kind: str, office: str, before: str, after: str, staff: Mapping[str, User], at: datetime
) -> Step:
    role = ROLE_OF.get(Office(office))
    note = {Step.Kind.ASK_CORRECTION: NOTE, Step.Kind.SEND_BACK: "请再核对一次缴费月份。"}.get(Step.Kind(kind), "")
    return Step(
        claim=claim,
        kind=kind,
        office=office,
        actor=staff[role] if role else None,
        from_status=before,
        to_status=after,
        note=note,
        at=min(at, timezone.now()),
    )


def _county(claim: Claim) -> str:
    return claim.region.county_path


def _notices(claims: Sequence[Claim], staff: Mapping[str, User], on: date) -> None:
    """Hang one notice a county with most of the claims that wait for it; in 铁西区 a few stay to be posted."""
    by_county: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.status == S.PUBLICITY:
            by_county[_county(claim)].append(claim)
    regions = {r.path: r for r in Region.objects.open().filter(path__in=by_county)}
    lines = []
    for path, found in sorted(by_county.items()):
        region = regions[path]
        batch = PublicityBatch.objects.create(
            programme=found[0].programme,
            region=region,
            title=f"{region.name}{found[0].programme.short_name}拟发放名单公示",
            starts_on=on,
            ends_on=add_working_days(on, 5),
            posted_by=staff[Role.SUBSIDY_SECOND_REVIEWER],
            is_demo=True,
        )
        posted = found[: max(1, len(found) * 2 // 3)]
        lines += [
            PublicityLine(
                batch=batch,
                claim=claim,
                number=number,
                name=claim.person.masked_name,
                id_number=claim.person.masked_id,
                months=months_text(claim.demo_months),  # type: ignore[attr-defined]
                standard=claim.programme_version.content["standard"][:128],
                amount=claim.amount,
            )
            for number, claim in enumerate(posted, 1)
        ]
    copy_rows(PublicityLine, lines)


def _batches(claims: Sequence[Claim], staff: Mapping[str, User], rng: Random, on: date) -> None:
    """Put what is being paid, was paid or came back into batches, one a county and kind."""
    groups: dict[tuple[str, bool], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.status in (S.PAYING, S.PAID, S.RETURNED):
            groups[_county(claim), claim.status == S.PAYING].append(claim)
    regions = {r.path: r for r in Region.objects.open().filter(path__in={path for path, _ in groups})}
    for (path, waiting), found in sorted(groups.items()):
        region = regions[path]
        made = timezone.now() - timedelta(days=2 if waiting else 10)
        batch = PaymentBatch(
            number=f"{county_of(region)}-{made:%Y%m%d}-01",
            programme=found[0].programme,
            region=region,
            status=PaymentBatch.Status.SENT if waiting else PaymentBatch.Status.FINISHED,
            total=sum((c.amount for c in found), Decimal(0)),
            line_count=len(found),
            made_by=staff[Role.SUBSIDY_PAYER],
            made_at=made,
            consented_by=staff[Role.FINANCE],
            consented_at=made + timedelta(hours=5),
            sent_at=made + timedelta(hours=7),
            finished_at=None if waiting else made + timedelta(days=3),
            is_demo=True,
        )
        lines = [_line(batch, number, claim) for number, claim in enumerate(found, 1)]
        batch.checksum = bank_files.checksum(bank_files.payment_rows(batch, lines))
        batch.save()
        PaymentLine.objects.bulk_create(lines)


def _line(batch: PaymentBatch, number: int, claim: Claim) -> PaymentLine:
    line = PaymentLine(
        batch=batch,
        claim=claim,
        sequence=number,
        payee=claim.person.name,
        bank_name=claim.bank_name,
        account_tail=claim.bank_tail,
        amount=claim.amount,
        paid_on=claim.paid_on,
        reason=claim.return_reason,
        reference=f"YS{number:06d}" if claim.status == S.PAID else "",
        status={S.PAID: "paid", S.RETURNED: "returned"}.get(S(claim.status), "pending"),
    )
    line.account = claim.bank_account.open()
    return line
