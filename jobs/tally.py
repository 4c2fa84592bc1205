"""What the postings of a search add up to, filter by filter."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from jobs.cells import KINDS, SUITS, Cells, Numbers, place_codes
from jobs.hits import Criteria
from jobs.industries import SECTIONS
from jobs.places import province

PAY_STEPS = (2000, 3000, 4000, 5000, 6000, 8000, 10000, 15000)
"""The "at least so many 元 a month" that can be chosen, each with its count."""
EDUCATION_STEPS = ((2, "71"), (3, "61"), (4, "31"), (5, "21"), (6, "14"), (7, "11"))
"""Ranks of education with the code of GB/T 4658 that stands for each."""
EXPERIENCE_STEPS = (0, 1, 3, 5)
"""The years of experience that one may say one has."""
FILTERS = ("areas", "pay", "education", "experience", "kinds", "industries", "suits")


class Tally:
    """The counts of one search, of all postings that its words and its place hit.

    Each filter's counts leave that filter itself out: they say what choosing another value would show.
    """

    def __init__(self, criteria: Criteria, cells: Cells) -> None:
        self._criteria, self._cells = criteria, cells
        self._values = {name: cells.field(name) for name in ("pay", "education", "experience", "kind", "industry")}
        self._suits = cells.field("suits")
        numbers, self._places = np.unique(cells.field("place"), return_inverse=True)
        self._areas = [self._area(int(number)) for number in numbers]
        self._met = self._masks()
        self.everything = cells.sum()
        """How many there are before any filter."""
        self.total = cells.sum(self.where())
        self.kept_away = {name: cells.sum(self.where(name)) - self.total for name in self._met}
        """Filter -> postings that it alone keeps away."""

    def _area(self, number: int) -> str:
        """Return the next lower place below the region that was asked for; "" when there is none."""
        root = province()
        city, county = place_codes(number, root.code if root else "")
        depth = self._criteria.region.path.count("/") if self._criteria.region else 0
        return (city, county, "")[min(depth, 2)]

    def _masks(self) -> dict[str, Any]:
        """Return, per filter that is used, where it is met."""
        asked, values, met = self._criteria, self._values, {}
        if asked.areas:
            codes = {area.code for area in asked.areas}
            met["areas"] = np.array([code in codes for code in self._areas], dtype=bool)[self._places]
        if asked.pay:
            met["pay"] = values["pay"] >= asked.pay
        if asked.education is not None:
            met["education"] = values["education"] <= asked.education
        if asked.experience is not None:
            met["experience"] = values["experience"] <= asked.experience
        if asked.kinds:
            met["kinds"] = np.isin(values["kind"], [KINDS.index(kind) for kind in asked.kinds])
        if asked.industries:
            met["industries"] = np.isin(values["industry"], [SECTIONS.index(s) + 1 for s in asked.industries])
        if asked.suits:
            bits = sum(1 << SUITS.index(suit) for suit in asked.suits)
            met["suits"] = (self._suits & bits) == bits
        return met

    def where(self, but: str = "") -> Any:
        """Return which of the postings are hits: where every filter (but this one) is met; all, when there is none."""
        masks = [mask for name, mask in self._met.items() if name != but]
        return np.logical_and.reduce(masks) if masks else slice(None)

    def facets(self) -> dict[str, list[tuple[Any, int]]]:
        """Return each filter's values with their counts.

        Pay counts "at least", education and experience "no more than"; places, kinds, industries and invitations come
        by frequency.
        """
        return {
            "areas": self._by_area(),
            "kinds": _ranked(dict(zip(KINDS[1:], self._count("kinds", self._values["kind"], 8)[1:], strict=False))),
            "industries": _ranked(
                dict(zip(SECTIONS, self._count("industries", self._values["industry"], 32)[1:], strict=False))
            ),
            "suits": self._by_suit(),
            "pay": self._by_pay(),
            "education": _up_to(
                [rank for rank, _ in EDUCATION_STEPS], self._count("education", self._values["education"], 8)
            ),
            "experience": _up_to(EXPERIENCE_STEPS, self._count("experience", self._values["experience"], 8)),
        }

    def _count(self, name: str, values: Numbers, size: int) -> list[int]:
        """Return how many postings have each value from 0 to below `size`, under all other filters."""
        return self._cells.count(values, self.where(name), size)

    def _by_area(self) -> list[tuple[str, int]]:
        sums: dict[str, int] = {}
        for code, count in zip(self._areas, self._count("areas", self._places, len(self._areas)), strict=True):
            sums[code] = sums.get(code, 0) + count
        return _ranked({code: count for code, count in sums.items() if code})

    def _by_pay(self) -> list[tuple[int, int]]:
        steps = sorted({*PAY_STEPS, *((self._criteria.pay,) if self._criteria.pay else ())})
        sums = self._count("pay", np.searchsorted(steps, self._values["pay"], side="right"), len(steps) + 1)
        return [(amount, count) for at, amount in enumerate(steps) if (count := sum(sums[at + 1 :]))]

    def _by_suit(self) -> list[tuple[str, int]]:
        """Return what adding each invitation would leave: unlike the others, several of them must all be met."""
        sums = self._cells.count(self._suits, self.where(), 1 << len(SUITS))
        return _ranked(
            {code: sum(count for tags, count in enumerate(sums) if tags >> bit & 1) for bit, code in enumerate(SUITS)}
        )


def _ranked(counts: Mapping[Any, int]) -> list[tuple[Any, int]]:
    return sorted(((value, count) for value, count in counts.items() if count), key=lambda item: (-item[1], item[0]))


def _up_to(steps: Any, counts: list[int]) -> list[tuple[int, int]]:
    return [(step, count) for step in steps if (count := sum(counts[: step + 1]))]
