from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg2.extras import DateRange

from people.models import GroupMembership
from people.roles import Role
from stations.models import ServiceLog, Station
from tests import factories
from tests.unemployment.conftest import TODAY, contact, registered
from tests.unemployment.test_employments import end, hire
from unemployment import deregistration, figures, followups
from unemployment.figure_columns import COLUMNS, column, span
from unemployment.figures import CannotShowFigures, Figure
from unemployment.models import AssistancePlan, Attempt, Household, PlanMeasure, PromiseOffer

pytestmark = pytest.mark.django_db
MONTH = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def november():
    """The day on which the rows of these tests are made."""
    with time_machine.travel(f"{TODAY}T10:00:00+08:00", tick=True):
        yield


def station(region=None):
    return Station.objects.create(
        name=f"演示站{Station.objects.count()}",
        region=region or factories.community(),
        address="演示路 1 号",
        functions=["policy"],
        lng=123.36,
        lat=41.8,
        opened_on=date(2025, 1, 1),
    )


def service(kind, *, person=None, at=None, on=TODAY):
    return ServiceLog.objects.create(
        station=at or station(),
        person=person or factories.person(),
        kind=kind,
        function=ServiceLog.FUNCTION_OF[ServiceLog.Kind(kind)],
        served_on=on,
        served_by=factories.staff(Role.STATION_STAFF),
    )


def table(code="210106", month=MONTH, on=TODAY):
    return figures.table(region=factories.region(code), month=month, on=on)


def total(name, **where):
    found = table(**where)
    return dict(zip((c.code for c in found.columns), found.total, strict=True))[name]


def test_counts_services_that_were_given_and_each_person_once(registration, follow_up, worker):
    place, person = station(), factories.person()
    for kind in ("placement", "placement", "policy", "training"):
        service(kind, person=person, at=place)
    service("placement", at=place, on=date(2026, 10, 31))
    followups.record_contact(
        follow_up_id=follow_up.pk,
        values=contact(services=[{"kind": "placement", "declined": ""}, {"kind": "training", "declined": "太远"}]),
        version=follow_up.version,
        by=worker,
        on=TODAY,
    )
    assert total("referrals") == Figure(3, 2)
    assert total("training") == Figure(1, 1)
    assert total("policy") == Figure(1, 1)
    assert total("contacts") == Figure(5, 2)
    assert total("referrals", month=date(2026, 10, 1)) == Figure(1, 1)


def test_does_not_count_who_is_only_on_a_list_or_was_not_reached(registration, follow_up, worker):
    followups.record_contact(
        follow_up_id=follow_up.pk,
        values={"channel": "phone", "outcome": "no_answer"},
        version=follow_up.version,
        by=worker,
        on=TODAY,
    )
    assert Attempt.objects.count() == 1
    assert total("contacts") == Figure(0, 0)
    assert total("registered") == Figure(1, 1)
    assert total("seekers") == Figure(1, 1)


def test_counts_the_register_as_it_stood_at_the_end_of_the_month(registration, caseworker, colleague):
    proposal = deregistration.propose(
        registration_id=registration.pk,
        ground="26",
        evidence="民政死亡登记",
        happened_on=TODAY,
        by=caseworker,
        on=TODAY,
    )
    deregistration.decide(proposal_id=proposal.pk, note="", version=proposal.version, by=colleague, on=TODAY)
    assert total("registered") == Figure(0, 0)
    assert total("registered", on=TODAY - timedelta(days=1)) == Figure(0, 0)
    registered(by=caseworker)
    assert total("registered") == Figure(1, 1)
    assert total("registered", month=date(2026, 10, 1)) == Figure(0, 0)


def test_counts_work_found_by_the_registered_and_by_those_in_hardship(registration, caseworker):
    GroupMembership.objects.create(
        person=registration.person, group="hardship", valid=DateRange(date(2026, 1, 1), None), source="测试"
    )
    hire(by=caseworker, person=registration.person)
    hire(by=caseworker)
    assert total("reemployed") == Figure(1, 1)
    assert total("hardship") == Figure(1, 1)
    assert total("new_jobs") == Figure(2, 2)


def test_a_change_of_employer_is_no_new_job_and_retirement_takes_one_away(caseworker):
    person = factories.person()
    first = hire(by=caseworker, person=person, started_on=date(2026, 6, 1))
    hire(by=caseworker, person=person)
    assert total("new_jobs") == Figure(0, 0)
    end(first, by=caseworker, reason="retired")
    assert total("new_jobs") == Figure(-1, -1)


