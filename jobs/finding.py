"""Finding postings: what was asked, the page of hits, how many there are, and what each filter would leave."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import BooleanField, Count, Expression, F, Func, Q, Value
from django.db.models.expressions import ExpressionWrapper

from core.keyset import Page, paginate
from jobs import tokens
from jobs.models import Posting, PostingSearch
from people.models import Organisation, Region

ORDERS = {
    "fit": ("-in_title", "-posted_at", "-posting_id"),
    "new": ("-posted_at", "-posting_id"),
    "pay": ("-monthly_max", "-posting_id"),
}
PAGE = 20


@dataclass(frozen=True)
class Criteria:
    """What a visitor asks for. Empty fields ask for nothing."""

    text: str = ""
    region: Region | None = None
    pay: int = 0
    """At least so many 元 a month."""
    education: int | None = None
    """The rank of the education one has: postings that want more are left out."""
    kind: str = ""
    suits: str = ""
    order: str = "fit"

    @property
    def is_empty(self) -> bool:
        """Whether nothing narrows the list."""
        return self == Criteria(order=self.order)


@dataclass(frozen=True)
class Found:
    """One page of hits with the total and the counts per filter value."""

    page: Page[PostingSearch]
    total: int
    facets: dict[str, list[tuple[str, int]]]

    @property
    def postings(self) -> list[Posting]:
        """The postings of this page."""
        return [row.posting for row in self.page.items]


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
    rows = PostingSearch.objects.filter(valid_until__gte=on).exclude(
        posting__organisation__status=Organisation.Status.SUSPENDED
    )
    wanted = tokens.query(criteria.text)
    in_title: Expression = ExpressionWrapper(Value(False), output_field=BooleanField())
    if wanted:
        asked = TsQuery(Value(wanted))
        rows = rows.filter(Matches(F("words"), asked))
        in_title = Matches(F("title_words"), asked)
    if criteria.region is not None:
        rows = rows.filter(region_path__within=[criteria.region.path])
    if criteria.pay:
        rows = rows.filter(monthly_max__gte=criteria.pay)
    if criteria.education is not None:
        rows = rows.filter(education_rank__lte=criteria.education)
    if criteria.kind:
        rows = rows.filter(kind=criteria.kind)
    if criteria.suits:
        rows = rows.filter(suits__contains=[criteria.suits])
    return rows.annotate(in_title=in_title)


def find(criteria: Criteria, *, on: date, cursor: str | None = None, size: int = PAGE) -> Found:
    """Return one page of hits, the total, and the counts of regions, kinds and invitations among the hits.

    Three queries, whatever was asked: the page, the counts, and the counts of invitations.
    """
    rows = hits(criteria, on=on)
    listed = rows.select_related("posting__region", "posting__organisation")
    page = paginate(listed, order=ORDERS.get(criteria.order, ORDERS["fit"]), cursor=cursor, size=size)
    facets = _facets(rows, criteria)
    return Found(page, sum(count for _, count in facets["kind"]), facets)


def _facets(rows: Any, criteria: Criteria) -> dict[str, list[tuple[str, int]]]:
    """Count by next-lower region, by kind and by invitation, in one grouped pass over the hits and one over arrays."""
    depth = criteria.region.path.count("/") + 2 if criteria.region else 2
    part = Func(
        F("region_path"),
        Value("/"),
        Value(depth),
        function="split_part",
        output_field=PostingSearch._meta.get_field("kind"),
    )
    regions: dict[str, int] = {}
    kinds: dict[str, int] = {}
    for code, kind, count in rows.order_by().annotate(part=part).values_list("part", "kind").annotate(n=Count("pk")):
        kinds[kind] = kinds.get(kind, 0) + count
        if code:
            regions[code] = regions.get(code, 0) + count
    unnested = Func(F("suits"), function="unnest", output_field=PostingSearch._meta.get_field("kind"))
    suits = rows.order_by().annotate(one=unnested).values_list("one").annotate(n=Count("pk"))
    return {"region": _ranked(regions), "kind": _ranked(kinds), "suits": _ranked(dict(suits))}


def _ranked(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def loosened(criteria: Criteria, *, on: date) -> list[tuple[str, int]]:
    """Say how many postings each filter keeps away: (field, postings without it), only where it would help."""
    without = {
        "region": replace(criteria, region=None),
        "pay": replace(criteria, pay=0),
        "education": replace(criteria, education=None),
        "kind": replace(criteria, kind=""),
        "suits": replace(criteria, suits=""),
    }
    counts = [(name, hits(asked, on=on).count()) for name, asked in without.items() if asked != criteria]
    return [(name, count) for name, count in counts if count]


def similar(posting: Posting, *, on: date, count: int = 4) -> list[Posting]:
    """Return published postings with words of the same title, those nearby first."""
    wanted = " | ".join(dict.fromkeys(f"'{p}'" for p in tokens.pieces(posting.title) if len(p) > 1))
    if not wanted:
        return []
    near = posting.region.path.rsplit("/", 1)[0] if posting.region and "/" in posting.region.path else ""
    rows = (
        PostingSearch.objects.filter(Matches(F("title_words"), TsQuery(Value(wanted))), valid_until__gte=on)
        .exclude(pk=posting.pk)
        .annotate(near=ExpressionWrapper(Q(region_path__startswith=near or "none"), output_field=BooleanField()))
        .select_related("posting__region", "posting__organisation")
        .order_by("-near", "-posted_at", "-pk")
    )
    return [row.posting for row in rows[:count]]
