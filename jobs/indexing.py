"""Keeping the search rows in step with the postings, in the same transaction."""

import io
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg2.extras import execute_values

from core.ids import uuid7
from jobs.cells import MOST_POSTINGS, pack, packed
from jobs.industries import section
from jobs.models import Posting, PostingSearch
from jobs.places import find_place
from jobs.tokens import piece_set, titled

BATCH = 5000
GENERATION = "jobs:search:generation"
"""The cache's name for the state of the search: changed with every change of a posting, part of every kept answer's name."""
DEGREE = 100_000
"""Points are stored in hundred-thousandths of a degree."""
_SHOWN: dict[str, Any] = {"status": Posting.Status.PUBLISHED, "canonical": None}
_PROMOTE = """
WITH copies AS MATERIALIZED (
    SELECT id, canonical_id FROM jobs_posting WHERE canonical_id = ANY(%(ids)s) AND status = 'published'),
gone AS MATERIALIZED (SELECT id FROM jobs_posting WHERE id = ANY(%(ids)s) AND status <> 'published'),
heirs AS (
    SELECT c.canonical_id AS gone, min(c.id) AS heir FROM copies c JOIN gone g ON g.id = c.canonical_id GROUP BY 1)
UPDATE jobs_posting p SET canonical_id = NULLIF(heirs.heir, p.id) FROM heirs WHERE p.canonical_id = heirs.gone
RETURNING p.id
"""
"""Both ends are read by the numbers at hand: in a table that was filled a moment ago, and whose size the planner does not
know yet, a join of the table with itself took longer than a statement may."""
Words = Mapping[int, str]
_TEXTS = ("title", "employer_name", "description", "requirement", "welfare", "skills")
_FIELDS = (
    "pk",
    "title",
    "employer_name",
    "description",
    "requirement",
    "welfare",
    "skills",
    "region__path",
    "region__lng",
    "region__lat",
    "lng",
    "lat",
    "kind",
    "education_rank",
    "experience_min",
    "industry",
    "organisation__industry",
    "monthly_max",
    "monthly_min",
    "suits",
    "posted_at",
    "valid_until",
)
_COLUMNS = {
    "posting_id": "bigint",
    "words": "text",
    "packed": "bytea",
    "posted_at": "timestamptz",
    "valid_until": "date",
    "monthly_max": "integer",
    "lng": "integer",
    "lat": "integer",
    "education_rank": "smallint",
    "experience_min": "smallint",
    "industry": "text",
    "region_path": "text",
    "kind": "text",
    "suits": "varchar[]",
}
"""What is written, in the order of `_values`, and the types in which it is handed over."""
_READ = ", ".join(
    "array_to_tsvector(string_to_array(v.words, ' '))" if name == "words" else f"v.{name}::{kind}"
    for name, kind in _COLUMNS.items()
)
_SAID = [name for name in _COLUMNS if name != "posting_id"]
_INSERT = f"INSERT INTO jobs_postingsearch AS old ({', '.join(_COLUMNS)}) SELECT {_READ} FROM"
_UPSERT = f"""
{_INSERT} {{source}}
ON CONFLICT (posting_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _SAID)}
WHERE ({", ".join(f"old.{name}" for name in _SAID)}) IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in _SAID)})
"""
_FEW = f"(VALUES %s) AS v({', '.join(_COLUMNS)})"
_MANY = "search_rows AS v"
_ADD = f"{_INSERT} {_MANY}"
_CREATE = f"""
CREATE TEMPORARY TABLE search_rows ({", ".join(map(" ".join, _COLUMNS.items()))}) ON COMMIT DROP;
ALTER TABLE search_rows ALTER COLUMN words SET STORAGE EXTERNAL  -- compressing what is read once costs more than it saves
"""
_DIFFERENT = f"""
SELECT n.posting_id FROM (SELECT {_READ} FROM {_FEW}) AS n({", ".join(_COLUMNS)}) JOIN jobs_postingsearch old USING (posting_id)
WHERE ({", ".join(f"old.{name}" for name in _SAID)}) IS DISTINCT FROM ({", ".join(f"n.{name}" for name in _SAID)})
"""  # noqa: S608
MANY = 100
"""From so many rows on, COPY is worth a temporary table."""


