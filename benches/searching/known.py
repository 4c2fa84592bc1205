"""Known items: a real posting must be found by its title although only its description is in the index.

It runs the page's own search (`jobs.finding.find`), page after page as a visitor would turn them, on a database of its
own; what the page lists counts, hits and postings that come near.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg2
from portal_dev import services
from portal_dev.console import step
from portal_dev.environment import ROOT

FILES = ("jobs_dev_liepin_2024_desc.csv", "jobs_dev_51job_2020_desc.csv")
SHORTEST, PAGES = 20, 5
NAME = "bench_known"


def measure(addresses: services.Addresses, files: Sequence[Path] | None) -> list[list[str]]:
    """Return the lines of the table, two a file."""
    from benches.searching.data import FOLDER

    wanted = [FOLDER / name for name in FILES] if files is None else list(files)
    wanted = [path for path in wanted if path.exists()]
    if not wanted:
        return [["known items", "no file of postings with descriptions here", "--known FILE"]]
    place = _database(addresses)
    rows: list[list[str]] = []
    for path in wanted:
        with step(f"Known items of {path.name}"):
            command = [sys.executable, "-m", "benches.searching.known", str(path.resolve())]
            env = os.environ | place | {"PYTHONPATH": f"{ROOT}:{ROOT / 'script'}"}
            done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True)
        found = json.loads(done.stdout.splitlines()[-1])
        for name, figures in found["figures"].items():
            rows.append(
                [
                    f"{path.stem.removeprefix('jobs_dev_')}, n={found['items']}: {name}",
                    f"MRR {figures['mrr']:.3f}, hit@10 {figures['hit']:.3f}",
                    "more than TF-IDF" if name != "TF-IDF of pairs" else "",
                ]
            )
    return rows


def _database(addresses: services.Addresses) -> dict[str, str]:
    """Make an empty database beside the large one, with its schema and the regions."""
    from portal_dev.database import SCHEMA_SOURCES, fingerprint, manage

    owner, own = (url.rpartition("/")[0] + f"/{NAME}" for url in (addresses.owner, addresses.database))
    connection = psycopg2.connect(addresses.owner)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {NAME}")
    connection.close()
    place = {"DATABASE_URL": own, "DATABASE_OWNER_URL": owner}
    with psycopg2.connect(owner) as inside, inside.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_schema (print text)")
        cursor.execute("SELECT print FROM bench_schema")
        is_new = cursor.fetchall() != [(fingerprint(*SCHEMA_SOURCES),)]
    if is_new:
        for command in ("prepare_database", "load_reference"):
            manage(command, "--verbosity=0", env=os.environ | place, what=command)
        with psycopg2.connect(owner) as inside, inside.cursor() as cursor:
            cursor.execute("DELETE FROM bench_schema")
            cursor.execute("INSERT INTO bench_schema VALUES (%s)", [fingerprint(*SCHEMA_SOURCES)])
    return place


def _items(path: Path) -> list[tuple[str, str, str]]:
    """Return (title, description, requirement) of the postings that have both, each description once."""
    from benches.searching.data import rows_of

    items, seen = [], set()
    for row in rows_of(path):
        said = (row["description"].strip(), row["requirement"].strip())
        if row["title"].strip() and len(said[0]) >= SHORTEST and said not in seen:
            seen.add(said)
            items.append((row["title"].strip(), *said))
    return items


def _ours(items: Sequence[tuple[str, str, str]]) -> list[int]:
    from django.utils import timezone

    from core import audit
    from jobs import search_words
    from jobs.finding import Criteria, find
    from jobs.indexing import index_postings
    from jobs.models import Posting, PostingSearch

    on = timezone.localdate()
    now = timezone.now()
    with audit.context(channel="command", reason="bench"):
        PostingSearch.objects.all().delete()
        Posting.objects.all().delete()
        postings = Posting.objects.bulk_create(
            Posting(
                title="",
                employer_name="",
                description=described[:8000],
                requirement=wanted[:8000],
                status=Posting.Status.PUBLISHED,
                posted_at=now - timedelta(seconds=number * 7919 % 100_000),
                valid_until=on + timedelta(days=1),
                imported_at=now,
            )
            for number, (_, described, wanted) in enumerate(items)
        )
        index_postings([posting.pk for posting in postings])
        search_words.count_words()
    ranks = []
    for posting, (title, _, _) in zip(postings, items, strict=True):
        cursor, above, rank = None, 0, 0
        for _ in range(PAGES):
            found = find(Criteria(text=title[:60]), on=on, cursor=cursor)
            rank = next((above + at for at, row in enumerate(found.listed, 1) if row.pk == posting.pk), 0)
            above, cursor = above + len(found.listed), found.page.next
            if rank or cursor is None:
                break
        ranks.append(rank)
    return ranks


def _figures(ranks: Sequence[float]) -> dict[str, float]:
    return {
        "mrr": statistics.mean(1 / rank if rank else 0 for rank in ranks),
        "hit": statistics.mean(0 < rank <= 10 for rank in ranks),
    }


def main() -> None:
    """Measure one file and print its figures as JSON."""
    import django

    django.setup()
    from benches.searching.rivals import tfidf
    from jobs.tokens import is_chinese, pairs, runs

    def bigrams(text: str) -> list[str]:
        return [p for run in runs(text) for p in (pairs(run) if is_chinese(run) and len(run) > 1 else [run])]

    items = _items(Path(sys.argv[1]))
    theirs = tfidf([bigrams(title) for title, *_ in items], [bigrams("\n".join(said)) for _, *said in items])
    figures: dict[str, Any] = {"this search": _figures(_ours(items)), "TF-IDF of pairs": _figures(theirs)}
    sys.stdout.write(json.dumps({"items": len(items), "figures": figures}))


if __name__ == "__main__":
    main()
