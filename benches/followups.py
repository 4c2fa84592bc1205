"""How long opening a month takes for the whole province, and how that compares with PostgreSQL alone.

Half a million people are registered, spread over every community, each community with its own worker; one in fifty has
lost theirs and gets a new one on the way. The month is opened by the tasks themselves, county by county, in as many
processes as a small worker has (two). The floor is one bare `INSERT … SELECT` of the same rows into a copy of the table
with its indexes and checks, but without any trigger: neither history nor foreign keys. It runs on a database of its own.

`script/bench followups 50000` takes fewer people, to try things.
"""

import multiprocessing
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from portal_dev import services
from portal_dev.bench import Result, environment
from portal_dev.children import Children
from portal_dev.database import manage
from portal_dev.home import Home

PEOPLE, PROCESSES, SECONDS, LIMIT = 500_000, 2, 60, 3.0
MONTH = date(2026, 12, 1)
_WORKERS = """
WITH made AS (
    INSERT INTO people_user (public_id, username, name, password, email, phone, is_superuser, is_active, is_demo,
      must_change_password, session_number, date_joined)
    SELECT uuidv7(), 'bench' || id, '', '!', '', '', false, true, true, false, 0, now()
      FROM people_region WHERE level = 5 AND closed_on IS NULL
    RETURNING id, username)
INSERT INTO people_roleassignment (user_id, role, region_id, valid)
SELECT id, 'community_worker', substr(username, 6)::bigint, daterange('2026-01-01', NULL) FROM made
"""
_PEOPLE = """
WITH place AS (SELECT id, row_number() OVER (ORDER BY path) - 1 AS n
                 FROM people_region WHERE level = 5 AND closed_on IS NULL)
INSERT INTO people_person ({columns}, name, sex, birth_date, id_index, residence_region_id)
SELECT {values}, '演示', '1', '1985-01-01', 'bench' || g, place.id
  FROM generate_series(1, %s) g JOIN place ON place.n = (g * 7919::bigint) %% (SELECT count(*) FROM place)
"""
_REGISTRATIONS = """
INSERT INTO unemployment_registration ({columns}, person_id, region_id, status, worker_id, registered_on,
  submitted_at, pledged_at, receipt_number)
SELECT {values}, p.id, p.residence_region_id, 'active', CASE WHEN p.id %% 50 > 0 THEN a.user_id END,
       DATE '2026-11-28' - (p.id %% 400)::int, now(), now(), 'B' || p.id
  FROM people_person p JOIN people_roleassignment a ON a.region_id = p.residence_region_id
"""


@contextmanager
def _as_owner() -> Iterator[Any]:
    """Give a cursor of the owner, who may switch triggers off; each statement is a transaction of its own."""
    import psycopg2

    connection = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def _rest(table: str, given: str) -> tuple[str, str]:
    """Return the other columns that must have a value, and a plain one for each."""
    from django.db import connection

    plain = {"boolean": "false", "jsonb": "'[]'", "uuid": "uuidv7()", "timestamp with time zone": "now()"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO'"
            " AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER' AND NOT column_name = ANY(%s)",
            [table, given.replace(",", " ").split()],
        )
        found = cursor.fetchall()
    numbers = ("integer", "smallint", "bigint")
    values = ["1" if kind in numbers else plain.get(kind, "'{}'" if kind == "ARRAY" else "''") for _, kind in found]
    for place, (column, _) in enumerate(found):
        if column in ("corrections", "retirement_shift_months"):
            values[place] = "0"
    return ", ".join(column for column, _ in found), ", ".join(values)


def _seed(people: int) -> None:
    """Write the people and their registrations; without triggers, since nobody asks for the history of these."""
    tables = ("people_user", "people_roleassignment", "people_person", "unemployment_registration")
    with _as_owner() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(_WORKERS)
        columns, values = _rest("people_person", "name sex birth_date id_index residence_region_id")
        cursor.execute(_PEOPLE.format(columns=columns, values=values), [people])
        given = "person_id region_id status worker_id registered_on submitted_at pledged_at receipt_number"
        columns, values = _rest("unemployment_registration", given)
        cursor.execute(_REGISTRATIONS.format(columns=columns, values=values), [])
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("ANALYZE")  # as autovacuum has done by the 1st of a month