@transaction.atomic
def index_postings(ids: Iterable[int], *, words: Words | None = None, more_follow: bool = False) -> int:
    """Write the search rows of those of these postings that are shown, take away those of the others.

    Shown is what is published and no copy of another; where one that stood for copies ended, one of them takes its
    place. Set-based. Called by every function that changes what a posting says or whether it is shown; returns how many
    postings were written.

    :param words: `words_of` each posting, by its number, where the caller has the texts at hand.
    :param more_follow: leave the new words unsorted; the last call without it sorts them in.
    """
    written: list[int] = []
    for batch in _batches(ids):
        batch += _promote(batch)
        if len(batch) >= MANY:
            _set_pending_limit("128MB")
        written += _write(batch, words)
    if len(written) >= MANY and not more_follow:
        sort_in(written[-1])
    transaction.on_commit(forget_counts)
    return len(written)


def _write(batch: list[int], words: Words | None = None) -> list[int]:
    if words is not None and any(pk not in words for pk in batch):
        words = None
    fields = _FIELDS if words is None else tuple(name for name in _FIELDS if name not in _TEXTS)
    shown = Posting.objects.filter(pk__in=batch, **_SHOWN).values_list(*fields)
    rows = [_values(row) if words is None else _row(row[0], words[row[0]], row[1:]) for row in shown]
    if missing := set(batch) - {row[0] for row in rows}:
        PostingSearch.objects.filter(pk__in=missing).delete()
    with connection.cursor() as cursor:
        if len(rows) >= MANY:
            _copy(cursor, map(_line, rows))
            cursor.execute(_UPSERT.format(source=_MANY))
            cursor.execute("DROP TABLE search_rows")
        elif rows:
            execute_values(cursor.cursor, _UPSERT.format(source=_FEW), rows)
    return [row[0] for row in rows]


def _promote(ids: list[int]) -> list[int]:
    """Let a copy stand for the others where the posting that stood for them is no longer published; return which moved."""
    with connection.cursor() as cursor:
        cursor.execute(_PROMOTE, {"ids": ids})
        return [pk for (pk,) in cursor.fetchall()]


def _line(row: tuple[Any, ...]) -> str:
    """Return a row as COPY takes it; pieces and codes hold nothing that needs a backslash."""
    posting_id, words, packed_, posted_at, valid_until, pay, lng, lat, *codes, suits = row
    point = r"\N" + "\t" + r"\N" if lng is None else f"{lng}\t{lat}"
    rank, experience, sector, path, kind = codes
    return (
        f"{posting_id}\t{words}\t\\\\x{packed_.hex()}\t{posted_at}\t{valid_until}\t{pay}\t{point}\t{rank}\t{experience}"
        f"\t{sector}\t{path}\t{kind}\t{{{','.join(suits)}}}\n"
    )


class Prepared(NamedTuple):
    """The search row of a posting that has no number yet, as COPY takes it."""

    words: str
    packed: str
    """Without its end, which is the posting's number."""
    rest: str


def prepare(words: str, facts: tuple[Any, ...]) -> Prepared:
    """Return the search row of a posting to come.

    :param words: `words_around`.
    :param facts: what follows the texts in `_FIELDS`.
    """
    _, words, whole, rest = _line(_row(0, words, facts)).split("\t", 3)
    return Prepared(words, whole[:-8], rest)


@transaction.atomic
def index_new(rows: Mapping[int, Prepared]) -> None:
    """Write the search rows of postings, by their number, that were published for the first time in this transaction.

    They stay unsorted until the next `sort_in`.
    """
    if not rows:
        return
    _set_pending_limit("128MB")
    lines = (f"{pk}\t{row.words}\t{row.packed}{pk & MOST_POSTINGS:08x}\t{row.rest}" for pk, row in rows.items())
    with connection.cursor() as cursor:
        _copy(cursor, lines)
        cursor.execute(_ADD)
        cursor.execute("DROP TABLE search_rows")
    transaction.on_commit(forget_counts)


def _copy(cursor: CursorWrapper, lines: Iterable[str]) -> None:
    cursor.execute(_CREATE)
    cursor.cursor.copy_expert("COPY search_rows FROM STDIN", io.BytesIO("".join(lines).encode()), size=1 << 20)


