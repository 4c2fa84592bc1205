from datetime import date

import pytest
from django.db import IntegrityError, transaction

from people.roles import Role
from tests import factories
from tests.unemployment.conftest import TODAY, contact, later, page, registered
from unemployment import deregistration, followups, reopening
from unemployment.models import Deregistration, FollowUp, Registration
from unemployment.reopening import CannotReopen

pytestmark = pytest.mark.django_db
WHY = "复议决定书〔2026〕9号撤销原注销决定"
AFTER = later(8)


@pytest.fixture
def decision(registration, caseworker, colleague):
    proposal = deregistration.propose(
        registration_id=registration.pk,
        ground="11",
        evidence="社保单位参保，电话问本人",
        happened_on=TODAY,
        by=caseworker,
        on=TODAY,
    )
    return deregistration.decide(proposal_id=proposal.pk, note="", version=proposal.version, by=colleague, on=AFTER)


def reopen(decision, by, **changes):
    values = {"reason": WHY, "version": decision.version, "on": AFTER, **changes}
    return reopening.reopen(proposal_id=decision.pk, by=by, **values)


def test_restores_the_registration_with_its_history(decision, registration, supervisor, worker):
    back = reopen(decision, supervisor)
    assert (back.status, back.ended_on, back.ended_ground) == (Registration.Status.ACTIVE, None, "")
    assert back.registered_on == registration.registered_on
    task = back.follow_ups.get()
    assert (task.status, task.cancel_reason) == (FollowUp.Status.OPEN, "")
    followups.record_contact(follow_up_id=task.pk, values=contact(), version=task.version, by=worker, on=AFTER)
    papers = {(row.kind, row.status) for row in back.papers.all()}
    assert {("end", "withdrawn"), ("intent", "withdrawn"), ("certificate", "valid")} <= papers
    decision.refresh_from_db()
    assert (decision.status, decision.overturned_by) == ("overturned", supervisor)


def test_can_end_lawfully_again_and_not_come_back_by_the_old_overturning(
    decision, registration, supervisor, caseworker, colleague
):
    reopen(decision, supervisor)
    proposal = deregistration.propose(
        registration_id=registration.pk,
        ground="26",
        evidence="民政死亡登记",
        happened_on=AFTER,
        by=caseworker,
        on=AFTER,
    )
    deregistration.decide(proposal_id=proposal.pk, note="", version=proposal.version, by=caseworker, on=AFTER)
    with pytest.raises(IntegrityError, match="stays ended"), transaction.atomic():
        Registration.objects.filter(pk=registration.pk).update(status="active", ended_on=None, ended_ground="")


def test_leaves_it_to_a_supervisor_who_did_not_decide(decision, caseworker, supervisor):
    with pytest.raises(CannotReopen, match="业务主管"):
        reopen(decision, caseworker)
    with pytest.raises(CannotReopen, match="业务主管"):
        reopen(decision, factories.staff(Role.COUNTY_SUPERVISOR, at="210202"))
    with pytest.raises(CannotReopen, match="为什么恢复"):
        reopen(decision, supervisor, reason="错了")


def test_brings_nothing_back_without_a_decision_in_the_database(decision, registration):
    with pytest.raises(IntegrityError, match="stays ended"), transaction.atomic():
        Registration.objects.filter(pk=registration.pk).update(status="active", ended_on=None, ended_ground="")
    with pytest.raises(IntegrityError, match="is final"), transaction.atomic():
        Deregistration.objects.filter(pk=decision.pk).update(status="overturned")


def test_refuses_where_the_person_registered_again(decision, registration, supervisor, caseworker):
    registered(by=caseworker, person=registration.person, on=date(2026, 11, 12))
    with pytest.raises(CannotReopen, match="重新办了登记"):
        reopen(decision, supervisor)


def test_reopens_on_the_page_of_the_decision(enter, decision, registration, supervisor):
    client, url = enter(supervisor), f"/work/registrations/ends/{decision.public_id}/"
    assert "恢复登记" in page(client.get(url))
    assert "为什么恢复" in page(client.post(url, {"act": "reopen", "version": decision.version, "note": ""}), 422)
    assert client.post(url, {"act": "reopen", "version": decision.version, "note": WHY}).status_code == 302
    registration.refresh_from_db()
    assert registration.is_open
