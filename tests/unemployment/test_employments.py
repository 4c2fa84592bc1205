from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from core import audit, events
from core.crypto import blind_index
from core.errors import StaleVersion
from core.models import DepartmentFile, DepartmentRow, Event, QueryLog
from people.roles import Role
from tests import factories
from tests.unemployment.conftest import TODAY, registered
from unemployment import employment_matches, employments
from unemployment.employment_matches import CannotDecideMatch
from unemployment.employment_rules import late_days
from unemployment.employments import CannotRecordEmployment
from unemployment.models import Employment, EmploymentMatch, Registration

pytestmark = pytest.mark.django_db


def hire(*, by, person=None, employer=None, started_on=TODAY, on=TODAY, **more):
    """Return a hire taken down at a counter."""
    person = person or factories.person()
    employer = employer or factories.organisation()
    return employments.register_hire(
        person=person, kind="unit", employer=employer, started_on=started_on, by=by, on=on, **more
    )


def end(row, *, by, ended_on=TODAY, reason="employer", on=TODAY):
    row.refresh_from_db()
    return employments.end_employment(
        employment_id=row.pk, ended_on=ended_on, reason=reason, version=row.version, by=by, on=on
    )


@given(days=st.integers(0, 400), limit=st.integers(0, 60))
def test_counts_the_days_after_the_term_and_never_below_nothing(days, limit):
    assert late_days(TODAY - timedelta(days=days), reported_on=TODAY, limit=limit) == max(0, days - limit)


def test_takes_a_late_report_and_says_by_how_many_days(caseworker):
    in_time = hire(by=caseworker, started_on=date(2026, 10, 4))
    late = hire(by=caseworker, started_on=date(2026, 10, 3))
    assert (in_time.late_days, late.late_days) == (0, 1)
    end(late, by=caseworker, ended_on=date(2026, 10, 13))
    late.refresh_from_db()
    assert (late.end_late_days, late.end_reported_on) == (6, TODAY)


def test_proposes_the_end_of_a_registration_and_never_ends_it(registration, caseworker):
    row = hire(by=caseworker, person=registration.person)
    registration.refresh_from_db()
    assert registration.status == Registration.Status.ACTIVE
    proposal = registration.deregistrations.get()
    assert (proposal.source, proposal.ground, proposal.proposed_by, proposal.status) == ("data", "11", None, "proposed")
    assert row.number in proposal.evidence
    assert (row.registration, row.home_region) == (registration, registration.region)
    assert Event.objects.filter(name="unemployment.employed", subject=f"person:{row.person.public_id}").exists()


def test_says_nothing_of_a_job_that_began_before_the_registration(registration, caseworker):
    row = hire(by=caseworker, person=registration.person, started_on=date(2026, 1, 5))
    assert row.registration is None
    assert not registration.deregistrations.exists()


def test_takes_flexible_work_and_tells_the_subsidy_of_it(registration, caseworker):
    row = employments.register_hire(
        person=registration.person,
        kind="flexible",
        work_place="某某外卖平台",
        region=factories.community(),
        started_on=TODAY,
        by=caseworker,
        on=TODAY,
    )
    assert registration.deregistrations.get().ground == "13"
    assert employments.flexible_work_of(registration.person, on=TODAY) == row
    end(row, by=caseworker)
    assert employments.flexible_work_of(registration.person, on=TODAY + timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kind": "unit", "employer": None, "region": "place"}, "单位就业要写用人单位"),
        ({"kind": "flexible", "region": "place"}, "在哪里做"),
        ({"kind": "nothing", "region": "place"}, "请选就业形式"),
        ({"kind": "unit", "started_on": TODAY + timedelta(days=1)}, "不能晚于今天"),
        ({"kind": "unit", "started_on": date(1990, 1, 1)}, "16 周岁"),
    ],
)
def test_refuses_what_cannot_be_with_a_sentence(caseworker, values, said):
    values = {"employer": factories.organisation(), "started_on": TODAY, **values}
    if values.get("region"):
        values["region"] = factories.community()
    if values["kind"] == "flexible":
        values["employer"] = None
    with pytest.raises(CannotRecordEmployment, match=said):
        employments.register_hire(person=factories.person(), by=caseworker, on=TODAY, **values)


def test_refuses_a_second_open_employment_and_takes_one_after_the_end(caseworker):
    person, employer = factories.person(), factories.organisation()
    first = hire(by=caseworker, person=person, employer=employer, started_on=date(2026, 9, 1))
    with pytest.raises(CannotRecordEmployment, match="没有解除"):
        hire(by=caseworker, person=person, employer=employer)
    end(first, by=caseworker, ended_on=date(2026, 10, 31))
    hire(by=caseworker, person=person, employer=employer, started_on=date(2026, 11, 2))
    assert Employment.objects.filter(person=person).count() == 2


@pytest.mark.django_db(transaction=True)
def test_lets_one_of_several_counters_win(transactional_db):
    person, employer = factories.person(), factories.organisation()
    officers = [factories.staff(Role.CASEWORKER) for _ in range(4)]

    def attempt(numbered):
        number, officer = numbered
        try:
            with audit.context(channel="test", actor=officer):
                day = TODAY - timedelta(days=number)
                hire(by=officer, person=person, employer=employer, started_on=day)
            return "registered"
        except CannotRecordEmployment as error:
            return error.message
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(attempt, enumerate(officers)))
    assert answers.count("registered") == 1
    assert Employment.objects.open().filter(person=person).count() == 1


