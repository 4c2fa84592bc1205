"""就业登记 and 解除备案: taken down by an officer, by an employer's roster, or after a comparison that a person looked into.

What is reported late is taken all the same; the days are kept. A hire of somebody on the register of the unemployed
proposes the end of that registration and never ends it.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, QuerySet

from core import events, terms
from core.errors import DomainError
from core.months import last_day
from people import identifiers
from people.models import Organisation, Person, Region, User
from people.roles import Role
from unemployment import papers
from unemployment.deregistration import propose_from_data
from unemployment.employment_rules import CLOSURE_GROUNDS, late_days
from unemployment.models import Employment, EmploymentKind, EndReason, Registration
from unemployment.models.employment import ENTERERS

EMPLOYED, ENDED = "unemployment.employed", "unemployment.employment_ended"


class CannotRecordEmployment(DomainError):
    """The employment, or its end, was not written down."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Days within which a hire and an end are to be reported."""

    hire: int
    end: int


def limits(*, on: date) -> Limits:
    """Return the terms in force on a day (就业服务与就业管理规定 62)."""
    return Limits(
        hire=int(terms.value("unemployment.hire_report_days", on=on)),
        end=int(terms.value("unemployment.end_report_days", on=on)),
    )


@transaction.atomic
def find_or_make_employer(*, credit_code: str, name: str, region: Region | None) -> Organisation:
    """Return the organisation of a credit code; one that is not on file yet is entered as 待核验.

    :raises CannotRecordEmployment: the code is wrong, or it is unknown and neither name nor region is given.
    """
    try:
        code = identifiers.check_credit_code(credit_code)
    except identifiers.InvalidId as error:
        raise CannotRecordEmployment(error.message) from error
    found = Organisation.objects.filter(credit_code=code).first()
    if found is not None:
        return found
    if not name.strip() or region is None:
        raise CannotRecordEmployment("这个单位还没有建档。请照营业执照填写单位名称，并选单位所在的社区。")
    try:
        with transaction.atomic():
            return Organisation.objects.create(
                credit_code=code, name=name.strip(), region=region, kind=Organisation.Kind.EMPLOYER, source="就业登记"
            )
    except IntegrityError:
        return Organisation.objects.get(credit_code=code)


@transaction.atomic
def register_hire(
    *,
    person: Person,
    kind: str,
    started_on: date,
    by: User,
    on: date,
    employer: Organisation | None = None,
    work_place: str = "",
    title: str = "",
    region: Region | None = None,
    channel: str = Employment.Channel.COUNTER,
) -> Employment:
    """Write down that somebody began to work.

    :param region: where the work is; the employer's place by default.
    :raises CannotRecordEmployment: no place, not the officer's region, a first day that is to come or before the age
        of 16, or the person is on record there already.
    """
    region = region or (employer.region if employer else None)
    if kind not in EmploymentKind.values:
        raise CannotRecordEmployment("请选就业形式：单位就业、灵活就业或个体经营。")
    if region is None or not _may_enter(by, person, region, employer):
        raise CannotRecordEmployment("工作地和本人都不在您负责的地区，不能在这里登记。请到工作地或居住地的窗口办理。")
    require_first_day(person, started_on, on=on)
    employer = employer if kind != EmploymentKind.FLEXIBLE else None
    if employer is not None:
        lock_employer(employer)
    row = Employment(
        person=person,
        kind=kind,
        employer=employer,
        work_place="" if kind == EmploymentKind.UNIT else work_place.strip(),
        title=title.strip(),
        region=region,
        started_on=started_on,
        reported_on=on,
        late_days=late_days(started_on, reported_on=on, limit=limits(on=started_on).hire),
        channel=channel,
        number=new_number(region, on),
        entered_by=by,
    )
    place([row])
    try:
        with transaction.atomic():
            row.full_clean(exclude=["person", "employer", "region", "home_region", "registration", "entered_by"])
            row.save()
    except ValidationError as error:
        raise CannotRecordEmployment("".join(error.messages)) from error
    except IntegrityError as error:
        raise CannotRecordEmployment(_said(error)) from error
    tell_hired([row])
    return row


