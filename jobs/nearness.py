"""The best of a search of several words: its hits ranked, and the postings that hold only most of the words.

Hits with the words in their title need no text to be ranked by: they come first, the newest first.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from jobs.asking import Asked
from jobs.hits import Criteria, hits, rows
from jobs.ranking import NEAR_ENOUGH, Text, rarity, scores
from jobs.search_words import postings, shares
from jobs.segments import TITLED, Row

BEST = 200
"""How many candidates are ranked: twenty pages."""
RARE = 12
"""How many of the rarest words near postings are looked for by."""
MOST_READ = 15_000
"""How many postings of these words together: the rarest are read, as many as stay below it."""
IN_TITLE = 1_000_000
"""More than a text can score: every word in the title, under this name or another one."""


def ranked(asked: Asked, best: Sequence[Row], wider: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Return the hits with their scores, and of the wider candidates those that come near, the nearest first."""
    titled = [row for row in best if row["part"] == TITLED]
    others = [row for row in best if row["part"] != TITLED]
    hit = {row["posting_id"] for row in best}
    wider = [row for row in wider if row["posting_id"] not in hit]
    texts = _texts([row["posting_id"] for row in (*others, *wider)])
    known = [row for row in (*others, *wider) if row["posting_id"] in texts]
    found = scores(asked.terms, [texts[row["posting_id"]] for row in known], shares())
    scored = _by_title(asked, titled)
    near: list[Row] = []
    for row, (score, held) in zip(known, found, strict=True):
        if row["posting_id"] in hit:
            scored.append(row | {"score": score})
        elif held >= NEAR_ENOUGH:
            near.append(row | {"score": score})
    return scored, sorted(near, key=lambda row: (-row["score"], -row["listed_at"].timestamp(), -row["posting_id"]))


def is_ranked_by_date(asked: Asked, titled: int) -> bool:
    """Whether the best are simply the newest: all have the words in their title, and the words have one name only."""
    return titled >= BEST and len(asked.ways_in_title) == 1


def _by_title(asked: Asked, rows: Sequence[Row]) -> list[Row]:
    """Return the hits with the words in their title; those with the words as they were typed come first."""
    if len(asked.ways_in_title) == 1:
        return [row | {"score": IN_TITLE} for row in rows]
    titles = _titles([row["posting_id"] for row in rows])
    typed = {pk for pk, title in titles.items() if all(term in title for term in asked.terms)}
    return [row | {"score": IN_TITLE * (2 if row["posting_id"] in typed else 1)} for row in rows]


_TEXTS = """
SELECT p.id, p.title, p.employer_name, p.description, p.requirement, coalesce(r.full_name, '')
FROM jobs_posting p LEFT JOIN people_region r ON r.id = p.region_id WHERE p.id = ANY(%s)
"""


def _titles(ids: Sequence[int]) -> dict[int, str]:
    found = rows("SELECT id, lower(title) FROM jobs_posting WHERE id = ANY(%s)", (list(ids),)) if ids else []
    return dict(found)


def _texts(ids: Sequence[int]) -> dict[int, Text]:
    return {pk: Text(title, "\n".join(said)) for pk, title, *said in rows(_TEXTS, (list(ids),))}


_MOST_WORDS = """
SELECT posting_id, listed_at FROM ({}) AS found(posting_id, listed_at, weight)
GROUP BY 1, 2 ORDER BY sum(weight) DESC, listed_at DESC, posting_id DESC LIMIT %s
"""


def candidates(criteria: Criteria, *, on: date) -> list[Row]:
    """Return the postings that hold most of the rarest words, the most first. One statement, by the index alone."""
    known, most = shares(), MOST_READ
    parts: list[str] = []
    values: list[Any] = []
    for term in sorted(criteria.asked.terms, key=lambda term: known.get(term, 0.0))[:RARE]:
        most -= round(known.get(term, 0.0) * postings())
        if most < 0 and parts:
            break
        found = hits(criteria, on=on, wanted=[f"'{term}'"])
        statement, arguments = found.select("s.posting_id, s.posted_at, %s::float8", "LIMIT %s")
        parts.append(f"({statement})")
        values += [rarity(term, known), *arguments, MOST_READ]
    if not parts:
        return []
    found_rows = rows(_MOST_WORDS.format(" UNION ALL ".join(parts)), [*values, BEST])
    return [{"posting_id": pk, "listed_at": listed_at} for pk, listed_at in found_rows]
