"""Which posting that comes back counts as new."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from jobs import postings
from jobs.models import Posting
from people.roles import Role
from tests import factories
from tests.jobs.factories import TODAY, posting

pytestmark = pytest.mark.django_db


def back(days: int, **changes: object) -> tuple[Posting, bool]:
    """Pause and hand in again a posting that was posted some days ago; tells whether it counts as new."""
    employer = factories.organisation()
    agent = factories.agent(employer)
    for _ in range(3):
        posting(organisation=employer, decided_by=factories.staff(Role.CASEWORKER))
    row = posting(organisation=employer)
    before = timezone.now() - timedelta(days=days)
    Posting.objects.filter(pk=row.pk).update(posted_at=before)
    row = postings.pause_posting(posting_id=row.pk, by=agent)
    if changes:
        row = postings.save_draft(posting=row, organisation=employer, values=changes, version=row.version, by=agent)
    row = postings.submit_posting(posting_id=row.pk, by=agent, on=TODAY)
    assert row.status == Posting.Status.PUBLISHED
    return row, row.posted_at > before


@pytest.mark.parametrize(
    ("days", "changes", "is_new"),
    [
        (20, {}, False),
        (20, {"description": "检修车间低压电路，写记录。", "headcount": 5}, False),
        (20, {"pay_min": Decimal(7000)}, True),
        (20, {"title": "高级低压维修电工"}, True),
        (6, {"title": "高级低压维修电工"}, False),
    ],
)
def test_keeps_the_date_of_what_comes_back_unless_it_is_another_offer_after_some_days(days, changes, is_new):
    assert back(days, **changes)[1] is is_new


def test_counts_as_new_what_comes_back_after_it_had_expired():
    row, _ = back(20)
    Posting.objects.filter(pk=row.pk).update(valid_until=TODAY - timedelta(days=1))
    agent = factories.agent(row.organisation)
    postings.pause_posting(posting_id=row.pk, by=agent)
    assert postings.submit_posting(posting_id=row.pk, by=agent, on=TODAY).posted_at > row.posted_at
