"""Telling whether two postings are the same vacancy: MinHash bands to find candidates, a closer look to believe it. Pure.

Candidates have the same employer and city and share a band: the title's core, or a slice of the MinHash of their words.
"""

import re
import struct
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

from rensa import RMinHash

PERMUTATIONS, BANDS, SEED = 64, 8, 1
"""Eight bands of eight: texts that share 90 % of their words meet with 99 %, those that share 50 % with 3 %."""
ENOUGH_TEXT = 50
SAME_TEXT, SAME_TEXT_AND_SOURCE, ALIKE_TITLES = 0.8, 0.95, 0.5
_BRACKETS = re.compile(r"[（(【\[《<][^）)】\]》>]*[）)】\]》>]")
_NOISE = re.compile(r"[\W_]+")
_LEGAL = re.compile(
    "(?:集团)?(?:股份)?(?:有限责任公司|有限公司|有限合伙|总公司|公司)|集团|(?<=.{4})(?:分公司|办事处|总部|店铺|门店)$"
)
_CALLS = re.compile(
    "急聘|急招|诚聘|高薪|招聘|双休|五险一金|五险|包吃住|包吃|包住|提供食宿|无责|底薪|接受应届生?|可实习|全职|直招|不加班"
)


@dataclass(frozen=True, slots=True)
class Said:
    """What is compared. `pieces` are those of duties and demands; `county` may be "" where only the city is known."""

    id: int
    source: str
    employer: str
    city: str
    county: str
    title: str
    title_pieces: frozenset[str]
    pieces: frozenset[str]
    length: int
    pay: tuple[int, int] | None
    own: bool
    canonical: int | None


@lru_cache(maxsize=50_000)
def employer_core(name: str) -> str:
    """Return a name without its legal form, brackets and signs: 沈阳某某（集团）有限公司 is 沈阳某某."""
    plain = unicodedata.normalize("NFKC", name).lower()
    core = _NOISE.sub("", _LEGAL.sub("", _BRACKETS.sub("", plain)))
    return core if len(core) > 1 else _NOISE.sub("", plain)


@lru_cache(maxsize=50_000)
def title_core(title: str) -> str:
    """Return a title without brackets, signs and calls: 【急聘】Java 开发工程师（双休） is java开发工程师."""
    plain = unicodedata.normalize("NFKC", title).lower()
    core = _NOISE.sub("", _CALLS.sub("", _BRACKETS.sub("", plain)))
    return core or _NOISE.sub("", plain)


@lru_cache(maxsize=50_000)
def city_of(path: str, place: str) -> str:
    """Return a posting's city: the code of its region, else the first word of the source's place."""
    parts = path.split("/")
    if len(parts) > 1:
        return parts[1]
    return re.split(r"[\s\-－—·/|,，]", place.strip(), maxsplit=1)[0].removesuffix("市")[:12]


def district_of(path: str, place: str) -> str:
    """Return a posting's county or district: the code of its region, else the second word of the source's place."""
    parts = path.split("/")
    if len(parts) > 1:
        return parts[2] if len(parts) > 2 else ""
    words = re.split(r"[\s\-－—·/|,，]+", place.strip(), maxsplit=2)
    return words[1].rstrip("区县市")[:12] if len(words) > 1 else ""


def bands(*, employer: str, title: str, city: str, words: Iterable[str], has_text: bool) -> list[int]:
    """Return the numbers under which a posting meets others: its title's, and with a text those of its words.

    They need not be unique in the world: who meets by chance is told apart by `are_copies`.
    """
    return bands_of(employer=employer, title=title, city=city, slices=slices(words) if has_text else ())


def slices(words: Iterable[str]) -> list[bytes]:
    """Return the MinHash of some words, cut into one slice a band.

    One posting at a time: for many at once the library starts threads, and a process that has them cannot be forked
    (`jobs.ahead`).
    """
    hashed = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    hashed.update(list(words))
    return list(_CUT.unpack(_WHOLE.pack(*hashed.digest())))


_WHOLE = struct.Struct(f"<{PERMUTATIONS}I")
_CUT = struct.Struct(f"{_WHOLE.size // BANDS}s" * BANDS)


def bands_of(*, employer: str, title: str, city: str, slices: Iterable[bytes]) -> list[int]:
    """As `bands`, where the MinHash of the words is known; no slices where there is no text."""
    key = crc32(f"{employer_core(employer)}\x1f{city}".encode("utf-8", "replace"))
    found = [crc32(title_core(title).encode("utf-8", "replace"), key)]
    return found + [at << 32 | crc32(each, key) for at, each in enumerate(slices, 1)]


def are_copies(one: Said, other: Said) -> bool:
    """Whether two postings are one vacancy.

    With texts on both sides these decide. Without, only another source's posting of the same title, place and pay is
    believed: within one source two numbers are two vacancies until texts and pay say otherwise, because employers use
    one text for several grades.
    """
    if one.employer != other.employer or one.city != other.city:
        return False
    if one.county and other.county and one.county != other.county:
        return False
    same_source = one.source == other.source
    if one.pay != other.pay if same_source else not _overlap(one.pay, other.pay):
        return False
    if one.length >= ENOUGH_TEXT and other.length >= ENOUGH_TEXT:
        alike = one.title == other.title or (
            not same_source and _share(one.title_pieces, other.title_pieces) >= ALIKE_TITLES
        )
        return alike and _share(one.pieces, other.pieces) >= (SAME_TEXT_AND_SOURCE if same_source else SAME_TEXT)
    return not same_source and one.title == other.title


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    together = len(one | other)
    return len(one & other) / together if together else 0.0


def _overlap(one: tuple[int, int] | None, other: tuple[int, int] | None) -> bool:
    return one is None or other is None or (one[0] <= other[1] and other[0] <= one[1])
