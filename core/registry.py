"""What the portal is composed of: each app declares its modules, tiles, sections and what a person has under way.

Nothing here knows an app; `portal` draws what was declared. Apps declare in `<app>/modules.py`, which their AppConfig imports.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True)
class Module:
    """A place of work in the side bar: who has it, where it is, how much waits there.

    :param roles: the roles (see `people.roles.Role`) that have it.
    :param waiting: how many matters wait for this user today; None when nothing can wait.
    :param overdue: how many of those are past their date.
    """

    code: str
    label: str
    icon: str
    url_name: str
    roles: frozenset[str]
    group: str = "每天要做"
    order: int = 100
    waiting: Callable[[Any], int] | None = None
    overdue: Callable[[Any], int] | None = None
    description: str = ""


@dataclass(frozen=True)
class Tile:
    """A matter on the public home page's 「我要办事」."""

    code: str
    label: str
    hint: str
    icon: str
    url_name: str
    tone: str = ""
    order: int = 100


@dataclass(frozen=True)
class Link:
    """A place in the public pages' navigation.

    :param places: where it stands: "main" (head), "tabbar" (phone's bottom bar, with an icon), "workbar" (head of the
        workbench, with an icon), "matters" and "seeking" (footer columns), "about" (footer).
    :param waiting: how many things there are unread, for the dot on a "workbar" link.
    """

    code: str
    label: str
    url_name: str
    places: tuple[str, ...]
    icon: str = ""
    order: int = 100
    waiting: Callable[[Any], int] | None = None


@dataclass(frozen=True)
class Search:
    """The search box in the head of the workbench: one POSTed field, because people are looked up by ID number there.

    A user sees the first one that their roles allow.

    :param field: the name under which the view reads what was typed.
    """

    code: str
    label: str
    placeholder: str
    url_name: str
    roles: frozenset[str]
    field: str = "q"
    order: int = 100


@dataclass(frozen=True)
class Matter:
    """A matter of one's own that is under way, as the home page tells it.

    :param tone: as the `status` tag takes it; "wn" means that it waits for the person.
    """

    title: str
    url: str
    tone: str
    state: str
    since: datetime
    note: str = ""


@dataclass(frozen=True)
class Progress:
    """A kind of matter whose progress a person sees on the home page.

    :param url_name: where all of them stand.
    :param running: the newest `SHOWN` matters of this user that are under way, in one query.
    """

    code: str
    label: str
    url_name: str
    running: Callable[[Any], list[Matter]]
    order: int = 100


@dataclass(frozen=True)
class Section:
    """A part of a page that another app supplies: a template and the function that gives its context.

    For the home page the function takes the request; for a person's page it takes (user, person).
    """

    code: str
    template: str
    context: Callable[..., dict[str, Any] | None]
    column: str = "main"
    order: int = 100


@dataclass(frozen=True)
class OwnRows:
    """A part of the copy that people may take of what is on record of them (个人信息保护法 45).

    :param rows: this user's own rows.
    :param fields: what of each is copied, under the fields' Chinese names.
    """

    code: str
    title: str
    rows: Callable[[Any], Any]
    fields: tuple[str, ...]

    def copy(self, user: Any) -> list[dict[str, str]]:
        """Return the rows in words; what is sealed in full."""
        return [{_name(row, field): _words(row, field) for field in self.fields} for row in self.rows(user)]


def _name(row: Any, field: str) -> str:
    return str(row._meta.get_field(field).verbose_name)


def _words(row: Any, field: str) -> str:
    value = getattr(row, field)
    if shown := getattr(row, f"get_{field}_display", None):
        return str(shown())
    if value is None:
        return ""
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(value.open() if hasattr(value, "open") else value.isoformat() if hasattr(value, "isoformat") else value)


Counts = dict[str, tuple[int | None, int | None]]
"""By module: how much waits there, and how much of it is late."""


@dataclass(frozen=True)
class Entry:
    """A module as one user sees it now."""

    module: Module
    url: str
    waiting: int | None = None
    overdue: int | None = None


@dataclass(frozen=True)
class Group:
    """The entries under one caption of the side bar."""

    caption: str
    entries: list[Entry] = field(default_factory=list)


SHOWN = 6
"""How many matters under way the home page tells."""
GROUPS = ("每天要做", "人和岗位", "审核和资金", "台账", "看", "管")

_modules: dict[str, Module] = {}
_tiles: dict[str, Tile] = {}
_links: dict[str, Link] = {}
_searches: dict[str, Search] = {}
_progress: dict[str, Progress] = {}
_own_rows: dict[str, OwnRows] = {}
_home_sections: dict[str, Section] = {}
_person_sections: dict[str, Section] = {}


