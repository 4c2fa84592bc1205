"""Employments of the demo province: of those who left the register for work, and of some who never were on it."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from core.bulk import copy_rows
from people.models import Organisation, Person, Region, User
from unemployment.employment_rules import late_days
from unemployment.employments import limits, new_number
from unemployment.models import Deregistration, Employment, EmploymentKind, EndReason

SHARE = 0.05
KIND_OF = {"11": "unit", "12": "own", "13": "flexible", "14": "unit"}
PLACES = ("外卖平台骑手", "网约车平台", "农贸市场摊位", "家政服务", "装修零工", "电商直播间")
TITLES = ("焊工", "电工", "保洁", "收银员", "护理员", "叉车司机", "客服", "厨师", "保安", "仓库管理")
WORDS = ("expired", "employer", "employee", "agreed", "retired")


def build(*, people: Sequence[Person], rng: Random, on: date, by: User) -> int:
    """Add the employments and return how many; some were reported late, some have ended."""
    employers = list(Organisation.objects.filter(is_demo=True, kind="employer").select_related("region").order_by("pk"))
    if not employers:
        return 0
    terms = limits(on=on)
    rows = []
    left = Deregistration.objects.filter(
        status="decided", ground__in=KIND_OF, registration__is_demo=True, registration__imported_history=False
    ).select_related("registration__person", "registration__region")
    for number, end in enumerate(left.order_by("pk")):
        row = _row(
            end.registration.person, KIND_OF[end.ground], end.happened_on, rng, on, employers[number % len(employers)]
        )
        row.registration, row.home_region = end.registration, end.registration.region
        row.region_id = row.employer.region_id if row.employer else end.registration.region_id or 0
        rows.append(row)
    taken = {row.person_id for row in rows}
    for person in people:
        if person.pk in taken or person.residence_region_id is None or rng.random() > SHARE or person.age(on) < 18:
            continue
        kind = rng.choices(EmploymentKind.values, [80, 14, 6])[0]
        start = on - timedelta(days=int(rng.triangular(2, 500, 40)))
        row = _row(person, kind, start, rng, on, rng.choice(employers))
        row.home_region_id = person.residence_region_id
        row.region_id = row.employer.region_id if row.employer else person.residence_region_id
        if rng.random() < 0.12:
            _end(row, rng, on)
        rows.append(row)
    county_of = dict(Region.objects.filter(pk__in={row.region_id for row in rows}).values_list("pk", "path"))
    for row in rows:
        region = Region(code=county_of[row.region_id].rpartition("/")[2], path=county_of[row.region_id])
        row.number, row.entered_by = new_number(region, row.reported_on), by
        row.late_days = late_days(row.started_on, reported_on=row.reported_on, limit=terms.hire)
        if row.ended_on and row.end_reported_on:
            row.ended_by = by
            row.end_late_days = late_days(row.ended_on, reported_on=row.end_reported_on, limit=terms.end)
    copy_rows(Employment, rows)
    return len(rows)


def register_flexible(workers: Sequence[Person], *, since: date, on: date) -> int:
    """Register the flexible work of people who claim a subsidy for it; whoever is registered already is left out."""
    kinds = (EmploymentKind.FLEXIBLE, EmploymentKind.OWN)
    rows = Employment.objects.open().filter(kind__in=kinds, person__in=workers)
    known = set(rows.values_list("person_id", flat=True))
    made = []
    for person in workers:
        if person.pk in known or person.residence_region is None:
            continue
        known.add(person.pk)
        what = PLACES[person.pk % len(PLACES)]
        row = Employment(person=person, kind=EmploymentKind.FLEXIBLE, work_place=what, started_on=since)
        row.region = row.home_region = person.residence_region
        row.reported_on = min(on, since + timedelta(days=12))
        row.number, row.is_demo = new_number(person.residence_region, row.reported_on), True
        made.append(row)
    copy_rows(Employment, made)
    return len(made)


def _row(person: Person, kind: str, start: date, rng: Random, on: date, employer: Organisation) -> Employment:
    return Employment(
        person=person,
        kind=kind,
        employer=employer if kind == EmploymentKind.UNIT else None,
        work_place="" if kind == EmploymentKind.UNIT else rng.choice(PLACES),
        title=rng.choice(TITLES),
        started_on=start,
        reported_on=min(on, start + timedelta(days=int(rng.triangular(0, 50, 10)))),
        channel=rng.choices(Employment.Channel.values, [50, 45, 5])[0],
        is_demo=True,
    )


def _end(row: Employment, rng: Random, on: date) -> None:
    row.ended_on = row.started_on + timedelta(days=rng.randint(0, (on - row.started_on).days))
    row.end_reported_on = min(on, row.ended_on + timedelta(days=rng.randint(0, 25)))
    row.end_reason = EndReason(rng.choice(WORDS)).value
