"""The best of a search of several words: its hits ranked, and the postings that hold only most of the words."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from jobs.hits import Criteria, hits, rows
from jobs.ranking import NEAR_ENOUGH, Text, rarity, scores
from jobs.search_words import postings, shares
from jobs.segments import Row

BEST = 400
"""How many candidates are ranked: twenty pages."""
RARE = 12
"""How many of the rarest words near postings are looked for by."""
MOST_READ = 25_000
"""How many postings of these words together: the rarest are read, as many as stay below it."""
TITLE_BONUS = 1_000_000
"""Every word in the title: before all others."""


def ranked(terms: Sequence[str], best: Sequence[Row], wider: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Return the hits with their scores, and of the wider candidates those that come near, the nearest first."""
    hit = {row["posting_id"] for row in best}
    wider = [row for row in wider if row["posting_id"] not in hit]
    texts = _texts([row["posting_id"] for row in (*best, *wider)])
    known = [row for row in (*best, *wider) if row["posting_id"] in texts]
    found = scores(terms, [texts[row["posting_id"]] for row in known], shares())
    scored: list[Row] = []
    near: list[Row] = []
    for row, (score, held) in zip(known, found, strict=True):
        title = texts[row["posting_id"]].title.lower()
        bonus = TITLE_BONUS if all(term in title for term in terms) else 0
        if row["posting_id"] in hit:
            scored.append(row | {"score": score + bonus})
        elif held >= NEAR_ENOUGH:
            near.append(row | {"score": score})
    return scored, sorted(near, key=lambda row: (-row["score"], -row["listed_at"].timestamp(), -row["posting_id"]))


_TEXTS = """
SELECT p.id, p.title, p.employer_name, p.description, p.requirement, coalesce(r.full_name, '')
FROM jobs_posting p LEFT JOIN people_region r ON r.id = p.region_id WHERE p.id = ANY(%s)
"""


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
