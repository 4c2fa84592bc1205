"""Which occupation of the 大典 a title names: a ranking over names, pure. No Django, no database here."""

import csv
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jobs.tokens import piece_set

FILE = Path(__file__).parent / "data" / "occupation_words.csv"
NOISE = re.compile(
    r"[（(【\[].*?[)）】\]]|急[聘招]|高薪|诚聘|招聘|包吃住?|包住|双休|五险一?金?|长白班|白班|夜班|日结|月结|\d+[\d.\-~–—至到]*[kK千万元]?"
)
RANKS = re.compile(
    r"^(?:初级|中级|高级|资深|实习|见习|兼职|全职|学徒|储备|助理)+|(?:主管|经理|组长|班长|学徒|实习生|助理|[A-Z])+$"
)
ENDINGS = re.compile(r"(?:工程技术人员|专业人员|技术人员|服务人员|操作工|管理员|服务员|人员|员|工|师|人)$")


@dataclass(frozen=True, slots=True)
class Named:
    """One occupation, as the suggestion needs it."""

    code: str
    name: str


@cache
def common_words() -> Mapping[str, str]:
    """Return how people call an occupation in postings, each with its code."""
    lines = (line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return {row["word"]: row["code"] for row in csv.DictReader(lines)}


def plain(title: str) -> str:
    """Return what a title says of the work itself, without pay, shifts, ranks and brackets.

    A title that is nothing else keeps its last word: 储备经理 is 储备经理.
    """
    bare = NOISE.sub("", title).strip(" ,，、/|-—")
    shorter = RANKS.sub("", bare)
    return shorter if len(shorter) > 1 else bare


def rank(
    title: str, occupations: Sequence[Named], *, words: Mapping[str, str] | None = None, limit: int = 6
) -> list[Named]:
    """Return the occupations that a title most likely means, the likeliest first; [] when nothing speaks for any.

    The same name comes first, then how postings call it (`common_words`, the longest word wins), then names that
    share the rarest pieces with the title; ties go by code, so that the order never changes by itself.
    """
    asked = plain(title)
    if not asked:
        return []
    called = common_words() if words is None else words
    spoken = {code: len(word) for word, code in sorted(called.items(), key=lambda pair: len(pair[0])) if word in asked}
    cut = [(each, piece_set(each.name)) for each in occupations]
    known = Counter(piece for _, pieces in cut for piece in pieces)
    wanted = piece_set(asked)
    scored = []
    for each, pieces in cut:
        score = _score(asked, wanted, each.name, pieces, known, len(cut)) + 10 * spoken.get(each.code, 0)
        if score >= LEAST:
            scored.append((-score, each.code, each))
    return [each for _, _, each in sorted(scored, key=lambda row: row[:2])[:limit]]


LEAST = 2.5
"""Less than one rare shared pair of characters says nothing."""


def _score(asked: str, wanted: set[str], name: str, pieces: set[str], known: Counter[str], total: int) -> float:
    if asked == name:
        return 1000.0
    core = ENDINGS.sub("", name) or name
    shared = [piece for piece in wanted & pieces if len(piece) > 1]
    weight = sum(math.log(1 + total / known[piece]) for piece in shared)
    if len(core) > 1 and core in asked:
        weight += 6 + 2 * len(core)
    elif (len(core) == 1 and name in asked) or (len(asked) > 1 and asked in name):
        weight += 6
    # A long name that shares one pair says less than a short one.
    return weight * (2 * len(shared) + 1) / (len(wanted) / 2 + len(pieces) / 2 + 1) if shared else weight


def named(rows: Iterable[tuple[str, str]]) -> list[Named]:
    """Return (code, name) pairs as the ranking takes them."""
    return [Named(code, name) for code, name in rows]