def _open_county(region_id: int) -> tuple[int, float]:
    from core import audit
    from unemployment import tasks

    began = time.monotonic()
    with audit.context(channel="task", reason="bench"):
        opened = tasks.open_county_month(region_id=region_id, month=MONTH.isoformat())
    return opened, time.monotonic() - began


def _open_province() -> tuple[int, float, float]:
    """Return the tasks made, the seconds, and the seconds of the slowest county."""
    from django.db import connections

    from people.models import Region

    counties = list(Region.objects.counties().order_by("code").values_list("pk", flat=True))
    connections.close_all()  # a connection must not be shared by two processes
    began = time.monotonic()
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        found = pool.map(_open_county, counties, chunksize=1)
    return sum(opened for opened, _ in found), time.monotonic() - began, max(seconds for _, seconds in found)


def _floor() -> tuple[float, float]:
    """Return the seconds of the bare insert, and of the same one that checks the foreign keys as the table does."""
    from unemployment.models import FollowUp

    columns = ", ".join(f'"{field.column}"' for field in FollowUp._meta.local_concrete_fields if not field.primary_key)
    links = [field for field in FollowUp._meta.local_concrete_fields if field.remote_field]
    found = []
    with _as_owner() as cursor:
        for table, keys in (("bench_bare", []), ("bench_keys", links)):
            cursor.execute(f"CREATE TABLE {table} (LIKE unemployment_followup INCLUDING ALL)")
            for key in keys:
                target = key.remote_field.model._meta.db_table
                cursor.execute(f"ALTER TABLE {table} ADD FOREIGN KEY ({key.column}) REFERENCES {target} (id)")
            began = time.monotonic()
            cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM unemployment_followup")  # noqa: S608
            found.append(time.monotonic() - began)
    return found[0], found[1]


def _measure(people: int) -> Result:
    import django

    django.setup()
    from unemployment.models import FollowUp, Registration

    began = time.monotonic()
    _seed(people)
    seeded = time.monotonic() - began
    assert Registration.objects.active().count() == people
    opened, seconds, slowest = _open_province()
    again, idle, _ = _open_province()
    history = FollowUp._meta.apps.get_model("unemployment", "FollowUpHistory").objects
    audited = history.filter(pgh_label="insert", pgh_context__channel="task").count()
    nobody = FollowUp.objects.filter(assignee=None).count()
    bare, checked = _floor()
    rows = [
        ["people registered", f"{people:,}", f"{PEOPLE:,}"],
        ["tasks made", f"{opened:,}", f"{people:,}"],
        ["of them with their line of history", f"{audited:,}", f"{people:,}"],
        ["without a worker", f"{nobody:,}", "0"],
        [f"seconds, {PROCESSES} processes", f"{seconds:.1f}", f"≤ {SECONDS}"],
        ["tasks a second", f"{opened / seconds:,.0f}", ""],
        ["seconds of the slowest county", f"{slowest:.1f}", ""],
        ["opened once more: made", f"{again:,}", "0"],
        ["opened once more: seconds", f"{idle:.1f}", ""],
        ["PostgreSQL alone, no triggers, seconds", f"{bare:.1f}", ""],
        ["PostgreSQL alone, foreign keys checked, seconds", f"{checked:.1f}", ""],
        ["seeding, seconds", f"{seeded:.1f}", ""],
    ]
    wrong = (opened, audited, again, nobody) != (people, people, 0, 0) or seconds > SECONDS
    if wrong:
        rows.append(["✗ a bound is not met", "", ""])
    return Result(
        ["what", "figure", "wanted"],
        rows,
        ratio=seconds / bare,
        floor=f"{bare:.2f}s",
        limit=0 if wrong else LIMIT,
    )


def run(people: str = str(PEOPLE)) -> Result:
    """Register the people, open the month once, and time it."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        os.environ.pop(name, None)  # never into a database that somebody uses
    home = Home("bench-followups")
    home.lock()
    children = Children(home)
    try:
        addresses = services.start(home, children, throwaway=True)
        os.environ.update(environment(addresses))
        for command in ("prepare_database", "load_reference"):
            manage(command, "--verbosity=0", env=dict(os.environ), what=command)
        return _measure(int(people))
    finally:
        children.stop()
        shutil.rmtree(home.path)