def test_adds_places_up_in_one_statement_and_counts_a_person_once_in_the_whole(caseworker):
    person = factories.person()
    one = factories.community(0)
    other = factories.region("210106").descendants().communities().exclude(parent=one.parent).order_by("code")[0]
    for place in (one, other):
        service("policy", person=person, at=station(place))
    with CaptureQueriesContext(connection) as asked:
        found = table()
    assert len(asked.captured_queries) == 3
    at = [c.code for c in found.columns].index("policy")
    lines = {line.unit.path: line.figures[at] for line in found.lines if line.unit}
    assert lines[one.path.rpartition("/")[0]] == lines[other.path.rpartition("/")[0]] == Figure(1, 1)
    assert found.total[at] == Figure(2, 1)
    assert table("2101").total[at] == table("21").total[at] == Figure(2, 1)
    assert table("210102").total[at] == Figure(0, 0)


@pytest.mark.parametrize("each", COLUMNS, ids=lambda each: each.code)
def test_tells_the_rows_behind_each_figure_without_names(each, registration, follow_up, worker, caseworker):
    for kind in ("placement", "training", "startup", "policy", "registration"):
        service(kind)
    GroupMembership.objects.create(
        person=registration.person, group="hardship", valid=DateRange(date(2026, 1, 1), None), source="测试"
    )
    Household.objects.create(
        region=registration.region, status="open", source="worker", known_on=TODAY, verified_by=caseworker
    )
    first = hire(by=caseworker, person=registration.person)
    end(hire(by=caseworker), by=caseworker, reason="retired")
    followups.record_contact(
        follow_up_id=follow_up.pk,
        values=contact(services=[{"kind": k, "declined": ""} for k in ("placement", "training", "business")]),
        version=follow_up.version,
        by=worker,
        on=TODAY,
    )
    of, county = span(MONTH, on=TODAY), factories.region("210106")
    rows = list(figures.told(each, region=county, of=of, user=caseworker))
    found = figures.table(region=county, month=MONTH, on=TODAY, columns=[each])
    assert sum(source.sign for source, _ in rows) == found.total[0].times
    assert rows
    for source, row in rows:
        page = figures.rows_of(each, source, region=county, of=of, user=caseworker)
        assert page.order_by(f"-{source.day}").first() is not None
        assert row.person is None or row.person.name not in row.what
    stranger = factories.staff(Role.CASEWORKER, at="210102")
    assert not list(figures.told(each, region=county, of=of, user=stranger))
    assert first.pk


def test_counts_households_until_they_are_cleared_and_help_that_was_carried_out(registration, caseworker):
    home = Household.objects.create(
        region=registration.region, status="open", source="worker", known_on=TODAY, verified_by=caseworker
    )
    Household.objects.create(region=registration.region, status="proposed", source="declared", known_on=TODAY)
    assert total("households") == Figure(1, 1)
    assert total("households", on=TODAY - timedelta(days=1)) == Figure(0, 0)
    home.status, home.cleared_on, home.cleared_person, home.evidence = "cleared", TODAY, registration.person, "合同"
    home.save()
    assert total("households") == Figure(0, 0)
    assert total("households", on=TODAY - timedelta(days=1)) == Figure(0, 0)

    plan = AssistancePlan.objects.create(
        person=registration.person,
        region=registration.region,
        kind=AssistancePlan.Kind.values[0],
        needs="找工作",
        worker=caseworker,
        opened_on=TODAY,
        revise_by=TODAY,
    )
    for status in PlanMeasure.Status.values:
        done = {"result": "做了", "done_by": caseworker, "done_at": timezone.now()} if status == "done" else {}
        if status in ("open", "done"):
            PlanMeasure.objects.create(plan=plan, kind="training", what="电工班", due_on=TODAY, status=status, **done)
    assert total("training") == Figure(1, 1)
    assert PromiseOffer in {source.model for source in column("referrals").sources}


def test_shows_a_place_to_those_who_serve_it():
    leader = factories.staff(Role.LEADER, at="2101")
    assert figures.region_for(leader, "").code == "2101"
    assert figures.region_for(leader, "210106").code == "210106"
    with pytest.raises(CannotShowFigures, match="不归您看"):
        figures.region_for(leader, "2102")
    with pytest.raises(CannotShowFigures):
        figures.region_for(factories.citizen(), "")


def test_knows_a_column_by_its_code_alone():
    assert column("policy") is not None
    assert column("nothing") is None
    assert len({each.code for each in COLUMNS}) == len(COLUMNS)
    assert span(MONTH, on=TODAY).moments[0] == timezone.make_aware(datetime.combine(MONTH, time()))
