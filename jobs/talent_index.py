"""Keeping the words of open résumés in step with the résumés, in the same transaction."""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import connection, transaction
from psycopg2.extras import execute_values

from jobs.models import Intention, Resume, Skill, TalentSearch, Work
from jobs.tokens import piece_set

BATCH = 2000
_WORDS = "array_to_tsvector(string_to_array(%s, ' '))"
_UPSERT = """
INSERT INTO jobs_talentsearch AS old (resume_id, words) VALUES %s
ON CONFLICT (resume_id) DO UPDATE SET words = excluded.words WHERE old.words IS DISTINCT FROM excluded.words
"""
_DIFFERENT = """
SELECT n.resume_id FROM (VALUES %s) AS n(resume_id, words) JOIN jobs_talentsearch old USING (resume_id)
 WHERE old.words IS DISTINCT FROM n.words
"""


@transaction.atomic
def index_resumes(ids: Iterable[int]) -> int:
    """Write the words of those of these résumés that are open, take away those of the others; returns how many are open.

    Called by every function that changes what a résumé says or who may find it.
    """
    written = 0
    for batch in _batches(ids):
        shown = _open(batch)
        TalentSearch.objects.filter(pk__in=set(batch) - set(shown)).delete()
        if shown:
            with connection.cursor() as cursor:
                execute_values(cursor.cursor, _UPSERT, _rows(shown), template=f"(%s, {_WORDS})", page_size=500)
        written += len(shown)
    return written


def out_of_step() -> list[int]:
    """Return the résumés whose words are missing, superfluous or others than they say; [] when all is well."""
    shown = Resume.objects.exclude(visibility=Resume.Visibility.HIDDEN)
    found = set(shown.filter(search=None).values_list("pk", flat=True))
    found |= set(TalentSearch.objects.exclude(resume__in=shown).values_list("pk", flat=True))
    for batch in _batches(shown.order_by("pk").values_list("pk", flat=True).iterator()):
        with connection.cursor() as cursor:
            rows = execute_values(
                cursor.cursor, _DIFFERENT, _rows(batch), template=f"(%s, {_WORDS})", page_size=BATCH, fetch=True
            )
        found |= {pk for (pk,) in rows}
    return sorted(found)


def _open(ids: list[int]) -> list[int]:
    rows = Resume.objects.filter(pk__in=ids).exclude(visibility=Resume.Visibility.HIDDEN)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _rows(ids: list[int]) -> list[tuple[int, str]]:
    """Return the pieces of each résumé, as the database takes them."""
    texts: dict[int, list[str]] = {pk: [] for pk in ids}
    for model, name in ((Intention, "title"), (Work, "title"), (Skill, "name")):
        for pk, text in model.objects.filter(resume__in=ids).order_by().values_list("resume", name):
            texts[pk].append(text)
    return [(pk, " ".join(sorted(piece_set("\n".join(lines))))) for pk, lines in texts.items()]


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    walk = iter(ids)
    while batch := list(islice(walk, BATCH)):
        yield batch
