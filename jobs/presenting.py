"""The results page in words: its filters with their counts, what is chosen, what to loosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from core.jinja import draw
from core.templatetags.ui import icon
from jobs.finding import EDUCATION_STEPS, Found
from jobs.hits import Criteria
from jobs.industries import LABELS
from jobs.models import Posting, Suits
from jobs.places import CITY_GRID, cities, find_place
from people import reference

ORDER_LABELS = [("fit", "最合适的在前"), ("new", "最新的在前"), ("pay", "工资高的在前"), ("near", "离我近的在前")]
SHOWN = 6
EDUCATION_WORDS = {2: "初中", 3: "高中、中专", 4: "大专", 5: "本科", 6: "硕士", 7: "博士"}
LOOSER = {
    "region": "换到全省",
    "areas": "不限区县",
    "pay": "不限工资",
    "education": "不限学历",
    "experience": "不限经验",
    "within": "不限距离",
    "industries": "不限行业",
    "kinds": "不限用工形式",
    "suits": "不限适合谁",
}
PARAMETERS = {"areas": "area", "education": "edu", "experience": "exp", "industries": "industry", "kinds": "kind"}
EXPERIENCE_WORDS = {0: "没有经验", 1: "1 年", 3: "3 年", 5: "5 年"}


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a filter: what it is called, how many postings it would show, whether it is chosen."""

    value: str
    label: str
    count: int
    checked: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """One group of the filter column: boxes when several values go together, else one of a row."""

    name: str
    legend: str
    options: list[Option]
    several: bool = False

    @property
    def first(self) -> list[Option]:
        """The values that show at once: the chosen ones and the most frequent."""
        return [o for n, o in enumerate(self.options) if n < SHOWN or o.checked]

    @property
    def is_chosen(self) -> bool:
        """Whether any value is chosen."""
        return any(option.checked for option in self.options)

    @property
    def more(self) -> list[Option]:
        """The values behind “其余 n 项”."""
        return [o for n, o in enumerate(self.options) if n >= SHOWN and not o.checked]


@dataclass(frozen=True, slots=True)
class Chip:
    """One chosen condition, and the address without it."""

    label: str
    url: str


def filters(criteria: Criteria, found: Found) -> list[Filter]:
    """Return the groups of the filter column; values without postings are left out, groups without values too."""
    areas = [area.code for area in criteria.areas]
    legend = "在哪个区县" if criteria.region else "在哪个市"
    names = {code: place.name for code, _ in found.facets["areas"] if (place := find_place(code))}
    groups = [
        Filter("area", legend, _options(found, "areas", names, areas), several=True),
        Filter("pay", "每月工资", _options(found, "pay", _Pay(), [criteria.pay])),
        Filter("edu", "我的学历", _educations(criteria, found)),
        Filter("exp", "我的工作经验", _experiences(criteria, found)),
        Filter("industry", "行业", _options(found, "industries", LABELS, criteria.industries), several=True),
        Filter("kind", "用工形式", _options(found, "kinds", _labels(Posting.Kind), criteria.kinds), several=True),
        Filter("suits", "适合谁", _options(found, "suits", _labels(Suits), criteria.suits), several=True),
    ]
    return [group for group in groups if group.options]


class _Pay(dict[Any, str]):
    def __missing__(self, amount: int) -> str:
        return f"{amount:,} 元以上"

    def __contains__(self, amount: object) -> bool:
        return True


def _labels(choices: Any) -> dict[str, str]:
    return dict(choices.choices)


def _options(found: Found, name: str, labels: dict[Any, str], chosen: Any) -> list[Option]:
    counted = [(value, count) for value, count in found.facets[name] if value in labels]
    counted += [(value, 0) for value in chosen if value and value in labels and value not in dict(counted)]
    return [Option(str(value), labels[value], count, value in chosen) for value, count in counted]


def _educations(criteria: Criteria, found: Found) -> list[Option]:
    counts, codes = dict(found.facets["education"]), dict(EDUCATION_STEPS)
    return [
        Option(codes[rank], label, counts[rank], criteria.education == rank)
        for rank, label in EDUCATION_WORDS.items()
        if rank in counts
    ]


def _experiences(criteria: Criteria, found: Found) -> list[Option]:
    counts = dict(found.facets["experience"])
    return [
        Option(str(years), label, counts[years], criteria.experience == years)
        for years, label in EXPERIENCE_WORDS.items()
        if years in counts
    ]


