"""Where in a posting the checker found something: its texts in pieces, those that were found marked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jobs.checking import facts_of
from jobs.models import Posting
from jobs.rules import TEXTS, Finding

LABELS = {
    "title": "岗位名称",
    "description": "干什么活",
    "requirement": "要什么人",
    "skills": "要会什么",
    "shifts": "上班时间",
    "welfare": "福利",
    "pay_min": "工资",
    "probation_months": "试用期",
    "probation_pay": "试用期工资",
}
AROUND = 12
"""Characters of the text that are shown before and after the words that were found."""
BULLETS = " \t•·●▪-—*"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line; `why` names the rules that found something there, "" where none did."""

    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A finding with the words around it, as it stands in the posting."""

    finding: Finding
    label: str
    before: str = ""
    after: str = ""


Line = list[Piece]


def excerpts(posting: Posting, found: Iterable[Finding]) -> list[Excerpt]:
    """Return each finding with the place where it stands."""
    facts = facts_of(posting)
    return [_excerpt(finding, str(getattr(facts, finding.field, "") or "")) for finding in found]


def _excerpt(finding: Finding, text: str) -> Excerpt:
    label = LABELS.get(finding.field, "")
    if finding.field not in TEXTS or not finding.words:
        return Excerpt(finding, label)
    first, last = max(finding.start - AROUND, 0), finding.end + AROUND
    before = text[first : finding.start].rpartition("\n")[2].lstrip(BULLETS)
    after = text[finding.end : last].partition("\n")[0]
    return Excerpt(
        finding,
        label,
        before=("…" if first and len(before) == AROUND else "") + before,
        after=after + ("…" if len(after) == AROUND and last < len(text) else ""),
    )


def marked(posting: Posting, found: Sequence[Finding]) -> Mapping[str, list[Line]]:
    """Return the texts of a posting by field, line by line, with what was found marked; empty lines are left out."""
    facts = facts_of(posting)
    return {name: _lines(getattr(facts, name), [f for f in found if f.field == name]) for name in TEXTS}


def _lines(text: str, found: Sequence[Finding]) -> list[Line]:
    spans = sorted((finding.start, finding.end, finding.name) for finding in found if finding.words)
    lines, at = [], 0
    for raw in text.splitlines(keepends=True):
        line = raw.strip().lstrip(BULLETS)
        start = at + raw.find(line)
        if line:
            lines.append(list(_pieces(text, start, start + len(line), spans)))
        at += len(raw)
    return lines


def _pieces(text: str, start: int, end: int, spans: Iterable[tuple[int, int, str]]) -> Iterator[Piece]:
    """Yield the pieces of one line; overlapping findings make one mark that names them all."""
    merged: list[tuple[int, int, str]] = []
    for first, last, name in spans:
        first, last = max(first, start), min(last, end)
        if first >= last:
            continue
        if merged and first < merged[-1][1]:
            begin, until, names = merged[-1]
            merged[-1] = (begin, max(until, last), names if name in names.split("、") else f"{names}、{name}")
        else:
            merged.append((first, last, name))
    for first, last, name in merged:
        if start < first:
            yield Piece(text[start:first])
        yield Piece(text[first:last], name)
        start = last
    if start < end:
        yield Piece(text[start:end])
