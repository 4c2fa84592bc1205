"""Finding postings: the page of hits, how many there are, what each filter would leave, and what comes near.

All hits of a search by words are read once, sixteen bytes each (`jobs.cells`): they give the total, the counts and the
order, on the hundredth page as on the first. Those in the title come first, the newest first; of several words, the
best candidates are ranked before them (`jobs.ranking`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.core.cache import cache

from core.keyset import Page
from core.templatetags.ui import metres
from jobs import nearness, tokens
from jobs.cells import Cells
from jobs.hits import METRES, Criteria, Hits, Point, by_index, hits, metres_from, rows, scope
from jobs.indexing import GENERATION
from jobs.models import Posting
from jobs.segments import BEST, Held, Ranked, Row, Stored, page, position
from jobs.suggesting import meant
from jobs.tally import EDUCATION_STEPS, EXPERIENCE_STEPS, FILTERS, PAY_STEPS, Tally
from people.models import Region

__all__ = [
    "EDUCATION_STEPS",
    "EXPERIENCE_STEPS",
    "ORDERS",
    "PAY_STEPS",
    "Criteria",
    "Found",
    "find",
    "hits",
    "overview",
    "similar",
]

ORDERS = ("fit", "new", "pay", "near")
"""How a list can be ordered; "near" wants a point."""
PAGE = 20
KEEP_SECONDS = 300


@dataclass(frozen=True)
class Found:
    """One page of hits with the total and the counts per filter value.

    Each filter's counts leave that filter itself out: they say what choosing another value would show.
    """

    page: Page[Posting]
    total: int
    facets: dict[str, list[tuple[Any, int]]]
    loosened: list[tuple[str, int]] = field(default_factory=list)
    """When nothing was found: (filter, postings without it), only where it helps."""
    near: list[Posting] = field(default_factory=list)
    """Postings that hold only a part of the words, when few or none hold all. Not counted in the total."""
    listed: list[Posting] = field(default_factory=list)
    """What the page lists, in order. Where the hits do not fill it, the near ones stand among them by how well they fit:
    a posting whose title says most of the words fits better than one whose text says all of them in passing."""
    meant: str = ""
    """When no posting holds the words: a word spelled or spoken like what was asked for, which some do."""

    @property
    def postings(self) -> list[Posting]:
        """The postings of this page."""
        return self.page.items


def find(criteria: Criteria, *, on: date, cursor: str | None = None, size: int = PAGE) -> Found:
    """Return one page of hits, the total, and the counts of each filter's values."""
    with by_index(criteria):
        cells, titled = _cells(criteria, on=on)
        tally = Tally(criteria, cells)
        part = _part(criteria, cells, titled, tally.where(), on=on)
        hit, near, order = _rows(criteria, tally, part, on=on, cursor=cursor, size=size)
        loose = [] if tally.total else _loosened(criteria, tally.kept_away, on=on)
        offered = meant(criteria.text) if criteria.text and not tally.everything else ""
        postings = _postings([*(row["posting_id"] for row in hit.items), *near], criteria.point)
    shown = [postings[row["posting_id"]] for row in hit.items if row["posting_id"] in postings]
    beside = [postings[pk] for pk in near if pk in postings]
    listed = [postings[pk] for pk in order if pk in postings] if order else shown
    return Found(Page(shown, hit.next, hit.previous), tally.total, tally.facets(), loose, beside, listed, offered)


def list_page(criteria: Criteria, *, on: date, cursor: str | None, size: int) -> Page[Posting]:
    """Return one page of hits alone, whole, for readers that count nothing."""
    with by_index(criteria):
        cells, titled = _read(criteria, hits, on=on) if criteria.asked else (Cells.read(None), 0)
        part = _part(criteria, cells, titled, slice(None), on=on)
        found = page([part], name=_name(criteria), cursor=cursor, size=size)
        postings = _whole([row["posting_id"] for row in found.items])
    shown = [postings[row["posting_id"]] for row in found.items if row["posting_id"] in postings]
    return Page(shown, found.next, found.previous)


