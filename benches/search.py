"""How fast and how well the search of jobs finds: `script/bench search [--million] [--postings N] [--known FILE…]`.

A screen is what a results page needs, uncached: the first page by relevance, the total and the counts of all filters.
Its time in the database and as a whole is measured for every query of `search_queries.txt`, next to tantivy on the same
postings, queries and filters in the same run. Then pages through gunicorn, next to an empty view of a new Django project
on the same kind of worker. Then known items: real postings that carry descriptions are looked for by their titles, with
no title in the index, next to TF-IDF. The database is kept in `.portal/bench-search*`, so that a second run is quick.

The ratio of the last line is that of the whole screen to tantivy (median of all queries); the floor is `SELECT 1`.
"""

import argparse
import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from portal_dev import services
from portal_dev.bench import Result, environment
from portal_dev.children import Children
from portal_dev.console import say, table
from portal_dev.database import SCHEMA_SOURCES, fingerprint, manage
from portal_dev.environment import ROOT
from portal_dev.home import Home

QUERIES = ROOT / "benches" / "search_queries.txt"
LENGTHS = ("1 character", "2 characters", "3–4 characters", "several words")
DEEP = 100


def run(*arguments: str) -> Result:
    """Build what is missing, measure, and print tables; the last one is returned."""
    parser = argparse.ArgumentParser(prog="script/bench search")
    parser.add_argument("--million", action="store_true", help="1,000,000 postings instead of 300,000")
    parser.add_argument("--postings", type=int, default=0, help="so many postings")
    parser.add_argument(
        "--known", type=Path, nargs="*", default=None, metavar="FILE", help="postings with descriptions"
    )
    parser.add_argument("--seconds", type=float, default=6.0, help="how long each page is asked for")
    parser.add_argument("--only", choices=("screens", "pages", "known"), default="", help="measure this alone")
    options = parser.parse_args(arguments)
    postings = options.postings or (1_000_000 if options.million else 300_000)
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        os.environ.pop(name, None)  # never into a database that somebody uses
    home = _home(f"bench-search-{postings}")
    children = Children(home)
    try:
        addresses = services.start(home, children, throwaway=True)
        _prepare(home, addresses, postings)
        result = _measure(options, home, addresses, postings)
    finally:
        children.stop()
    return result


def _home(name: str) -> Home:
    """Return the folder of the bench's databases, empty when they have an older schema."""
    home, schema = Home(name), fingerprint(*SCHEMA_SOURCES)
    if home.read("steps.json").get("bench", schema) != schema:
        shutil.rmtree(home.path)
        home = Home(name)
    home.lock()
    return home


def _prepare(home: Home, addresses: services.Addresses, postings: int) -> None:
    os.environ.update(environment(addresses))
    schema, is_new = fingerprint(*SCHEMA_SOURCES), False
    if home.read("steps.json").get("bench") != schema:
        for command in ("prepare_database", "load_reference"):
            manage(command, "--verbosity=0", env=dict(os.environ), what=command)
        home.write("steps.json", bench=schema)
        is_new = True
    import django

    django.setup()
    from benches.searching import data
    from core import audit
    from jobs import search_words

    if data.build(addresses.owner, postings, anew=is_new):
        with audit.context(channel="command", reason="bench"):
            search_words.count_words()
        data.verify()


def _measure(options: argparse.Namespace, home: Home, addresses: services.Addresses, postings: int) -> Result:
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores when it began"
    rows: list[list[str]] = [["postings", f"{postings:,}", ""], ["the machine", load, "idle"]]
    ratio, floor = float("nan"), _floor()
    if options.only in ("", "screens"):
        ratio = _screens(home, postings, floor)
    if options.only in ("", "pages"):
        from benches.searching import pages

        found, part = pages.measure(addresses, read_queries(), seconds=options.seconds)
        rows, ratio = rows + found, ratio if options.only == "" else part
    if options.only in ("", "known"):
        from benches.searching import known

        rows += known.measure(addresses, options.known)
    return Result(["what", "figure", "wanted"], rows, ratio=ratio, floor=f"{floor:.3f}ms")


