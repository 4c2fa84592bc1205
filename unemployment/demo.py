"""A believable register for the demo province: every state has somebody in it, with a year of monthly contacts."""

from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db import connection
from django.utils import timezone

from core.bulk import copy_rows
from core.months import add_months, first_day
from core.workdays import add_working_days
from people.models import Person, Region, User
from people.roles import Role
from unemployment import care_demo, demo_employments, signoff
from unemployment.clocks import clocks, remedy_text
from unemployment.demo_cells import build_cells
from unemployment.demo_papers import build_papers
from unemployment.demo_replies import build_replies
from unemployment.models import (
    Attempt,
    ConsentCode,
    Deregistration,
    Escalation,
    FollowUp,
    OpenedMonth,
    Registration,
    Status,
)
from unemployment.models.exit import UNHEARD
from unemployment.registration import PLEDGE_VERSION, STEPS
from unemployment.rules import check_kinds, due_by_day, grounds

Progress = Callable[[str, int, int], None]
SHARE = 0.05
"""Of all people how many are or were on the register: in life it is 2 to 4 of a hundred of working age at a time."""
ENOUGH, MOST = 1200, 0.4
"""A small province has more of them, so that every state has somebody and every desk has work."""
MIX = {
    "active": 74,
    "leaving": 3,
    "left": 13,
    Status.SUBMITTED: 4,
    Status.CHECKING: 2,
    Status.CORRECTION: 1,
    Status.REFUSED: 1,
    Status.DRAFT: 1,
    "history": 1,
}
GROUNDS = {"11": 55, "12": 15, "13": 8, "14": 4, "21": 8, "31": 5, "241": 2, "242": 2, "26": 1}
CAUSES = {"20": 60, "10": 16, "32": 8, "60": 3, "50": 2, "90": 11}
TRADES = ("焊工", "电工", "保洁", "收银员", "护理员", "叉车司机", "会计", "客服", "厨师", "保安", "仓库管理", "缝纫工")
COURSES = ("叉车", "养老护理", "电工", "电商直播", "中式面点", "育婴")
SHOPS = ("早餐店", "网店", "美甲店", "维修铺", "果蔬店")
SIGNED = 3
"""Communities of that street whose last month is signed."""
DISTRICT_SHARE = 0.10
"""Of all people on the register, how many live in the street of the demo's own community worker."""


def build(
    *, people: Sequence[Person], rng: Random, on: date, staff: Mapping[str, User], progress: Progress | None = None
) -> dict[str, int]:
    """Add registrations in every state, their checks, a year of follow-ups, closures with lawful grounds, escalations.

    :param staff: the demo's accounts by role; registrations of their own district are in their hands.
    """
    worker, officer = staff[Role.COMMUNITY_WORKER], staff[Role.CASEWORKER]
    # The demo's own citizen starts without a registration, so that the application can be tried.
    mine = getattr(staff.get("citizen"), "person_id", None)
    share = max(SHARE, min(MOST, ENOUGH / len(people)))
    chosen = [person for person in people if rng.random() < share and person.pk != mine]
    served = _move_neighbours(chosen, rng, worker)
    taken: set[str] = set()
    # Those who live where the demo's own worker serves come first: the smallest province has every state there.
    states = [*MIX, *rng.choices(list(MIX), weights=list(MIX.values()), k=len(chosen))][: len(chosen)]
    remedy = remedy_text(on=on)
    rows = [
        _registration(person, state, rng, on, taken, worker=worker, officer=officer, served=served, remedy=remedy)
        for person, state in zip(chosen, states, strict=True)
    ]
    _consents(rows, worker)
    copy_rows(Registration, rows)
    if progress:
        progress("失业登记", len(rows), len(rows))
    ends = [(row, state) for row, state in zip(rows, states, strict=True) if state in ("left", "leaving", "history")]
    _checks()
    months = _follow_ups(rows, on, worker)
    build_cells(worker=worker, on=on)
    _end(ends, rng, on, staff, remedy)
    _fail_some(on, worker)
    build_replies(worker=worker, on=on)
    build_papers(rows, officer=officer, remedy=remedy)
    OpenedMonth.objects.bulk_create(
        [OpenedMonth(county=county, month=month) for county in Region.objects.counties() for month in months],
        ignore_conflicts=True,
    )
    care_demo.build(rng=rng, on=on, staff=staff)
    if progress:
        progress("跟踪调查", 1, 1)
    demo_employments.build(people=people, rng=rng, on=on, by=officer)
    _sign_last_month(on, worker)
    return {"registrations": len(rows), "follow_ups": FollowUp.objects.filter(registration__is_demo=True).count()}


