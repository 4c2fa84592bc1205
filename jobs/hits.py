"""The search rows that meet some criteria, as querysets."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import cos, radians
from typing import Any, Protocol

from django.contrib.postgres.search import SearchVectorField
from django.db import connection, transaction
from django.db.models import (
    Aggregate,
    BinaryField,
    BooleanField,
    DateTimeField,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    IntegerField,
    Value,
)
from django.db.models.functions import ASin, Cast, Cos, Least, Power, Radians, Sin, Sqrt

from jobs.asking import Asked, read
from jobs.indexing import DEGREE
from jobs.models import Posting, PostingSearch
from jobs.places import place_names
from people.models import Organisation

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


class TsQuery(Func):
    """A text as a tsquery, without the parser's own ideas about words."""

    template = "(%(expressions)s)::tsquery"
    output_field = SearchVectorField()


class Matches(Func):
    """`vector @@ query`."""

    function = ""
    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()


class Packed(Aggregate):
    """The numbers of all rows in one value, eight bytes each: much quicker to hand over than as rows."""

    template = "string_agg(int8send(%(expressions)s), ''::bytea)"
    output_field = BinaryField()


def matching(rows: Any, wanted: str) -> Any:
    """Narrow search rows to those that a tsquery meets."""
    return rows.filter(Matches(F("words"), TsQuery(Value(wanted))))


def scope(criteria: Criteria, *, on: date, wanted: str | None = None) -> Any:
    """Return the rows of the words, the region and the radius: what the counts of all filters are made of.

    :param wanted: a tsquery instead of that of the criteria's text.
    """
    suspended = Posting.objects.filter(organisation__status=Organisation.Status.SUSPENDED)
    rows = PostingSearch.objects.filter(valid_until__gte=on).exclude(posting_id__in=suspended.values("pk"))
    wanted = criteria.asked.anywhere if wanted is None else wanted
    if wanted:
        # Not the bare columns: the planner would walk an index of dates and read the words of every posting on the way.
        later = ExpressionWrapper(F("posted_at") + Value(timedelta(0)), output_field=DateTimeField())
        rows = matching(rows, wanted).annotate(listed_at=later, top_pay=F("monthly_max") + 0)
    else:
        rows = rows.annotate(listed_at=F("posted_at"), top_pay=F("monthly_max"))
    if criteria.region is not None:
        rows = rows.filter(region_path__within=[criteria.region.path])
    if criteria.point is not None:
        rows = _around(rows, criteria.point, criteria.within)
    return rows


def _around(rows: Any, point: Point, within: int) -> Any:
    """Say how many metres away each is, and leave out what is farther. Haversine on a sphere; the box comes first."""
    if within:
        high = within / KILOMETRES_A_DEGREE
        wide = high / max(cos(radians(point.lat)), 0.01)
        rows = rows.filter(
            lat__range=(round((point.lat - high) * DEGREE), round((point.lat + high) * DEGREE)),
            lng__range=(round((point.lng - wide) * DEGREE), round((point.lng + wide) * DEGREE)),
        )
    rows = rows.filter(lat__isnull=False, lng__isnull=False).annotate(distance=_metres(point))
    return rows.filter(distance__lte=within * 1000) if within else rows


def _metres(point: Point) -> Any:
    """Return the distance of a row from a point, in whole metres (haversine)."""

    def degrees(name: str) -> Any:
        return ExpressionWrapper(F(name) / Value(float(DEGREE)), output_field=FloatField())

    def half(name: str, there: float) -> Any:
        return Power(Sin(Radians((degrees(name) - Value(there)) / Value(2.0))), Value(2.0))

    along = Cos(Radians(Value(point.lat))) * Cos(Radians(degrees("lat"))) * half("lng", point.lng)
    arc = ASin(Least(Value(1.0), Sqrt(half("lat", point.lat) + along)))
    return Cast(arc * Value(2000 * EARTH_RADIUS), IntegerField())


def narrowed(rows: Any, criteria: Criteria) -> Any:
    """Apply the filters to rows of the scope."""
    if criteria.areas:
        rows = rows.filter(region_path__within=[area.path for area in criteria.areas])
    if criteria.pay:
        rows = rows.filter(monthly_max__gte=criteria.pay)
    if criteria.education is not None:
        rows = rows.filter(education_rank__lte=criteria.education)
    if criteria.experience is not None:
        rows = rows.filter(experience_min__lte=criteria.experience)
    if criteria.kinds:
        rows = rows.filter(kind__in=criteria.kinds)
    if criteria.industries:
        rows = rows.filter(industry__in=criteria.industries)
    if criteria.suits:
        rows = rows.filter(suits__contains=list(criteria.suits))
    return rows


def hits(criteria: Criteria, *, on: date, wanted: str | None = None) -> Any:
    """Return the search rows that meet the criteria on a day."""
    return narrowed(scope(criteria, on=on, wanted=wanted), criteria)


@contextmanager
def by_index(criteria: Criteria) -> Iterator[None]:
    """Let a search by words go by its index of words.

    A word that many postings hold looks to the planner like a reason to read the whole table: it does not count that
    every row's words must then be fetched from where they are kept (measured: 40 times slower).
    """
    if not criteria.asked:
        yield
        return
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_seqscan', 'off', true)")
        yield
