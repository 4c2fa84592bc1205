"""Taking over postings from files of other sources, set by set; every row is imported or listed with its reason."""

import io
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg2
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from core import terms
from core.errors import DomainError
from jobs import import_sql as sql
from jobs.ahead import ahead
from jobs.behind import behind
from jobs.copies import settle, write_prints
from jobs.import_checks import Checker
from jobs.import_chunks import Chunk, Key, chunks
from jobs.import_files import open_table
from jobs.import_lists import Listing
from jobs.import_rows import Reader, Refused, Where
from jobs.import_salvage import fault, halves
from jobs.indexing import index_new, index_postings, sort_in
from jobs.models import DEFAULT_DAYS, ImportBatch, Posting
from jobs.models.partners import machine_sources
from jobs.occupation_choices import occupation_codes
from jobs.places import places
from people.models import User
from people.places import SURE, gazetteer, resolve_place

SHOWN = 5_000
LARGE = 500_000
"""From so many bytes on, a file is worth a second process and a second session of the database."""
OPEN = (Posting.Status.PUBLISHED, Posting.Status.EXPIRED, Posting.Status.SUBMITTED)
"""What an import may change: not what an officer sent back or took down, nor what its employer ended."""
GONE = "来源已不再列出这个岗位。"
NUMBERS, QUOTED = re.compile(r"\d+"), re.compile("“[^”]*”")
Progress = Callable[["Outcome"], None]


class CannotEndGone(DomainError):
    """So many of a source's postings are missing that the file is hardly its full list; nothing was ended."""


@dataclass
class Outcome:
    """What became of the rows of one file."""

    file: Path
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0
    held: int = 0
    merged: int = 0
    gone: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    position: int = 0
    rejected_before: int = 0

    @property
    def imported(self) -> int:
        return self.added + self.changed + self.unchanged + self.kept

    @property
    def rejected(self) -> int:
        return self.reasons.total() + self.rejected_before

    @property
    def rows(self) -> int:
        return self.imported + self.rejected


def import_file(
    *,
    path: Path,
    source: str = "",
    rejects: Listing,
    on: date,
    by: User | None = None,
    progress: Progress | None = None,
    columns: Mapping[str, str] | None = None,
    full: bool = False,
    batch: ImportBatch | None = None,
) -> Outcome:
    """Take over one file. Running it again changes only what has changed in it.

    A posting is known by its source and its number there. Imported postings are published for 30 days; a later run
    that still finds them prolongs them. What an officer took down or the employer ended is never opened again.
    What the checker doubts waits for a person, or is refused (`jobs.import_checks`). Vacancies that another source
    lists too are grouped (`jobs.copies`).

    :param source: the name of the source for all rows; "" where the table has a column for it.
    :param columns: our field -> the file's column, where a person settled it.
    :param full: the file lists all that its sources have: what they had before and have no more ends today.
    :param batch: the run's record, which goes on at its position after a break; a new one is made when left out.
    :raises CannotImport: the file as a whole is no table of postings.
    """
    began = timezone.now()
    outcome = take_table(
        path=path,
        source=source,
        rejects=rejects,
        on=on,
        progress=progress,
        columns=columns,
        full=full,
        batch=batch,
        closed=machine_sources(),
    )
    batch = batch or ImportBatch(file_name=path.name[-255:], source=source[:40], started_at=began, by=by, is_full=full)
    batch.rejects_path = str(rejects.path)[-500:] if outcome.rejected and not batch.upload else ""
    batch.status = ImportBatch.Status.DONE
    _note(outcome, batch)
    return outcome


