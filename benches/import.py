"""How many rows a second `manage.py import_jobs` takes over, from the file to the searchable, checked, grouped posting.

It runs on an empty database of its own with reference data, over the five real sets in ../shared/data/jobs/dev, or over
synthetic rows where they are absent. The floor is PostgreSQL alone: the rows that came about, copied once more into tables
with the same keys and indexes, without triggers and references. Shown beside it: the files' bytes in a bare table of texts.
"""

import csv
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import psycopg2
from portal_dev import services
from portal_dev.bench import Result
from portal_dev.children import Children
from portal_dev.environment import ROOT
from portal_dev.home import Home

WANTED = 5_000
SYNTHETIC = 30_000
DATA = ROOT.parent / "shared" / "data" / "jobs" / "dev"
HEADER = ["job_id", "source_site", "title", "company", "location_raw", "salary_text", "education", "description"]
TASKS = (
    "检查设备并填写记录",
    "接待来访的客户",
    "按图纸加工零件",
    "整理库存并登记",
    "完成班组安排的工作",
    "保持场地整洁",
)


def _files(folder: Path) -> list[Path]:
    """Return the real sets, else one file of made-up rows."""
    found = sorted(DATA.glob("*.csv"))
    if found:
        return found
    path = folder / "synthetic.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER)
        for number in range(SYNTHETIC):
            work = "；".join(TASKS[(number * step) % len(TASKS)] + str(number % (step + 3)) for step in range(1, 12))
            place = ("沈阳-铁西区", "大连-甘井子区", "鞍山", "锦州-凌河区")[number % 4]
            rows.writerow(
                [number, "合成", f"岗位{number % 997}", f"演示单位{number % 3001}", place, "5-7千/月", "大专", work]
            )
    return [path]


def _manage(*words: str, addresses: services.Addresses) -> str:
    env = os.environ | {
        "PORTAL_DEBUG": "1",
        "DATABASE_URL": addresses.database,
        "DATABASE_OWNER_URL": addresses.owner,
        "REDIS_URL": addresses.redis,
        "DJANGO_SETTINGS_MODULE": "portal.settings.local",
    }
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


def _processor_seconds(owner: str) -> tuple[float, float]:
    """Return what ended Python children and ended database sessions have used of the processors so far."""
    time.sleep(0.5)  # until the sessions of what was just closed have ended
    with psycopg2.connect(owner) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        sessions = psutil.Process(cursor.fetchone()[0]).parent().cpu_times()
    python = resource.getrusage(resource.RUSAGE_CHILDREN)
    return python.ru_utime + python.ru_stime, sessions.children_user + sessions.children_system


def _floor(owner: str, files: list[Path]) -> float:
    """Copy the files as they are into a table without keys, triggers and indexes; return the seconds."""
    with psycopg2.connect(owner) as connection, connection.cursor() as cursor:
        seconds = 0.0
        for number, path in enumerate(files):
            with path.open(encoding="utf-8-sig", newline="") as file:
                columns = next(csv.reader(file))
            fields = ", ".join(f"c{at} text" for at in range(len(columns)))
            cursor.execute(f"CREATE TABLE bench_row_{number} ({fields})")
            with path.open("rb") as file:
                began = time.monotonic()
                cursor.copy_expert(f"COPY bench_row_{number} FROM STDIN (FORMAT csv, HEADER)", file, size=1 << 20)
                seconds += time.monotonic() - began
        return seconds


def _bare_copy(owner: str) -> float:
    """Copy postings, their history, prints and search rows into empty tables like theirs; return the seconds."""
    seconds = 0.0
    with psycopg2.connect(owner) as connection, connection.cursor() as cursor:
        cursor.execute("SET gin_pending_list_limit = '128MB'; SET work_mem = '16MB'")
        for table in ("jobs_posting", "jobs_postinghistory", "jobs_postingprint", "jobs_postingsearch"):
            cursor.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)")
            with tempfile.TemporaryFile() as file:
                cursor.copy_expert(f"COPY {table} TO STDOUT", file)
                file.seek(0)
                began = time.monotonic()
                cursor.copy_expert(f"COPY bench_{table} FROM STDIN", file, size=1 << 20)
                seconds += time.monotonic() - began
        began = time.monotonic()
        cursor.execute(
            "SELECT gin_clean_pending_list(x.oid::regclass) FROM pg_class x JOIN pg_am a ON a.oid = x.relam"
            " JOIN pg_index i ON i.indexrelid = x.oid"
            " WHERE a.amname = 'gin' AND i.indrelid = 'bench_jobs_postingsearch'::regclass"
        )
        return seconds + time.monotonic() - began


def run() -> Result:
    """Import everything once and time it."""
    home = Home("bench")
    home.lock()
    children = Children(home)
    with tempfile.TemporaryDirectory() as folder:
        files = _files(Path(folder))
        try:
            addresses = services.start(home, children, throwaway=True)
            _manage("prepare_database", "--verbosity=0", addresses=addresses)
            _manage("load_reference", "--verbosity=0", addresses=addresses)
            rejects = f"--rejects={folder}/rejects.csv"
            before = _processor_seconds(addresses.owner)
            said = _manage("import_jobs", *map(str, files), rejects, addresses=addresses)
            used = [after - was for after, was in zip(_processor_seconds(addresses.owner), before, strict=True)]
            again = _manage("import_jobs", *map(str, files), rejects, addresses=addresses)
            bytes_alone = _floor(addresses.owner, files)
            before = _processor_seconds(addresses.owner)
            floor = _bare_copy(addresses.owner)
            bare = _processor_seconds(addresses.owner)[1] - before[1]
        finally:
            children.stop()
            shutil.rmtree(home.path, ignore_errors=True)
    rows, seconds = _told(said)
    _, unchanged = _told(again)
    table = [[name, f"{count:,}", took, f"{count / float(took):,.0f}"] for name, count, took in _each(said)]
    table += [
        ["all of them, into an empty database", f"{rows:,}", f"{seconds:.1f}", f"{rows / seconds:,.0f}"],
        ["all of them again, nothing has changed", f"{rows:,}", f"{unchanged:.1f}", f"{rows / unchanged:,.0f}"],
        ["PostgreSQL alone: COPY of the files' bytes", f"{rows:,}", f"{bytes_alone:.2f}", f"{rows / bytes_alone:,.0f}"],
        ["PostgreSQL alone: COPY of the final rows, no triggers", f"{rows:,}", f"{floor:.2f}", f"{rows / floor:,.0f}"],
    ]
    # On a machine with other work the clock says little; what the two processors were asked for stays comparable.
    table += [
        [f"processor seconds of {name}", f"{rows:,}", f"{spent:.1f}", f"{rows / spent:,.0f}"]
        for name, spent in (
            ("Python", used[0]),
            ("PostgreSQL", used[1]),
            ("both together", sum(used)),
            ("PostgreSQL copying the final rows", bare),
        )
    ]
    header = ["what", "rows", "seconds", "rows/s"]
    verdict = "reached" if rows / seconds >= WANTED else "not reached"
    table.append([f"wanted ({verdict})", "", "", f"{WANTED:,}"])
    return Result(header, table, ratio=seconds / floor, floor=f"{floor:.2f}s")


def _each(said: str) -> list[tuple[str, int, str]]:
    found = re.findall(r"^\r?(\S+)：(\d+) 行，.*?用时 ([\d.]+) 秒", said, re.MULTILINE)
    return [(name, int(rows), seconds) for name, rows, seconds in found]


def _told(said: str) -> tuple[int, float]:
    files = _each(said)
    return sum(rows for _, rows, _ in files), sum(float(seconds) for _, _, seconds in files)
