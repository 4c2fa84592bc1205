"""The cities and counties of the search: some 120 names that every results page needs, kept in memory."""

import time
from dataclasses import dataclass
from functools import lru_cache

from people.models import Region

KEEP_SECONDS = 600
CITY_GRID = {
    "2109": (1, 2), "2112": (1, 4), "2113": (2, 1), "2107": (2, 2), "2101": (2, 3), "2104": (2, 4), "2114": (3, 1),
    "2111": (3, 2), "2110": (3, 3), "2105": (3, 4), "2108": (4, 2), "2103": (4, 3), "2106": (4, 4), "2102": (5, 2),
}  # fmt: skip
"""Where each city stands in the grid of squares (方格图): row, column."""


@dataclass(frozen=True, slots=True)
class Place:
    """A province, city or county as the search knows it."""

    code: str
    name: str
    path: str
    level: int

    def below(self) -> "list[Place]":
        """Return the next lower places, in order of code; none below a county."""
        depth = self.path.count("/") + 1
        return [
            place
            for place in places().values()
            if place.path.startswith(f"{self.path}/") and place.path.count("/") == depth
        ]


_kept: tuple[float, dict[str, Place]] | None = None


def places() -> dict[str, Place]:
    """Return the open places down to counties by code, read at most every ten minutes."""
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > KEEP_SECONDS:
        rows = Region.objects.open().filter(level__lte=Region.Level.COUNTY).order_by("path", "code")
        found = {code: Place(code, name, path, level) for code, name, path, level in rows.values_list(*_COLUMNS)}
        if not found:  # nothing is loaded yet: look again next time
            return found
        _kept = time.monotonic(), found
    return _kept[1]


_COLUMNS = ("code", "name", "path", "level")


def find_place(code: str) -> Place | None:
    """Return the place of a code, None for what is no place down to a county."""
    return places().get(code)


def province() -> Place | None:
    """Return the portal's province."""
    return next((place for place in places().values() if place.level == Region.Level.PROVINCE), None)


def cities() -> list[Place]:
    """Return what stands directly below the province: its cities, and zones that report for themselves."""
    root = province()
    return root.below() if root else []


def place_names() -> frozenset[str]:
    """Return what people call the cities and counties: 沈阳, 铁西区, 铁西 …; two characters at least."""
    return _names(tuple(place.name for place in places().values()))


@lru_cache(maxsize=2)
def _names(full: tuple[str, ...]) -> frozenset[str]:
    short = (name.rstrip("市区县") for name in full)
    return frozenset(name for name in (*full, *short) if len(name) > 1)
