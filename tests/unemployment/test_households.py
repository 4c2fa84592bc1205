from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from core import events
from people.roles import Role
from tests import factories
from tests.unemployment.care import TODAY, family, opened
from tests.unemployment.conftest import registered
from unemployment import employments, households
from unemployment.care_rules import MemberFacts, household_obstacles
from unemployment.households import CannotKeepHousehold
from unemployment.models import EndReason, Household, HouseholdMember

MEMBERS = st.lists(st.builds(MemberFacts, *[st.booleans()] * 4), max_size=6)
YES = MemberFacts(working_age=True, able=True, wants_work=True, jobless=True)


@pytest.fixture
def keeper(db):
    return factories.staff(Role.COMMUNITY_WORKER, at=factories.community().parent)


@given(members=MEMBERS, business=st.booleans())
def test_holds_the_definition_for_every_household(members, business):
    meets = not household_obstacles(members, business_income=business)
    two = sum(m.working_age and m.able and m.wants_work and m.jobless for m in members) >= 2
    assert meets == (two and all(m.jobless for m in members) and not business)


@given(members=MEMBERS)
def test_ends_being_one_as_soon_as_anybody_works(members):
    worker = MemberFacts(working_age=True, able=True, wants_work=False, jobless=False)
    assert household_obstacles([YES, YES, *members, worker], business_income=False)


def test_starts_the_alarm_on_the_day_it_is_declared(keeper):
    citizen = factories.citizen()
    home = households.declare(
        person=citizen.person, region=factories.community(), note="夫妻二人都下岗了。", by=citizen, on=TODAY
    )
    assert (home.status, home.source, home.known_on) == ("proposed", "declared", TODAY)
    assert home.days_open(TODAY + timedelta(days=9)) == 9
    with pytest.raises(CannotKeepHousehold, match="另一个家庭"):
        households.declare(
            person=citizen.person, region=factories.community(), note="夫妻二人都下岗了。", by=keeper, on=TODAY
        )
    other = Household.objects.create(region=factories.community(), status="known", source="worker")
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        HouseholdMember.objects.create(household=other, person=citizen.person, relation="self")


def test_counts_only_what_a_person_verified_and_what_meets_the_definition(keeper):
    alone = family(keeper, size=1)
    alone = households.verify(
        household_id=alone.pk, business_income=False, note="上门看过", version=alone.version, by=keeper, on=TODAY
    )
    assert alone.status == "known"
    assert "不到 2 人" in alone.steps.last().note
    assert opened(keeper).status == "open"
    rich = family(keeper)
    rich = households.verify(
        household_id=rich.pk, business_income=True, note="有出租房", version=rich.version, by=keeper, on=TODAY
    )
    assert rich.status == "known"


def test_clears_only_by_work_with_evidence(keeper):
    home = opened(keeper)
    member = home.members.first()
    with pytest.raises(CannotKeepHousehold, match="写明证据"):
        households.clear(
            household_id=home.pk,
            member_id=member.pk,
            employed_on=TODAY,
            evidence="",
            version=home.version,
            by=keeper,
            on=TODAY,
        )
    with pytest.raises(IntegrityError, match="cleared_by_work"), transaction.atomic():
        Household.objects.filter(pk=home.pk).update(status="cleared")
    home = households.clear(
        household_id=home.pk,
        member_id=member.pk,
        employed_on=TODAY,
        evidence="签了一年劳动合同，社保已参保",
        version=home.version,
        by=keeper,
        on=TODAY,
    )
    assert (home.status, home.cleared_person) == ("cleared", member.person)


def test_lets_a_household_leave_only_when_it_no_longer_meets_the_definition(keeper):
    home = opened(keeper)
    with pytest.raises(CannotKeepHousehold, match="仍然符合"):
        households.leave(
            household_id=home.pk, reason="联系不上，多次拒绝推荐岗位", version=home.version, by=keeper, on=TODAY
        )
    households.change_member(
        member_id=home.members.last().pk,
        able=False,
        wants_work=False,
        leaves=False,
        reason="劳动能力鉴定完全丧失",
        version=home.version,
        by=keeper,
        on=TODAY,
    )
    home.refresh_from_db()
    home = households.leave(
        household_id=home.pk, reason="一人完全丧失劳动能力", version=home.version, by=keeper, on=TODAY
    )
    line = next(x for x in households.wall(keeper_of_county(), on=TODAY) if x.region.code == "210106")
    assert (home.status, line.left, line.cleared, line.open) == ("left", 1, 0, 0)


def keeper_of_county():
    return factories.staff(Role.COUNTY_SUPERVISOR)


def test_begins_the_alarm_again_when_the_work_is_lost(keeper, caseworker):
    home = opened(keeper)
    member = home.members.first()
    job = employments.register_hire(
        person=member.person,
        kind="flexible",
        started_on=TODAY - timedelta(days=40),
        by=caseworker,
        on=TODAY,
        region=factories.community(),
        work_place="家政公司",
    )
    rows = Household.objects.for_staff(keeper)
    assert list(households.with_news_of_work(rows, on=TODAY)) == [home]
    home = households.clear(
        household_id=home.pk,
        member_id=member.pk,
        employed_on=job.started_on,
        evidence="家政服务协议，已做满一个月",
        version=home.version,
        by=keeper,
        on=TODAY,
    )
    employments.end_employment(
        employment_id=job.pk,
        ended_on=TODAY,
        reason=EndReason.EMPLOYEE,
        version=job.version,
        by=caseworker,
        on=TODAY,
    )
    events.run_consumers()
    home.refresh_from_db()
    assert (home.status, home.source, home.cleared_on) == ("open", "lost_job", None)
    assert home.known_on >= TODAY
    assert home.steps.last().kind == "reopen"


def test_finds_a_known_household_when_the_last_member_registers(keeper, caseworker):
    home = family(keeper)
    Household.objects.filter(pk=home.pk).update(status="known")
    member = home.members.last()
    registered(by=caseworker, person=member.person)
    events.run_consumers()
    home.refresh_from_db()
    assert (home.status, home.source) == ("proposed", "detected")
    assert home.steps.last().by is None


def test_keeps_others_out_and_ones_own_family_too(keeper):
    home = opened(keeper)
    other = factories.staff(Role.CASEWORKER, at="210102")
    with pytest.raises(CannotKeepHousehold, match="不归您管"):
        households.leave(household_id=home.pk, reason="搬走了不在本区", version=home.version, by=other, on=TODAY)
    keeper.person = home.members.first().person
    with pytest.raises(CannotKeepHousehold, match="自己家"):
        households.leave(household_id=home.pk, reason="搬走了不在本区", version=home.version, by=keeper, on=TODAY)


def test_shows_every_county_on_the_wall_without_names(keeper):
    opened(keeper)
    leader = factories.staff(Role.LEADER, at="21")
    lines = households.wall(leader, on=TODAY)
    assert len(lines) >= 100
    assert (lines[0].region.code, lines[0].open, lines[0].oldest) == ("210106", 1, TODAY)
    assert not Household.objects.for_staff(leader).exists()
    assert isinstance(lines[0].oldest, date)
