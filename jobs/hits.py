"""The search rows that meet some criteria, as SQL.

Written out rather than through the ORM: a results page asks four times, and building each of these statements as a
queryset cost more than PostgreSQL takes to answer it (measured: 2 ms against 0.5 for a word of a few hundred hits).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from math import cos, radians
from typing import Any, Protocol, Self

from django.db import connection, transaction

from jobs.asking import Asked, read
from jobs.indexing import DEGREE
from jobs.places import place_names
from jobs.search_words import shares
from people.fields import outermost

EARTH_RADIUS = 6371.0
KILOMETRES_A_DEGREE = 111.195
RADII = (2, 5, 10, 20, 50)


class HasPath(Protocol):
    """A region, as far as the search is concerned."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def path(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Point:
    """Where somebody stands (WGS-84), and what it is called."""

    lng: float
    lat: float
    name: str = ""
    code: str = ""
    """The station's public id, "" for a bare point."""


@dataclass(frozen=True)
class Criteria:
    """What a visitor asks for. Empty fields ask for nothing; several kinds, areas or industries mean any of them."""

    text: str = ""
    region: HasPath | None = None
    areas: tuple[HasPath, ...] = ()
    """Places below the region."""
    point: Point | None = None
    within: int = 0
    """At most so many kilometres from the point; 0: however far."""
    pay: int = 0
    """At least so many 元 a month."""
    education: int | None = None
    """The rank of the education one has: postings that want more are left out."""
    experience: int | None = None
    """The years of experience one has: postings that want more are left out."""
    kinds: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    """Sections of GB/T 4754."""
    suits: tuple[str, ...] = ()
    """All of these invitations."""
    order: str = "fit"

    @property
    def is_empty(self) -> bool:
        """Whether nothing narrows the list."""
        return self == Criteria(order=self.order)

    @cached_property
    def asked(self) -> Asked:
        """The text, read."""
        return read(self.text, place_names()) if self.text else Asked()


COMMON = 0.02
"""A word that a larger share of the postings holds is too common for the planner's own judgement."""
_SHOWN = """s.valid_until >= %s AND s.posting_id NOT IN (
  SELECT p.id FROM jobs_posting p JOIN people_organisation o ON o.id = p.organisation_id WHERE o.status = 'suspended')"""


@dataclass(frozen=True, slots=True)
class Hits:
    """Conditions on the search rows, all of which must hold, with their values."""

    conditions: tuple[str, ...]
    values: tuple[Any, ...]
    by_words: bool = False

    def where(self, condition: str, *values: Any) -> Self:
        """Return the same with one condition more."""
        return replace(self, conditions=(*self.conditions, condition), values=(*self.values, *values))

    def within(self, paths: Iterable[str]) -> Self:
        """Return those in one of these places or below."""
        one = "s.region_path = %s OR (s.region_path >= %s AND s.region_path < %s)"
        places = outermost(paths)
        values = [text for path in places for text in (path, f"{path}/", f"{path}0")]
        return self.where(f"({' OR '.join([one] * len(places))})", *values)

    @property
    def listed_at(self) -> str:
        """The date to order by.

        Of a search by words not the bare column: the planner would walk its index and read the words of every posting
        on the way.
        """
        return "(s.posted_at + interval '0')" if self.by_words else "s.posted_at"

    def select(self, columns: str, rest: str = "") -> tuple[str, tuple[Any, ...]]:
        """Return the statement that reads some columns, and its values; `rest` follows the conditions."""
        statement = f"SELECT {columns} FROM jobs_postingsearch s WHERE {' AND '.join(self.conditions)} {rest}"  # noqa: S608
        return statement, self.values

    def packed(self) -> tuple[str, tuple[Any, ...]]:
        """Return the statement that reads what `jobs.cells` packs of all, end to end: much quicker than as rows."""
        return self.select("string_agg(s.packed, ''::bytea)")


def rows(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def scope(criteria: Criteria, *, on: date, wanted: Sequence[str] | None = None) -> Hits:
    """Return the rows of the words, the region and the radius: what the counts of all filters are made of.

    :param wanted: tsqueries, of which one must hold, instead of those of the criteria's text.
    """
    found = Hits((_SHOWN,), (on,))
    wanted = criteria.asked.ways if wanted is None else wanted
    if wanted:
        either = " OR ".join(["s.words @@ %s::tsquery"] * len(wanted))
        found = replace(found.where(f"({either})", *wanted), by_words=True)
    if criteria.region is not None:
        found = found.within([criteria.region.path])
    if criteria.point is not None:
        found = _around(found, criteria.point, criteria.within)
    return found


METRES = f"""(2000 * {EARTH_RADIUS} * asin(least(1, sqrt(
  power(sin(radians((s.lat / {DEGREE}.0 - %s) / 2)), 2)
  + cos(radians(%s)) * cos(radians(s.lat / {DEGREE}.0)) * power(sin(radians((s.lng / {DEGREE}.0 - %s) / 2)), 2)))))::integer"""
"""How far a search row is from a point (haversine)."""


def metres_from(point: Point) -> tuple[float, ...]:
    """Return the values of `METRES`."""
    return point.lat, point.lat, point.lng


def _around(found: Hits, point: Point, within: int) -> Hits:
    """Leave out what is farther, and what stands nowhere; the box comes first."""
    if within:
        high = within / KILOMETRES_A_DEGREE
        wide = high / max(cos(radians(point.lat)), 0.01)
        for name, middle, reach in (("lat", point.lat, high), ("lng", point.lng, wide)):
            low, most = round((middle - reach) * DEGREE), round((middle + reach) * DEGREE)
            found = found.where(f"s.{name} BETWEEN %s AND %s", low, most)
    found = found.where("s.lat IS NOT NULL AND s.lng IS NOT NULL")
    return found.where(f"{METRES} <= %s", *metres_from(point), within * 1000) if within else found


def narrowed(found: Hits, criteria: Criteria) -> Hits:
    """Apply the filters to rows of the scope."""
    if criteria.areas:
        found = found.within(area.path for area in criteria.areas)
    if criteria.pay:
        found = found.where("s.monthly_max >= %s", criteria.pay)
    if criteria.education is not None:
        found = found.where("s.education_rank <= %s", criteria.education)
    if criteria.experience is not None:
        found = found.where("s.experience_min <= %s", criteria.experience)
    if criteria.kinds:
        found = found.where("s.kind = ANY(%s)", list(criteria.kinds))
    if criteria.industries:
        found = found.where("s.industry = ANY(%s)", list(criteria.industries))
    if criteria.suits:
        found = found.where("s.suits @> %s::varchar[]", list(criteria.suits))
    return found


def hits(criteria: Criteria, *, on: date, wanted: Sequence[str] | None = None) -> Hits:
    """Return the search rows that meet the criteria on a day."""
    return narrowed(scope(criteria, on=on, wanted=wanted), criteria)


@contextmanager
def by_index(criteria: Criteria) -> Iterator[None]:
    """Let a search by common words go by its index of words.

    A word that many postings hold looks to the planner like a reason to read the whole table: it does not count that
    every row's words must then be fetched from where they are kept (measured: 40 times slower).
    """
    if not _is_common(criteria.asked):
        yield
        return
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_seqscan', 'off', true)")
        yield


def _is_common(asked: Asked) -> bool:
    if not asked or len(asked.ways) > 1 or any(len(term) == 1 for term in asked.terms):
        return bool(asked)
    known = shares()
    return not known or min(known.get(term, 0.0) for term in asked.terms) > COMMON
