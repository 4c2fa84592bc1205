"""What an uploaded file would become, before anything is taken over: its first rows, and how many rows would be refused.

The rows are read and checked exactly as the import does it, for about a second. Nothing is compared with what was taken
over before: whether a row is new shows when the import runs.
"""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from jobs.import_checks import Checker, Verdict
from jobs.import_files import Line, open_table
from jobs.import_rows import COLUMNS, Read, Reader, Refused
from jobs.imports import kind_of_reason, where
from jobs.models import Posting
from jobs.models.partners import machine_sources
from jobs.occupation_choices import occupation_codes
from jobs.places import find_place

SHOWN = 3
MOST_ROWS = 5_000
SECONDS = 0.8
MOST_REASONS = 6


@dataclass(frozen=True, slots=True)
class TriedRow:
    """One of the first rows as it would be: its values in words, and what becomes of it."""

    number: int
    title: str
    employer: str
    pay: str = ""
    place: str = ""
    fate: str = "招聘中"
    tone: str = "ok"
    why: str = ""


@dataclass(slots=True)
class Trial:
    """What a file would become, as far as it was read."""

    rows: list[TriedRow] = field(default_factory=list)
    read: int = 0
    held: int = 0
    refused: int = 0
    unpaid: int = 0
    unplaced: int = 0
    is_whole: bool = True
    reasons: list[tuple[str, int]] = field(default_factory=list)
    """Why rows are refused, the commonest first: the first such sentence, and how many there are."""

    @property
    def shown(self) -> int:
        """How many would be shown at once."""
        return self.read - self.held - self.refused


def attempt(path: Path, *, columns: Mapping[str, str], source: str, on: date, seconds: float = SECONDS) -> Trial:
    """Read the beginning of a file as an import would.

    :param columns: our field -> the file's column.
    :raises CannotImport: the file is no table of postings, or lacks a column.
    """
    trial, until, kinds, said = Trial(), time.monotonic() + seconds, Counter[str](), dict[str, str]()
    checker = Checker(on=on)
    closed, occupations = machine_sources(), occupation_codes()
    with open_table(path, columns=columns) as table:
        reader = Reader(
            table.positions, table.width, source=source, on=on, resolve=where, closed=closed, occupations=occupations
        )
        for line in table.lines:
            if trial.read >= MOST_ROWS or (trial.read >= SHOWN and time.monotonic() > until):
                trial.is_whole = False
                break
            trial.read += 1
            row, reason = _try(line, reader, checker, trial)
            if len(trial.rows) < SHOWN:
                trial.rows.append(row)
            if reason:
                kinds[kind := kind_of_reason(reason)] += 1
                said.setdefault(kind, reason)
    trial.refused = kinds.total()
    trial.reasons = [(said[kind], count) for kind, count in kinds.most_common(MOST_REASONS)]
    return trial


def _try(line: Line, reader: Reader, checker: Checker, trial: Trial) -> tuple[TriedRow, str]:
    """Return a row as it would be, and why it would be refused, "" where it would be taken; count what it lacks."""
    read = Refused(line.problem, "", "", "") if line.problem else reader.read(line.number, line.cells)
    if isinstance(read, Refused):
        return TriedRow(line.number, read.title, read.company, "", "", "不导入", "bd", read.reason), read.reason
    verdict = checker.check(read)
    at = dict(zip(COLUMNS, read.columns, strict=True))
    if not verdict.reason:
        trial.held += verdict.is_held
        trial.unpaid += at["pay_min"] is None
        trial.unplaced += not read.where.path
    return _row(line.number, read, at, verdict), verdict.reason


def _row(number: int, read: Read, at: Mapping[str, Any], verdict: Verdict) -> TriedRow:
    pay = Posting(**{name: at[name] for name in ("pay_min", "pay_max", "pay_period", "pay_months")}).pay_label
    fate, tone, why = "招聘中", "ok", verdict.names
    if verdict.reason:
        fate, tone, why = "不导入", "bd", verdict.reason
    elif verdict.is_held:
        fate, tone = "转人工核验", "wn"
    return TriedRow(number, at["title"], at["employer_name"], pay, _place(read, at["place_text"]), fate, tone, why)


def _place(read: Read, said: str) -> str:
    """Return the place that was made out, or that none was."""
    names = [place.name for code in read.where.path.split("/") if (place := find_place(code))]
    return "".join(names[1:]) or (names[0] if names else f"没认出（{said}）" if said else "没有写")
