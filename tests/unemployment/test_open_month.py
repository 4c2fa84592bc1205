"""The month's run survives `kill -9`: a real worker process, a real broker, a real database."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from core.ids import uuid7
from core.months import add_months, first_day
from people.models import Region
from tests import factories
from tests.plugins.cache import PREFIX
from tests.unemployment.conftest import registered
from unemployment import followups, tasks
from unemployment.models import FollowUp, OpenedMonth

BEFORE, STRUCK, AFTER = "210102", "210106", "210202"
COUNTIES = (BEFORE, STRUCK, AFTER)
PATIENCE = 60
"""Seconds until a step that never comes fails the test."""


@pytest.fixture
def broker(monkeypatch):
    """Give tasks to a real broker, under keys of this process alone."""
    monkeypatch.setitem(current_app.conf, "task_always_eager", False)
    options = {**current_app.conf.broker_transport_options, "global_keyprefix": f"{PREFIX}:broker:"}
    monkeypatch.setitem(current_app.conf, "broker_transport_options", options)
    yield current_app
    empty_broker()


def empty_broker():
    """Forget every message, those in the hands of a dead worker too."""
    client = cache._cache.get_client()
    if keys := list(client.scan_iter(match=f"{PREFIX}:broker:*", count=5000)):
        client.delete(*keys)


SERVE = """
import sys
import django
django.setup()
from portal.celery import app
app.conf.task_always_eager = False
app.conf.broker_transport_options = {**app.conf.broker_transport_options, "global_keyprefix": sys.argv[1]}
quiet = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True, "quiet": True}
app.Worker(pool="solo", loglevel="CRITICAL", hostname=sys.argv[2], **quiet).start()
"""


@contextlib.contextmanager
def worker():
    """Start a worker process of its own on this test's database; it never ends by itself."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SERVE, f"{PREFIX}:broker:", f"test-{uuid7().hex}@localhost"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "portal.settings.test"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "the worker never got there"
        time.sleep(0.05)


def somebody_waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees the sessions of its first look only
        cursor.execute(
            "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
            " WHERE NOT l.granted AND a.datname = current_database()"
        )
        return cursor.fetchone()[0] > 0


def send(task, **kwargs):
    with current_app.connection_for_write() as channel:
        task.apply_async(kwargs=kwargs, connection=channel)


def history_of(registrations, month):
    """Return (registration, what happened, by what) of every version of these people's tasks of a month."""
    rows = apps.get_model("unemployment.FollowUpHistory").objects.filter(month=month, registration__in=registrations)
    return sorted((row.registration_id, row.pgh_label, row.pgh_context.get("task")) for row in rows)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_of_the_month_leaves_nobody_out_and_nobody_twice(broker):
    this = first_day(timezone.localdate())
    before = add_months(this, -1)
    began = add_months(this, -2) + timedelta(days=9)
    people = {code: _people(code, began) for code in COUNTIES}
    everyone = [row for rows in people.values() for row in rows]
    counties = list(Region.objects.counties())
    # Last month ran everywhere but in these three counties, where nobody noticed that it did not.
    OpenedMonth.objects.bulk_create(
        [OpenedMonth(county=county, month=before) for county in counties if county.code not in COUNTIES]
    )

    with worker() as first, transaction.atomic():
        # Half of the county is written when the worker meets this row, and has to wait for what becomes of it.
        last = people[STRUCK][1]
        FollowUp.objects.create(registration=last, region=last.region, month=this, due_on=this)
        send(tasks.open_month, month=this.isoformat())
        wait_for(somebody_waits_for_a_lock)
        assert FollowUp.objects.of_month(this).filter(registration__in=people[BEFORE]).count() == 2
        os.kill(first.pid, signal.SIGKILL)
        assert first.wait() == -signal.SIGKILL
        transaction.set_rollback(True)
    assert not FollowUp.objects.of_month(this).filter(registration__in=people[STRUCK] + people[AFTER]).exists()
    assert not OpenedMonth.objects.filter(month=this, county__code=STRUCK).exists()

    empty_broker()
    with worker():
        send(tasks.mend_months)
        wait_for(lambda: OpenedMonth.objects.filter(month__in=[before, this]).count() == 2 * len(counties))

    assert followups.missing_months(on=timezone.localdate()) == []
    for month in (before, this):
        written = [(row.pk, "insert", "unemployment.tasks.open_county_month") for row in everyone]
        assert history_of(everyone, month) == sorted(written)
        tasks_of = FollowUp.objects.of_month(month).filter(registration__in=everyone)
        assert sorted(tasks_of.values_list("registration", flat=True)) == sorted(row.pk for row in everyone)


def _people(code, began):
    officer = factories.staff(at=code)
    place = factories.community(county=code)
    return [registered(by=officer, on=began, region=place, unemployed_on=began) for _ in range(2)]
