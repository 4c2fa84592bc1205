from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection

from core import audit
from core.errors import StaleVersion
from core.models import Event
from jobs import applications
from jobs.models import Application, Placement
from messaging.models import InboxMessage
from tests import factories
from tests.jobs.factories import application, posting

TODAY = date(2026, 11, 23)
FORM = {"name": "张应聘", "phone": "13900001234"}


@pytest.mark.django_db
def test_reaches_the_employer_and_nobody_else():
    row = posting(valid_until=date(2026, 12, 20))
    sent = applications.apply(posting_id=row.pk, by=factories.citizen(), on=TODAY, **FORM)
    assert Application.objects.visible_to(factories.agent(row.organisation)).get() == sent
    assert not Application.objects.visible_to(factories.agent(factories.organisation())).exists()
    assert not Application.objects.visible_to(factories.citizen()).exists()


@pytest.mark.django_db
def test_is_refused_a_second_time_and_allowed_after_withdrawing():
    row, who = posting(valid_until=date(2026, 12, 20)), factories.citizen()
    first = applications.apply(posting_id=row.pk, by=who, on=TODAY, **FORM)
    with pytest.raises(applications.CannotApply, match="已经投过"):
        applications.apply(posting_id=row.pk, by=who, on=TODAY, **FORM)
    applications.withdraw(application_id=first.pk, by=who)
    assert applications.apply(posting_id=row.pk, by=who, on=TODAY, **FORM).pk != first.pk


@pytest.mark.django_db
def test_is_refused_when_the_posting_is_over():
    row = posting(valid_until=date(2026, 11, 20))
    with pytest.raises(applications.CannotApply, match="不招了"):
        applications.apply(posting_id=row.pk, by=factories.citizen(), on=TODAY, **FORM)


@pytest.mark.django_db(transaction=True)
def test_is_sent_once_under_two_tabs_at_the_same_moment():
    row, who = posting(valid_until=date(2026, 12, 20)), factories.citizen()

    def send(_: int) -> bool:
        try:
            with audit.context(channel="test"):
                applications.apply(posting_id=row.pk, by=who, on=TODAY, **FORM)
        except applications.CannotApply:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, range(4))) == [False, False, False, True]
    assert Application.objects.count() == 1


@pytest.mark.django_db
def test_tells_the_applicant_the_answer_and_asks_a_reason_for_a_no():
    row = application(posting=posting())
    agent = factories.agent(row.posting.organisation)
    with pytest.raises(applications.CannotAnswer, match="原因"):
        applications.answer(application_id=row.pk, status="unsuitable", version=row.version, by=agent, on=TODAY)
    applications.answer(
        application_id=row.pk, status="unsuitable", reason="这个岗位要电工证。", version=row.version, by=agent, on=TODAY
    )
    assert "要电工证" in InboxMessage.objects.get(user=row.applicant).text


@pytest.mark.django_db
def test_makes_a_placement_and_an_event_when_hired():
    row = application(posting=posting())
    agent = factories.agent(row.posting.organisation)
    applications.answer(
        application_id=row.pk, status="hired", starts_on=date(2026, 12, 1), version=row.version, by=agent, on=TODAY
    )
    placement = Placement.objects.get()
    assert placement.person == row.applicant.person
    event = Event.objects.get(name="jobs.hired")
    assert event.payload["person"] == str(row.applicant.person.public_id)


@pytest.mark.django_db
def test_cannot_be_answered_by_another_employer_or_from_an_old_page():
    row = application(posting=posting())
    with pytest.raises(applications.CannotAnswer):
        applications.answer(
            application_id=row.pk,
            status="offer",
            version=row.version,
            by=factories.agent(factories.organisation()),
            on=TODAY,
        )
    agent = factories.agent(row.posting.organisation)
    applications.answer(application_id=row.pk, status="shortlisted", version=row.version, by=agent, on=TODAY)
    with pytest.raises(StaleVersion):
        applications.answer(application_id=row.pk, status="offer", version=row.version, by=agent, on=TODAY)


@pytest.mark.django_db
def test_a_hire_offers_the_rest_for_withdrawal_and_withdraws_nothing_by_itself():
    hired, other = application(posting=posting()), None
    who = hired.applicant
    other = application(posting=posting(), applicant=who)
    with pytest.raises(applications.CannotAnswer, match="还没有单位录用"):
        applications.withdraw_rest(by=who)
    agent = factories.agent(hired.posting.organisation)
    applications.answer(application_id=hired.pk, status="hired", version=hired.version, by=agent, on=TODAY)
    other.refresh_from_db()
    assert other.status == "submitted"
    assert "还有 1 份" in InboxMessage.objects.get(user=who, template="hired_rest").text
    assert applications.withdraw_rest(by=who) == 1
    assert applications.withdraw_rest(by=who) == 0
