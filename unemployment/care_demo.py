"""Demo rows of those who need more, in the county in which the demo's accounts work: every state has somebody."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random

from django.utils import timezone

from core.bulk import copy_rows
from core.months import add_months, first_day
from core.workdays import add_working_days
from jobs.models import Posting
from people.demo import DEMO_COUNTY, demo_street
from people.models import Group, GroupMembership, Organisation, Person, User
from people.roles import Role
from unemployment import hardship, promises
from unemployment.models import (
    AssistancePlan,
    HardshipExit,
    HardshipLine,
    HardshipNotice,
    HardshipRecognition,
    HardshipStatus,
    HardshipStep,
    Household,
    HouseholdMember,
    HouseholdStep,
    JobPromise,
    PlanCallBack,
    PlanMeasure,
    PlanRevision,
    PostQuota,
    PromiseOffer,
    WelfareAttendance,
    WelfarePlacement,
    WelfarePost,
)
from unemployment.promise_offers import words

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
    homes = _households(on, staff[Role.COMMUNITY_WORKER])
    posts = _posts(rows, on, staff)
    _plans(rows, rng, on, staff)
    return {"recognitions": len(rows), "households": homes, "posts": posts}


NEEDS = (
    ("older", "年纪大，膝盖不好，想找坐着的活"),
    ("disabled", "一只手不方便，打字没问题"),
    ("long_term", "三年没上过班，没有信心"),
)
MEASURES = (("placement", "推荐两个离家近的岗位"), ("training", "报收银员培训班"), ("post", "等社区保洁岗空出来"))
JOBS = ("某物业，保洁，2,600 元", "某超市，理货，3,000 元", "某快递点，分拣，按件")


def _plans(rows: Sequence[HardshipRecognition], rng: Random, on: date, staff: Mapping[str, User]) -> None:
    """Add plans, some of them late, and promises that were kept, broken, or run."""
    worker, now = staff[Role.COMMUNITY_WORKER], timezone.now()
    recognised = [row for row in rows if row.status == "recognised"]
    version = promises.conditions(at=now).version
    for number, row in enumerate(recognised[:18]):
        kind, needs = NEEDS[number % 3]
        start = on - timedelta(days=20 + number)
        plan = AssistancePlan.objects.create(
            person=row.person,
            region=row.region,
            kind=kind,
            needs=needs,
            worker=worker,
            opened_on=start,
            revise_by=add_months(start, 1),
            is_demo=True,
        )
        PlanRevision.objects.create(plan=plan, number=1, needs=needs, note="制定", by=worker)
        PlanCallBack.objects.create(plan=plan, due_on=add_months(start, 1))
        measure, what = MEASURES[number % 3]
        PlanMeasure.objects.create(plan=plan, kind=measure, what=what, due_on=on + timedelta(days=number - 4))
    postings = list(Posting.objects.published(on=on).order_by("pk")[:9])
    for number, row in enumerate(recognised[18:30]):
        hours = rng.choice((2, 4, 6, 9, 15, 22, 30))
        begun = now - timedelta(days=number, hours=hours + 1) if number else now - timedelta(hours=3)
        ended = begun + timedelta(hours=hours) if number else None
        promise = JobPromise.objects.create(
            person=row.person,
            region=row.region,
            terms_version=version,
            consent="电话里念过条款，同意（演示）",
            accepted_by=worker,
            accepted_at=begun,
            due_at=begun + timedelta(hours=24),
            status="kept" if ended else "running",
            ended_at=ended,
            is_demo=True,
        )
        posting = postings[number % len(postings)] if postings else None
        PromiseOffer.objects.create(
            promise=promise,
            posting=posting,
            what=words(posting) if posting else JOBS[number % 3],
            channel="phone",
            offered_by=worker,
            offered_at=begun + timedelta(hours=1),
            answer="accepted" if ended else "",
            answered_at=ended,
            answered_by=worker if ended else None,
        )


HOMES = (("open", 41), ("open", 12), ("proposed", 2), ("cleared", 90), ("left", 60), ("open", 6))
"""State and the days since it became known, for some households of the demo's street."""