def orders(criteria: Criteria) -> list[tuple[str, str]]:
    """Return the orders that can be chosen; by distance only from somewhere."""
    return [(code, label) for code, label in ORDER_LABELS if criteria.point or code != "near"]


def city_grid(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the squares of the cities: name, number of postings, place in the grid and one of five shades."""
    most = max(counts.values(), default=0)
    return [
        {
            "code": city.code,
            "name": city.name.removesuffix("市"),
            "count": counts.get(city.code, 0),
            "at": "{}-{}".format(*CITY_GRID[city.code]),
            "shade": 1 + min(4, 5 * counts.get(city.code, 0) // (most + 1)),
        }
        for city in cities()
        if city.code in CITY_GRID
    ]


def cards(postings: Sequence[Posting], *, today: date, partial: Sequence[Posting] = ()) -> SafeString:
    """Return the list of postings as HTML; twenty cards are most of the page, so the quicker language draws them.

    :param partial: those of them that say only a part of what was asked for, and are marked so.
    """
    new = {posting.pk for posting in postings if posting.posted_at and timezone.localdate(posting.posted_at) == today}
    some = {posting.pk for posting in partial}
    context = {"postings": postings, "new": new, "some": some, "show": _address_of_any(), "pin": icon("map-pin")}
    return draw("jobs/cards.jinja", context | {"shield": icon("shield-check")})


def filter_column(groups: Sequence[Filter]) -> SafeString:
    """Return the filter column as HTML."""
    return draw("jobs/facets.jinja", {"filters": groups})


@cache
def _address_of_any() -> str:
    none = UUID(int=0)
    return reverse("jobs:posting-show", args=[none]).replace(str(none), "NUMBER")


def chips(criteria: Criteria, asked: QueryDict) -> list[Chip]:
    """Return what is chosen, each with the address that drops it."""
    chosen: list[tuple[str, str, str]] = []
    if criteria.text:
        chosen.append(("q", "", criteria.text))
    if criteria.region:
        chosen.append(("region", "", criteria.region.name))
    chosen += [("area", area.code, area.name) for area in criteria.areas]
    if criteria.pay:
        chosen.append(("pay", "", f"{criteria.pay:,} 元以上"))
    if criteria.education is not None:
        words = EDUCATION_WORDS.get(criteria.education) or reference.education_label(str(asked["edu"]))
        chosen.append(("edu", "", f"我是{words}学历"))
    if criteria.experience is not None:
        chosen.append(
            ("exp", "", f"我有{EXPERIENCE_WORDS[criteria.experience]}经验" if criteria.experience else "我没有经验")
        )
    if criteria.within:
        chosen.append(("within", "", f"{criteria.within} 公里以内"))
    if criteria.point:
        chosen.append(("station" if criteria.point.code else "at", "", f"离{criteria.point.name or '我的位置'}近"))
    chosen += [("industry", code, LABELS[code]) for code in criteria.industries]
    chosen += [("kind", kind, Posting.Kind(kind).label) for kind in criteria.kinds]
    chosen += [("suits", code, Suits(code).label) for code in criteria.suits]
    return [Chip(label, address(asked, name, value)) for name, value, label in chosen]


def address(asked: QueryDict, name: str, value: str = "") -> str:
    """Return the query string without one condition (or one value of it), from the first page on."""
    rest = asked.copy()
    kept = [v for v in rest.getlist(name) if value and v != value]
    rest.setlist(name, kept)
    below = {"region": ("area",), "at": ("within", "sort"), "station": ("within", "sort")}
    for gone in ("cursor", *below.get(name, ())):
        rest.pop(gone, None)
    return f"?{rest.urlencode()}"


def instead(word: str, asked: QueryDict) -> str:
    """Return the address of the same search for another word."""
    rest = asked.copy()
    rest["q"] = word
    rest.pop("cursor", None)
    return f"?{rest.urlencode()}"


def looser(found: Found, asked: QueryDict) -> list[dict[str, Any]]:
    """Return what dropping one condition would bring: words, address, number of postings."""
    return [
        {"label": LOOSER[name], "url": address(asked, PARAMETERS.get(name, name)), "count": count}
        for name, count in found.loosened
    ]


def kept(asked: QueryDict) -> list[tuple[str, str]]:
    """Return the conditions that a change of order keeps, as pairs for hidden fields."""
    names = ("q", "region", "area", "at", "station", "within", "pay", "edu", "exp", "industry", "kind", "suits")
    return [(name, value) for name in names for value in asked.getlist(name) if value]
