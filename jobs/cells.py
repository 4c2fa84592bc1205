"""A posting's filter values in one number, and what many of them add up to. No Django here.

A search may hit a hundred thousand postings, and every filter's counts leave that filter itself out. So each posting
carries its values packed into 62 bits, and into 63 more when it was posted and its number; the database hands over
sixteen bytes for each hit, and numpy counts them and finds those of a page, the hundredth as quickly as the first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from jobs.industries import SECTIONS

KINDS = ("", "full_time", "part_time", "gig", "internship", "public_welfare")
SUITS = ("over_45", "disabled", "no_experience", "graduates", "veterans", "near_home")
"""Positions are stored: append only."""
MOST_PAY = (1 << 21) - 1
MOST_YEARS = 7
_WIDTHS = {"place": 21, "pay": 21, "kind": 3, "education": 3, "experience": 3, "industry": 5, "suits": 6}
SHIFTS = {name: sum(list(_WIDTHS.values())[at + 1 :]) for at, name in enumerate(_WIDTHS)}
Numbers = np.ndarray[Any, np.dtype[np.int64]]
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MOST_SECONDS = (1 << 31) - 1
"""From `EPOCH` on: to 2068."""
MOST_POSTINGS = (1 << 32) - 1
BYTES = 16
"""Of one posting, packed."""


def place_number(path: str) -> int:
    """Return the county (else the city) of a path such as "21/2101/210106/…" as a number; 0 for none below the province."""
    parts = path.split("/")[1:3]
    return int(parts[-1][2:6].ljust(4, "0"), 36) if parts else 0


def place_codes(number: int, province: str) -> tuple[str, str]:
    """Return the codes of the city (or functional zone) and the county that a number stands for; "" where there is none."""
    if not number:
        return "", ""
    text = np.base_repr(number, 36).rjust(4, "0")
    if not text.isdigit():
        return province + text, ""
    return province + text[:2], province + text if text[2:] != "00" else ""


def pack(
    *, path: str, pay: int, kind: str, education: int, experience: int, industry: str, suits: Iterable[str]
) -> int:
    """Pack what can be filtered. Pay is 元 a month, education a rank, experience years, industry a letter of GB/T 4754."""
    tags = 0
    for suit in suits:
        tags |= 1 << SUITS.index(suit)
    return (
        place_number(path) << SHIFTS["place"]
        | min(pay, MOST_PAY) << SHIFTS["pay"]
        | KINDS.index(kind) << SHIFTS["kind"]
        | education << SHIFTS["education"]
        | min(experience, MOST_YEARS) << SHIFTS["experience"]
        | (SECTIONS.index(industry) + 1 if industry else 0) << SHIFTS["industry"]
        | tags << SHIFTS["suits"]
    )


def place_in_list(posted_at: datetime, posting_id: int) -> int:
    """Return a number that is the higher the newer a posting is, each its own: seconds, then its number."""
    seconds = int((posted_at - EPOCH).total_seconds())
    return min(max(seconds, 0), MOST_SECONDS) << 32 | posting_id & MOST_POSTINGS


def from_place(place: int) -> tuple[datetime, int]:
    """Return when the posting of a place in the list was posted, to the second, and its number."""
    return EPOCH + timedelta(seconds=place >> 32 & MOST_SECONDS), place & MOST_POSTINGS


def packed(cell: int, posted_at: datetime, posting_id: int) -> bytes:
    """Return the sixteen bytes of a posting: its cell, and its place in the list of the newest."""
    return cell.to_bytes(8) + place_in_list(posted_at, posting_id).to_bytes(8)


@dataclass(frozen=True, slots=True)
class Cells:
    """The numbers of some postings, each with how many postings share it."""

    numbers: Numbers
    counts: Numbers | None = None
    """None: one each."""
    places: Numbers | None = None
    """Where each stands in the list of the newest (`place_in_list`); None when cells are merged."""

    @classmethod
    def read(cls, data: bytes | memoryview | None) -> "Cells":
        """Read what the database hands over: sixteen bytes a posting, the highest first."""
        found = np.frombuffer(data or b"", dtype=">i8").reshape(-1, 2)
        return cls(found[:, 0].astype(np.int64), places=found[:, 1].astype(np.int64))

    def then(self, others: "Cells", *, disjoint: bool) -> "Cells":
        """Return these, and behind them the others that are not among them (`disjoint`: none is)."""
        assert self.places is not None
        assert others.places is not None
        numbers, places = others.numbers, others.places
        if not disjoint:
            new = ~np.isin(places & MOST_POSTINGS, self.places & MOST_POSTINGS, assume_unique=True)
            numbers, places = numbers[new], places[new]
        return Cells(np.concatenate((self.numbers, numbers)), places=np.concatenate((self.places, places)))

    def merged(self) -> "Cells":
        """Return the same with each number once: smaller to keep."""
        numbers, counts = np.unique(self.numbers, return_counts=True)
        return Cells(numbers, counts.astype(np.int64))

    def field(self, name: str) -> Numbers:
        """Return one of the packed values of every posting."""
        return (self.numbers >> SHIFTS[name]) & ((1 << _WIDTHS[name]) - 1)

    def sum(self, where: Any = slice(None)) -> int:
        """Return how many postings there are (of these cells alone, as numpy names some of an array)."""
        if self.counts is not None:
            return int(self.counts[where].sum())
        return len(self.numbers[where]) if isinstance(where, slice) else int(np.count_nonzero(where))

    def count(self, values: Numbers, where: Any, size: int) -> list[int]:
        """Return how many postings (of these cells alone) have each value from 0 to below `size`."""
        weights = None if self.counts is None else self.counts[where]
        found = np.bincount(values[where], weights=weights, minlength=size)[:size]
        return [int(n) for n in found.tolist()]
