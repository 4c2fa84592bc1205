"""How common each word is among the published postings: counted from a sample, kept in memory."""

import time
from collections import Counter

from django.db import connection, transaction

from jobs.models import Posting, SearchWord
from jobs.tokens import pieces

SAMPLE = 20_000
RAREST = 1 / 2000
KEEP_SECONDS = 600
_kept: tuple[float, dict[str, float]] | None = None


def shares() -> dict[str, float]:
    """Return word -> share of the postings that hold it, read at most every ten minutes; rare words are missing."""
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > KEEP_SECONDS:
        _kept = time.monotonic(), dict(SearchWord.objects.values_list("word", "share"))
    return _kept[1]


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
    for title, employer, description, requirement in _sample(total):
        said = "\n".join((title, employer, description, requirement))
        seen.update({*pieces(said), *said})
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


def _sample(total: int) -> list[tuple[str, str, str, str]]:
    """Return the texts of the published postings, of many only so many, picked over the whole table."""
    percent = min(100.0, 100.0 * SAMPLE / max(total, 1))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT title, employer_name, description, requirement FROM jobs_posting TABLESAMPLE SYSTEM (%s)"
            " WHERE status = 'published' LIMIT %s",
            [percent, SAMPLE * 2],
        )
        return cursor.fetchall()
