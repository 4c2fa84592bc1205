"""Reminders before a posting ends, the end, and renewing with one click."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from jobs import postings, validity
from jobs.models import Posting, PostingSearch
from messaging.models import InboxMessage
from people.roles import Role
from tests import factories
from tests.jobs.factories import TODAY, posting

pytestmark = pytest.mark.django_db


def told(agent, template: str) -> list[str]:
    return list(InboxMessage.objects.filter(user=agent, template=template).values_list("text", flat=True))


def test_reminds_an_employer_once_of_all_postings_that_end_on_a_day(employer, agent):
    last = TODAY + timedelta(days=3)
    for title in ("车工", "铣工"):
        posting(organisation=employer, title=title, valid_until=last)
    posting(organisation=employer, title="会计", valid_until=last + timedelta(days=1))
    assert validity.remind_of_end(on=TODAY) == 2
    postings.withdraw_posting(posting_id=Posting.objects.get(title="铣工").pk, by=agent)
    validity.remind_of_end(on=TODAY)
    (text,) = told(agent, "posting_ending")
    assert "“车工”、“铣工”" in text
    validity.remind_of_end(on=TODAY + timedelta(days=1))
    assert len(told(agent, "posting_ending")) == 2


def test_tells_of_the_end_and_renews_what_expired_with_one_click(client, employer, agent):
    row = posting(organisation=employer, valid_until=TODAY - timedelta(days=1))
    for _ in range(3):
        posting(organisation=employer, decided_by=factories.staff(Role.CASEWORKER))
    assert validity.expire_postings(on=TODAY) == 1
    assert validity.expire_postings(on=TODAY) == 0
    assert "点一下就能续期" in told(agent, "posting_expired")[0]
    client.force_login(agent)
    history = client.get(f"/employer/postings/{row.public_id}/history/").content.decode()
    renew = f"/employer/postings/{row.public_id}/renew/"
    assert f'action="{renew}"' in history
    before = row.posted_at
    assert client.post(renew).status_code == 302
    row.refresh_from_db()
    assert row.status == Posting.Status.PUBLISHED
    assert row.posted_at > before
    assert PostingSearch.objects.filter(pk=row.pk).exists()


def test_leaves_an_expired_posting_of_an_unknown_employer_to_an_officer(employer, agent):
    row = posting(organisation=employer, status="expired", published=False, valid_until=TODAY - timedelta(days=2))
    assert validity.renew_posting(posting_id=row.pk, by=agent, on=TODAY).status == Posting.Status.SUBMITTED


@pytest.mark.parametrize("days", [31, 400])
def test_refuses_to_renew_what_expired_long_ago(client, employer, agent, days):
    row = posting(organisation=employer, status="expired", published=False, valid_until=TODAY - timedelta(days=days))
    with pytest.raises(postings.CannotEditPosting, match="照它再发一个"):
        validity.renew_posting(posting_id=row.pk, by=agent, on=TODAY)


def test_refuses_to_renew_what_a_partner_s_system_ended_and_what_others_published(employer, agent):
    row = posting(
        organisation=employer,
        status="expired",
        published=False,
        valid_until=TODAY - timedelta(days=2),
        imported_at="2026-11-01T08:00:00+08:00",
    )
    with pytest.raises(postings.CannotEditPosting):
        validity.renew_posting(posting_id=row.pk, by=agent, on=TODAY)
    with pytest.raises(postings.CannotEditPosting):
        validity.renew_posting(posting_id=posting().pk, by=agent, on=TODAY)


def test_refuses_to_renew_below_the_minimum_wage_now_in_force(employer, agent):
    row = posting(organisation=employer, pay_min=Decimal(2100), pay_max=None)
    with pytest.raises(postings.CannotEditPosting, match="最低工资"):
        validity.renew_posting(posting_id=row.pk, by=agent, on=TODAY)
    row.refresh_from_db()
    assert row.valid_until == TODAY + timedelta(days=30)


def test_offers_to_withdraw_what_is_shown_or_paused(client, employer, agent):
    row = posting(organisation=employer)
    client.force_login(agent)
    address = f"/employer/postings/{row.public_id}/withdraw/"
    assert f'action="{address}"' in client.get("/employer/").content.decode()
    postings.pause_posting(posting_id=row.pk, by=agent)
    assert f'action="{address}"' in client.get("/employer/").content.decode()
    client.post(address)
    row.refresh_from_db()
    assert row.status == Posting.Status.WITHDRAWN


def test_expires_after_its_last_day(employer):
    row = posting(organisation=employer, valid_until=date(2026, 11, 22))
    assert validity.expire_postings(on=date(2026, 11, 22)) == 0
    assert validity.expire_postings(on=date(2026, 11, 23)) == 1
    row.refresh_from_db()
    assert row.status == Posting.Status.EXPIRED
