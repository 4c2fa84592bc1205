"""Under-applied postings rise on the home page, by a rule that anybody can compute again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs.exposure import quiet_postings
from jobs.models import Posting
from tests.jobs.factories import application, posting

pytestmark = pytest.mark.django_db


def old(days: int = 5, **fields):
    made = posting(**fields)
    Posting.objects.filter(pk=made.pk).update(posted_at=timezone.now() - timedelta(days=days))
    return made


def test_puts_first_what_has_the_fewest_applicants_for_each_place():
    two_of_ten, one_of_one, none = old(headcount=10), old(headcount=1), old(headcount=2)
    for row in (two_of_ten, two_of_ten, one_of_one):
        application(posting=row)
    application(posting=none, status="withdrawn")
    assert quiet_postings(on=timezone.localdate()) == [none, two_of_ten, one_of_one]


def test_prefers_the_longer_wait_and_lets_new_ones_and_imports_be():
    young, older, _ = old(days=3), old(days=9), posting()
    old(organisation=None, employer_name="某公司", source_site="某站", source_id="1", imported_at=timezone.now())
    assert quiet_postings(on=timezone.localdate()) == [older, young]


def test_shows_six_keeps_the_choice_and_leaves_out_at_once_what_is_taken_down(client):
    made = [old(title=f"岗位{number}", days=20 - number) for number in range(9)]
    today = timezone.localdate()
    assert quiet_postings(on=today) == made[:6]
    Posting.objects.filter(pk=made[0].pk).update(status="taken_down")
    with CaptureQueriesContext(connection) as queries:
        assert quiet_postings(on=today) == made[1:6]
    assert len(queries) == 1
    assert "看看这些岗位" in client.get("/").text