@transaction.atomic
def end_employment(*, employment_id: int, ended_on: date, reason: str, version: Any, by: User, on: date) -> Employment:
    """解除备案: write down when and why an employment ended.

    :raises CannotRecordEmployment: not the user's to end, ended before, or a day that cannot be.
    :raises StaleVersion: the page was old.
    """
    row = (
        Employment.objects.select_for_update(of=("self",))
        .select_related("person", "employer", "region", "home_region")
        .get(pk=employment_id)
    )
    if not can_end(by, row):
        raise CannotRecordEmployment("这份就业登记不归您办。")
    row.require_version(version)
    if not row.is_open:
        raise CannotRecordEmployment(f"这份就业登记已经在 {row.ended_on:%Y-%m-%d} 解除。请刷新页面再看。")
    if reason not in EndReason.values:
        raise CannotRecordEmployment("请选解除的原因。")
    if not row.started_on <= ended_on <= on:
        raise CannotRecordEmployment(f"解除日期要在上岗日期（{row.started_on:%Y-%m-%d}）和今天之间。")
    put_end(row, ended_on=ended_on, reason=reason, by=by, on=on, limit=limits(on=ended_on).end)
    row.bump()
    row.save()
    tell_ended([row])
    return row


def put_end(row: Employment, *, ended_on: date, reason: str, by: User, on: date, limit: int) -> None:
    """Fill in the end of an employment; the caller saves it."""
    row.ended_on, row.end_reported_on, row.end_reason, row.ended_by = ended_on, on, reason, by
    row.end_late_days = late_days(ended_on, reported_on=on, limit=limit)


def can_end(user: User, row: Employment) -> bool:
    """Say whether this user may report the end: officers of the place of work or of the person's place, the employer's agent."""
    if user.person_id is not None and user.person_id == row.person_id:
        return False
    if row.employer_id is not None and row.employer_id in user.organisation_ids(Role.EMPLOYER_AGENT):
        return True
    places = [row.region.path, *([row.home_region.path] if row.home_region else [])]
    return any(user.serves(path, *ENTERERS) for path in places)


def _may_enter(by: User, person: Person, region: Region, employer: Organisation | None) -> bool:
    if by.person_id is not None and by.person_id == person.pk:
        return False
    if employer is not None and employer.pk in by.organisation_ids(Role.EMPLOYER_AGENT):
        return True
    homes = [home.path for home in (person.residence_region, person.household_region) if home]
    return any(by.serves(path, *ENTERERS) for path in [region.path, *homes])


def require_first_day(person: Person, started_on: date, *, on: date) -> None:
    """Refuse a first day that cannot be.

    :raises CannotRecordEmployment: it is to come, or before the age of 16 (劳动法 15).
    """
    if started_on > on:
        raise CannotRecordEmployment("上岗日期不能晚于今天。还没上岗的，上岗以后再登记。")
    if person.age(started_on) < 16:
        raise CannotRecordEmployment("上岗那天不满 16 周岁，不能办理就业登记。请核对日期和证件。")


def lock_employer(employer: Organisation) -> None:
    """Let one writer at a time add or end employments at an employer; they are then never counted on stale rows."""
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=employer.pk)


def new_number(region: Region, on: date) -> str:
    """Return a fresh number: 就业 + county + day + sixteen random characters, which nobody guesses."""
    return f"JY{region.county_code or region.code[:6]}{on:%y%m%d}{secrets.token_hex(8).upper()}"


def place(rows: Iterable[Employment]) -> None:
    """Say where each person counts: the registration in force on the first day, else where they live. One query."""
    rows = list(rows)
    people = {row.person_id for row in rows}
    found: dict[int, list[Registration]] = {}
    for registration in (
        Registration.objects.filter(person__in=people, registered_on__isnull=False)
        .filter(status__in=[Registration.Status.ACTIVE, Registration.Status.DEREGISTERED])
        .order_by("registered_on", "pk")
    ):
        found.setdefault(registration.person_id, []).append(registration)
    for row in rows:
        for registration in found.get(row.person_id, ()):
            assert registration.registered_on is not None
            if registration.registered_on <= row.started_on and (
                registration.ended_on is None or registration.ended_on >= row.started_on
            ):
                row.registration_id, row.home_region_id = registration.pk, registration.region_id
        if row.registration_id is None:
            person = row.person
            row.home_region_id = person.residence_region_id or person.household_region_id or row.region_id


