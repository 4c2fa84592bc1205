"""Before a 公益性岗位 ends: the holder is told in plain words, the county sees it on its list, and nobody hears it twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from messaging.models import InboxMessage, Outbox
from people.roles import Role
from tests import factories
from tests.unemployment.care import Street, welfare_post, with_quota
from tests.unemployment.conftest import page
from unemployment import welfare_reminders
from unemployment.models import WelfarePlacement

pytestmark = pytest.mark.django_db


@pytest.fixture
def street():
    with_quota(5)
    return Street()


def held(street, *, days):
    """Return a placement whose last day is so many days away."""
    today, citizen = timezone.localdate(), factories.citizen()
    recognition, post = street.recognised(citizen.person), welfare_post(street.reviewer)
    span = (today - timedelta(days=900), today + timedelta(days=days + 1))
    return WelfarePlacement.objects.create(
        post=post, person=citizen.person, recognition=recognition, span=span, basis="测试", placed_by=street.reviewer
    )


def test_tells_the_holder_and_the_county_once(street, enter):
    today, days = timezone.localdate(), welfare_reminders.days_before(on=timezone.localdate())
    near, later = held(street, days=days), held(street, days=days + 1)
    officer = factories.staff(Role.CASEWORKER)
    county = near.post.region.parent.parent
    assert [welfare_reminders.remind(region_id=county.pk, on=today) for _ in range(2)] == [1, 0]
    near.refresh_from_db()
    later.refresh_from_db()
    assert (near.reminded_on, later.reminded_on) == (today, None)
    told = InboxMessage.objects.get(user=near.person.account, template="welfare_ending")
    assert f"{near.last_day.day} 日到期" in told.text
    assert Outbox.objects.filter(template="welfare_ending", channel="sms").count() == 1
    assert InboxMessage.objects.filter(user=officer, template="welfare_ending_office").count() == 1
    assert welfare_reminders.remind(region_id=factories.region("210102").pk, on=today) == 0
    listed = page(enter(officer).get("/work/posts/?view=ending"))
    assert (str(near.post.public_id) in listed, str(later.post.public_id) in listed) == (True, False)
    assert welfare_reminders.remind(region_id=county.pk, on=today + timedelta(days=1)) == 1
