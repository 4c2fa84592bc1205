"""What a search text asks for: its words cut at known names, each with the other names of the same thing. No Django here."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod
from pathlib import Path

from jobs.tokens import MAX_QUERY, TITLE, is_chinese, pairs, quoted, runs

SYNONYMS = Path(__file__).parent / "data" / "synonyms.csv"
MOST_NAMES = 8
"""Other names of one thing that are looked for; more would only make the search slow."""
MOST_WAYS = 12
"""So many conjunctions are looked up one by one; more make one tsquery."""
Names = list[list[str]]
"""The names of one thing, each as the pieces that must all occur."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A search text, read."""

    anywhere: str = ""
    """A tsquery: every word occurs, under this or another name. "" when there is nothing to look for."""
    in_title: str = ""
    """The same, of the title alone."""
    ways: tuple[str, ...] = ()
    """The same as `anywhere` in several tsqueries, of which one must hold, none with a choice inside: the index skips
    from hit to hit of a conjunction, and looks at every candidate of a choice (measured: twice the time)."""
    ways_in_title: tuple[str, ...] = ()
    """The same, of the title alone."""
    terms: tuple[str, ...] = ()
    """The pairs and Latin words of the text as it was typed, each once: what nearness is measured by."""

    def __bool__(self) -> bool:
        return bool(self.anywhere)


@cache
def groups() -> dict[str, tuple[str, ...]]:
    """Return each known name with the other names of the same thing (`data/synonyms.csv`, one group a line)."""
    found: dict[str, tuple[str, ...]] = {}
    with SYNONYMS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            names = [name.strip().lower() for name in row["names"].split("|")]
            for name in names:
                found[name] = tuple(dict.fromkeys((*found.get(name, (name,)), *names)))
    return found


def read(text: str, places: Iterable[str] = ()) -> Asked:
    """Read a search text.

    A run is cut at the names that are known (those with synonyms, and places): 沈阳焊工 asks for 沈阳 and for 焊工,
    not for the pair 阳焊 between them, which no posting holds.
    """
    known = groups()
    names = frozenset(places).union(known)
    longest = max(map(len, names), default=0)
    things: list[tuple[str, ...]] = []
    terms: list[str] = []
    for run in runs(text[:MAX_QUERY]):
        terms += pairs(run) if is_chinese(run) and len(run) > 1 else [run]
        for part in _cut(run, names, longest) if is_chinese(run) else [run]:
            things.append(known.get(part, (part,)))
    anywhere, titled = ([_pieces(names, mark) for names in dict.fromkeys(things)] for mark in ("", TITLE))
    return Asked(_all_of(anywhere), _all_of(titled), _ways(anywhere), _ways(titled), tuple(dict.fromkeys(terms)))


def _cut(run: str, names: frozenset[str], longest: int) -> list[str]:
    """Cut a run at the longest known names, from the left. What is left over keeps a neighbour, so as not to ask for
    every word that begins with one character."""
    parts: list[str] = []
    rest = at = 0
    while at < len(run):
        length = next((n for n in range(min(longest, len(run) - at), 1, -1) if run[at : at + n] in names), 0)
        if not length:
            at += 1
            continue
        parts += _between(run, rest, at)
        parts.append(run[at : at + length])
        rest = at = at + length
    return parts + _between(run, rest, len(run))


def _between(run: str, begin: int, end: int) -> list[str]:
    if begin == end:
        return []
    if end - begin > 1 or len(run) == 1:
        return [run[begin:end]]
    return [run[begin - 1 : end]] if begin else [run[begin : end + 1]]


def _pieces(names: tuple[str, ...], mark: str) -> Names:
    """Return the pieces of each name. One that holds all pieces of another needs no asking."""
    wanted: Names = []
    for name in names[:MOST_NAMES]:
        parts = list(dict.fromkeys(part for run in runs(name) for part in quoted(run, mark)))
        if not any(set(other) <= set(parts) for other in wanted):
            wanted = [other for other in wanted if not set(parts) <= set(other)] + [parts]
    return wanted


def _all_of(things: list[Names]) -> str:
    """Return the tsquery of all things, each under any of its names."""
    either = [[" & ".join(parts) for parts in names] for names in things]
    return " & ".join(
        dict.fromkeys(e[0] if len(e) == 1 else f"({' | '.join(f'({part})' for part in e)})" for e in either)
    )


def _ways(things: list[Names]) -> tuple[str, ...]:
    """Return one tsquery for each choice of names; the one of all things where there would be too many."""
    if prod(map(len, things)) > MOST_WAYS:
        return (_all_of(things),)
    chosen = (dict.fromkeys(part for parts in one for part in parts) for one in product(*things))
    return tuple(dict.fromkeys(" & ".join(parts) for parts in chosen if parts))
