"""How long opening a month takes for the whole province, and how that compares with PostgreSQL alone.

Half a million people are registered, spread over every community, each community with its own worker; two in three are
in a cell of it; one in fifty has lost their worker and gets a new one on the way, by the cell or by the community. The
month is opened by the tasks themselves, county by county, in as many processes as a small worker has (two). The floor
is one bare `INSERT … SELECT` of the same rows into a copy of the table with its indexes and checks, but without any
trigger: neither history nor foreign keys. It runs on a database of its own.

`script/bench followups 50000` takes fewer people, to try things.
"""

import multiprocessing
import time
from datetime import date

from portal_dev.bench import Result, own_database

from benches.registering.people import as_owner, seed

PEOPLE, PROCESSES, SECONDS, LIMIT = 500_000, 2, 60, 3.0
MONTH = date(2026, 12, 1)


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
    with as_owner() as cursor:
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
    seed(people)
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
    with own_database("followups"):
        return _measure(int(people))
