"""How long a month's figures take on a large register, and how that compares with a GROUP BY written by hand.

Half a million people are registered, spread over every community, with their contacts of this month and the last one,
services at stations, new jobs and hard cases. Each figure is counted for the province, a city, a county and a community
by the function that the pages use, then all of them as one page; a month is signed at each level; 100,000 rows go into
an XLSX. The floor is one bare GROUP BY by county over the three large tables. It runs on a database of its own.

`script/bench figures 50000` takes fewer people, to try things.
"""

import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from datetime import date
from itertools import islice
from typing import Any

from portal_dev.bench import Result, own_database
from portal_dev.console import say, table

from benches.registering.month import seed_month
from benches.registering.people import seed

PEOPLE, ROWS, LIMIT = 500_000, 100_000, 3.0
MONTH, EARLIER, TODAY = date(2026, 11, 1), date(2026, 10, 1), date(2026, 11, 30)
BOUNDS = {"province": 5.0, "county": 1.0, "community": 1.0}
"""Seconds that a page of figures may take."""
MEGABYTES = 60
"""What a table of 100,000 rows may add to the memory of its process."""
_FLOOR = (
    """
    SELECT left(g.path, 14), count(*), count(DISTINCT r.person_id) FROM unemployment_attempt t
      JOIN unemployment_followup f ON f.id = t.follow_up_id JOIN unemployment_registration r ON r.id = f.registration_id
      JOIN people_region g ON g.id = f.region_id
     WHERE t.at >= %(start)s AND t.at < %(end)s AND t.outcome IN ('self', 'family') GROUP BY 1
    """,
    """
    SELECT left(g.path, 14), f.services, count(*), count(DISTINCT r.person_id) FROM unemployment_followup f
      JOIN unemployment_registration r ON r.id = f.registration_id JOIN people_region g ON g.id = f.region_id
     WHERE f.status = 'done' AND f.done_at >= %(start)s AND f.done_at < %(end)s AND f.services <> '[]' GROUP BY 1, 2
    """,
    """
    SELECT left(g.path, 14), count(*), count(DISTINCT r.person_id) FROM unemployment_registration r
      JOIN people_region g ON g.id = r.region_id WHERE r.status = 'active' GROUP BY 1
    """,
)