def test_the_database_itself_refuses_an_end_before_the_start_and_an_end_without_reason(caseworker):
    row = hire(by=caseworker)
    for changes in ({"ended_on": row.started_on - timedelta(days=1), "end_reason": "other"}, {"ended_on": TODAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Employment.objects.filter(pk=row.pk).update(end_reported_on=TODAY, end_late_days=0, **changes)


def test_ends_only_from_a_fresh_page_and_by_those_of_the_place(caseworker):
    row = hire(by=caseworker)
    stranger = factories.staff(Role.CASEWORKER, at="210102")
    with pytest.raises(CannotRecordEmployment, match="不归您办"):
        end(row, by=stranger)
    with pytest.raises(StaleVersion):
        employments.end_employment(
            employment_id=row.pk, ended_on=TODAY, reason="employer", version=99, by=caseworker, on=TODAY
        )
    with pytest.raises(CannotRecordEmployment, match="之间"):
        end(row, by=caseworker, ended_on=TODAY + timedelta(days=1))


def test_tells_the_share_of_terminations_without_retirement_and_death(caseworker):
    employer, start = factories.organisation(), date(2026, 10, 1)
    rows = [hire(by=caseworker, employer=employer, started_on=date(2026, 5, 1)) for _ in range(10)]
    for row, reason in zip(rows, ("employer", "expired", "retired", "died"), strict=False):
        end(row, by=caseworker, ended_on=date(2026, 10, 20), reason=reason)
    assert employments.termination_share(employer, start=start, end=TODAY) == 20.0
    assert list(employments.firms_over(10, start=start, end=TODAY)) == [employer]
    assert not employments.firms_over(21, start=start, end=TODAY).exists()


# Comparison with 社保

NUMBERS = iter(range(1, 10**6))


def contributions(*rows, as_of=TODAY):
    """Put what 社保 sent where its files go: (person, employer, first month, last month)."""
    file = DepartmentFile.objects.create(
        department="social_insurance",
        dataset="contributions",
        name="x.csv",
        as_of=as_of,
        version=next(NUMBERS),
        sha256=str(next(NUMBERS)),
        rows=len(rows),
        rejected=0,
    )
    DepartmentRow.objects.bulk_create(
        DepartmentRow(
            file=file,
            row=number,
            subject_index=blind_index(person.id_number.open(), purpose="person.id_number"),
            state="正常",
            valid_from=first,
            valid_to=last,
            record={"capacity": "101单位职工", "credit_code": employer.credit_code},
        )
        for number, (person, employer, first, last) in enumerate(rows, 1)
    )


def compare():
    return employment_matches.compare(region_id=factories.region("210106").pk, on=TODAY)


def test_puts_differences_before_a_person_and_registers_nothing_by_itself(caseworker):
    employer = factories.organisation(credit_code="91210100MA0000001A")
    paid, left, fine = factories.person(), factories.person(), factories.person()
    for person in (left, fine):
        hire(by=caseworker, person=person, employer=employer, started_on=date(2026, 3, 1))
    contributions(
        (paid, employer, date(2026, 9, 1), date(2026, 10, 31)),
        (left, employer, date(2026, 3, 1), date(2026, 6, 30)),
        (fine, employer, date(2026, 3, 1), date(2026, 10, 31)),
    )
    assert compare() == 2
    assert compare() == 0
    assert Employment.objects.count() == 2
    hires, ends = EmploymentMatch.objects.get(kind="hire"), EmploymentMatch.objects.get(kind="end")
    assert (hires.person, ends.person, ends.since) == (paid, left, date(2026, 6, 30))
    log = QueryLog.objects.filter(purpose__startswith="就业登记比对").first()
    assert (log.hits, log.subject_index) == (2, "")

    with pytest.raises(CannotDecideMatch, match="怎么核实"):
        employment_matches.take(
            match_id=hires.pk, day=date(2026, 9, 3), note="是", version=hires.version, by=caseworker, on=TODAY
        )
    row = employment_matches.take(
        match_id=hires.pk, day=date(2026, 9, 3), note="电话问单位属实", version=hires.version, by=caseworker, on=TODAY
    )
    assert (row.channel, row.started_on, row.late_days) == ("data", date(2026, 9, 3), 31)
    employment_matches.dismiss(match_id=ends.pk, note="停薪留职，单位有证明", version=ends.version, by=caseworker)
    assert compare() == 0
    left_row = Employment.objects.get(person=left)
    assert left_row.is_open
    ends.refresh_from_db()
    with pytest.raises(CannotDecideMatch, match="已经有人"):
        employment_matches.dismiss(match_id=ends.pk, note="再说一次也不行", version=ends.version, by=caseworker)


def test_an_end_lets_the_register_be_opened_again_by_the_person_alone(registration, caseworker):
    row = hire(by=caseworker, person=registration.person)
    end(row, by=caseworker)
    events.run_consumers()
    assert Event.objects.filter(name="unemployment.employment_ended").count() == 1
    assert Registration.objects.filter(person=registration.person).count() == 1


def test_never_acts_on_ones_own_employment():
    me = factories.staff(Role.CASEWORKER)
    me.person = factories.person()
    me.save()
    with pytest.raises(CannotRecordEmployment):
        hire(by=me, person=me.person)
    assert registered(by=factories.staff(Role.CASEWORKER)).pk
