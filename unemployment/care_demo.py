"""Demo rows of those who need more, in the county in which the demo's accounts work: every state has somebody."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from core.bulk import copy_rows
from core.months import add_months
from core.workdays import add_working_days
from people.demo import DEMO_COUNTY, demo_street
from people.models import Group, GroupMembership, Person, User
from people.roles import Role
from unemployment import hardship
from unemployment.models import (
    HardshipExit,
    HardshipLine,
    HardshipNotice,
    HardshipRecognition,
    HardshipStatus,
    HardshipStep,
)

CATEGORY = {
    Group.OLDER: "older",
    Group.DISABLED: "disabled",
    Group.MINIMUM_LIVING: "minimum_living",
}
WORDS = {
    "older": "原单位破产，再有几年退休，没有单位要。",
    "disabled": "肢体三级残疾，想找坐着干的活。",
    "minimum_living": "低保家庭，去年 9 月起没有工作。",
}
MOST = 200


def build(*, rng: Random, on: date, staff: Mapping[str, User]) -> dict[str, int]:
    """Add the ledger of hardship persons, with a notice that hangs and an exit that waits."""
    rows = _ledger(rng, on, staff)
    return {"recognitions": len(rows)}


def _ledger(rng: Random, on: date, staff: Mapping[str, User]) -> list[HardshipRecognition]:
    worker, officer, supervisor = (
        staff[role] for role in (Role.COMMUNITY_WORKER, Role.CASEWORKER, Role.COUNTY_SUPERVISOR)
    )
    kinds = hardship.categories(on=on)
    states = [*HardshipStatus.values, *["recognised"] * 12, "street", "county", "publicity"]
    rows = []
    for number, (person, category) in enumerate(_candidates()):
        state = states[number % len(states)]
        days = rng.randint(0, 3) if state in ("community", "street") else rng.randint(20, 400)
        applied = on - timedelta(days=days)
        assert person.residence_region is not None
        row = HardshipRecognition(
            person=person,
            category=category,
            category_version=kinds[category].version,
            region=person.residence_region,
            channel="online" if state == "community" else "on_behalf",
            status=state,
            circumstances=WORDS[category],
            consent="" if state == "community" else "在社区当面签字（演示）",
            applied_on=applied,
            due_on=add_working_days(applied, 7) if state in ("community", "street", "county") else None,
            refusal_reason="民政名册里没有记录，补办后可以再申请。（演示）" if state == "refused" else "",
            is_demo=True,
        )
        if state in ("recognised", "exited"):
            recognised = min(on, applied + timedelta(days=18))
            row.number = f"KN{DEMO_COUNTY}{recognised:%y%m%d}{number:06d}"
            row.recognised_on, row.recognised_by = recognised, supervisor
            row.valid_until = add_months(recognised, 12)
        if state == "exited":
            row.exited_on, row.exit_ground = on, "employed"
        rows.append(row)
    copy_rows(HardshipRecognition, rows)
    _steps(rows, worker, officer, supervisor)
    _notice([row for row in rows if row.status == "publicity"], on, officer)
    recognised_rows = [row for row in rows if row.status == "recognised"]
    HardshipExit.objects.bulk_create(
        HardshipExit(
            recognition=row,
            ground="employed",
            evidence="社保数据：上月起由单位参保。（演示）",
            happened_on=on - timedelta(days=20),
            source="data",
        )
        for row in recognised_rows[:2]
    )
    return rows


def _candidates() -> list[tuple[Person, str]]:
    """Return people of the demo's county who are on the lists of older, disabled or poor people, its street first."""
    rows = GroupMembership.objects.filter(group__in=list(CATEGORY), person__is_demo=True)
    rows = rows.filter(person__residence_region__code__startswith=DEMO_COUNTY).exclude(person__account__isnull=False)
    street = demo_street().path
    found: dict[int, tuple[Person, str]] = {}
    for row in rows.select_related("person__residence_region").order_by("pk")[: 3 * MOST]:
        found.setdefault(row.person_id, (row.person, CATEGORY[Group(row.group)]))
    near = sorted(found.values(), key=lambda pair: not str(pair[0].residence_region.path).startswith(street))  # type: ignore[union-attr]
    return near[:MOST]


def _steps(rows: list[HardshipRecognition], worker: User, officer: User, supervisor: User) -> None:
    past_street = ("publicity", "county", "recognised", "exited")
    steps = []
    for row in rows:
        own = row.channel == "online"
        steps.append(
            HardshipStep(
                recognition=row,
                kind="apply",
                by=None if own else worker,
                office="" if own else "community",
                note=row.circumstances,
            )
        )
        if row.status in past_street:
            steps.append(HardshipStep(recognition=row, kind="review", by=officer, office="street", note="名册已核对"))
        if row.status in ("recognised", "exited"):
            steps.append(HardshipStep(recognition=row, kind="recognise", by=supervisor, office="county", note="同意"))
    copy_rows(HardshipStep, steps)


def _notice(rows: list[HardshipRecognition], on: date, officer: User) -> None:
    """Hang half of those who wait for it; the others can be posted by whoever tries the portal."""
    if not rows:
        return
    street = demo_street()
    notice = HardshipNotice.objects.create(
        region=street.parent or street,
        title=f"{(street.parent or street).name}就业困难人员拟认定名单公示",
        starts_on=on,
        ends_on=add_working_days(on, 7),
        posted_by=officer,
        is_demo=True,
    )
    HardshipLine.objects.bulk_create(
        HardshipLine(
            notice=notice,
            recognition=row,
            number=number,
            name=row.person.masked_name,
            community=row.region.name,
        )
        for number, row in enumerate(rows[::2], 1)
    )