def read_queries() -> list[tuple[str, str]]:
    """Return the committed queries: the text and the query string of its filters."""
    lines = [line for line in QUERIES.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [(text, filters) for text, _, filters in (line.partition("\t") for line in lines)]


def length_of(text: str) -> str:
    """Return which line of the table a query belongs to."""
    if " " in text or len(text) > 4:
        return LENGTHS[3]
    return LENGTHS[min(len(text), 3) - 1]


def _floor() -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        return _median(lambda: cursor.execute("SELECT 1"), 300)


def _median(what: Callable[[], Any], times: int) -> float:
    return statistics.median(_timed(what) for _ in range(times))


def _timed(what: Callable[[], Any]) -> float:
    began = time.perf_counter()
    what()
    return (time.perf_counter() - began) * 1000


class _Clock:
    """Adds up the milliseconds that statements take, results included."""

    def __init__(self) -> None:
        self.milliseconds, self.statements = 0.0, 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.milliseconds += (time.perf_counter() - began) * 1000
            self.statements += 1


def _screens(home: Home, postings: int, floor: float) -> float:
    from django.db import connection
    from django.http import QueryDict
    from django.utils import timezone

    from benches.searching.rivals import Tantivy
    from jobs.finding import find
    from jobs.forms import read_criteria

    rival, on = Tantivy(home.path / "tantivy", postings), timezone.localdate()
    times: dict[str, list[tuple[float, float, float, int, int]]] = {name: [] for name in LENGTHS}
    deep: list[float] = []
    slowest: list[tuple[float, str, int]] = []
    for text, filters in read_queries():
        asked = QueryDict(mutable=True)
        asked.update(QueryDict(filters))
        asked["q"] = text
        criteria = read_criteria(asked)
        find(criteria, on=on)  # the pages of both are in memory afterwards
        clock = _Clock()
        with connection.execute_wrapper(clock):
            whole = _timed(lambda c=criteria: find(c, on=on))
        found = find(criteria, on=on)
        terms, prefix, ranges = _for_rival(criteria)
        rival.screen(terms, prefix, ranges)
        theirs = _timed(lambda t=terms, p=prefix, r=ranges: rival.screen(t, p, r))
        times[length_of(text)].append((clock.milliseconds, whole, theirs, clock.statements, found.total))
        slowest.append((clock.milliseconds, f"{text} {filters}", found.total))
        if found.total > 20 * (DEEP + 1):
            deep.append(_deep(criteria, on))
    _say_screens(times, deep, slowest, floor)
    every = [row for rows in times.values() for row in rows]
    return statistics.median(row[1] / row[2] for row in every)


def _deep(criteria: Any, on: Any) -> float:
    """Return how many times as long as page 1 page 100 takes, reached by its cursor: five looks at each, the medians."""
    from jobs.finding import find, list_page

    cursor = list_page(criteria, on=on, cursor=None, size=20).next
    while_at = 20
    while while_at < 20 * (DEEP - 1):
        size = min(180, 20 * (DEEP - 1) - while_at)
        cursor = list_page(criteria, on=on, cursor=cursor, size=size).next
        while_at += size
    find(criteria, on=on, cursor=cursor)
    last, first = (_median(lambda at=at: find(criteria, on=on, cursor=at), 5) for at in (cursor, None))
    return last / first


def _for_rival(criteria: Any) -> tuple[list[str], str, dict[str, tuple[int, int]]]:
    """Say a search in tantivy's words: the same pieces without synonyms, the same filters on the same numbers."""
    from jobs import cells

    terms = list(criteria.asked.terms)
    prefix = terms.pop() if len(terms) == 1 and len(terms[0]) == 1 and not terms[0].isascii() else ""
    most = 1 << 21
    ranges: dict[str, tuple[int, int]] = {}
    if criteria.areas:
        number = cells.place_number(criteria.areas[0].path)
        ranges["place"] = (number, number)
    elif criteria.region:
        city = cells.place_number(criteria.region.path) // 36**2
        ranges["city"] = (city, city)
    if criteria.pay:
        ranges["pay"] = (criteria.pay, most)
    if criteria.education is not None:
        ranges["education"] = (0, criteria.education)
    if criteria.experience is not None:
        ranges["experience"] = (0, criteria.experience)
    if criteria.kinds:
        number = cells.KINDS.index(criteria.kinds[0])
        ranges["kind"] = (number, number)
    return terms, prefix, ranges


def _say_screens(times: dict[str, list[Any]], deep: list[float], slowest: list[Any], floor: float) -> None:
    limits = {"1 character": 250}
    rows = []
    for name, found in [*times.items(), ("2 characters and more", [r for n in LENGTHS[1:] for r in times[n]])]:
        database, whole, theirs = ([row[at] for row in found] for at in range(3))
        rows.append(
            [
                name,
                str(len(found)),
                f"{statistics.median(database):.1f} / {_p95(database):.1f}",
                f"{statistics.median(whole):.1f} / {_p95(whole):.1f}",
                f"{statistics.median(theirs):.1f} / {_p95(theirs):.1f}",
                f"{statistics.median(a / b for a, b in zip(whole, theirs, strict=True)):.1f}",
                str(max(row[3] for row in found)),
                f"{statistics.median(row[4] for row in found):,.0f}",
                str(limits.get(name, 60)),
            ]
        )
    header = [
        "ms, p50 / p95",
        "n",
        "database",
        "screen",
        "tantivy",
        "ratio",
        "statements",
        "hits",
        "wanted p95 at 300 k",
    ]
    say(table(header, rows))
    say("slowest in the database: " + "; ".join(f"{q} {ms:.0f} ms ({n:,})" for ms, q, n in sorted(slowest)[-5:]))
    if deep:
        say(f"page 100 / page 1: median {statistics.median(deep):.2f}, most {max(deep):.2f} of {len(deep)} queries")
    say(f"SELECT 1: {floor:.3f} ms\n")


def _p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