def _move_neighbours(chosen: Sequence[Person], rng: Random, worker: User) -> set[int]:
    """Let some people live where the demo's community worker serves, so that the list has a day's work in it."""
    assignment = worker.role_assignments.filter(role=Role.COMMUNITY_WORKER).select_related("region").first()
    if assignment is None or assignment.region is None:
        return set()
    streets = list(Region.objects.communities().within([assignment.region.path]).order_by("code"))
    moved: dict[int, list[Person]] = {}
    for person in chosen[: max(60, int(len(chosen) * DISTRICT_SHARE))]:
        place = rng.randrange(len(streets))
        person.residence_region = streets[place]
        moved.setdefault(place, []).append(person)
    for place, found in moved.items():
        Person.objects.filter(pk__in=[person.pk for person in found]).update(residence_region=streets[place])
    return {street.pk for street in streets}


def _registration(
    person: Person,
    state: str,
    rng: Random,
    on: date,
    taken: set[str],
    *,
    worker: User,
    officer: User,
    served: Set[int],
    remedy: str,
) -> Registration:
    waiting = state in (Status.SUBMITTED, Status.CHECKING, Status.CORRECTION)
    days = rng.randint(0, 4) if waiting else int(rng.triangular(5, 420, 60))
    submitted = on - timedelta(days=days)
    place = person.residence_region
    assert place is not None
    row = Registration(
        person=person,
        status=Status.ACTIVE if state in ("active", "leaving", "left") else state,
        channel=rng.choices(["online", "counter", "on_behalf"], [55, 40, 5])[0],
        region=place,
        place_kind=rng.choices(["residence", "household", "work", "insurance"], [60, 30, 6, 4])[0],
        unemployed_on=submitted - timedelta(days=rng.randint(3, 200)),
        cause=rng.choices(list(CAUSES), weights=list(CAUSES.values()))[0],
        previous_employer=rng.choice(("", "演示机械厂", "演示商贸公司", "演示物业公司", "演示餐饮店")),
        claims_benefit=rng.choice(("yes", "no", "no")),
        household_kind=person.household_kind,
        nation=person.nation,
        education=person.education,
        health=person.health,
        **_wishes(rng),
        steps_done=list(STEPS),
        is_demo=True,
    )
    if state == Status.DRAFT:
        row.channel, row.steps_done, row.saved_at = "online", ["place"], _at(submitted, rng)
        return row
    row.receipt_number = _number(place, submitted, rng, taken)
    row.pledged_at = row.submitted_at = row.created_at = _at(submitted, rng)
    row.pledge_version = PLEDGE_VERSION
    row.decide_by = add_working_days(submitted, 3)
    if state == Status.CORRECTION:
        row.corrections, row.correction_asked_on = 1, submitted
        row.correction_by = add_working_days(submitted, 10)
        row.correction_items = [{"field": "cause", "text": "失业原因与原单位说的不一致，请再选一次。"}]
    if waiting:
        return row
    decided = min(on, add_working_days(submitted, rng.randint(0, 3)))
    row.decided_by, row.decided_at = officer, _at(decided, rng)
    if state == Status.REFUSED:
        row.refusal_reason = f"电话和当面都确认仍在原单位上班，没有失业。离职以后可以随时再来。\n{remedy}"
        return row
    row.registered_on, row.first_contact_by = decided, add_working_days(decided, 5)
    if place.pk in served:
        row.worker = worker
    if state == "history":
        row.status, row.channel, row.imported_history = Status.DEREGISTERED, "import", True
        row.ended_on, row.ended_ground = min(on, decided + timedelta(days=190)), rng.choice(("32", "311"))
    return row