def _part(criteria: Criteria, cells: Cells, titled: int, where: Any, *, on: date) -> Held | Stored:
    """Return the hits in their order: by words from the cells at hand, else from the database's indexes."""
    order = "new" if criteria.order == "fit" or (criteria.order == "near" and not criteria.point) else criteria.order
    if not criteria.asked or order == "near":
        return Stored(hits(criteria, on=on), order=order, point=criteria.point)
    return Held.by_pay(cells, where) if order == "pay" else Held.by_date(cells, where, titled)


def _rows(
    criteria: Criteria, tally: Tally, part: Held | Stored, *, on: date, cursor: str | None, size: int
) -> tuple[Page[Row], list[int], list[int]]:
    """Return the page's rows; when the hits do not fill it, the postings that come near too, and all of both in order."""
    asked, name = criteria.asked, _name(criteria)
    several = len(asked.terms) > 1 and criteria.order == "fit"
    if not tally.total and not (several and not tally.everything):
        return Page([], None, None), [], []
    backwards, key = position(cursor, name)
    beyond = tally.total > nearness.BEST and key and key[0] < BEST and not backwards
    if not several or beyond or isinstance(part, Stored) or nearness.is_ranked_by_date(asked, part.titled):
        return page([part], name=name, cursor=cursor, size=size), [], []
    wider = nearness.candidates(criteria, on=on) if tally.total < size else []
    best = part.rows(None, nearness.BEST, backwards=False)
    ranked, near = nearness.ranked(asked, best, wider)
    rest = [part.after(best[-1])] if tally.total > nearness.BEST else []
    found = page([Ranked(ranked), *rest], name=name, cursor=cursor, size=size)
    near = near[: size - len(found.items)]
    order = sorted(
        [*found.items, *near], key=lambda row: (row["score"], row["listed_at"], row["posting_id"]), reverse=True
    )
    return found, [row["posting_id"] for row in near], [row["posting_id"] for row in order] if near else []


def _name(criteria: Criteria) -> str:
    return f"jobs by {criteria.order}|{criteria.asked.anywhere}"


_SHOWN = frozenset(
    [
        "id",
        "public_id",
        "title",
        "employer_name",
        "organisation_id",
        "on_behalf",
        "source_site",
        "kind",
        "headcount",
        "pay_min",
        "pay_max",
        "pay_period",
        "pay_months",
        "region_id",
        "place_text",
        "education",
        "education_rank",
        "experience_min",
        "experience_max",
        "shifts",
        "welfare",
        "suits",
        "status",
        "posted_at",
        "valid_until",
    ]
)
"""The columns that a list shows."""
_COLUMNS = [field.attname for field in Posting._meta.concrete_fields if field.attname in _SHOWN]
_CARDS = f"""
SELECT {", ".join(f"p.{name}" for name in _COLUMNS)}, r.code, r.full_name,
  (SELECT count(*) FROM jobs_application a WHERE a.posting_id = p.id AND a.status <> 'withdrawn') AS applied, {{}}
FROM jobs_posting p LEFT JOIN people_region r ON r.id = p.region_id {{}} WHERE p.id = ANY(%s)
"""  # noqa: S608 -- names of columns only


def _postings(ids: Iterable[int], point: Point | None = None) -> dict[int, Posting]:
    """Return the postings of a list by number with what a list shows: how many people applied, how far it is."""
    found: dict[int, Posting] = {}
    far, where = (METRES, "LEFT JOIN jobs_postingsearch s ON s.posting_id = p.id") if point else ("NULL", "")
    cards = rows(_CARDS.format(far, where), (*(metres_from(point) if point else ()), list(ids)))
    for *values, code, full_name, applied, distance in cards:
        posting = Posting.from_db("default", _SHOWN, values)
        vars(posting).update(applied=applied, distance=None if distance is None else metres(distance))
        if posting.region_id is not None:
            fields = ("id", "code", "full_name")
            posting.region = Region.from_db("default", fields, (posting.region_id, code, full_name))
        found[posting.pk] = posting
    return found


