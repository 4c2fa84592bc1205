from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from core.errors import StaleVersion
from core.models import AccessLog, Event
from core.workdays import is_working_day
from people.models import Region
from people.roles import Role
from tests import factories
from tests.unemployment.conftest import TODAY, contact, registered
from unemployment import assignment, escalations, followups
from unemployment.assignment import CannotAssign
from unemployment.followups import CannotPrint, CannotRecord
from unemployment.models import Escalation, FollowUp, OpenedMonth, Registration

pytestmark = pytest.mark.django_db
DECEMBER = date(2026, 12, 1)


@pytest.fixture
def county():
    return factories.region("210106")


def test_opens_one_follow_up_for_everybody_registered_and_says_how_many(caseworker, worker, county):
    people = [registered(by=caseworker, on=TODAY + timedelta(days=n)) for n in range(4)]
    assert followups.open_month(region_id=county.pk, month=DECEMBER) == 4
    rows = FollowUp.objects.of_month(DECEMBER)
    assert {row.registration for row in rows} == set(people)
    assert all(is_working_day(row.due_on) and row.due_on.month == 12 for row in rows)
    assert {row.assignee for row in rows} == {worker}
    assert not any(row.is_first for row in rows)


def test_opens_nothing_twice(registration, county):
    assert followups.open_month(region_id=county.pk, month=DECEMBER) == 1
    assert followups.open_month(region_id=county.pk, month=DECEMBER) == 0
    assert OpenedMonth.objects.get(county=county, month=DECEMBER).opened == 1


def test_keeps_the_first_contact_as_the_record_of_the_month_of_registration(registration, county):
    assert followups.open_month(region_id=county.pk, month=date(2026, 11, 1)) == 0
    assert registration.follow_ups.get().is_first


def test_opens_nothing_for_months_before_the_registration_or_in_another_county(registration, county):
    assert followups.open_month(region_id=county.pk, month=date(2026, 10, 1)) == 0
    assert followups.open_month(region_id=factories.region("210202").pk, month=DECEMBER) == 0


def test_opens_a_missed_month_later_for_those_still_registered(registration, county):
    assert followups.open_month(region_id=county.pk, month=date(2027, 1, 1)) == 1
    assert followups.open_month(region_id=county.pk, month=DECEMBER) == 1
    assert registration.follow_ups.count() == 3


def test_knows_which_counties_and_months_are_missing(registration, county):
    everywhere = Region.objects.counties().count()
    assert len(followups.missing_months(on=date(2026, 12, 2))) == everywhere
    for region in Region.objects.counties():
        followups.open_month(region_id=region.pk, month=DECEMBER)
    assert followups.missing_months(on=date(2026, 12, 2)) == []
    FollowUp.objects.of_month(DECEMBER).delete()
    assert followups.missing_months(on=date(2026, 12, 2)) == [(county.pk, DECEMBER)]
    assert len(followups.missing_months(on=date(2027, 2, 1))) == 2 * everywhere


def test_cancels_tasks_that_a_closed_case_left_behind(registration):
    Registration.objects.filter(pk=registration.pk).update(status="withdrawn")
    assert followups.cancel_orphans() == 1
    assert registration.follow_ups.get().cancel_reason == "登记已经结束"


def record(follow_up, worker, *, on=TODAY, **changes):
    follow_up.refresh_from_db()
    return followups.record_contact(
        follow_up_id=follow_up.pk, values=contact(**changes), version=follow_up.version, by=worker, on=on
    )


def test_records_a_contact_with_the_three_intentions(follow_up, worker):
    done = record(follow_up, worker)
    assert done.status == FollowUp.Status.DONE
    assert (done.job, done.training, done.business) == ("yes", "no", "no")
    assert done.registration.person.public_id is not None
    follow_up.registration.refresh_from_db()
    assert follow_up.registration.first_contact_on == TODAY
    event = Event.objects.get(name="unemployment.contacted")
    assert event.payload["job"] == "yes"
    assert "焊工" not in str(event.payload)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"job": ""}, "求职"),
        ({"training": None}, "培训"),
        ({"business": "not_asked"}, "没问到，请写明原因"),
        ({"situation": ""}, "现在的情况"),
        ({"outcome": "maybe"}, "结果"),
        ({"channel": ""}, "怎么联系"),
    ],
)
def test_wants_every_answer_or_the_reason_why_not(follow_up, worker, changes, message):
    with pytest.raises(CannotRecord, match=message):
        record(follow_up, worker, **changes)
    follow_up.refresh_from_db()
    assert follow_up.status == FollowUp.Status.OPEN


def test_takes_not_asked_with_the_reason(follow_up, worker):
    done = record(follow_up, worker, business="not_asked", details={"business": {"reason": "本人赶时间"}})
    assert done.business == "not_asked"


def test_holds_the_three_answers_in_the_database(follow_up, worker):
    record(follow_up, worker)
    with pytest.raises(IntegrityError, match="followup_done_complete"), transaction.atomic():
        FollowUp.objects.filter(pk=follow_up.pk).update(training="")


def test_counts_a_failed_attempt_and_stays_open(follow_up, worker):
    missed = record(follow_up, worker, outcome="no_answer")
    assert (missed.status, missed.failed_attempts) == (FollowUp.Status.OPEN, 1)
    assert not Escalation.objects.exists()


def test_begins_to_look_for_the_person_after_two_failed_attempts(follow_up, worker):
    for outcome in ("no_answer", "dead_number", "declined"):
        record(follow_up, worker, outcome=outcome)
    matter = Escalation.objects.get()
    assert (matter.kind, matter.step) == ("unreachable", "data")
    assert follow_up.registration.is_open


