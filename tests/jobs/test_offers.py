"""Offering work, and the applicant's answer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs import offers
from jobs.models import Application, Offer
from messaging.models import InboxMessage
from tests import factories
from tests.jobs.factories import application, offer, posting
from tests.jobs.test_views import login

pytestmark = pytest.mark.django_db


def values(days: int = 3, start: int = 10) -> dict:
    today = timezone.localdate()
    return {
        "starts_on": today + timedelta(days=start),
        "answer_by": today + timedelta(days=days),
        "pay_text": "每月 6,500 元",
        "terms": "试用期 1 个月。",
    }


def make(row, agent, **more):
    return offers.make_offer(
        application_id=row.pk, values=values(**more), version=row.version, by=agent, on=timezone.localdate()
    )


def answer(found, *, accept, by=None, later=0):
    who, today = by or found.application.applicant, timezone.localdate() + timedelta(days=later)
    return offers.answer_offer(offer_id=found.pk, accept=accept, by=who, on=today)


def test_tells_the_applicant_from_when_and_for_what():
    row = application(posting=posting())
    make(row, factories.agent(row.posting.organisation))
    assert "每月 6,500 元" in InboxMessage.objects.get(user=row.applicant).text


def test_takes_the_place_of_an_offer_that_waits():
    row = application(posting=posting())
    agent = factories.agent(row.posting.organisation)
    first = make(row, agent)
    row.refresh_from_db()
    make(row, agent, start=20)
    assert list(Offer.objects.order_by("pk").values_list("status", flat=True)) == ["replaced", "open"]
    with pytest.raises(offers.CannotOffer, match="单位改了"):
        answer(first, accept=True)


@pytest.mark.parametrize(("days", "start"), [(-1, 5), (6, 5)])
def test_refuses_days_that_make_no_sense(days, start):
    row = application(posting=posting())
    with pytest.raises(offers.CannotOffer, match="答复期限"):
        make(row, factories.agent(row.posting.organisation), days=days, start=start)


def test_an_accepted_offer_waits_for_the_employer_and_is_no_hire_yet():
    found = offer(application=application(posting=posting()))
    answer(found, accept=True)
    found.application.refresh_from_db()
    assert found.application.status == "offer"
    assert "接受了录用意向" in InboxMessage.objects.get(user=found.made_by).text
    with pytest.raises(offers.CannotOffer, match="已经接受"):
        make(found.application, found.made_by)


def test_turning_it_down_ends_the_application_and_lets_one_apply_again(client):
    found = offer(application=application(posting=posting()))
    with pytest.raises(offers.CannotOffer):
        answer(found, accept=False, by=factories.citizen())
    login(client, found.application.applicant)
    assert client.post(f"/jobs/offers/{found.public_id}/reply/", {"accept": "x"}).status_code == 422
    assert client.post(f"/jobs/offers/{found.public_id}/reply/", {"accept": "0", "text": "太远"}).status_code == 302
    found.application.refresh_from_db()
    assert found.application.status == "declined"
    typed = {"name": "张某", "phone": "13900001234"}
    assert client.post(f"/jobs/{found.application.posting.public_id}/apply/", typed).status_code == 302
    assert Application.objects.count() == 2


def test_cannot_be_accepted_after_its_day():
    found = offer(application=application(posting=posting()))
    with pytest.raises(offers.CannotOffer, match="期限已经过了"):
        answer(found, accept=True, later=4)