def _consents(rows: Sequence[Registration], worker: User) -> None:
    """Let those who had somebody apply for them have said yes by a code on their phone."""
    absent = [row for row in rows if row.channel == "on_behalf" and row.submitted_at]
    codes = [
        ConsentCode(
            person=row.person,
            sent_by=worker,
            phone_mask=row.person.phone_mask,
            code_hash=f"demo:{number}",
            sent_at=row.submitted_at,
            used_at=row.submitted_at,
            expires_at=row.submitted_at + timedelta(minutes=10),
        )
        for number, row in enumerate(absent)
        if row.submitted_at
    ]
    for row, code in zip(absent, copy_rows(ConsentCode, codes), strict=True):
        row.consent_code = code


def _wishes(rng: Random) -> dict[str, str]:
    training, business = rng.random() < 0.35, rng.random() < 0.12
    return {
        "wants_job": "yes" if rng.random() < 0.9 else "no",
        "job_wish": f"{rng.choice(TRADES)}，{rng.choice(('3,000', '4,000', '5,000', '6,000'))} 元左右",
        "wants_training": "yes" if training else "no",
        "training_wish": rng.choice(COURSES) if training else "",
        "wants_business": "yes" if business else "no",
        "business_wish": rng.choice(SHOPS) if business else "",
    }


def _number(place: Region, day: date, rng: Random, taken: set[str]) -> str:
    while True:
        number = f"{place.county_code}{day:%y%m%d}{rng.randrange(10**6):06d}"
        if number not in taken:
            taken.add(number)
            return number


def _at(day: date, rng: Random) -> datetime:
    moment = datetime.combine(day, time(rng.randint(8, 16), rng.randint(0, 59)))
    return min(timezone.make_aware(moment), timezone.now())


_CHECKS = """
    INSERT INTO unemployment_check (registration_id, kind, verdict, detail, checked_at, review, review_note)
    SELECT id, kind, CASE WHEN hit THEN 'hit' ELSE 'clear' END, CASE WHEN hit THEN detail ELSE '' END, submitted_at, '', ''
      FROM (SELECT r.id, k.kind, k.detail, k.number, r.submitted_at,
                   r.status IN ('submitted', 'checking') AND k.kind IN ('insurance', 'licence')
                   AND abs(hashtext(r.receipt_number || k.kind)) %% 100 < 20 AS hit
              FROM unemployment_registration r
             CROSS JOIN unnest(%s::text[], %s::text[]) WITH ORDINALITY k (kind, detail, number)
             WHERE r.is_demo AND r.status <> 'draft' AND NOT r.imported_history) compared
     ORDER BY id, number
"""


def _checks() -> None:
    """Compare everybody with every list; with some who still wait there is something to ask about."""
    kinds = check_kinds()
    with connection.cursor() as cursor:
        cursor.execute(_CHECKS, [list(kinds), [kind.hit for kind in kinds.values()]])


