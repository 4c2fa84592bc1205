from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core.errors import StaleVersion
from jobs import postings
from jobs.finding import Criteria, find
from jobs.models import Posting, PostingSearch
from messaging.models import InboxMessage
from people.roles import Role
from tests import factories
from tests.jobs.factories import TODAY, posting

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return factories.staff(Role.CASEWORKER)


def draft(employer, **fields) -> Posting:
    return posting(organisation=employer, published=False, **fields)


def test_is_shown_only_after_an_officer_of_the_region_approved_it(employer, agent, officer):
    row = draft(employer)
    postings.submit_posting(posting_id=row.pk, by=agent, on=TODAY)
    assert not PostingSearch.objects.exists()
    postings.publish_posting(posting_id=row.pk, by=officer, on=TODAY)
    row.refresh_from_db()
    assert row.status == Posting.Status.PUBLISHED
    assert row.valid_until == TODAY + timedelta(days=30)
    assert PostingSearch.objects.filter(pk=row.pk).exists()
    assert InboxMessage.objects.filter(user=agent, template="posting_published").exists()


def test_lists_everything_that_is_missing_at_once(employer, agent):
    row = draft(employer, headcount=None, pay_min=None, pay_max=None)
    with pytest.raises(postings.CannotPublish) as caught:
        postings.submit_posting(posting_id=row.pk, by=agent, on=TODAY)
    assert "招聘人数" in caught.value.message
    assert "面议" in caught.value.message


def test_refuses_pay_below_the_minimum_wage_of_the_county(employer, agent):
    row = draft(employer, pay_min=Decimal(1500), pay_max=Decimal(1800))
    with pytest.raises(postings.CannotPublish, match="最低工资"):
        postings.submit_posting(posting_id=row.pk, by=agent, on=TODAY)


def test_refuses_probation_pay_below_four_fifths(employer, agent):
    row = draft(employer, probation_months=1, contract_months=12, probation_pay=Decimal(5000))
    with pytest.raises(postings.CannotPublish, match="转正工资的 80%"):
        postings.submit_posting(posting_id=row.pk, by=agent, on=TODAY)


def test_is_found_by_its_skills_and_checked_for_what_they_say(employer, agent):
    row = posting(organisation=employer, skills=["氩弧焊证"])
    assert [found.pk for found in find(Criteria(text="氩弧焊证"), on=timezone.localdate()).postings] == [row.pk]
    other = draft(employer, skills=["限女性"])
    with pytest.raises(postings.CannotPublish, match="限女性"):
        postings.submit_posting(posting_id=other.pk, by=agent, on=TODAY)


def test_refuses_an_employer_that_is_not_verified():
    employer = factories.organisation(verified=False)
    row = draft(employer)
    with pytest.raises(postings.CannotPublish, match="核验"):
        postings.submit_posting(posting_id=row.pk, by=factories.agent(employer), on=TODAY)


def test_refuses_an_officer_of_another_county(employer, agent):
    row = draft(employer)
    postings.submit_posting(posting_id=row.pk, by=agent, on=TODAY)
    with pytest.raises(postings.CannotPublish, match="待核验名单"):
        postings.publish_posting(posting_id=row.pk, by=factories.staff(Role.CASEWORKER, at="210202"), on=TODAY)


def test_goes_back_with_the_reason_that_the_employer_reads(employer, agent, officer):
    row = draft(employer)
    postings.submit_posting(posting_id=row.pk, by=agent, on=TODAY)
    with pytest.raises(postings.CannotPublish, match="退回原因"):
        postings.return_posting(posting_id=row.pk, reason="  ", by=officer)
    postings.return_posting(posting_id=row.pk, reason="请写明上班地点。", by=officer)
    assert InboxMessage.objects.get(user=agent).text.count("请写明上班地点") == 1


def test_tells_the_second_of_two_editors_that_the_page_is_old(employer, agent):
    row = draft(employer)
    postings.save_draft(posting=row, organisation=employer, values={"title": "电工"}, version=row.version, by=agent)
    with pytest.raises(StaleVersion):
        postings.save_draft(posting=row, organisation=employer, values={"title": "焊工"}, version=row.version, by=agent)


def test_cannot_change_what_is_shown(employer, agent):
    row = posting(organisation=employer)
    with pytest.raises(postings.CannotEditPosting, match="暂停"):
        postings.save_draft(posting=row, organisation=employer, values={"title": "别的"}, version=row.version, by=agent)


def test_disappears_from_the_search_the_moment_it_is_paused(employer, agent):
    row = posting(organisation=employer)
    postings.pause_posting(posting_id=row.pk, by=agent)
    assert not PostingSearch.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("amount", "period", "months", "a_month"),
    [
        (6000, "month", 12, 6000),
        (150, "day", 12, 3262),
        (20, "hour", 12, 3480),
        (240000, "year", 12, 20000),
        (5, "piece", 12, None),
    ],
)
def test_converts_pay_to_a_month(amount, period, months, a_month):
    assert postings.monthly(amount, period, months) == a_month
