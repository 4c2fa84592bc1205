"""The occupations offered for a title, with the one that is chosen already."""

from dataclasses import dataclass

from jobs.occupations import named, rank
from people.models import Occupation

LEVEL = 4
"""细类: the only level whose entries are occupations."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One line to tick."""

    code: str
    name: str
    is_chosen: bool


def choices(text: str, *, chosen: str = "") -> list[Choice]:
    """Return what may be ticked: the likeliest occupations of a title, and the chosen one even where it is none of them."""
    rows = list(Occupation.objects.at(LEVEL).order_by("code").values_list("code", "name"))
    found = {each.code: each.name for each in rank(text[:80], named(rows))}
    if chosen and chosen not in found:
        found |= {code: name for code, name in rows if code == chosen}
    return [Choice(code, name, code == chosen) for code, name in found.items()]


def occupation_codes() -> frozenset[str]:
    """Return the codes of all occupations in force."""
    return frozenset(Occupation.objects.at(LEVEL).values_list("code", flat=True))


def name_of(code: str) -> str:
    """Return the name of an occupation, "" for none; one that was retired keeps its name."""
    return Occupation.objects.filter(code=code).values_list("name", flat=True).first() or "" if code else ""