def test_settles_earlier_months_when_the_person_is_found(registration, worker, county):
    followups.open_month(region_id=county.pk, month=DECEMBER)
    december = registration.follow_ups.get(month=DECEMBER)
    record(december, worker, on=date(2026, 12, 10))
    november = registration.follow_ups.get(month=date(2026, 11, 1))
    assert november.status == FollowUp.Status.CANCELLED
    assert "2026-12 已联系上" in november.cancel_reason


def test_tells_whoever_saves_an_old_page(follow_up, worker):
    stale = follow_up.version
    record(follow_up, worker, outcome="no_answer")
    with pytest.raises(StaleVersion):
        followups.record_contact(follow_up_id=follow_up.pk, values=contact(), version=stale, by=worker, on=TODAY)


def test_lets_only_those_who_serve_the_place_record(follow_up):
    stranger = factories.staff(Role.COMMUNITY_WORKER, at=factories.community(county="210202"))
    supervisor = factories.staff(Role.COUNTY_SUPERVISOR)
    for user in (stranger, supervisor):
        with pytest.raises(CannotRecord, match="不归您"):
            record(follow_up, user)
    assert follow_up not in FollowUp.objects.visible_to(stranger)
    assert follow_up in FollowUp.objects.visible_to(supervisor)


def test_keeps_a_draft_without_changing_the_version(follow_up, worker):
    saved = followups.save_contact_draft(follow_up_id=follow_up.pk, values={"note": "聊到一半"}, by=worker)
    assert saved.draft == {"note": "聊到一半"}
    assert saved.version == follow_up.version
    assert record(follow_up, worker).draft is None


def test_spreads_people_over_the_workers_of_a_place(caseworker, worker):
    second = factories.staff(Role.COMMUNITY_WORKER, at=factories.community().parent)
    found = [registered(by=caseworker).worker for _ in range(4)]
    assert found.count(worker) == found.count(second) == 2


def test_gives_people_of_a_worker_who_left_to_another(caseworker, worker, county):
    registration = registered(by=caseworker)
    worker.role_assignments.update(valid=(date(2020, 1, 1), date(2026, 1, 1)))
    second = factories.staff(Role.COMMUNITY_WORKER, at=factories.community())
    followups.open_month(region_id=county.pk, month=DECEMBER)
    assert registration.follow_ups.get(month=DECEMBER).assignee == second


def test_reassigns_only_to_somebody_of_the_place(follow_up, worker, supervisor):
    stranger = factories.staff(Role.COMMUNITY_WORKER, at=factories.community(county="210202"))
    second = factories.staff(Role.COMMUNITY_WORKER, at=factories.community().parent)
    assign = {"follow_up_ids": [follow_up.pk], "by": supervisor, "on": TODAY}
    with pytest.raises(CannotAssign, match="不负责"):
        assignment.reassign(worker_id=stranger.pk, **assign)
    assert assignment.reassign(worker_id=second.pk, **assign) == 1
    follow_up.refresh_from_db()
    assert follow_up.assignee == second


def test_prints_a_numbered_list_and_leaves_a_record_for_each_person(follow_up, worker):
    printed = followups.print_list(
        follow_up_ids=[follow_up.pk], month=date(2026, 11, 1), filters="待联系", by=worker, on=TODAY
    )
    assert printed.serial.startswith("ZF20261103")
    assert AccessLog.objects.filter(action="print:contact", actor=worker.pk).count() == 1
    with pytest.raises(CannotPrint, match="空的"):
        followups.print_list(follow_up_ids=[], month=DECEMBER, filters="", by=worker, on=TODAY)


def test_hands_over_what_a_worker_left_and_leaves_the_rest_in_hand(caseworker, worker, county):
    rows = [registered(by=caseworker) for _ in range(4)]
    second, third = (factories.staff(Role.COMMUNITY_WORKER, at=factories.community().parent) for _ in range(2))
    assert assignment.hand_over(region_id=county.pk, on=TODAY) == 0
    worker.role_assignments.update(valid=(date(2020, 1, 1), TODAY))
    assert assignment.hand_over(region_id=county.pk, on=TODAY) == 4
    hands = [row.follow_ups.get().assignee for row in rows]
    assert sorted(user.pk for user in hands) == sorted([second.pk, second.pk, third.pk, third.pk])
    assert [row.assignee for row in FollowUp.objects.order_by("pk")] == [
        row.worker for row in Registration.objects.order_by("pk")
    ]
    assert assignment.hand_over(region_id=county.pk, on=TODAY) == 0


def test_looks_for_whoever_was_not_reached_two_months_running(registration, worker, county):
    first = registration.follow_ups.get()
    followups.open_month(region_id=county.pk, month=DECEMBER)
    january = date(2027, 1, 4)
    raised = escalations.raise_overdue(region_id=county.pk, on=january)
    assert raised["unreachable"] == 1
    matter = registration.escalations.get(kind="unreachable")
    assert (matter.step, matter.about) == ("data", "连续 2 个月没有联系上")
    assert "unreachable" not in escalations.raise_overdue(region_id=county.pk, on=january)
    registration.refresh_from_db()
    assert registration.status == Registration.Status.ACTIVE
    assert first.status == FollowUp.Status.OPEN


def test_looks_for_nobody_who_was_reached_in_one_of_the_two_months(registration, follow_up, worker, county):
    followups.record_contact(
        follow_up_id=follow_up.pk, values=contact(), version=follow_up.version, by=worker, on=TODAY
    )
    followups.open_month(region_id=county.pk, month=DECEMBER)
    assert "unreachable" not in escalations.raise_overdue(region_id=county.pk, on=date(2027, 1, 4))
