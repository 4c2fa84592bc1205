"""Small code tables of national standards, as choices for forms and words for pages; no Django, no clock."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "codes.toml"
Choices = list[tuple[str, str]]

# What a form offers; the other codes of GB/T 4658 (结业, 肄业, …) are accepted from other systems.
USUAL_EDUCATION = ("11", "14", "21", "31", "41", "44", "47", "61", "71", "81", "90")
# From high to low: a posting's "本科/大专" asks for the lower of the two.
EDUCATION_WORDS = (
    (re.compile(r"博士"), "11"),
    (re.compile(r"硕士|研究生|E?MBA", re.IGNORECASE), "14"),
    (re.compile(r"本科|学士"), "21"),
    (re.compile(r"大专|专科|高职"), "31"),
    (re.compile(r"中专|中技|中职"), "41"),
    (re.compile(r"职高"), "44"),
    (re.compile(r"技校|技工学校"), "47"),
    (re.compile(r"高中"), "61"),
    (re.compile(r"初中"), "71"),
    (re.compile(r"小学"), "81"),
)
NO_REQUIREMENT = re.compile(r"^(?:学历)?(?:不限|不要求|无要求|无学历要求)(?:学历)?$")


@dataclass(frozen=True, slots=True)
class CodeTable:
    """One table: what it names, where it is from, how sure we are (S, F or K), and its codes."""

    name: str
    standard: str
    confidence: str
    codes: dict[str, str]


@cache
def tables() -> dict[str, CodeTable]:
    """Return every table by its English name."""
    return {name: CodeTable(**table) for name, table in tomllib.loads(FILE.read_text(encoding="utf-8")).items()}


def choices(table: str, *, only: Sequence[str] | None = None) -> Choices:
    """Return a table's (code, label) pairs, or those of some codes in the given order."""
    codes = tables()[table].codes
    return [(code, codes[code]) for code in only] if only is not None else list(codes.items())


def label(table: str, code: str) -> str:
    """Return the Chinese word for a code; an unknown code is shown as it is, an empty one as nothing."""
    return tables()[table].codes.get(code, code)


def education_choices(*, full: bool = False) -> Choices:
    """Return the usual final educations, or with `full` all of GB/T 4658."""
    return choices("education", only=None if full else USUAL_EDUCATION)


def nation_choices() -> Choices:
    return choices("nation")


def political_choices() -> Choices:
    return choices("political")


def health_choices() -> Choices:
    return choices("health")


def household_choices() -> Choices:
    return choices("household")


def employment_choices() -> Choices:
    return choices("employment")


def joblessness_choices() -> Choices:
    return choices("joblessness")


def education_label(code: str) -> str:
    return label("education", code)


def education_rank(code: str) -> int:
    """Return how far somebody came: 7 doctor, 6 master, 5 bachelor, 4 college, 3 secondary, 2 junior, 1 primary, 0 unknown.

    Somebody who left without finishing (肄业) has the rank of the level before.
    """
    name = tables()["education"].codes.get(code, "")
    if not name:
        return 0
    rank = 7 if name.startswith("博士") else {"1": 6, "2": 5, "3": 4, "4": 3, "6": 3, "7": 2, "8": 1}.get(code[0], 0)
    return rank - 1 if name.endswith("肄业") else rank


def meets_education(has: str, wants: str) -> bool:
    """Whether an education is at least what is wanted; nothing wanted is always met."""
    return not wants or education_rank(has) >= education_rank(wants)


def education_code(text: str) -> str | None:
    """Map a job site's word to GB/T 4658: "统招本科" -> "21", "学历不限" -> "" (none wanted), other text -> None."""
    words = text.strip()
    if NO_REQUIREMENT.match(words):
        return ""
    found = [code for pattern, code in EDUCATION_WORDS if pattern.search(words)]
    return min(found, key=lambda code: (education_rank(code), code)) if found else None
