"""零就业家庭: declared or found, verified by a person, open until a member is employed, reopened when the work is lost.

What no longer meets the definition leaves on its own count: only work clears (动态清零).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Min, Q

from core.errors import DomainError
from people.models import Person, Region, User
from people.retirement import CannotTellRetirement, months_to_retirement
from people.totals import add_up
from unemployment.care_rules import MemberFacts, household_obstacles
from unemployment.models import Employment, Household, HouseholdMember, HouseholdStatus, HouseholdStep, Registration
from unemployment.models.household import KEEPERS, VIEWERS, HouseholdQuerySet
from unemployment.rules import MIN_AGE

Status, Kind, Source = HouseholdStatus, HouseholdStep.Kind, Household.Source
LATEST_AGE = 63
"""Nobody is of working age after it, where the retirement month cannot be told."""


class CannotKeepHousehold(DomainError):
    """The household, or its member, was not changed."""


@transaction.atomic
def declare(*, person: Person, region: Region, note: str, by: User, on: date) -> Household:
    """Declare that nobody at home has work: one's own household, or a worker for somebody. A person verifies it.

    :raises CannotKeepHousehold: another's community, too few words, or the person belongs to a household already.
    """
    own = by.person_id == person.pk
    if not own and not by.serves(region.path, *KEEPERS):
        raise CannotKeepHousehold("这个社区不归您负责，不能代为申报。")
    if region.level != Region.Level.COMMUNITY:
        raise CannotKeepHousehold("请选择具体的社区或村。")
    if len(note.strip()) < 6:
        raise CannotKeepHousehold("请写明家里有谁、谁没有工作，至少 6 个字。")
    household = Household.objects.create(
        region=region,
        status=Status.PROPOSED,
        source=Source.DECLARED if own else Source.WORKER,
        note=note.strip(),
        known_on=on,
        is_demo=person.is_demo,
    )
    _join(household, person, HouseholdMember.Relation.SELF)
    _record(household, Kind.DECLARE, by=by, note=note.strip())
    return household


@transaction.atomic
def add_member(
    *, household_id: int, person: Person, relation: str, able: bool, wants_work: bool, version: Any, by: User
) -> HouseholdMember:
    """Add somebody who lives there.

    :raises CannotKeepHousehold: not the user's, over, or the person belongs to a household already.
    :raises StaleVersion: the page was old.
    """
    household = _mine(household_id, by, version)
    household.require(CannotKeepHousehold, Status.KNOWN, Status.PROPOSED, Status.OPEN, Status.CLEARED)
    member = _join(household, person, relation, able=able, wants_work=wants_work)
    household.bump()
    household.save()
    _record(household, Kind.MEMBER, by=by, note=f"加入 {person.masked_name}，{member.get_relation_display()}")
    return member


@transaction.atomic
def change_member(
    *, member_id: int, able: bool, wants_work: bool, leaves: bool, reason: str, version: Any, by: User, on: date
) -> HouseholdMember:
    """Correct what is known of a member, or let them leave the household; the reason is kept.

    :raises CannotKeepHousehold: not the user's, or no reason.
    :raises StaleVersion: the page was old.
    """
    member = HouseholdMember.objects.select_related("person").get(pk=member_id)
    household = _mine(member.household_id, by, version)
    if len(reason.strip()) < 4:
        raise CannotKeepHousehold("请写明为什么改，至少 4 个字。")
    member.able, member.wants_work = able, wants_work
    member.left_on = on if leaves else member.left_on
    member.save()
    household.bump()
    household.save()
    words = "离开" if leaves else f"{'能' if able else '不能'}劳动，{'想' if wants_work else '不想'}找工作"
    _record(household, Kind.MEMBER, by=by, note=f"{member.person.masked_name}：{words}。{reason.strip()}")
    return member


@transaction.atomic
def verify(*, household_id: int, business_income: bool, note: str, version: Any, by: User, on: date) -> Household:
    """Check the definition and write the finding down: the alarm stands, or the household is only known.

    :raises CannotKeepHousehold: not the user's, not proposed, or no words.
    :raises StaleVersion: the page was old.
    """
    household = _mine(household_id, by, version)
    household.require(CannotKeepHousehold, Status.PROPOSED)
    if len(note.strip()) < 4:
        raise CannotKeepHousehold("请写明怎么核实的，至少 4 个字。")
    household.business_income = business_income
    obstacles = household_obstacles(facts_of(household, on=on), business_income=business_income)
    household.status = Status.KNOWN if obstacles else Status.OPEN
    household.verified_by = by
    household.bump()
    household.save()
    _record(household, Kind.DISMISS if obstacles else Kind.OPEN, by=by, note=f"{note.strip()}{''.join(obstacles)}")
    return household


@transaction.atomic
def clear(
    *, household_id: int, member_id: int, employed_on: date, evidence: str, version: Any, by: User, on: date
) -> Household:
    """End the alarm, because a member is employed since a day, with the evidence.

    :raises CannotKeepHousehold: not the user's, not open, no evidence, or somebody else's member.
    :raises StaleVersion: the page was old.
    """
    household = _mine(household_id, by, version)
    household.require(CannotKeepHousehold, Status.OPEN)
    member = household.members.current().filter(pk=member_id).first()
    if member is None:
        raise CannotKeepHousehold("请选择就业的是哪位成员。")
    if len(evidence.strip()) < 6:
        raise CannotKeepHousehold("请写明证据，至少 6 个字，例如“10 月 8 日签劳动合同，社保已参保”。")
    if employed_on > on:
        raise CannotKeepHousehold("就业日期不能晚于今天。")
    member.employed_on = employed_on
    member.save()
    household.status, household.cleared_on = Status.CLEARED, on
    household.cleared_person, household.evidence = member.person, evidence.strip()
    household.bump()
    household.save()
    _record(household, Kind.CLEAR, by=by, note=f"{member.person.masked_name} {employed_on} 起就业：{evidence.strip()}")
    return household


@transaction.atomic
def leave(*, household_id: int, reason: str, version: Any, by: User, on: date) -> Household:
    """Let a household go that no longer meets the definition for another reason than work; it never counts as 清零.

    :raises CannotKeepHousehold: it still meets the definition, somebody is employed (that clears), or no reason.
    :raises StaleVersion: the page was old.
    """
    household = _mine(household_id, by, version)
    household.require(CannotKeepHousehold, Status.OPEN)
    members = facts_of(household, on=on)
    if any(not member.jobless for member in members):
        raise CannotKeepHousehold("家里有人就业了，请办清零，不要办退出。")
    if not household_obstacles(members, business_income=household.business_income):
        raise CannotKeepHousehold(
            "这个家庭仍然符合零就业家庭的条件，不能退出，要帮到有人就业为止。成员情况有变的，先改成员。"
        )
    if len(reason.strip()) < 6:
        raise CannotKeepHousehold("请写明为什么不再符合，至少 6 个字。")
    household.status, household.left_on, household.left_reason = Status.LEFT, on, reason.strip()
    household.bump()
    household.save()
    household.members.current().update(left_on=on)
    _record(household, Kind.LEAVE, by=by, note=reason.strip())
    return household


# What data says


@transaction.atomic
def look_again(*, person: str, on: date) -> Household | None:
    """Look at the household of somebody (public id) who became jobless: reopen a cleared one, propose a known one.

    Returns the household when its alarm began, else None.
    """
    member = HouseholdMember.objects.current().filter(person__public_id=person).first()
    if member is None:
        return None
    household = _locked(member.household_id)
    if household.status not in (Status.KNOWN, Status.CLEARED):
        return None
    if not _works(member.person_id, on):
        household.members.filter(pk=member.pk).update(employed_on=None)
    if household_obstacles(facts_of(household, on=on), business_income=household.business_income):
        return None
    again = household.status == Status.CLEARED
    household.status = Status.OPEN if again and household.verified_by_id else Status.PROPOSED
    household.source = Source.LOST_JOB if again else Source.DETECTED
    household.known_on, household.cleared_on, household.cleared_person, household.evidence = on, None, None, ""
    household.bump()
    household.save()
    _record(household, Kind.REOPEN if again else Kind.DETECT, by=None, note="有成员失业，全家没有人就业。")
    return household


def with_news_of_work(rows: HouseholdQuerySet, *, on: date) -> HouseholdQuerySet:
    """Return the open households of which a member has an employment on record: a person checks and clears."""
    working = Employment.objects.open().filter(started_on__lte=on).values("person")
    return rows.filter(status=Status.OPEN, members__left_on=None, members__person__in=working).distinct()


def facts_of(household: Household, *, on: date) -> list[MemberFacts]:
    """Return what the definition asks for, member by member."""
    members = list(household.members.current().select_related("person").order_by("pk"))
    jobs = Employment.objects.open().filter(person__in=[m.person_id for m in members], started_on__lte=on)
    working = set(jobs.values_list("person", flat=True))
    return [
        MemberFacts(
            working_age=_of_working_age(member.person, on),
            able=member.able,
            wants_work=member.wants_work,
            jobless=member.employed_on is None and member.person_id not in working,
        )
        for member in members
    ]


def obstacles_of(household: Household, *, on: date) -> list[str]:
    """Return why the household is no 零就业家庭 today; empty when it is one."""
    return household_obstacles(facts_of(household, on=on), business_income=household.business_income)


def registered_of(household: Household) -> set[int]:
    """Return which members (person keys) are on the register of the unemployed."""
    people = household.members.current().values("person")
    return set(Registration.objects.active().filter(person__in=people).values_list("person", flat=True))


# The wall


@dataclass(frozen=True, slots=True)
class WallLine:
    """A county on the wall: what is open, what waits, and what the year brought; leaving is no clearing."""

    region: Region
    open: int
    to_verify: int
    cleared: int
    left: int
    oldest: date | None


def wall(user: User, *, on: date) -> list[WallLine]:
    """Return the counties that this user sees, those with open households first. The queries do not grow with them."""
    counties = list(Region.objects.open().counties().within(user.regions(*VIEWERS)).order_by("path"))
    paths = [county.path for county in counties]
    rows = Household.objects.filter(region__path__within=paths).order_by()
    year = Q(cleared_on__year=on.year)

    def count(condition: Q) -> Any:
        return add_up(rows.filter(condition).values_list("region__path").annotate(figure=Count("pk")), paths)

    opened, waiting = count(Q(status=Status.OPEN)), count(Q(status=Status.PROPOSED))
    cleared, left = count(Q(status=Status.CLEARED) & year), count(Q(status=Status.LEFT, left_on__year=on.year))
    days = rows.filter(status=Status.OPEN).values_list("region__path").annotate(day=Min("known_on"))
    oldest: dict[str, date] = {}
    for path, day in days:
        county = next(p for p in paths if path == p or path.startswith(f"{p}/"))
        oldest[county] = min(day, oldest.get(county, day))
    lines = [
        WallLine(c, opened[c.path], waiting[c.path], cleared[c.path], left[c.path], oldest.get(c.path))
        for c in counties
    ]
    return sorted(lines, key=lambda line: (-line.open, -line.to_verify, line.region.path))


def _of_working_age(person: Person, on: date) -> bool:
    if person.died_on is not None or person.age(on) < MIN_AGE:
        return False
    try:
        left = months_to_retirement(person.birth_date, person.sex, person.original_retirement_age, on=on)
    except CannotTellRetirement:
        return person.age(on) < LATEST_AGE
    return left > 0


def _works(person_id: int, on: date) -> bool:
    return Employment.objects.open().filter(person=person_id, started_on__lte=on).exists()


def _join(household: Household, person: Person, relation: str, **facts: bool) -> HouseholdMember:
    try:
        with transaction.atomic():
            return HouseholdMember.objects.create(household=household, person=person, relation=relation, **facts)
    except IntegrityError as error:
        if "household_one_at_a_time" not in str(error):
            raise
        raise CannotKeepHousehold("这个人已经在另一个家庭里。请先在那边移出。") from error


def _locked(household_id: int) -> Household:
    return Household.objects.select_for_update(of=("self",)).select_related("region").get(pk=household_id)


def _mine(household_id: int, by: User, version: Any) -> Household:
    household = _locked(household_id)
    if not by.serves(household.region.path, *KEEPERS):
        raise CannotKeepHousehold("这个家庭不归您管。")
    if by.person_id and household.members.current().filter(person=by.person_id).exists():
        raise CannotKeepHousehold("不能办自己家的事。")
    household.require_version(version)
    return household


def _record(household: Household, kind: str, *, by: User | None, note: str) -> None:
    HouseholdStep.objects.create(household=household, kind=kind, by=by, note=note[:500])


def people_of(household: Household) -> Sequence[HouseholdMember]:
    """Return the members now, with their people."""
    return list(household.members.current().select_related("person").order_by("pk"))
