"""How common each word is among the published postings: counted from a sample, kept in memory."""

import time
from collections import Counter

from django.db import connection, transaction

from jobs.indexing import place_words
from jobs.models import Posting, SearchWord
from jobs.tokens import pieces

SAMPLE = 20_000
RAREST = 1 / 2000
KEEP_SECONDS = 600
_kept: tuple[float, dict[str, float], int] | None = None


def shares() -> dict[str, float]:
    """Return word -> share of the postings that hold it, read at most every ten minutes; rare words are missing."""
    return _known()[0]


def postings() -> int:
    """Return about how many postings there are to search, as old as the shares."""
    return _known()[1]


def _known() -> tuple[dict[str, float], int]:
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > KEEP_SECONDS:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'jobs_postingsearch'::regclass")
            about = max(int(cursor.fetchone()[0]), 0)
        _kept = time.monotonic(), dict(SearchWord.objects.values_list("word", "share")), about
    return _kept[1:]


def forget() -> None:
    """Read the table anew when it is next wanted."""
    global _kept
    _kept = None


@transaction.atomic
def count_words() -> int:
    """Count the words of (a sample of) the published postings anew; returns how many words are kept."""
    rows = Posting.objects.filter(status=Posting.Status.PUBLISHED)
    total = rows.count()
    seen: Counter[str] = Counter()
    sampled = 0
    for *texts, path in _sample(total):
        said = "\n".join(texts)
        seen.update({*pieces(said), *place_words(path).split(), *said})
        sampled += 1
    words = [
        SearchWord(word=word, share=count / sampled)
        for word, count in seen.items()
        if count / sampled >= RAREST and len(word) <= 40
    ]
    SearchWord.objects.all().delete()
    SearchWord.objects.bulk_create(words, batch_size=5000)
    transaction.on_commit(forget)
    return len(words)


def _sample(total: int) -> list[tuple[str, ...]]:
    """Return texts and region path of the published postings, of many only so many, picked over the whole table."""
    percent = min(100.0, 100.0 * SAMPLE / max(total, 1))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT title, employer_name, description, requirement, coalesce(r.path, '')"
            " FROM jobs_posting p TABLESAMPLE SYSTEM (%s) LEFT JOIN people_region r ON r.id = p.region_id"
            " WHERE p.status = 'published' LIMIT %s",
            [percent, SAMPLE * 2],
        )
        return cursor.fetchall()