def _set_pending_limit(size: str) -> None:
    """Set how much the index of words collects before it sorts it in; more makes many rows cheap (measured: 6 times)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL gin_pending_list_limit = '{size}'; SET LOCAL work_mem = '16MB'")


@transaction.atomic
def sort_in(posting_id: int) -> None:
    """Write one row anew with a small limit, so that nothing stays unsorted: every search would have to read it."""
    _set_pending_limit("64kB")
    PostingSearch.objects.filter(pk=posting_id).delete()
    _write([posting_id])
    _set_pending_limit("4MB")


def forget_counts() -> None:
    """Leave the counts that were kept for the search behind: postings have changed."""
    cache.set(GENERATION, uuid7().hex, None)


def words_of(
    title: str,
    employer: str,
    description: str,
    requirement: str,
    welfare: Iterable[str],
    skills: Iterable[str] = (),
) -> str:
    """Return the pieces of all that a posting says, as they are handed to the database."""
    core = _pieces("\n".join((title, description, requirement)))
    return words_around(core, title, employer, (*welfare, *skills))


def words_around(core: str, title: str, employer: str, tags: Iterable[str]) -> str:
    """As `words_of`, where the pieces of title, duties and demands are known already.

    Some pieces come twice: `array_to_tsvector` sorts them and drops repetitions.
    """
    return " ".join(filter(None, (core, _short("\n".join((employer, *tags))), _titled(title))))


def _pieces(text: str) -> str:
    return " ".join(piece_set(text))


_short, _titled = lru_cache(maxsize=20_000)(_pieces), lru_cache(maxsize=20_000)(titled)
"""Employers, their tags (welfare, skills) and titles come again and again in one file."""


def _values(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what is written for a row of `_FIELDS`, in the order of `_COLUMNS`."""
    said = len(_TEXTS) + 1
    return _row(row[0], words_of(*row[1:said]), row[said:])


def _row(posting_id: int, words: str, facts: tuple[Any, ...]) -> tuple[Any, ...]:
    path, region_lng, region_lat, lng, lat, kind, rank, experience, industry, sector, high, low, suits, *dates = facts
    path, pay = path or "", high or low or 0
    sector = section(industry) or section(sector or "")
    point = _point(lng, lat) or _point(region_lng, region_lat) or (None, None)
    cell = pack(
        path=path, pay=pay, kind=kind, education=rank, experience=experience, industry=sector, suits=tuple(suits)
    )
    words = f"{words} {place_words(path)}".strip()
    return (
        posting_id,
        words,
        packed(cell, dates[0], posting_id),
        *dates,
        pay,
        *point,
        rank,
        experience,
        sector,
        path,
        kind,
        suits,
    )


def _point(lng: Decimal | None, lat: Decimal | None) -> tuple[int, int] | None:
    return None if lng is None or lat is None else (round(lng * DEGREE), round(lat * DEGREE))


def place_words(path: str) -> str:
    """Return the pieces of the city's and the county's names: 沈阳 焊工 finds what is in 沈阳 without saying so."""
    names = [place.name for code in path.split("/")[1:3] if (place := find_place(code))]
    return " ".join(sorted(piece_set("\n".join(names))))


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    walk = iter(ids)
    while batch := list(islice(walk, BATCH)):
        yield batch


def out_of_step() -> list[int]:
    """Return the postings whose search row is missing, superfluous or says something else; [] when all is well."""
    shown = Posting.objects.filter(**_SHOWN)
    missing = shown.filter(search=None).values_list("pk", flat=True)
    superfluous = PostingSearch.objects.exclude(posting__in=shown).values_list("pk", flat=True)
    found = set(missing) | set(superfluous)
    for batch in _batches(shown.order_by("pk").values_list("pk", flat=True).iterator()):
        found |= different(batch)
    return sorted(found)


def different(batch: list[int]) -> set[int]:
    """Compare some rows inside the database: what indexing would write now against what stands there."""
    rows = [_values(row) for row in Posting.objects.filter(pk__in=batch).values_list(*_FIELDS)]
    with connection.cursor() as cursor:
        found = execute_values(cursor.cursor, _DIFFERENT, rows, page_size=500, fetch=True)
    return {pk for (pk,) in found}
