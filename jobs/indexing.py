"""Keeping the search rows in step with the postings, in the same transaction."""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.core.cache import cache
from django.db import connection, transaction
from psycopg2.extras import execute_values

from core.ids import uuid7
from jobs.models import Posting, PostingSearch
from jobs.tokens import index_text

BATCH = 1000
GENERATION = "jobs:search:generation"
"""The cache's name for the state of the search: changed with every change of a posting, part of every kept answer's name."""
_FIELDS = (
    "pk",
    "title",
    "employer_name",
    "description",
    "requirement",
    "welfare",
    "region__path",
    "kind",
    "education_rank",
    "experience_min",
    "monthly_max",
    "monthly_min",
    "suits",
    "posted_at",
    "valid_until",
)
_UPSERT = """
INSERT INTO jobs_postingsearch AS old (posting_id, title_words, words, region_path, kind, education_rank, experience_min,
  monthly_max, suits, posted_at, valid_until) VALUES %s
ON CONFLICT (posting_id) DO UPDATE SET title_words = excluded.title_words, words = excluded.words,
  region_path = excluded.region_path, kind = excluded.kind, education_rank = excluded.education_rank,
  experience_min = excluded.experience_min, monthly_max = excluded.monthly_max, suits = excluded.suits,
  posted_at = excluded.posted_at, valid_until = excluded.valid_until
WHERE (old.title_words, old.words, old.region_path, old.kind, old.education_rank, old.experience_min, old.monthly_max,
       old.suits, old.posted_at, old.valid_until) IS DISTINCT FROM
      (excluded.title_words, excluded.words, excluded.region_path, excluded.kind, excluded.education_rank,
       excluded.experience_min, excluded.monthly_max, excluded.suits, excluded.posted_at, excluded.valid_until)
"""
_ROW = (
    "(%s, array_to_tsvector(string_to_array(%s, ' ')), array_to_tsvector(string_to_array(%s, ' ')),"
    " %s, %s, %s, %s, %s, %s, %s, %s)"
)


@transaction.atomic
def index_postings(ids: Iterable[int]) -> int:
    """Write the search rows of those of these postings that are published, take away those of the others.

    Set-based. Called by every function that changes what a posting says or whether it is shown; returns how many of
    these postings the search holds now.
    """
    written = 0
    batch: list[int] = []
    for number, batch in enumerate(_batches(ids)):
        if number == 1:
            _set_pending_limit("32MB")
        written += _write(batch)
    if len(batch) and number:
        _sort_in(batch[-1])
    transaction.on_commit(forget_counts)
    return written


def _write(batch: list[int]) -> int:
    postings = list(Posting.objects.filter(pk__in=batch, status=Posting.Status.PUBLISHED).values_list(*_FIELDS))
    PostingSearch.objects.filter(pk__in=set(batch) - {row[0] for row in postings}).delete()
    if postings:
        with connection.cursor() as cursor:
            execute_values(cursor.cursor, _UPSERT, [_values(row) for row in postings], template=_ROW, page_size=BATCH)
    return len(postings)


def _set_pending_limit(size: str) -> None:
    """Set how much the index of words collects before it sorts it in; more makes many rows cheap (measured: 6 times)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL gin_pending_list_limit = '{size}'; SET LOCAL work_mem = '64MB'")


def _sort_in(posting_id: int) -> None:
    """Write one row anew with a small limit, so that nothing stays unsorted: every search would have to read it."""
    _set_pending_limit("64kB")
    PostingSearch.objects.filter(pk=posting_id).delete()
    _write([posting_id])
    _set_pending_limit("4MB")


def forget_counts() -> None:
    """Leave the counts that were kept for the search behind: postings have changed."""
    cache.set(GENERATION, uuid7().hex, None)


def _values(row: tuple) -> tuple:
    (
        pk,
        title,
        employer,
        description,
        requirement,
        welfare,
        path,
        kind,
        rank,
        experience,
        high,
        low,
        suits,
        posted,
        valid,
    ) = row
    everything = "\n".join((title, employer, description, requirement, *welfare))
    pay = high or low or 0
    return (
        pk,
        index_text(title),
        index_text(everything),
        path or "",
        kind,
        rank,
        experience,
        pay,
        suits,
        posted,
        valid,
    )


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    walk = iter(ids)
    while batch := list(islice(walk, BATCH)):
        yield batch


def out_of_step() -> list[int]:
    """Return the postings whose search row is missing, superfluous or says something else; [] when all is well."""
    missing = Posting.objects.filter(status=Posting.Status.PUBLISHED, search=None).values_list("pk", flat=True)
    superfluous = PostingSearch.objects.exclude(posting__status=Posting.Status.PUBLISHED).values_list("pk", flat=True)
    found = set(missing) | set(superfluous)
    published = Posting.objects.filter(status=Posting.Status.PUBLISHED).order_by("pk")
    for batch in _batches(published.values_list("pk", flat=True).iterator()):
        found |= _different(batch)
    return sorted(found)


def _different(batch: list[int]) -> set[int]:
    """Compare a batch inside the database: what indexing would write now against what stands there."""
    rows = [_values(row) for row in Posting.objects.filter(pk__in=batch).values_list(*_FIELDS)]
    with connection.cursor() as cursor:
        found = execute_values(
            cursor.cursor,
            """SELECT v.id FROM (VALUES %s) AS v(id, title, words, path, kind, rank, experience, pay, suits, posted, valid)
               JOIN jobs_postingsearch s ON s.posting_id = v.id
               WHERE (s.title_words, s.words, s.region_path, s.kind, s.education_rank, s.experience_min, s.monthly_max,
                      s.suits, s.posted_at, s.valid_until) IS DISTINCT FROM
                     (v.title, v.words, v.path, v.kind, v.rank::smallint, v.experience::smallint, v.pay::int,
                      v.suits::varchar[], v.posted::timestamptz, v.valid::date)""",
            rows,
            template=_ROW,
            page_size=BATCH,
            fetch=True,
        )
    return {pk for (pk,) in found}
