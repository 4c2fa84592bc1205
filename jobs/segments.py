"""A list made of several parts, one after the other, paged by position like any other (`core.keyset`).

The best hits are ranked in memory, the rest follows by date from the database; a reader turns pages through both.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from core.keyset import MAX_SIZE, Page, seal, unseal

KEY = ("part", "score", "listed_at", "posting_id")
"""What every row is ordered by, descending."""
COLUMNS = ("posting_id", "listed_at", "cell")
Row = dict[str, Any]
Key = tuple[int, int, datetime, int]


def key_of(row: Row) -> Key:
    """Return the position of a row."""
    return row["part"], row["score"], row["listed_at"], row["posting_id"]


class Ranked:
    """Rows at hand, each with its score."""

    def __init__(self, part: int, rows: Sequence[Row]) -> None:
        self.part = part
        self._rows = sorted((row | {"part": part} for row in rows), key=key_of, reverse=True)

    def rows(self, key: Key | None, count: int, *, backwards: bool) -> list[Row]:
        """Return the next rows after a position, or the last ones before it, nearest first."""
        if backwards:
            return [row for row in reversed(self._rows) if key is None or key_of(row) > key][:count]
        return [row for row in self._rows if key is None or key_of(row) < key][:count]


class Dated:
    """Rows of the database, the newest first."""

    def __init__(self, part: int, rows: Any, *, after: Row | None = None) -> None:
        """`after`: the row before the first of this part, when an earlier part took its head."""
        self.part = part
        self._query = rows if after is None else rows.filter(_beyond(after["listed_at"], after["posting_id"], "lt"))

    def query(self, key: Key | None, count: int, *, backwards: bool) -> Any:
        """Return the queryset of those rows; None when the position lies beyond all of them."""
        rows = self._query
        if key is not None:
            if (key[0] < self.part) != backwards and key[0] != self.part:
                return None
            if key[0] == self.part:
                rows = rows.filter(_beyond(key[2], key[3], "gt" if backwards else "lt"))
        sign = "" if backwards else "-"
        return rows.order_by(f"{sign}listed_at", f"{sign}posting_id").values(*COLUMNS)[:count]

    def rows(self, key: Key | None, count: int, *, backwards: bool) -> list[Row]:
        """Return the next rows after a position, or the last ones before it, nearest first."""
        found = self.query(key, count, backwards=backwards)
        return [] if found is None else [row | {"part": self.part, "score": 0} for row in found]


def _beyond(listed_at: datetime, posting_id: int, step: str) -> Q:
    same = Q(**{"listed_at": listed_at, f"posting_id__{step}": posting_id})
    return Q(**{f"listed_at__{step}e": listed_at}) & (Q(**{f"listed_at__{step}": listed_at}) | same)


Part = Ranked | Dated


def position(cursor: str | None, name: str) -> tuple[bool, Key | None]:
    """Return which way a cursor goes and from where."""
    backwards, values = unseal(cursor, name, len(KEY))
    return backwards, (values[0], values[1], values[2], values[3]) if len(values) == len(KEY) else None


def page(parts: Sequence[Part], *, name: str, cursor: str | None, size: int) -> Page[Row]:
    """Return one page of the parts, which stand in order, the first (and highest) first."""
    size = max(1, min(size, MAX_SIZE))
    backwards, key = position(cursor, name)
    found: list[Row] = []
    for part in reversed(parts) if backwards else parts:
        if len(found) <= size:
            found += part.rows(key, size + 1 - len(found), backwards=backwards)
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        # Whatever stood there is gone: start again rather than show an empty page.
        return page(parts, name=name, cursor=None, size=size) if key else Page([], None, None)
    has_next, has_previous = (True, more) if backwards else (more, key is not None)
    return Page(
        items=found,
        next=seal(name, KEY, found[-1], backwards=False) if has_next else None,
        previous=seal(name, KEY, found[0], backwards=True) if has_previous else None,
    )