_FOLLOW_UPS = """
    WITH facts AS (
      SELECT r.id, r.region_id, r.worker_id, r.registered_on, r.first_contact_by, m::date AS month,
             abs(hashtext(r.receipt_number || m::text)) %% 100 AS luck,
             abs(hashtext(m::text || r.receipt_number)) %% 100 AS wish,
             CASE WHEN date_trunc('month', r.registered_on) = m THEN r.first_contact_by
                  ELSE d.due[extract(day FROM r.registered_on)::int] END AS due
        FROM unemployment_registration r
        CROSS JOIN LATERAL generate_series(date_trunc('month', r.registered_on), %(this)s, interval '1 month') m
        JOIN (SELECT unnest(%(months)s::date[]) AS month, generate_subscripts(%(months)s::date[], 1) AS n) k
          ON k.month = m::date
        CROSS JOIN LATERAL (SELECT (%(due)s::date[])[(k.n - 1) * 31 + 1 : k.n * 31] AS due) d
       WHERE r.is_demo AND r.status = 'active'
    ), done AS (
      SELECT *, (month < %(this)s AND luck < 94) OR (month = %(this)s AND due <= %(on)s AND luck < 82)
                OR (month = %(this)s AND due > %(on)s AND luck < 22) AS is_done FROM facts
    )
    INSERT INTO unemployment_followup (registration_id, region_id, month, due_on, assignee_id, version, is_first,
        status, cancel_reason, channel, reached, situation, job, training, business, details, services, note, done_by_id, done_at)
    SELECT id, region_id, month, due, worker_id, 1, date_trunc('month', registered_on) = month,
        CASE WHEN is_done THEN 'done' WHEN month < %(this)s THEN 'cancelled' ELSE 'open' END,
        CASE WHEN is_done OR month = %(this)s THEN '' ELSE '当月没有联系上，以后的月份已联系上' END,
        CASE WHEN is_done THEN (ARRAY['phone', 'phone', 'phone', 'visit', 'station', 'wechat'])[wish %% 6 + 1] ELSE '' END,
        CASE WHEN NOT is_done THEN '' WHEN luck %% 12 = 0 THEN 'family' ELSE 'self' END,
        CASE WHEN is_done THEN (ARRAY['seeking', 'seeking', 'seeking', 'paused', 'training', 'other'])[luck %% 6 + 1] ELSE '' END,
        CASE WHEN is_done THEN CASE WHEN wish < 75 THEN 'yes' ELSE 'no' END ELSE '' END,
        CASE WHEN is_done THEN CASE WHEN wish %% 3 = 0 THEN 'yes' ELSE 'no' END ELSE '' END,
        CASE WHEN is_done THEN CASE WHEN wish %% 9 = 0 THEN 'yes' ELSE 'no' END ELSE '' END,
        '{}',
        (CASE WHEN NOT is_done THEN '[]' WHEN wish %% 6 = 3 THEN '[{"kind": "placement", "declined": ""}]'
              WHEN wish %% 12 = 0 THEN '[{"kind": "training", "declined": ""}]'
              WHEN wish %% 36 = 9 THEN '[{"kind": "business", "declined": ""}]' ELSE '[]' END)::jsonb,
        CASE WHEN is_done THEN (ARRAY['', '', '要求白班', '推荐了 2 个岗位', '照看老人，想找离家近的', '约了来站面谈'])[wish %% 6 + 1] ELSE '' END,
        CASE WHEN is_done THEN coalesce(worker_id, %(worker)s) END,
        CASE WHEN is_done THEN least(now(), ((least(due, %(on)s) - luck %% 4)::timestamp + time '09:20') AT TIME ZONE 'Asia/Shanghai') END
      FROM done
    ON CONFLICT DO NOTHING
"""
_ATTEMPTS = """
    INSERT INTO unemployment_attempt (follow_up_id, at, channel, outcome, note, by_id)
    SELECT f.id, f.done_at, f.channel, f.reached, '', f.done_by_id
      FROM unemployment_followup f JOIN unemployment_registration r ON r.id = f.registration_id
     WHERE r.is_demo AND f.status = 'done'
"""
_FIRST = """
    UPDATE unemployment_registration r SET first_contact_on = f.done_at::date
      FROM unemployment_followup f
     WHERE f.registration_id = r.id AND f.is_first AND f.status = 'done' AND r.is_demo AND r.first_contact_on IS NULL
"""


def _follow_ups(rows: Sequence[Registration], on: date, worker: User) -> list[date]:
    """Open and fill every month of everybody in force, by one statement."""
    this = first_day(on)
    first = min((row.registered_on for row in rows if row.registered_on), default=this)
    months = [this]
    while months[-1] > first_day(first):
        months.append(add_months(months[-1], -1))
    limits = clocks(on=on)
    values: dict[str, Any] = {
        "this": this,
        "on": on,
        "worker": worker.pk,
        "months": months,
        "due": [day for month in months for day in due_by_day(month, clocks=limits)],
    }
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW_UPS, values)
    return months


