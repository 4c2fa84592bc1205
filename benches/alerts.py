"""How long one night's comparison of new postings with everything that people look for takes, and what it needs.

100,000 saved searches (words, places, pay, education and kinds, most of them different) meet 10,000 postings of the day
in `jobs.alerting.match`. It runs on a database of its own with reference data. The floor is PostgreSQL alone: the same
alerts written once more from what was found, with their indexes.
"""

import random
import resource
import time
from decimal import Decimal
from pathlib import Path

from portal_dev.bench import Result, own_database

POSTINGS, SEARCHES, SEED = 10_000, 100_000, 20261123
SECONDS, MEGABYTES = 60, 1024
KINDS = ("full_time", "part_time", "gig")
STEPS = (0, 0, 0, 3000, 4000, 5000, 6000, 8000)
_USERS = """
INSERT INTO people_user (public_id, username, name, password, email, phone, is_superuser, is_active, is_demo,
  must_change_password, session_number, date_joined)
SELECT uuidv7(), 'bench' || n, '', '!', '', '', false, true, true, false, 0, now() FROM generate_series(1, %s) n
RETURNING id
"""


def _postings(rng: random.Random) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from jobs.demo import trades
    from jobs.indexing import index_postings
    from jobs.models import Posting
    from jobs.postings import derive
    from people.models import Region

    counties = list(Region.objects.open().filter(level=Region.Level.COUNTY))
    now, words = timezone.now(), trades()
    rows = []
    for number in range(POSTINGS):
        trade, other = rng.choice(words), rng.choice(words)
        row = Posting(
            employer_name=f"演示单位{number % 3000}",
            title=trade.title,
            description=f"{trade.duties}{other.duties}"[:300],
            requirement=trade.wants,
            pay_min=Decimal(trade.low * 100),
            pay_max=Decimal(trade.high * 100),
            pay_period="month",
            education=trade.education,
            experience_min=trade.years,
            kind=rng.choice(KINDS),
            region=rng.choice(counties),
            status="published",
            posted_at=(posted := now - timedelta(minutes=rng.randrange(5, 1200))),
            shown_at=posted,
            valid_until=now.date() + timedelta(days=30),
            imported_at=now,
            source_site="演示",
            source_id=str(number),
            is_demo=True,
        )
        derive(row)
        rows.append(row)
    made = Posting.objects.bulk_create(rows, batch_size=2000)
    index_postings(row.pk for row in made)


def _searches(rng: random.Random) -> None:
    from django.db import connection
    from django.http import QueryDict

    from jobs.demo import trades
    from jobs.models import SavedSearch
    from jobs.places import places
    from jobs.searches import normal

    places_ = [place.code for place in places().values() if place.level > 1]
    words = [trade.title for trade in trades()]
    with connection.cursor() as cursor:
        cursor.execute(_USERS, [SEARCHES])
        users = [pk for (pk,) in cursor.fetchall()]
    rows = []
    for user in users:
        asked = QueryDict(mutable=True)
        if rng.random() < 0.85:
            title = rng.choice(words)
            asked["q"] = title[-2:] if rng.random() < 0.4 else title
        if rng.random() < 0.8 or not asked:
            asked["region"] = rng.choice(places_)
        if pay := rng.choice(STEPS):
            asked["pay"] = str(pay)
        if rng.random() < 0.2:
            asked["edu"] = rng.choice(("71", "61", "31", "21"))
        if rng.random() < 0.2:
            asked["kind"] = rng.choice(KINDS)
        rows.append(SavedSearch(user_id=user, query=normal(asked), frequency="daily"))
    SavedSearch.objects.bulk_create(rows, batch_size=5000)


def _backend_megabytes() -> float:
    """Return the most memory that the database's process for this connection ever held."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _floor() -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bench_alert (LIKE jobs_alert INCLUDING ALL)")
        began = time.monotonic()
        cursor.execute("INSERT INTO bench_alert SELECT * FROM jobs_alert")
        return time.monotonic() - began


def _measure() -> Result:
    import django

    django.setup()
    from django.utils import timezone

    from core import audit
    from jobs import alerting
    from jobs.models import Alert

    rng = random.Random(SEED)
    with audit.context(channel="command", reason="bench"):
        _postings(rng)
        _searches(rng)
        began = time.monotonic()
        run = alerting.match(frequency="daily", on=timezone.localdate())
        seconds = time.monotonic() - began
    assert run is not None
    floor, own = _floor(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    database = _backend_megabytes()
    rows = [
        ["new postings", f"{run.postings:,}", f"{POSTINGS:,}"],
        ["subscriptions", f"{run.subscriptions:,}", f"{SEARCHES:,}"],
        ["people with something new", f"{Alert.objects.count():,}", ""],
        ["seconds", f"{seconds:.1f}", f"≤ {SECONDS}"],
        ["memory of this process, MB", f"{own:.0f}", ""],
        ["memory of the database's process, MB", f"{database:.0f}", ""],
        ["both, MB", f"{own + database:.0f}", f"< {MEGABYTES}"],
        ["PostgreSQL alone, the same alerts written, seconds", f"{floor:.1f}", ""],
    ]
    if seconds > SECONDS or own + database > MEGABYTES or run.postings != POSTINGS:
        rows.append(["✗ a bound is not met", "", ""])
    return Result(
        ["what", "figure", "wanted"], rows, ratio=seconds / floor, floor=f"{floor:.2f}s", limit=SECONDS / floor
    )


def run() -> Result:
    """Build the postings and the searches, compare them once, and time it."""
    with own_database("alerts"):
        return _measure()
