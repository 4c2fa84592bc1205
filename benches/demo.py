"""How many people a second `manage.py demo` builds: their files alone, and with everything that belongs to them.

It runs on a database of its own with reference data. A person comes with about ten further rows (registration, checks,
follow-ups, attempts, contributions, claims) and each row with one of history.
The floor is PostgreSQL alone: the same persons copied from one table into another with its indexes.
"""

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
from portal_dev.environment import ROOT
from portal_dev.home import Home

PEOPLE, JOBS, STATIONS = 20_000, 1200, 609
WANTED = 2000


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
            said = _manage("demo", *sizes, clone=clone, addresses=addresses)
            files, whole = map(float, re.findall(r"([\d.]+) 秒", said)[-2:])
            floor = _floor(addresses.owner)
        finally:
            children.stop()
            shutil.rmtree(home.path)
    rows = [
        [f"{PEOPLE:,} people", f"{files:.1f}", f"{PEOPLE / files:,.0f}"],
        [f"… and their matters, {JOBS:,} postings, {STATIONS} stations", f"{whole:.1f}", f"{PEOPLE / whole:,.0f}"],
        ["PostgreSQL alone, the people", f"{floor:.2f}", f"{PEOPLE / floor:,.0f}"],
    ]
    if PEOPLE / files < WANTED:
        raise SystemExit(f"{PEOPLE / files:,.0f} people a second; {WANTED:,} are wanted.")
    return Result(["what", "seconds", "people/s"], rows, ratio=files / floor, floor=f"{floor:.2f}s")