def _end(
    ends: Sequence[tuple[Registration, str]], rng: Random, on: date, staff: Mapping[str, User], remedy: str
) -> None:
    """Propose the end of some, and end those that left: proposed by one officer, decided by another."""
    proposals = []
    for row, state in ends:
        ground = row.ended_ground or rng.choices(list(GROUNDS), weights=list(GROUNDS.values()))[0]
        decided = state != "leaving"
        start = row.registered_on or on
        day = row.ended_on or min(on, start + timedelta(days=rng.randint(5, max(6, (on - start).days))))
        heard = day - timedelta(days=1) if ground not in UNHEARD and state != "history" else None
        proposals.append(
            Deregistration(
                registration=row,
                ground=ground,
                status="decided" if decided else "proposed",
                source="history" if state == "history" else "officer",
                evidence="" if state == "history" else f"{grounds()[ground].evidence}，已核对（演示）",
                happened_on=day,
                proposed_by=None if state == "history" else staff[Role.CASEWORKER],
                proposed_at=_at(day, rng),
                decided_by=staff[Role.COUNTY_SUPERVISOR] if decided and state != "history" else None,
                decided_at=_at(day, rng) if decided and state != "history" else None,
                notice_number=f"ZX{row.receipt_number}" if decided else None,
                heard_until=heard if decided else add_working_days(on, 3) if ground not in UNHEARD else None,
                decided_on=day if decided else None,
                remedy=remedy if decided else "",
                imported_history=state == "history",
            )
        )
    copy_rows(Deregistration, proposals)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE unemployment_registration r SET status = 'deregistered', ended_on = d.happened_on, ended_ground = d.ground"
            " FROM unemployment_deregistration d WHERE d.registration_id = r.id AND d.status = 'decided'"
            " AND r.is_demo AND r.status = 'active'"
        )
        cursor.execute(
            "DELETE FROM unemployment_followup f USING unemployment_registration r WHERE r.id = f.registration_id"
            " AND r.is_demo AND r.status = 'deregistered' AND f.month > r.ended_on"
        )
        cursor.execute(_ATTEMPTS)
        cursor.execute(_FIRST)
    FollowUp.objects.pending().filter(registration__is_demo=True).exclude(registration__status=Status.ACTIVE).update(
        status="cancelled", cancel_reason="登记已注销"
    )


def _sign_last_month(on: date, worker: User) -> None:
    """Let some communities of the demo's own street have signed last month, so that the rest can be signed in turn."""
    assignment = worker.role_assignments.filter(role=Role.COMMUNITY_WORKER).select_related("region").first()
    if assignment is None or assignment.region is None:
        return
    worker.activate_roles()
    for community in Region.objects.communities().within([assignment.region.path]).order_by("code")[:SIGNED]:
        signoff.sign_month(region_id=community.pk, month=add_months(on, -1), by=worker, on=on)


def _fail_some(on: date, worker: User) -> None:
    """Let some open contacts have failed once or twice; who failed twice is being looked for."""
    late = FollowUp.objects.pending().filter(due_on__lt=on, registration__is_demo=True).order_by("pk")
    missed = list(late.values_list("pk", "registration", "region", "month"))[::3]
    FollowUp.objects.filter(pk__in=[pk for pk, *_ in missed]).update(failed_attempts=2)
    copy_rows(
        Attempt,
        [
            Attempt(
                follow_up_id=pk, at=timezone.now() - timedelta(days=days), channel="phone", outcome=outcome, by=worker
            )
            for pk, *_ in missed
            for days, outcome in ((6, "no_answer"), (2, "dead_number" if pk % 4 == 0 else "no_answer"))
        ],
    )
    Escalation.objects.bulk_create(
        [
            Escalation(registration_id=registration, region_id=region, kind="unreachable", step="data", month=month)
            for _, registration, region, month in missed
        ],
        ignore_conflicts=True,
    )