def _households(on: date, worker: User) -> int:
    """Add some households without work in the demo's street: open, waiting, cleared, and one that left on its own."""
    people = Person.objects.filter(is_demo=True, residence_region__path__startswith=f"{demo_street().path}/")
    people = people.filter(account=None, birth_date__range=(add_months(on, -12 * 54), add_months(on, -12 * 25)))
    pairs = list(people.select_related("residence_region").order_by("pk")[: 2 * len(HOMES)])
    made = 0
    for (state, days), first, second in zip(HOMES, pairs[::2], pairs[1::2], strict=False):
        known, over = on - timedelta(days=days), state == "left"
        assert first.residence_region is not None
        home = Household.objects.create(
            region=first.residence_region,
            status=state,
            source="worker",
            note="夫妻二人都没有工作，没有铺面和出租房。（演示）",
            known_on=known,
            verified_by=None if state == "proposed" else worker,
            cleared_on=on if state == "cleared" else None,
            cleared_person=first if state == "cleared" else None,
            evidence="签了一年劳动合同，社保已参保。（演示）" if state == "cleared" else "",
            left_on=on if over else None,
            left_reason="一人领取养老金，不再符合。（演示）" if over else "",
            is_demo=True,
        )
        HouseholdMember.objects.bulk_create(
            HouseholdMember(
                household=home,
                person=person,
                relation=relation,
                employed_on=on - timedelta(days=9) if state == "cleared" and person == first else None,
                left_on=on if over else None,
            )
            for person, relation in ((first, "self"), (second, "spouse"))
        )
        HouseholdStep.objects.create(household=home, kind="declare", by=worker, note="社区摸排（演示）")
        made += 1
    return made


def _due(state: str, applied: date, on: date, number: int) -> date | None:
    """Return until when the step at hand is to be taken; now and then one is late by a day."""
    if state == "county":
        return on + timedelta(days=number % 8 - 1)
    return add_working_days(applied, 7) if state in ("community", "street") else None


def _ledger(rng: Random, on: date, staff: Mapping[str, User]) -> list[HardshipRecognition]:
    worker, officer, supervisor = (
        staff[role] for role in (Role.COMMUNITY_WORKER, Role.CASEWORKER, Role.COUNTY_SUPERVISOR)
    )
    kinds = hardship.categories(on=on)
    states = [*HardshipStatus.values, *["recognised"] * 12, "street", "county", "publicity"]
    rows = []
    for number, (person, category) in enumerate(_candidates()):
        state = states[number % len(states)]
        days = rng.randint(*{"community": (0, 3), "street": (0, 3), "county": (18, 24)}.get(state, (20, 400)))
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
            due_on=_due(state, applied, on, number),
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


def _posts(rows: Sequence[HardshipRecognition], on: date, staff: Mapping[str, User]) -> int:
    """Add posts of which most are held, with two months of attendance, inside a quota."""
    county = demo_street().parent
    organisation = Organisation.objects.filter(is_demo=True, region=county).order_by("pk").first()
    recognised = [row for row in rows if row.status == "recognised"][2:16]
    if county is None or organisation is None:
        return 0
    PostQuota.objects.create(
        region=county,
        valid=(on - timedelta(days=300), None),
        least=10,
        most=40,
        reason="示例，待地方确认",
        set_by=staff[Role.COUNTY_SUPERVISOR],
    )
    officer, month = staff[Role.CASEWORKER], first_day(on)
    for number, (title, duties) in enumerate(POSTS * 6):
        row = recognised[number] if number < len(recognised) else None
        place = row.region if row else county
        post = WelfarePost.objects.create(
            organisation=organisation,
            region=place,
            title=title,
            duties=duties,
            opened_on=on - timedelta(days=200),
            opened_by=officer,
            is_demo=True,
        )
        if row is None:
            continue
        placement = WelfarePlacement.objects.create(
            post=post,
            person=row.person,
            recognition=row,
            span=(add_months(month, -2), add_months(month, 34)),
            basis="累计最多 36 个月",
            placed_by=officer,
        )
        WelfareAttendance.objects.bulk_create(
            WelfareAttendance(
                placement=placement,
                month=add_months(month, -back),
                days_due=21,
                days_worked=21 - number % 3,
                recorded_by=staff[Role.COMMUNITY_WORKER],
            )
            for back in (2, 1)
        )
    return 6 * len(POSTS)


POSTS = [("社区保洁", "打扫楼道和院子"), ("助老送餐", "给独居老人送午饭"), ("护学岗", "上学放学时在路口护送学生")]


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