def tell_hired(rows: Iterable[Employment]) -> None:
    """Tell other apps, and propose the end of registrations that are in force: a person decides."""
    rows = list(rows)
    events.append_many(
        EMPLOYED,
        [
            (
                f"person:{row.person.public_id}",
                {"employment": str(row.public_id), "kind": row.kind, "starts_on": row.started_on.isoformat()},
            )
            for row in rows
        ],
    )
    going_on = {row.person_id: row for row in rows if row.is_open}
    active = Registration.objects.active().filter(person__in=going_on).order_by("pk")
    for registration in active:
        row = going_on[registration.person_id]
        if registration.registered_on and row.started_on < registration.registered_on:
            continue  # an older employment says nothing about today: a person has to ask
        propose_from_data(
            registration=registration,
            ground=CLOSURE_GROUNDS[row.kind],
            evidence=f"就业登记 {row.number}：{row.get_kind_display()}，{row.place}，{row.started_on:%Y-%m-%d} 起。",
            happened_on=row.started_on,
        )


def tell_ended(rows: Iterable[Employment]) -> None:
    """Tell other apps that somebody's employment ended (a household may be without work again); its proof is void."""
    rows = list(rows)
    papers.withdraw_proofs(rows)
    events.append_many(
        ENDED,
        [
            (
                f"person:{row.person.public_id}",
                {
                    "employment": str(row.public_id),
                    "kind": row.kind,
                    "reason": row.end_reason,
                    "on": row.ended_on.isoformat() if row.ended_on else "",
                },
            )
            for row in rows
        ],
    )


# What others ask


def flexible_work_of(person: Person, *, on: date) -> Employment | None:
    """Return the flexible work or own business that is registered for a person on a day: what the subsidy asks for."""
    kinds = (EmploymentKind.FLEXIBLE, EmploymentKind.OWN)
    return Employment.objects.filter(person=person, kind__in=kinds).on(on).order_by("-started_on", "-pk").first()


def flexible_work_in(person: Person, months: Iterable[date]) -> dict[date, Employment]:
    """Return the flexible work or own business that is registered for a day of each month; a month without is left out."""
    kinds = (EmploymentKind.FLEXIBLE, EmploymentKind.OWN)
    rows = list(Employment.objects.filter(person=person, kind__in=kinds).order_by("-started_on", "-pk"))
    found = {}
    for month in months:
        for row in rows:
            if row.started_on <= last_day(month) and (row.ended_on is None or row.ended_on >= month):
                found[month] = row
                break
    return found


def terminations(*, start: date, end: date) -> "QuerySet[Organisation, Organisation]":
    """Return the employers with `on_record` (staff at the beginning of the window) and `ended` (terminations within it).

    辽人社提〔2024〕5号: firms whose 解除备案 reach 10 % are warned of; base and window are not defined there, so the base is
    the staff on record when the window begins, and both days are given. Retirement and death are no 解除.

    :param start: the first day of the window.
    :param end: its last day.
    """
    before = Q(employments__kind=EmploymentKind.UNIT, employments__started_on__lt=start) & (
        Q(employments__ended_on=None) | Q(employments__ended_on__gte=start)
    )
    gone = Q(employments__kind=EmploymentKind.UNIT, employments__ended_on__range=(start, end)) & ~Q(
        employments__end_reason__in=[EndReason.RETIRED, EndReason.DIED]
    )
    return Organisation.objects.annotate(
        on_record=Count("employments", filter=before), ended=Count("employments", filter=gone)
    ).filter(ended__gt=0)


def termination_share(employer: Organisation, *, start: date, end: date) -> float:
    """Return the share of an employer's staff whose employment ended within a window, in percent; see `terminations`."""
    found = terminations(start=start, end=end).filter(pk=employer.pk).first()
    if found is None:
        return 0.0
    base = getattr(found, "on_record", 0) or getattr(found, "ended", 0)
    return round(getattr(found, "ended", 0) / base * 100, 1)


def firms_over(share: float, *, start: date, end: date) -> "QuerySet[Organisation, Organisation]":
    """Return the employers whose terminations within a window reach a share (in percent) of their staff before it."""
    found = terminations(start=start, end=end).annotate(over=F("ended") * 100 - F("on_record") * share)
    return found.exclude(Q(on_record=0)).filter(over__gte=0)


def _said(error: IntegrityError) -> str:
    for constraint in Employment._meta.constraints:
        if constraint.name in str(error):
            return str(constraint.violation_error_message)
    raise error