def _timed(work: Callable[[], Any]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _floor() -> float:
    from django.db import connection

    def all_three() -> None:
        with connection.cursor() as cursor:
            for statement in _FLOOR:
                cursor.execute(statement, {"start": "2026-11-01 00:00+08", "end": "2026-12-01 00:00+08"})
                cursor.fetchall()

    return min(_timed(all_three) for _ in range(2))


def _places() -> dict[str, Any]:
    """Return the province, and down from it each time the place with the most places below."""
    from people.models import Region

    found = {"province": Region.objects.open().get(level=1)}
    for name, level in (("city", 2), ("county", 3), ("street", 4), ("community", 5)):
        above = found[list(found)[-1]]
        rows = Region.objects.open().within([above.path]).filter(level=level, path__startswith=f"{above.path}/")
        found[name] = max(rows, key=lambda row: Region.objects.open().within([row.path]).count())
    return found


def _pages(places: dict[str, Any]) -> tuple[list[list[str]], dict[str, float]]:
    """Return a row of seconds for each figure, and for the page with all of them."""
    from unemployment import figures
    from unemployment.figure_columns import COLUMNS

    def seconds(region: Any, columns: Any) -> float:
        return min(
            _timed(lambda: figures.table(region=region, month=MONTH, on=TODAY, columns=columns)) for _ in range(2)
        )

    rows = [[column.label, *(f"{seconds(place, [column]):.2f}" for place in places.values())] for column in COLUMNS]
    whole = {name: seconds(place, COLUMNS) for name, place in places.items()}
    return [*rows, ["all of them, as a page", *(f"{each:.2f}" for each in whole.values())]], whole


def _sign(places: dict[str, Any]) -> list[list[str]]:
    """Sign the month from the community up to the city; return the seconds of each."""
    from core import audit
    from people.models import RoleAssignment, User
    from people.roles import Role
    from unemployment import signoff

    rows = []
    with audit.context(channel="task", reason="bench"):
        user = User.objects.create(username="bench-signer", is_demo=True)
        for role in (Role.CASEWORKER, Role.COUNTY_SUPERVISOR, Role.CITY_SUPERVISOR):
            valid = (date(2026, 1, 1), None)
            RoleAssignment.objects.create(user=user, role=role, region=places["province"], valid=valid)
        user.activate_roles()
        for name in ("community", "street", "county", "city"):
            sign = {"region_id": places[name].pk, "month": MONTH, "by": user, "on": TODAY, "reason": "其余下级晚签"}
            rows.append(
                [f"signing the month of a {name}, seconds", f"{_timed(lambda s=sign: signoff.sign_month(**s)):.2f}", ""]
            )
    return rows


def _export(queue: Any) -> None:
    """Write the table of the ledger as the worker does; answer its seconds, and how much memory the process grew by."""
    import tempfile

    from core import audit, xlsx
    from people.models import Region, User
    from unemployment import exports
    from unemployment.models import Export

    user = User.objects.get(username="bench-signer")
    user.activate_roles()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    with audit.context(channel="task", reason="bench"), tempfile.TemporaryFile() as file:
        province = Region.objects.open().get(level=1)
        export = exports.ask(kind=Export.Kind.LEDGER, region=province, month=MONTH, by=user, on=TODAY)
        rows = exports.rows(export)
        xlsx.write(exports.noted(export, islice(rows, ROWS)), exports.header(export), file=file)
        size = file.seek(0, os.SEEK_END)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    export.refresh_from_db()
    queue.put((export.done, time.monotonic() - began, grown / 1024, size / 1024 / 1024))


def _measure(people: int) -> Result:
    import django

    django.setup()
    from django.db import connections

    began = time.monotonic()
    seed(people)
    made = seed_month(MONTH, earlier=EARLIER)
    seeded = time.monotonic() - began
    floor = _floor()
    places = _places()
    listed, whole = _pages(places)
    say(table(["seconds", *places], listed) + "\n")
    rows = _sign(places)
    connections.close_all()  # a connection must not be shared by two processes
    fork = multiprocessing.get_context("fork")
    queue = fork.Queue()
    child = fork.Process(target=_export, args=(queue,))
    child.start()
    written, seconds, grown, size = queue.get()
    child.join()
    wrong = grown > MEGABYTES or any(whole[name] > bound for name, bound in BOUNDS.items())
    rows = [
        ["people registered", f"{people:,}", f"{PEOPLE:,}"],
        ["contacts, attempts", f"{made['unemployment_followup']:,}, {made['unemployment_attempt']:,}", ""],
        ["services, new jobs", f"{made['stations_servicelog']:,}, {made['unemployment_employment']:,}", ""],
        *(
            [f"figures of a {name}, seconds", f"{taken:.2f}", f"≤ {BOUNDS[name]:.0f}" if name in BOUNDS else ""]
            for name, taken in whole.items()
        ),
        *rows,
        [f"XLSX of {written:,} rows, seconds", f"{seconds:.1f}", ""],
        ["XLSX: memory it adds, MB", f"{grown:.0f}", f"≤ {MEGABYTES}"],
        ["XLSX: its size, MB", f"{size:.1f}", ""],
        ["three tables grouped by hand, seconds", f"{floor:.2f}", ""],
        ["seeding, seconds", f"{seeded:.1f}", ""],
    ]
    if wrong:
        rows.append(["✗ a bound is not met", "", ""])
    return Result(
        ["what", "figure", "wanted"],
        rows,
        ratio=whole["province"] / floor,
        floor=f"{floor:.2f}s",
        limit=0 if wrong else LIMIT,
    )


def run(people: str = str(PEOPLE)) -> Result:
    """Register the people, give them a month, and time what is counted of it."""
    with own_database("figures"):
        return _measure(int(people))
