"""How near a posting comes to what was asked: rare words count more, repeated words a little, long texts less. Pure.

BM25 over pairs of characters, with single characters at half weight and the title counted again. Ranking every posting
of a file by it finds more than TF-IDF, binary coverage or longer pieces; so does the search, which ranks only its best
candidates (`script/bench search` prints the figures).
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jobs.tokens import is_chinese

SATURATION, LENGTH = 2.0, 0.75
"""k1 and b of BM25."""
CHARACTER_WEIGHT = 0.5
TITLE_WEIGHT = 2.0
UNSEEN = 1e-5
"""The share of postings that hold a word which no sample held."""
NEAR_ENOUGH = 0.2
"""The part of what was asked (by rarity) that a posting must hold to be shown as near."""
_WORD = re.compile(r"[a-z0-9+#.]+")


@dataclass(frozen=True, slots=True)
class Text:
    """What a posting says, as far as ranking is concerned."""

    title: str
    body: str


def rarity(word: str, shares: Mapping[str, float]) -> float:
    """Return what a word weighs: the logarithm of how seldom postings hold it."""
    share = max(shares.get(word, UNSEEN), UNSEEN)
    return math.log(1 + (1 - min(share, 1)) / share)


def scores(terms: Sequence[str], texts: Sequence[Text], shares: Mapping[str, float]) -> list[tuple[int, float]]:
    """Return, per text, its score (in thousandths, so that it can be a position) and the part of the terms it holds."""
    if not texts:
        return []
    weights = {term: rarity(term, shares) for term in terms}
    characters = {char for term in terms if is_chinese(term) for char in term}
    small = {char: CHARACTER_WEIGHT * rarity(char, shares) for char in characters}
    whole = sum(weight for term, weight in weights.items() if term in shares) or sum(weights.values()) or 1.0
    average = sum(len(text.body) for text in texts) / len(texts) or 1.0
    return [_score(text, weights, small, whole, average) for text in texts]


def _score(
    text: Text, weights: Mapping[str, float], small: Mapping[str, float], whole: float, average: float
) -> tuple[int, float]:
    body, title = text.body.lower(), text.title.lower()
    damp = SATURATION * (1 - LENGTH + LENGTH * len(body) / average)
    words = _WORD.findall(body) if any(not is_chinese(term) for term in weights) else []
    score = held = 0.0
    for term, weight in weights.items():
        count = body.count(term) if is_chinese(term) else words.count(term)
        if count:
            score += weight * count * (SATURATION + 1) / (count + damp)
        if term in title:
            score += weight * TITLE_WEIGHT
        if count or term in title:
            held += weight
    for char, weight in small.items():
        if count := body.count(char):
            score += weight * count * (SATURATION + 1) / (count + damp)
    return round(score * 1000), held / whole