def _whole(ids: Iterable[int]) -> dict[int, Posting]:
    """Return the postings of a list by number with all that they say."""
    found = Posting.objects.filter(pk__in=list(ids)).select_related("region", "organisation")
    return {posting.pk: posting for posting in found}


def _cells(criteria: Criteria, *, on: date) -> tuple[Cells, int]:
    """Return the cells of the postings of the words and the place, and how many of the first have the words in the title.

    A whole region without words is asked for most and costs most, so its answer is kept until a posting changes.
    """
    if criteria.asked or criteria.point:
        return _read(criteria, scope, on=on)
    region = criteria.region.code if criteria.region else ""
    key = f"jobs:cells:{on}:{region}:{cache.get(GENERATION, '')}"
    cells: Cells | None = cache.get(key)
    if cells is None:
        cells = _read(criteria, scope, on=on)[0].merged()
        cache.set(key, cells, KEEP_SECONDS)
    return cells, 0


def _read(criteria: Criteria, which: Callable[..., Hits], *, on: date) -> tuple[Cells, int]:
    """Read the cells of `scope` or `hits`; when the list is to begin with the hits in the title, these first."""
    asked = criteria.asked
    if not asked or criteria.order != "fit":
        return Cells.read(rows(*which(criteria, on=on).packed())[0][0]), 0
    several = len(asked.ways) > 1
    # A conjunction leaves the titled out by itself; a choice of ways would have to look at each candidate.
    wanted = asked.ways if several else (f"({asked.anywhere}) & !({asked.in_title})",)
    titled, values = which(criteria, on=on, wanted=asked.ways_in_title).packed()
    others, more = which(criteria, on=on, wanted=wanted).packed()
    first, rest = (Cells.read(found) for found in rows(f"SELECT ({titled}), ({others})", (*values, *more))[0])
    return first.then(rest, disjoint=not several), len(first.numbers)


def _loosened(criteria: Criteria, kept_away: dict[str, int], *, on: date) -> list[tuple[str, int]]:
    """Say how many postings each filter alone keeps away; region and radius are asked for anew."""
    counts, wider = dict(kept_away), {}
    if criteria.region is not None:
        wider["region"] = replace(criteria, region=None, areas=())
    if criteria.point is not None and criteria.within:
        wider["within"] = replace(criteria, within=0)
    if wider:
        asked = [hits(each, on=on).select("count(*)") for each in wider.values()]
        found = rows(f"SELECT {', '.join(f'({one})' for one, _ in asked)}", [v for _, vs in asked for v in vs])[0]
        counts.update(zip(wider, found, strict=True))
    return [(name, counts[name]) for name in ("region", "within", *FILTERS) if counts.get(name)]


def overview(*, on: date) -> tuple[int, dict[str, int]]:
    """Return how many postings are open, and how many in each city and functional zone; kept until a posting changes."""
    tally = Tally(Criteria(), _cells(Criteria(), on=on)[0])
    return tally.total, dict(tally.facets()["areas"])


def similar(posting: Posting, *, on: date, count: int = 4) -> list[Posting]:
    """Return published postings of like titles: those of the same words, then those of the city that share some."""
    words = [f"'{tokens.TITLE}{piece}'" for piece in dict.fromkeys(tokens.pieces(posting.title)) if len(piece) > 1]
    city = "/".join(posting.region.path.split("/")[:2]) if posting.region else ""
    found: list[int] = []
    with by_index(Criteria(text=posting.title)):
        for wanted, near in ((" & ".join(words), [city]), (" & ".join(words), []), (" | ".join(words), [city])):
            if not words or near == [""] or len(found) >= count:
                continue
            alike = scope(Criteria(), on=on, wanted=[wanted]).where("s.posting_id <> ALL(%s)", [posting.pk, *found])
            part = Stored(alike.within(near) if near else alike)
            found += [row["posting_id"] for row in part.rows(None, count - len(found), backwards=False)]
        postings = _postings(found)
    return [postings[pk] for pk in found if pk in postings]
