"""How many people a second `manage.py demo` builds, with everything that belongs to them.

The whole command is timed, from the start of Python to the last commit, on a database of its own with reference data.
The floor is PostgreSQL alone: as many rows copied from one table of persons into another with its indexes.
"""

import os
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
from portal_dev.environment import ROOT
from portal_dev.home import Home

PEOPLE, JOBS, STATIONS = 20_000, 1200, 609
WANTED = 2000


def _manage(*words: str, clone: Path, addresses: services.Addresses) -> float:
    env = os.environ | {
        "PORTAL_DEBUG": "1",
        "DATABASE_URL": addresses.database,
        "DATABASE_OWNER_URL": addresses.owner,
        "REDIS_URL": addresses.redis,
        "DJANGO_SETTINGS_MODULE": "portal.settings.local",
    }
    began = time.monotonic()
    subprocess.run([sys.executable, "manage.py", *words], cwd=clone, env=env, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def _floor(owner: str) -> float:
    with psycopg2.connect(owner) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bench_person (LIKE people_person INCLUDING ALL)")
        began = time.monotonic()
        cursor.execute("INSERT INTO bench_person SELECT * FROM people_person")
        return time.monotonic() - began


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
            seconds = _manage("demo", *sizes, clone=clone, addresses=addresses)
            floor = _floor(addresses.owner)
        finally:
            children.stop()
            shutil.rmtree(home.path)
    rate = PEOPLE / seconds
    rows = [
        [f"demo of {PEOPLE:,} people, {JOBS:,} postings, {STATIONS} stations", f"{seconds:.1f}", f"{rate:,.0f}"],
        ["PostgreSQL alone, the rows of persons only", f"{floor:.2f}", f"{PEOPLE / floor:,.0f}"],
    ]
    if rate < WANTED:
        raise SystemExit(f"{rate:,.0f} people a second; {WANTED:,} are wanted.")
    return Result(["what", "seconds", "people/s"], rows, ratio=seconds / floor, floor=f"{floor:.2f}s")
