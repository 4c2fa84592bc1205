"""A list made of several parts, one after the other, paged by position like any other (`core.keyset`).

The best hits are ranked in memory, the rest follows by date; a reader turns pages through both.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np

from core.keyset import MAX_SIZE, Page, seal, unseal
from jobs.cells import EPOCH, MOST_POSTINGS, Cells, from_place, place_in_list
from jobs.hits import METRES, Hits, Point, metres_from, rows

KEY = ("part", "score", "listed_at", "posting_id")
"""What every row is ordered by, descending."""
Row = dict[str, Any]
Key = tuple[int, int, datetime, int]
BEST, TITLED, OTHER = 2, 1, 0
"""The parts of a list: ranked hits, then those with the words in their title, then the others."""
Orders = np.ndarray[Any, np.dtype[np.uint64]]
_TITLED = np.uint64(TITLED << 63)
_ABOVE_ALL = np.uint64((1 << 64) - 1)


def key_of(row: Row) -> Key:
    """Return the position of a row."""
    return row["part"], row["score"], row["listed_at"], row["posting_id"]


class Ranked:
    """Rows at hand, each with its score."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = sorted((row | {"part": BEST} for row in rows), key=key_of, reverse=True)

    def rows(self, key: Key | None, count: int, *, backwards: bool) -> list[Row]:
        """Return the next rows after a position, or the last ones before it, nearest first."""
        if backwards:
            return [row for row in reversed(self._rows) if key is None or key_of(row) > key][:count]
        return [row for row in self._rows if key is None or key_of(row) < key][:count]


class Held:
    """All hits of a search by words at hand, as their places in an order (`jobs.cells`), the highest first."""

    def __init__(self, orders: Orders, *, order: str = "new") -> None:
        self._orders, self._order = orders, order

    @classmethod
    def by_date(cls, cells: Cells, where: Any, titled: int) -> "Held":
        """Return the newest first; the first `titled` of the cells, with the words in their title, before all others."""
        places = _places(cells)
        places[:titled] |= _TITLED
        return cls(places[where])

    @classmethod
    def by_pay(cls, cells: Cells, where: Any) -> "Held":
        """Return the best paid first."""
        numbers = _places(cells) & np.uint64(MOST_POSTINGS)
        return cls((cells.field("pay").astype(np.uint64) << np.uint64(32) | numbers)[where], order="pay")

    @property
    def titled(self) -> int:
        """How many have the words in their title; 0 in another order than by date."""
        return 0 if self._order == "pay" else int(np.count_nonzero(self._orders >= _TITLED))

    def rows(self, key: Key | None, count: int, *, backwards: bool) -> list[Row]:
        """Return the next rows after a position, or the last ones before it, nearest first."""
        found = self._orders
        if key is not None:
            at = self._number(key)
            found = found[found > at] if backwards else found[found < at]
        if len(found) > count:
            found = np.partition(found, count - 1 if backwards else len(found) - count)
            found = found[:count] if backwards else found[-count:]
        found = np.sort(found)
        return [self._row(number) for number in (found if backwards else found[::-1]).tolist()]

    def after(self, row: Row) -> "Held":
        """Return what comes after a row, when another part takes the head."""
        return Held(self._orders[self._orders < self._number(key_of(row))], order=self._order)

    def _number(self, key: Key) -> np.uint64:
        part, score, listed_at, posting_id = key
        if part >= BEST:
            return _ABOVE_ALL
        if self._order == "pay":
            return np.uint64(score << 32 | posting_id)
        return np.uint64(part << 63 | place_in_list(listed_at, posting_id))

    def _row(self, number: int) -> Row:
        listed_at, posting_id = from_place(number)
        if self._order == "pay":
            return {"part": OTHER, "score": number >> 32, "listed_at": EPOCH, "posting_id": posting_id}
        return {"part": number >> 63, "score": 0, "listed_at": listed_at, "posting_id": posting_id}


def _places(cells: Cells) -> Orders:
    assert cells.places is not None
    return cells.places.astype(np.uint64)


class Stored:
    """Rows of the database in an order of two columns, both descending: by date, by pay, or by nearness to a point."""

    def __init__(self, found: Hits, *, order: str = "new", point: Point | None = None) -> None:
        self._order, self._found = order, found
        self._by = {"new": found.listed_at, "pay": "s.monthly_max", "near": f"(-{METRES})"}[order]
        self._values = metres_from(point) if point is not None and order == "near" else ()

    def _beyond(self, key: Key, sign: str) -> Hits:
        """Return the rows after ("<") or before (">") a position."""
        position = key[2] if self._order == "new" else key[1]
        return self._found.where(f"({self._by}, s.posting_id) {sign} (%s, %s)", *self._values, position, key[3])

    def rows(self, key: Key | None, count: int, *, backwards: bool) -> list[Row]:
        """Return the next rows after a position, or the last ones before it, nearest first."""
        found = self._found if key is None else self._beyond(key, ">" if backwards else "<")
        way = "ASC" if backwards else "DESC"
        score = "0" if self._order == "new" else self._by
        statement, values = found.select(
            f"s.posting_id, {found.listed_at} AS listed_at, {score} AS score",
            f"ORDER BY {'listed_at' if self._order == 'new' else 'score'} {way}, s.posting_id {way} LIMIT %s",
        )
        return [
            {"part": OTHER, "score": score, "listed_at": listed_at, "posting_id": pk}
            for pk, listed_at, score in rows(statement, (*self._values, *values, count))
        ]


Part = Ranked | Held | Stored


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
