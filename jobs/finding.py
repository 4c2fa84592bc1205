"""Finding postings: what was asked, the page of hits, how many there are, and what each filter would leave."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Protocol

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.core.cache import cache
from django.db.models import (
    BooleanField,
    Count,
    DateTimeField,
    Expression,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    Q,
    TextField,
    Value,
)

from core.keyset import Page, paginate
from jobs import tokens
from jobs.indexing import GENERATION
from jobs.models import Posting, PostingSearch
from people.models import Organisation

ORDERS = {
    "fit": ("-in_title", "-listed_at", "-posting_id"),
    "new": ("-listed_at", "-posting_id"),
    "pay": ("-monthly_max", "-posting_id"),
}
PAGE = 20
PAY_STEPS = (2000, 3000, 4000, 5000, 6000, 8000, 10000, 15000)
"""The "at least so many 元 a month" that can be chosen, each with its count."""
EDUCATION_STEPS = ((2, "71"), (3, "61"), (4, "31"), (5, "21"), (6, "14"), (7, "11"))
"""Ranks of education with the code of GB/T 4658 that stands for each."""
KEEP_SECONDS = 300


class HasPath(Protocol):
    """A region, as far as the search is concerned."""

    code: str
    name: str
    path: str


@dataclass(frozen=True)
class Criteria:
    """What a visitor asks for. Empty fields ask for nothing; several kinds or areas mean any of them."""

    text: str = ""
    region: HasPath | None = None
    areas: tuple[HasPath, ...] = ()
    """Places below the region."""
    pay: int = 0
    """At least so many 元 a month."""
    education: int | None = None
    """The rank of the education one has: postings that want more are left out."""
    kinds: tuple[str, ...] = ()
    suits: tuple[str, ...] = ()
    """All of these invitations."""
    order: str = "fit"

    @property
    def is_empty(self) -> bool:
        """Whether nothing narrows the list."""
        return self == Criteria(order=self.order)


@dataclass(frozen=True, slots=True)
class Cell:
    """How many postings share one next-lower region, kind, education, step of pay and set of invitations."""

    area: str
    kind: str
    education: int
    step: int
    suits: frozenset[str]
    count: int


@dataclass(frozen=True)
class Found:
    """One page of hits with the total and the counts per filter value.

    Each filter's counts leave that filter itself out: they say what choosing another value would show.
    """

    page: Page[Posting]
    total: int
    facets: dict[str, list[tuple[Any, int]]]
    loosened: list[tuple[str, int]]
    """When nothing was found: (filter, postings without it), only where it helps."""

    @property
    def postings(self) -> list[Posting]:
        """The postings of this page."""
        return self.page.items


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


def hits(criteria: Criteria, *, on: date) -> Any:
    """Return the search rows that meet the criteria on a day."""
    rows = _scope(criteria, on=on)
    if criteria.areas:
        rows = rows.filter(region_path__within=[area.path for area in criteria.areas])
    if criteria.pay:
        rows = rows.filter(monthly_max__gte=criteria.pay)
    if criteria.education is not None:
        rows = rows.filter(education_rank__lte=criteria.education)
    if criteria.kinds:
        rows = rows.filter(kind__in=criteria.kinds)
    if criteria.suits:
        rows = rows.filter(suits__contains=list(criteria.suits))
    return rows


def _scope(criteria: Criteria, *, on: date) -> Any:
    """Return the rows of the words and the region alone: what the counts of all filters are made of."""
    suspended = Posting.objects.filter(organisation__status=Organisation.Status.SUSPENDED)
    rows = PostingSearch.objects.filter(valid_until__gte=on).exclude(posting_id__in=suspended.values("pk"))
    wanted = tokens.query(criteria.text)
    in_title: Expression = ExpressionWrapper(Value(False), output_field=BooleanField())
    listed_at: Any = F("posted_at")
    if wanted:
        asked = TsQuery(Value(wanted))
        rows = rows.filter(Matches(F("words"), asked))
        in_title = Matches(F("title_words"), asked)
        # Not the bare column: the planner would walk its index and read the words of every posting on the way.
        listed_at = ExpressionWrapper(F("posted_at") + Value(timedelta(0)), output_field=DateTimeField())
    if criteria.region is not None:
        rows = rows.filter(region_path__within=[criteria.region.path])
    return rows.annotate(in_title=in_title, listed_at=listed_at)


def find(criteria: Criteria, *, on: date, cursor: str | None = None, size: int = PAGE) -> Found:
    """Return one page of hits, the total, and the counts of each filter's values.

    Three queries, whatever was asked: the hits of the page, their postings, and one grouped pass for all counts.
    """
    columns = ("posting_id", "in_title", "listed_at", "monthly_max")
    rows = hits(criteria, on=on).values(*columns)
    page = paginate(rows, order=ORDERS.get(criteria.order, ORDERS["fit"]), cursor=cursor, size=size)
    tally = Tally(criteria, _cells(criteria, on=on))
    loose = [] if tally.total else _loosened(criteria, tally.kept_away, on=on)
    return Found(Page(_postings(page.items), page.next, page.previous), tally.total, tally.facets(), loose)


def _postings(rows: Iterable[dict[str, Any]]) -> list[Posting]:
    """Return the postings of some rows in their order, each with how many people applied."""
    order = [row["posting_id"] for row in rows]
    applied = Count("applications", filter=~Q(applications__status="withdrawn"))
    found = Posting.objects.filter(pk__in=order).select_related("region", "organisation").annotate(applied=applied)
    by_id = {posting.pk: posting for posting in found}
    return [by_id[pk] for pk in order if pk in by_id]


def _cells(criteria: Criteria, *, on: date) -> list[Cell]:
    """Count the postings of the words and the region by everything that can be filtered, in one pass.

    A whole region without words is asked for most and costs most, so its answer is kept until a posting changes.
    """
    if criteria.text or _steps(criteria) != list(PAY_STEPS):
        return _count_cells(criteria, on=on)
    region = criteria.region.code if criteria.region else ""
    key = f"jobs:cells:{on}:{region}:{cache.get(GENERATION, '')}"
    cells: list[Cell] | None = cache.get(key)
    if cells is None:
        cells = _count_cells(criteria, on=on)
        cache.set(key, cells, KEEP_SECONDS)
    return cells


def _count_cells(criteria: Criteria, *, on: date) -> list[Cell]:
    depth = criteria.region.path.count("/") + 2 if criteria.region else 2
    text = TextField()
    area = Func(F("region_path"), Value("/"), Value(depth), function="split_part", output_field=text)
    steps = Value(_steps(criteria), output_field=ArrayField(IntegerField()))
    step = Func(F("monthly_max"), steps, function="width_bucket", output_field=IntegerField())
    rows = _scope(criteria, on=on).order_by().annotate(area=area, step=step)
    counted = rows.values_list("area", "kind", "education_rank", "step", "suits").annotate(n=Count("pk"))
    return [Cell(a, k, e, s, frozenset(w), n) for a, k, e, s, w, n in counted]


def _steps(criteria: Criteria) -> list[int]:
    """Return the steps of pay to count by; they hold what is asked for, so that no cell is only half of it."""
    return sorted({*PAY_STEPS, *((criteria.pay,) if criteria.pay else ())})


AREAS, PAY, EDUCATION, KINDS, SUITS = FILTERS = ("areas", "pay", "education", "kinds", "suits")


class Tally:
    """What the cells add up to under some criteria, in one pass: there may be ten thousand of them."""

    def __init__(self, criteria: Criteria, cells: list[Cell]) -> None:
        self.total = 0
        self._steps = _steps(criteria)
        self._counts: dict[str, Counter[Any]] = {name: Counter() for name in FILTERS}
        self.kept_away: Counter[str] = Counter()
        """Filter -> postings that it alone keeps away."""
        areas = {area.code for area in criteria.areas}
        step = bisect_right(self._steps, criteria.pay) if criteria.pay else 0
        rank, kinds, suits = criteria.education, set(criteria.kinds), set(criteria.suits)
        for cell in cells:
            missed = ""
            misses = 0
            if areas and cell.area not in areas:
                missed, misses = AREAS, 1
            if cell.step < step:
                missed, misses = PAY, misses + 1
            if rank is not None and cell.education > rank:
                missed, misses = EDUCATION, misses + 1
            if kinds and cell.kind not in kinds:
                missed, misses = KINDS, misses + 1
            if suits and not suits <= cell.suits:
                missed, misses = SUITS, misses + 1
            if misses == 0:
                self._admit(cell)
            elif misses == 1:
                self.kept_away[missed] += cell.count
                if missed != SUITS:
                    self._count(missed, cell)

    def _admit(self, cell: Cell) -> None:
        self.total += cell.count
        for name in (AREAS, PAY, EDUCATION, KINDS):
            self._count(name, cell)
        for code in cell.suits:
            self._counts[SUITS][code] += cell.count

    def _count(self, name: str, cell: Cell) -> None:
        value = (
            cell.area if name == AREAS else cell.kind if name == KINDS else cell.step if name == PAY else cell.education
        )
        self._counts[name][value] += cell.count

    def facets(self) -> dict[str, list[tuple[Any, int]]]:
        """Return each filter's values with their counts; pay counts "at least", education "no more than"."""
        steps, ranks = self._counts[PAY], self._counts[EDUCATION]
        pay = [(amount, sum(n for s, n in steps.items() if s > at)) for at, amount in enumerate(self._steps)]
        education = [(rank, sum(n for wanted, n in ranks.items() if wanted <= rank)) for rank, _ in EDUCATION_STEPS]
        areas = {code: count for code, count in self._counts[AREAS].items() if code}
        return {
            AREAS: _ranked(areas),
            KINDS: _ranked(self._counts[KINDS]),
            SUITS: _ranked(self._counts[SUITS]),
            PAY: [(amount, count) for amount, count in pay if count],
            EDUCATION: [(rank, count) for rank, count in education if count],
        }


