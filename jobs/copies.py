"""The same vacancy from several sources: one posting is shown, the others point to it and stay, so that nothing is lost.

An import settles what it added; every night all groups are made anew. The shown one is an employer's own where there
is one (it is verified), else one with a text, else the oldest.
"""

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from django.db import connection, transaction

from jobs.indexing import index_postings
from jobs.models import Posting, PostingPrint
from jobs.prints import ENOUGH_TEXT, Said, are_copies, bands, city_of, district_of, employer_core, title_core
from jobs.tokens import piece_set

MOST = 300
"""Postings of one band that are compared with each other; an employer's thousandth equal advertisement is not."""
BATCH = 2000
_FIELDS = (
    "pk",
    "source_site",
    "employer_name",
    "title",
    "description",
    "requirement",
    "region__path",
    "place_text",
    "monthly_min",
    "monthly_max",
    "organisation_id",
    "canonical_id",
)
_BUCKETS = """
WITH live AS (
    SELECT b.band, p.posting_id FROM jobs_postingprint p
      JOIN jobs_posting j ON j.id = p.posting_id AND j.status = 'published', unnest(p.bands) AS b(band))
SELECT DISTINCT array_agg(posting_id ORDER BY posting_id) FROM live {only} GROUP BY band HAVING count(*) > 1
"""
_ONLY = """WHERE band IN (SELECT unnest(bands) FROM jobs_postingprint WHERE posting_id = ANY(%s))"""
_POINT = """
UPDATE jobs_posting p SET canonical_id = v.canonical
  FROM unnest(%s::bigint[], %s::bigint[]) AS v(id, canonical)
 WHERE p.id = v.id AND p.canonical_id IS DISTINCT FROM v.canonical
RETURNING p.id
"""
Prints = Mapping[int, list[int]]


@transaction.atomic
def settle(ids: Iterable[int] | None = None) -> int:
    """Group what says the same, among these postings and all others or anew among all; return how many are copies now.

    :param ids: postings whose prints are new; None for all (every night).
    """
    wanted = None if ids is None else list(ids)
    if wanted == []:
        return 0
    buckets = _buckets(wanted)
    said = _said(set(chain.from_iterable(buckets)))
    groups = _Groups(said)
    if wanted is not None:
        for one in said.values():
            if one.canonical in said:
                groups.join(one.id, one.canonical)
    for bucket in buckets:
        groups.compare([said[pk] for pk in bucket if pk in said][:MOST])
    pointers = groups.pointers()
    if wanted is None:
        free = Posting.objects.filter(canonical__isnull=False).values_list("pk", flat=True)
        pointers = dict.fromkeys(free) | pointers
    with connection.cursor() as cursor:
        cursor.execute(_POINT, [list(pointers), list(pointers.values())])
        moved = [pk for (pk,) in cursor.fetchall()]
    index_postings(moved)
    return sum(canonical is not None for canonical in pointers.values())


def _buckets(ids: list[int] | None) -> list[list[int]]:
    with connection.cursor() as cursor:
        if ids is None:
            cursor.execute(_BUCKETS.format(only=""))
        else:
            cursor.execute(_BUCKETS.format(only=_ONLY), [ids])
        return [bucket for (bucket,) in cursor.fetchall()]


def _said(ids: set[int]) -> dict[int, Said]:
    rows = Posting.objects.filter(pk__in=ids, status=Posting.Status.PUBLISHED).values_list(*_FIELDS)
    return {row[0]: _read(*row) for row in rows.iterator(chunk_size=BATCH)}


def _read(
    pk: int,
    source: str,
    employer: str,
    title: str,
    description: str,
    requirement: str,
    path: str | None,
    place: str,
    low: int | None,
    high: int | None,
    organisation: int | None,
    canonical: int | None,
) -> Said:
    text = f"{description}\n{requirement}"
    core = title_core(title)
    most = high or low
    return Said(
        id=pk,
        source=source if organisation is None else f"{source}#{organisation}",
        employer=employer_core(employer),
        city=city_of(path or "", place),
        county=district_of(path or "", place),
        title=core,
        title_pieces=frozenset(piece_set(core)),
        pieces=frozenset(piece_set(text)),
        length=len(text),
        pay=(low or 0, most) if most else None,
        own=organisation is not None,
        canonical=canonical,
    )


class _Groups:
    """Which postings are one: sets that grow together."""

    def __init__(self, said: dict[int, Said]) -> None:
        self._said = said
        self._parent = {pk: pk for pk in said}

    def join(self, one: int, other: int | None) -> None:
        if other is not None:
            self._parent[self._root(one)] = self._root(other)

    def compare(self, members: list[Said]) -> None:
        """Join each member with the first of the bucket's groups that it is a copy of."""
        first: list[Said] = []
        for member in members:
            same = next((one for one in first if self._one(one, member)), None)
            if same is None:
                first.append(member)
            else:
                self.join(member.id, same.id)

    def pointers(self) -> dict[int, int | None]:
        """Return, for each posting, the one that is shown for it; None when it is shown itself."""
        groups: defaultdict[int, list[Said]] = defaultdict(list)
        for one in self._said.values():
            groups[self._root(one.id)].append(one)
        pointers: dict[int, int | None] = {}
        for group in groups.values():
            shown = min(group, key=lambda one: (not one.own, one.length < ENOUGH_TEXT, one.id)).id
            pointers |= {one.id: None if one.id == shown else shown for one in group}
        return pointers

    def _one(self, one: Said, other: Said) -> bool:
        return self._root(one.id) == self._root(other.id) or are_copies(one, other)

    def _root(self, pk: int) -> int:
        while self._parent[pk] != pk:
            self._parent[pk] = self._parent[self._parent[pk]]
            pk = self._parent[pk]
        return pk


@transaction.atomic
def write_prints(prints: Prints) -> None:
    """Keep the numbers under which these postings meet others."""
    if not prints:
        return
    lines = "".join(f"{pk}\t{{{','.join(map(str, numbers))}}}\n" for pk, numbers in prints.items())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM jobs_postingprint WHERE posting_id = ANY(%s)", [list(prints)])
        cursor.cursor.copy_expert("COPY jobs_postingprint (posting_id, bands) FROM STDIN", io.BytesIO(lines.encode()))


@transaction.atomic
def regroup() -> int:
    """Give every published posting that lacks a print one, forget those of the others, and group all anew."""
    PostingPrint.objects.exclude(posting__status=Posting.Status.PUBLISHED).delete()
    for batch in _unprinted():
        write_prints(batch)
    return settle()


def _unprinted() -> Iterator[Prints]:
    fields = ("pk", "employer_name", "title", "description", "requirement", "region__path", "place_text")
    rows = Posting.objects.filter(status=Posting.Status.PUBLISHED, print=None).order_by("pk").values_list(*fields)
    while batch := list(rows[:BATCH]):
        yield {
            pk: bands(
                employer=employer,
                title=title,
                city=city_of(path or "", place),
                words=piece_set(f"{title}\n{description}\n{requirement}"),
                has_text=len(description) + len(requirement) >= ENOUGH_TEXT,
            )
            for pk, employer, title, description, requirement, path, place in batch
        }