def register(*items: Module | Tile | Link | Search | Progress | OwnRows) -> None:
    """Declare modules, home tiles, links, search boxes, kinds of progress and own rows; a code twice is a mistake."""
    stores: dict[type, dict[str, Any]] = {
        Module: _modules,
        Tile: _tiles,
        Link: _links,
        Search: _searches,
        Progress: _progress,
        OwnRows: _own_rows,
    }
    for item in items:
        _add(stores[type(item)], item)


def home_section(section: Section) -> None:
    """Declare a section of the public home page."""
    _add(_home_sections, section)


def person_section(section: Section) -> None:
    """Declare a section of the page that staff see of one person."""
    _add(_person_sections, section)


def _add(store: dict[str, Any], item: Any) -> None:
    if item.code in store:
        raise ValueError(f"{item.code} is declared twice")
    store[item.code] = item


def modules() -> list[Module]:
    """Return every declared module (the province counts its modules, and so do we)."""
    return sorted(_modules.values(), key=lambda m: (_rank(m.group), m.order, m.code))


def modules_of(user: Any) -> list[Module]:
    """Return the places of work that this user's roles open."""
    return [module for module in modules() if user.has_role(*module.roles)]


def for_user(user: Any, *, counts: Callable[[Any, list[Module]], Counts] | None = None) -> list[Group]:
    """Return the side bar of a user, by captions.

    :param counts: tells how much waits in each place (`core.waiting`): counted now, or kept for a short while.
    """
    found = modules_of(user)
    known = counts(user, found) if counts else {}
    groups: dict[str, Group] = {}
    for module in found:
        waiting, overdue = known.get(module.code, (None, None))
        entry = Entry(module, _address(module.url_name), waiting, overdue)
        groups.setdefault(module.group, Group(module.group)).entries.append(entry)
    return list(groups.values())


def tiles() -> list[tuple[Tile, str]]:
    """Return the home tiles with their addresses."""
    ordered = sorted(_tiles.values(), key=lambda t: (t.order, t.code))
    return [(tile, _address(tile.url_name)) for tile in ordered]


def links(place: str) -> list[tuple[Link, str]]:
    """Return the links of one place with their addresses."""
    ordered = sorted(
        (link for link in _links.values() if place in link.places), key=lambda link: (link.order, link.code)
    )
    return [(link, _address(link.url_name)) for link in ordered]


@cache
def _address(url_name: str) -> str:
    """Return the address of a page without parameters; every page draws some thirty of them, and they never change."""
    return reverse(url_name)


def search_for(user: Any) -> Search | None:
    """Return the search box of this user's workbench."""
    ordered = sorted(_searches.values(), key=lambda s: (s.order, s.code))
    return next((search for search in ordered if user.has_role(*search.roles)), None)


def under_way(user: Any) -> tuple[list[Matter], list[tuple[Progress, str]]]:
    """Return what a user has under way, what waits for the user first, then the newest; and where all of it stands."""
    found: list[Matter] = []
    places = []
    for progress in sorted(_progress.values(), key=lambda p: (p.order, p.code)):
        if matters := progress.running(user):
            found += matters
            places.append((progress, _address(progress.url_name)))
    found.sort(key=lambda m: m.since, reverse=True)
    found.sort(key=lambda m: m.tone != "wn")
    return found[:SHOWN], places


def own_copy(user: Any) -> dict[str, list[dict[str, str]]]:
    """Return what the apps have on record of a user, part by part, for the user's own copy."""
    return {part.title: part.copy(user) for part in _own_rows.values()}


def nearest(urls: Iterable[str], path: str) -> str:
    """Return the address under which a page lies: the longest one that its path begins with; "" when there is none."""
    above = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(above, key=len, default="")


def home_sections(request: HttpRequest, *, column: str = "main") -> list[tuple[str, dict[str, Any]]]:
    """Return the templates and contexts of the home page's sections; a section with nothing to say is left out."""
    found = [(s.template, s.context(request)) for s in _ordered(_home_sections) if s.column == column]
    return [(template, context) for template, context in found if context is not None]


def person_sections(user: Any, person: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return the templates and contexts of a person's page, as this user may see them."""
    found = [(s.template, s.context(user, person)) for s in _ordered(_person_sections)]
    return [(template, context) for template, context in found if context is not None]


def _ordered(store: dict[str, Section]) -> list[Section]:
    return sorted(store.values(), key=lambda s: (s.order, s.code))


def _rank(group: str) -> int:
    return GROUPS.index(group) if group in GROUPS else len(GROUPS)