def take_table(
    *,
    path: Path,
    source: str,
    rejects: Listing,
    on: date,
    progress: Progress | None = None,
    columns: Mapping[str, str] | None = None,
    full: bool = False,
    batch: ImportBatch | None = None,
    closed: frozenset[str] = frozenset(),
) -> Outcome:
    """Do what `import_file` says, without a record of the run.

    :param closed: sources of which no row is taken, because their own systems hand over.
    """
    outcome, started = _start(path, batch), time.monotonic()
    touched: list[int] = []
    gazetteer(), places()  # read here, so that the process that prepares the rows needs no connection
    with open_table(path, columns=columns) as table, connection.cursor() as cursor:
        cursor.execute(f"{sql.FORGET}; {sql.SEE}")
        reader = Reader(
            table.positions,
            table.width,
            source=source,
            on=on,
            resolve=where,
            closed=closed,
            occupations=occupation_codes(),
        )
        is_large = path.stat().st_size >= LARGE
        prepared = chunks(table, reader, Checker(on=on), until=_until(on))
        with behind() as begin:
            for chunk in ahead(prepared) if is_large else prepared:
                if chunk.position > outcome.position:
                    touched += _salvage(chunk, outcome, rejects, on, batch)
                    if is_large and touched:  # a third of the work of PostgreSQL
                        begin(partial(sort_in, touched[-1]))
                    if progress:
                        progress(outcome)
                elif full:
                    _see(chunk)
        _finish(outcome, touched, full=full, on=on)
        cursor.execute(sql.FORGET)
    outcome.seconds += time.monotonic() - started
    return outcome


def _start(path: Path, batch: ImportBatch | None) -> Outcome:
    if batch is None:
        return Outcome(path)
    counts = {name: getattr(batch, name) for name in _COUNTS if name != "rejected"}
    return Outcome(path, **counts, seconds=batch.seconds, position=batch.position, rejected_before=batch.rejected)


_COUNTS = ("added", "changed", "unchanged", "kept", "held", "merged", "gone", "rejected")


def _note(outcome: Outcome, batch: ImportBatch) -> None:
    for name in (*_COUNTS, "position", "seconds"):
        setattr(batch, name, getattr(outcome, name))
    batch.attempts = 0
    batch.save()


def _until(on: date) -> date:
    return on + timedelta(days=DEFAULT_DAYS)


def where(text: str) -> Where:
    """Return the region that a place's text names, when that is sure enough to file it without asking."""
    place = resolve_place(text, at_least=SURE) if text else None
    if place is None:
        return Where()
    region = place.region
    return Where(region.pk, region.path, region.statutory_path.rpartition("/")[2], region.lng, region.lat)


# Writing them: one transaction a chunk.


def _salvage(chunk: Chunk, outcome: Outcome, listing: Listing, on: date, batch: ImportBatch | None) -> list[int]:
    """Take a chunk; where the database refuses a row of it, all others and the row's refusal."""
    try:
        return _take(chunk, outcome, listing, on, batch)
    except (DatabaseError, psycopg2.Error) as error:  # COPY speaks to the driver directly
        if not chunk.rows or not (reason := fault(error)):
            raise
    return [pk for half in halves(chunk, reason) for pk in _salvage(half, outcome, listing, on, batch)]


@transaction.atomic
def _take(chunk: Chunk, outcome: Outcome, listing: Listing, on: date, batch: ImportBatch | None) -> list[int]:
    """Merge a chunk into the postings, list its rows, and note how far the run is; return which postings changed."""
    added, changed, kept = _merge(chunk, on) if chunk.lines else ({}, {}, set())
    for _, refused in chunk.refused:
        outcome.reasons[kind_of_reason(refused.reason)] += 1
    _list(chunk, outcome.file.name, listing, added, changed, kept)
    outcome.added += len(added)
    outcome.changed += len(changed)
    outcome.kept += len(kept)
    outcome.unchanged += len(chunk.rows) - len(added) - len(changed) - len(kept)
    outcome.held += sum(chunk.rows[key].verdict.is_held for key in (*added, *changed))
    outcome.position = chunk.position
    listing.flush()
    if batch is not None:
        _note(outcome, batch)
    return [*added.values(), *changed.values()]


