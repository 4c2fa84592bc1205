"""A hire plans its call-backs; what is heard moves on."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from core import events
from core.errors import StaleVersion
from core.models import AccessLog, Event
from jobs import applications, callbacks
from jobs.models import Placement
from people.roles import Role
from tests import factories
from tests.jobs.factories import application, posting
from tests.jobs.test_views import login
from tests.unemployment.conftest import registered
from unemployment.models import Deregistration

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def hire(row=None, *, starts_on=TODAY):
    row = row or application(posting=posting())
    agent = factories.agent(row.posting.organisation)
    applications.answer(
        application_id=row.pk, status="hired", starts_on=starts_on, version=row.version, by=agent, on=TODAY
    )
    return Placement.objects.get(application=row)


def record(row, by, **values):
    said = {"situation": "working", "fit": "good", "pay": "as_agreed", "left_on": None, "note": ""} | values
    return callbacks.record_call_back(call_back_id=row.pk, values=said, version=row.version, by=by, on=TODAY)


def test_plans_three_calls_by_the_dated_term_once():
    placement = hire()
    rows = list(placement.call_backs.order_by("days"))
    assert [(row.days, row.due_on - TODAY) for row in rows] == [(n, timedelta(days=n)) for n in (30, 90, 180)]
    assert rows[0].term.startswith("jobs.callback_days@21@")
    assert rows[0].region == placement.person.residence_region
    callbacks.plan_call_backs(placement)
    assert placement.call_backs.count() == 3


def test_writes_down_how_it_goes_and_tells_other_apps():
    row = hire().call_backs.get(days=30)
    record(row, factories.staff(Role.CASEWORKER), pay="owed", note="十月工资没发")
    row.refresh_from_db()
    assert (row.status, row.pay) == ("done", "owed")
    assert Event.objects.get(name="jobs.call_back_recorded").payload["pay"] == "owed"


def test_drops_the_later_calls_of_somebody_who_left():
    placement = hire(starts_on=TODAY - timedelta(days=40))
    row = placement.call_backs.get(days=30)
    worker = factories.staff(Role.COMMUNITY_WORKER)
    with pytest.raises(callbacks.CannotRecord, match="哪天离开"):
        record(row, worker, situation="left", fit="", pay="")
    record(row, worker, situation="left", fit="bad", pay="", left_on=TODAY - timedelta(days=3))
    assert list(placement.call_backs.order_by("days").values_list("status", flat=True)) == [
        "done",
        "dropped",
        "dropped",
    ]


def test_keeps_a_call_open_that_reached_nobody():
    row = hire().call_backs.get(days=30)
    record(row, factories.staff(Role.CASEWORKER), situation="unreached", fit="", pay="")
    row.refresh_from_db()
    assert (row.status, row.attempts) == ("open", 1)


def test_refuses_half_answers_other_regions_and_old_pages():
    row = hire().call_backs.get(days=30)
    with pytest.raises(callbacks.CannotRecord, match="请选岗位适应"):
        record(row, factories.staff(Role.CASEWORKER), fit="")
    with pytest.raises(callbacks.CannotRecord, match="辖区"):
        record(row, factories.staff(Role.CASEWORKER, at="210202"))
    row.version += 1
    with pytest.raises(StaleVersion):
        record(row, factories.staff(Role.CASEWORKER))


def test_queues_what_is_due_and_shows_the_phone_against_a_record(client):
    placement = hire(starts_on=timezone.localdate() - timedelta(days=31))
    row = placement.call_backs.get(days=30)
    login(client, factories.staff(Role.CASEWORKER))
    page = client.get("/work/callbacks/")
    assert page.text.count(f"/work/callbacks/{row.public_id}/") == 1
    phone = placement.person.phone.open()
    path = f"/work/callbacks/{row.public_id}/"
    assert phone not in client.get(path).text
    assert phone in client.post(f"{path}phone/").text
    assert AccessLog.objects.filter(action="task:phone", subject=str(placement.person.public_id)).exists()
    assert client.post(path, {"situation": "working", "version": row.version}).status_code == 422
    typed = {
        "situation": "working",
        "fit": "good",
        "pay": "as_agreed",
        "version": row.version,
        "note": "",
        "left_on": "",
    }
    assert client.post(path, typed).status_code == 302
    assert "今天没有要回访的" in client.get("/work/callbacks/").text
    login(client, factories.staff(Role.CASEWORKER, at="210202"))
    assert client.get(path).status_code == 404


def test_a_hire_proposes_the_end_of_a_registration_and_ends_nothing():
    factories.staff(Role.COMMUNITY_WORKER)
    registration = registered(by=factories.staff(Role.CASEWORKER), on=TODAY)
    who = factories.user(person=registration.person)
    hire(application(posting=posting(), applicant=who))
    events.run_consumers()
    proposed = Deregistration.objects.get(registration=registration)
    registration.refresh_from_db()
    assert registration.status == "active"
    assert "被用人单位录用" in str(vars(proposed))
