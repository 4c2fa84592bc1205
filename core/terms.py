"""Figures that change by date and place: minimum wages, rates, caps, time limits.

They are data, never code: `<app>/data/*.toml` holds them as `[[term]]` rows with their source, `manage.py load_terms`
appends them to the table. A figure for a county falls back to its city, the province, the nation.

    terms.value("minimum_wage.month", on=claim.month, region="210102")
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from core import models
from core.errors import DomainError

LEVELS = (12, 9, 6, 4, 2)
UNCONFIRMED = "示例，待地方确认"


class TermMissing(DomainError):
    """No figure is in force on that day in that place."""

    def __init__(self, code: str, on: date, region: str) -> None:
        super().__init__(
            f"没有找到 {on:%Y年%m月%d日} 适用的政策参数“{code}”（地区 {region or '全国'}）。请联系政策管理员补录。"
        )
        self.code = code


@dataclass(frozen=True, slots=True)
class Term:
    """A figure in force, with what a decision must keep to be explained later."""

    code: str
    region: str
    effective_from: date
    effective_to: date | None
    revision: int
    value: Any
    unit: str
    source: str
    article: str
    confidence: str
    note: str

    @property
    def version(self) -> str:
        """Return the name under which a decision stores this very row."""
        return f"{self.code}@{self.region or '0'}@{self.effective_from.isoformat()}#{self.revision}"

    @property
    def is_confirmed(self) -> bool:
        """Tell whether the place has confirmed the figure; otherwise the page says 「示例，待地方确认」."""
        return self.confidence != "K"


def value(code: str, *, on: date, region: str | None = None) -> Any:
    """Return the value in force: Decimal, int, str, bool, list or dict, as the file has it.

    :param region: GB/T 2260 code of 2, 4, 6 (also with trailing zeros: 210100), 9 or 12 digits; None for the nation.
    :raises TermMissing: nothing is in force.
    """
    return get(code, on=on, region=region).value


def get(code: str, *, on: date, region: str | None = None) -> Term:
    """Return the term in force, with its source. One query; for many rows take a `snapshot`.

    :raises TermMissing: nothing is in force.
    """
    return Snapshot(_rows(Q(code=code, region__in=region_chain(region)))).get(code, on=on, region=region)


def find(code: str, *, on: date, region: str | None = None) -> Term | None:
    """Return the term in force, or None where a missing one is normal."""
    try:
        return get(code, on=on, region=region)
    except TermMissing:
        return None


def snapshot(*prefixes: str) -> "Snapshot":
    """Read all terms whose code is one of these or starts with one and a dot, for a batch of thousands of rows."""
    wanted = Q()
    for prefix in prefixes:
        wanted |= Q(code=prefix) | Q(code__startswith=f"{prefix}.")
    return Snapshot(_rows(wanted))


def version(name: str) -> Term:
    """Return the very row that a decision stored under `Term.version`.

    :raises TermMissing: there is no such row.
    """
    code, region, start, revision = name.replace("#", "@").rsplit("@", 3)
    region, day = "" if region == "0" else region, date.fromisoformat(start)
    for row in _rows(Q(code=code, region=region, effective_from=day, revision=int(revision))):
        return row
    raise TermMissing(code, day, region)


def region_chain(region: str | None) -> list[str]:
    """Return the codes to look under, from the place itself up to the nation ("")."""
    if not region:
        return [""]
    code = region
    if len(code) == 6:
        # 210100 and 210000 are GB/T 2260's way of writing a city and a province.
        code = code.removesuffix("0000") if code.endswith("0000") else code.removesuffix("00")
    # The inner codes of functional zones (21SF01) hold letters.
    if not re.fullmatch(r"\d{2}[0-9A-Z]*", code) or len(code) not in LEVELS:
        raise ValueError(f"{region!r} is no region code")
    return [*(code[:length] for length in LEVELS if length <= len(code)), ""]


class Snapshot:
    """Terms held in memory."""

    def __init__(self, rows: Iterable[Term]) -> None:
        self._rows: dict[tuple[str, str], list[Term]] = {}
        for row in rows:
            self._rows.setdefault((row.code, row.region), []).append(row)
        for found in self._rows.values():
            found.sort(key=lambda row: (row.effective_from, row.revision), reverse=True)

    def get(self, code: str, *, on: date, region: str | None = None) -> Term:
        """As `terms.get`, without a query."""
        for place in region_chain(region):
            row = next((row for row in self._rows.get((code, place), ()) if row.effective_from <= on), None)
            if row and (row.effective_to is None or on <= row.effective_to):
                return row
        raise TermMissing(code, on, region or "")

    def codes(self) -> list[str]:
        """Return the codes that were read, whether in force or not."""
        return sorted({code for code, _ in self._rows})

    def value(self, code: str, *, on: date, region: str | None = None) -> Any:
        """As `terms.value`, without a query."""
        return self.get(code, on=on, region=region).value


def _rows(wanted: Q) -> list[Term]:
    return [Term(**row) for row in models.Term.objects.filter(wanted).values(*Term.__slots__)]
