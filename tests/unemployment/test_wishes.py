import pytest

from core import events
from core.models import Event
from jobs.models import Resume
from tests import factories
from tests.unemployment.conftest import TODAY, contact, registered
from unemployment import followups

pytestmark = pytest.mark.django_db


@pytest.fixture
def citizen(worker):
    return factories.citizen()


def say(citizen, worker, caseworker, **changes):
    registration = citizen.person.registrations.first() or registered(by=caseworker, person=citizen.person)
    task = registration.follow_ups.get()
    followups.record_contact(follow_up_id=task.pk, values=contact(**changes), version=task.version, by=worker, on=TODAY)
    events.run_consumers()
    return task


def test_carries_the_wish_for_work_into_the_persons_own_profile(citizen, worker, caseworker):
    say(citizen, worker, caseworker, details={"job": {"trade": "焊工", "pay": "5,000 元左右"}})
    resume = Resume.objects.get(user=citizen)
    intention = resume.intentions.get()
    assert (intention.title, intention.pay_min, intention.region.code) == ("焊工", 5000, "210106")
    assert resume.visibility == "hidden"


def test_brings_the_same_wish_up_to_date_and_writes_it_once(citizen, worker, caseworker):
    say(citizen, worker, caseworker, details={"job": {"trade": "焊工", "pay": "5000"}})
    month = followups.add_months(TODAY.replace(day=1), 1)
    followups.open_month(region_id=factories.region("210106").pk, month=month)
    task = citizen.person.registrations.get().follow_ups.get(month=month)
    said = contact(details={"job": {"trade": "焊工", "pay": "6000"}})
    followups.record_contact(follow_up_id=task.pk, values=said, version=task.version, by=worker, on=TODAY)
    events.run_consumers()
    assert [row.pay_min for row in Resume.objects.get(user=citizen).intentions.all()] == [6000]


def test_writes_nothing_for_whoever_looks_for_nothing_or_has_no_account(citizen, worker, caseworker, registration):
    say(citizen, worker, caseworker, job="no", details={})
    task = registration.follow_ups.get()
    followups.record_contact(follow_up_id=task.pk, values=contact(), version=task.version, by=worker, on=TODAY)
    events.run_consumers()
    assert not Resume.objects.exists()


def test_tells_training_and_the_advisers_what_is_wanted(citizen, worker, caseworker):
    details = {"training": {"trade": "叉车"}, "business": {"project": "早餐店"}}
    task = say(citizen, worker, caseworker, training="yes", business="yes", details=details)
    told = Event.objects.filter(name__in=list(followups.WANTED.values())).order_by("name")
    assert [row.name for row in told] == ["unemployment.business_wanted", "unemployment.training_wanted"]
    for row in told:
        assert row.payload["follow_up"] == str(task.public_id)
        assert "早餐店" not in str(row.payload)
