"""How many people a second `manage.py demo` builds: the whole command, with everything that belongs to the people.

It runs on a database of its own with reference data; the time is that of the process, Python's start included.
The floor is PostgreSQL alone: a bare COPY of all rows that the command wrote, history too, into tables with the same
indexes, without triggers and foreign keys.
"""

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg2
from portal_dev import services
from portal_dev.bench import Result
from portal_dev.children import Children
from portal_dev.console import Failure, say, table
from portal_dev.environment import ROOT
from portal_dev.home import Home

PEOPLE, JOBS, STATIONS = 20_000, 1200, 609
WANTED = 2000
HEADER = ["what", "seconds", "people/s"]


def _manage(*words: str, clone: Path, addresses: services.Addresses) -> str:
    env = os.environ | {
        "PORTAL_DEBUG": "1",
        "DATABASE_URL": addresses.database,
        "DATABASE_OWNER_URL": addresses.owner,
        "REDIS_URL": addresses.redis,
        "DJANGO_SETTINGS_MODULE": "portal.settings.local",
    }
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=clone, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


def _sizes(owner: str) -> dict[str, int]:
    """Return how many rows each table has."""
    with psycopg2.connect(owner) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        sizes = {}
        for (name,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{name}"')  # noqa: S608
            sizes[name] = cursor.fetchone()[0]
        return sizes


def _floor(owner: str, written: dict[str, int]) -> float:
    """Copy as many of each table's rows again, the last ones; return the seconds that their COPY IN takes."""
    seconds = 0.0
    with psycopg2.connect(owner) as connection, connection.cursor() as cursor:
        for name, rows in written.items():
            cursor.execute(
                f'CREATE TEMP TABLE bench (LIKE "{name}" INCLUDING ALL EXCLUDING IDENTITY EXCLUDING GENERATED) ON COMMIT DROP'
            )
            text = io.BytesIO()
            cursor.copy_expert(f'COPY (SELECT * FROM "{name}" ORDER BY 1 DESC LIMIT {rows}) TO STDOUT', text)  # noqa: S608
            text.seek(0)
            began = time.monotonic()
            cursor.copy_expert("COPY bench FROM STDIN", text)
            seconds += time.monotonic() - began
            cursor.execute("DROP TABLE bench")
    return seconds


def run() -> Result:
    """Build a large demo province once and time it."""
    home = Home("bench")
    home.lock()
    children = Children(home)
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"  # the command notes the accounts it made beside the code
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        try:
            addresses = services.start(home, children, throwaway=True)
            _manage("prepare_database", "--verbosity=0", clone=clone, addresses=addresses)
            _manage("load_reference", "--verbosity=0", clone=clone, addresses=addresses)
            sizes = (f"--people={PEOPLE}", f"--jobs={JOBS}", f"--stations={STATIONS}")
            before = _sizes(addresses.owner)
            began = time.monotonic()
            said = _manage("demo", *sizes, clone=clone, addresses=addresses)
            whole = time.monotonic() - began
            files = float(re.findall(r"([\d.]+) 秒", said)[-2])
            written = {name: n - before[name] for name, n in _sizes(addresses.owner).items() if n > before[name]}
            floor = _floor(addresses.owner, written)
        finally:
            children.stop()
            shutil.rmtree(home.path)
    rows = [
        [f"of it the files of {PEOPLE:,} people", f"{files:.1f}", f"{PEOPLE / files:,.0f}"],
        [f"PostgreSQL alone, the same {sum(written.values()):,} rows", f"{floor:.2f}", f"{PEOPLE / floor:,.0f}"],
        [f"the whole command, {JOBS:,} postings, {STATIONS} stations", f"{whole:.1f}", f"{PEOPLE / whole:,.0f}"],
    ]
    if PEOPLE / whole < WANTED:
        say(table(HEADER, rows))
        raise Failure(f"{PEOPLE / whole:,.0f} people a second; {WANTED:,} are wanted.")
    return Result(HEADER, rows, ratio=whole / floor, floor=f"{floor:.2f}s")