def _merge(chunk: Chunk, on: date) -> tuple[dict[Key, int], dict[Key, int], set[Key]]:
    """Return the postings that were added and changed, by source and number there, and which rows are left as they were."""
    now = timezone.now()
    given: dict[str, Any] = {"open": list(OPEN), "now": now, "until": _until(on)}
    given["half_way"] = on + timedelta(days=DEFAULT_DAYS // 2)
    changed: dict[Key, int] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [sql.LOCK])
        cursor.execute(sql.CREATE)
        cursor.cursor.copy_expert(sql.COPY, io.BytesIO(chunk.lines), size=1 << 20)
        cursor.execute("ANALYZE posting_import (source_site, source_id)")
        cursor.execute(sql.SEEN)
        cursor.execute(sql.KNOWN, given)
        known = {(site, number): is_open for site, number, is_open in cursor.fetchall()}
        kept = {key for key, is_open in known.items() if not is_open}
        if len(known) > len(kept):
            cursor.execute(sql.UPDATE, given)
            changed = {(site, number): pk for pk, site, number, _ in cursor.fetchall()}
        cursor.execute(sql.INSERT, given)
        added = {(site, number): pk for pk, site, number, _ in cursor.fetchall()}
        cursor.execute(sql.DONE)
    touched = changed | added
    write_prints({pk: chunk.rows[key].bands for key, pk in touched.items()})
    words = {pk: chunk.rows[key].search.words for key, pk in changed.items()}
    index_postings(words, words=words, more_follow=True)
    shown = ((pk, chunk.rows[key]) for key, pk in added.items())
    index_new({pk: row.search for pk, row in shown if row.verdict.status == Posting.Status.PUBLISHED})
    return added, changed, kept


def _list(
    chunk: Chunk, name: str, listing: Listing, added: dict[Key, int], changed: dict[Key, int], kept: set[Key]
) -> None:
    """List the rows of a chunk in the order of the file."""
    taken = [(row.number, key) for key, row in chunk.rows.items()] if listing.of_all else []
    both: list[tuple[int, Key | Refused]] = [*taken, *chunk.refused]
    for number, what in sorted(both, key=lambda item: item[0]):
        if isinstance(what, Refused):
            listing.refused(name, number, what)
            continue
        row = chunk.rows[what]
        fate = (
            "新增"
            if what in added
            else "更新"
            if what in changed
            else "已下架或结束，不改"
            if what in kept
            else "没有变化"
        )
        held = row.verdict.is_held and (what in added or what in changed)
        listing.taken(
            number, what[1], row.title, row.employer, fate, f"转人工核验：{row.verdict.names}" if held else ""
        )


@transaction.atomic
def _see(chunk: Chunk) -> None:
    """Count rows that an earlier, broken run took over as still listed."""
    with connection.cursor() as cursor:
        sites, numbers = ([key[at] for key in chunk.rows] for at in (0, 1))
        cursor.execute("INSERT INTO import_seen SELECT * FROM unnest(%s::text[], %s::text[])", [sites, numbers])


def kind_of_reason(reason: str) -> str:
    """Return a reason without its numbers and quoted words, to count it."""
    return NUMBERS.sub("N", QUOTED.sub("", reason))


def _finish(outcome: Outcome, touched: list[int], *, full: bool, on: date) -> None:
    shown = Posting.objects.filter(pk__in=touched[-SHOWN:], search__isnull=False).values_list("pk", flat=True)
    if last := shown.first():
        sort_in(last)
    outcome.merged += settle(touched)
    if full:
        outcome.gone += end_gone(on=on)


@transaction.atomic
def end_gone(*, on: date) -> int:
    """End what the sources seen in this run listed before and list no more; return how many.

    :raises CannotEndGone: it would be more of them than a full list loses between two runs
        (`jobs.import_gone_percent`): the file is probably cut off.
    """
    most = terms.value("jobs.import_gone_percent", on=on)
    given: dict[str, Any] = {"open": [Posting.Status.PUBLISHED, Posting.Status.SUBMITTED], "reason": GONE}
    with connection.cursor() as cursor:
        cursor.execute(sql.COUNT_GONE, given)
        listed, missing = cursor.fetchone()
        if missing * 100 > listed * most:
            raise CannotEndGone(
                f"这个来源原有 {listed} 个岗位，文件里没有其中 {missing} 个，超过 {most}%，多半不是全部岗位。"
                "没有结束任何岗位；请核对文件，或者不按“全部岗位”导入。"
            )
        cursor.execute(sql.END_GONE, given)
        ended = [pk for (pk,) in cursor.fetchall()]
    index_postings(ended)
    return len(ended)
