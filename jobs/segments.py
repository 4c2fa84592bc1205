"""A list made of several parts, one after the other, paged by position like any other (`core.keyset`).

The best hits are ranked in memory, the rest follows by date from the database; a reader turns pages through both.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.keyset import MAX_SIZE, Page, seal, unseal
from jobs.hits import Hits, rows

KEY = ("part", "score", "listed_at", "posting_id")
"""What every row is ordered by, descending."""
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


class Stored:
    """Rows of the database in an order of two columns, both descending: by date, by pay, or by nearness."""

    def __init__(self, part: int, found: Hits, *, order: str = "new", after: Row | None = None) -> None:
        """`after`: the row before the first of this part, when an earlier part took its head."""
        self.part, self._order = part, order
        columns = {"new": found.listed_at, "pay": found.pay, "near": f"(-{found.distance})"}
        self._by, self._values = columns[order], found.distance_values if order == "near" else ()
        self._found = found if after is None else self._beyond(found, key_of(after), "<")

    def _beyond(self, found: Hits, key: Key, sign: str) -> Hits:
        """Return the rows of this part after ("<") or before (">") a position."""
        position = key[2] if self._order == "new" else key[1]
        return found.where(f"({self._by}, s.posting_id) {sign} (%s, %s)", *self._values, position, key[3])

    def rows(self, key: Key | None, count: int, *, backwards: bool) -> list[Row]:
        """Return the next rows after a position, or the last ones before it, nearest first."""
        found = self._found
        if key is not None and key[0] != self.part:
            if (key[0] < self.part) != backwards:
                return []
        elif key is not None:
            found = self._beyond(found, key, ">" if backwards else "<")
        way = "ASC" if backwards else "DESC"
        score = "0" if self._order == "new" else self._by
        statement, values = found.select(
            f"s.posting_id, {found.listed_at} AS listed_at, {score} AS score, {found.distance}",
            f"ORDER BY {'listed_at' if self._order == 'new' else 'score'} {way}, s.posting_id {way} LIMIT %s",
        )
        return [
            {"part": self.part, "score": score, "listed_at": listed_at, "posting_id": pk, "distance": distance}
            for pk, listed_at, score, distance in rows(
                statement, (*self._values, *found.distance_values, *values, count)
            )
        ]


Part = Ranked | Stored


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
