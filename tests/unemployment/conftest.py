"""People on the register, and those who serve them."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from people.middleware import SECOND_FACTOR_KEY
from people.roles import Role
from tests import factories
from unemployment import registration as workflow
from unemployment.models import Registration

TODAY = date(2026, 11, 3)


def form_values(**changes):
    """Return a complete registration form."""
    return {
        "region": factories.community(),
        "place_kind": "residence",
        "unemployed_on": date(2026, 10, 1),
        "cause": "20",
        "previous_employer": "演示机械厂",
        "claims_benefit": "no",
        "education": "61",
        "household_kind": "50",
        "nation": "01",
        "political": "13",
        "health": "1",
        "wants_job": "yes",
        "job_wish": "焊工",
        "wants_training": "no",
        "wants_business": "no",
        **changes,
    }


def submitted(*, by, person=None, on=TODAY, **changes) -> Registration:
    """Return an application taken down at a counter."""
    person = person or factories.person()
    return workflow.register_at_counter(person=person, values=form_values(**changes), pledged=True, by=by, on=on)


def registered(*, by, person=None, on=TODAY, **changes) -> Registration:
    """Return a registration in force."""
    found = submitted(by=by, person=person, on=on, **changes)
    return workflow.accept(registration_id=found.pk, version=found.version, by=by, on=on)


def contact(**changes):
    """Return what a worker writes down after talking to the person."""
    return {
        "channel": "phone",
        "outcome": "self",
        "situation": "seeking",
        "job": "yes",
        "training": "no",
        "business": "no",
        "details": {"job": {"trade": "焊工", "pay": "5000"}},
        **changes,
    }


@pytest.fixture
def caseworker(db):
    return factories.staff(Role.CASEWORKER)


@pytest.fixture
def colleague(db):
    return factories.staff(Role.CASEWORKER)


@pytest.fixture
def supervisor(db):
    return factories.staff(Role.COUNTY_SUPERVISOR)


@pytest.fixture
def worker(db):
    return factories.staff(Role.COMMUNITY_WORKER, at=factories.community().parent)


@pytest.fixture
def registration(caseworker, worker):
    return registered(by=caseworker)


@pytest.fixture
def follow_up(registration):
    return registration.follow_ups.get()


def later(days: int) -> date:
    return TODAY + timedelta(days=days)


@pytest.fixture
def enter(client):
    """Sign somebody in, their second factor given."""

    def enter(user):
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session[SECOND_FACTOR_KEY] = timezone.now().timestamp()
        session.save()
        return client

    return enter


def page(response, status=200):
    assert response.status_code == status, response.content.decode()[:600]
    return response.content.decode()