def _ranked(counts: Mapping[Any, int]) -> list[tuple[Any, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _loosened(criteria: Criteria, kept_away: Counter[str], *, on: date) -> list[tuple[str, int]]:
    """Say how many postings each filter alone keeps away; the region is asked for anew."""
    counts = dict(kept_away)
    if criteria.region is not None:
        counts["region"] = hits(replace(criteria, region=None, areas=()), on=on).count()
    return [(name, counts[name]) for name in ("region", *FILTERS) if counts.get(name)]


def similar(posting: Posting, *, on: date, count: int = 4) -> list[Posting]:
    """Return published postings of like titles: those of the same words, then those of the city that share some."""
    words = [f"'{piece}'" for piece in dict.fromkeys(tokens.pieces(posting.title)) if len(piece) > 1]
    city = "/".join(posting.region.path.split("/")[:2]) if posting.region else ""
    found: list[int] = []
    if words:
        same = _titled(" & ".join(words), on=on, apart_from=[posting.pk])
        near: Any = Q(region_path__within=[city]) if city else Value(False)
        same = same.annotate(near=ExpressionWrapper(near, output_field=BooleanField()))
        found += same.order_by("-near", "-listed_at", "-posting_id").values_list("pk", flat=True)[:count]
    if words and city and len(found) < count:
        some = _titled(" | ".join(words), on=on, apart_from=[posting.pk, *found]).filter(region_path__within=[city])
        found += some.order_by("-listed_at", "-posting_id").values_list("pk", flat=True)[: count - len(found)]
    return _postings({"posting_id": pk} for pk in found)


def _titled(wanted: str, *, on: date, apart_from: list[int]) -> Any:
    """Return the rows whose title has these words; the index is on all words, the title is looked at after."""
    asked = TsQuery(Value(wanted))
    rows = _scope(Criteria(), on=on).exclude(posting_id__in=apart_from)
    later = ExpressionWrapper(F("posted_at") + Value(timedelta(0)), output_field=DateTimeField())
    return rows.filter(Matches(F("words"), asked), Matches(F("title_words"), asked)).annotate(listed_at=later)
