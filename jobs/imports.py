"""Taking over postings from files of other sources, set by set; every row is imported or listed with its reason."""

import csv
import io
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TextIO

from django.db import connection, transaction
from django.utils import timezone

from core.xlsx import csv_lines
from jobs.import_files import Line, Table, open_table
from jobs.import_rows import COLUMNS, Columns, Reader, Refused
from jobs.indexing import index_postings
from jobs.models import DEFAULT_DAYS, ImportBatch, Posting
from people.models import User
from people.places import SURE, resolve_place

CHUNK = 5_000
LOCK = 0x6A6F6273
"""Advisory lock: one import at a time, so that a row is looked for and added without a race."""

REJECT_HEADER = ("文件", "行号", "来源编号", "岗位名称", "单位名称", "原因")
NULLABLE = frozenset({"headcount", "pay_min", "pay_max", "monthly_min", "monthly_max", "region_id", "experience_max"})
TYPES = {
    "headcount": "integer",
    "pay_min": "numeric(12,2)",
    "pay_max": "numeric(12,2)",
    "pay_months": "smallint",
    "monthly_min": "integer",
    "monthly_max": "integer",
    "region_id": "bigint",
    "education_rank": "smallint",
    "experience_min": "smallint",
    "experience_max": "smallint",
    "welfare": "varchar[]",
    "suits": "varchar[]",
    "posted_at": "timestamptz",
}
OPEN = (Posting.Status.PUBLISHED, Posting.Status.EXPIRED)
Progress = Callable[[int], None]


@dataclass
class Outcome:
    """What became of the rows of one file."""

    file: Path
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def imported(self) -> int:
        return self.added + self.changed + self.unchanged + self.kept

    @property
    def rejected(self) -> int:
        return self.reasons.total()

    @property
    def rows(self) -> int:
        return self.imported + self.rejected


class Rejects:
    """The file that lists every row that was not taken over; it is made with the first of them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: TextIO | None = None

    def add(self, name: str, line: Line, refused: Refused) -> None:
        row = (name, line.number, refused.source_id, refused.title, refused.company, refused.reason)
        lines = list(csv_lines([row], REJECT_HEADER))
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8", newline="", errors="backslashreplace")
            self._file.write(lines[0])
        self._file.write(lines[1])

    @property
    def is_empty(self) -> bool:
        return self._file is None

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def import_file(
    *,
    path: Path,
    source: str = "",
    rejects: Rejects,
    on: date,
    by: User | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Take over one file. Running it again changes only what has changed in it.

    A posting is known by its source and its number there. Imported postings are published for 30 days; a later run
    that still finds them prolongs them. What an officer took down or the employer ended is never opened again.

    :param source: the name of the source for all rows; "" where the table has a column for it.
    :raises CannotImport: the file as a whole is no table of postings.
    """
    outcome, started, began = Outcome(path), time.monotonic(), timezone.now()
    with open_table(path) as table:
        reader = Reader(table.positions, table.width, source=source, on=on, resolve=_region_id)
        for chunk in _chunks(table, reader, outcome, rejects):
            _write(chunk, outcome, on)
            if progress:
                progress(outcome.rows)
    outcome.seconds = time.monotonic() - started
    ImportBatch.objects.create(
        file_name=path.name[-255:],
        source=source[:40],
        added=outcome.added,
        changed=outcome.changed,
        unchanged=outcome.unchanged,
        kept=outcome.kept,
        rejected=outcome.rejected,
        rejects_path=str(rejects.path)[-500:] if outcome.rejected else "",
        started_at=began,
        seconds=outcome.seconds,
        by=by,
    )
    return outcome


def _region_id(text: str) -> int | None:
    place = resolve_place(text, at_least=SURE) if text else None
    return place.region.pk if place else None


def _chunks(table: Table, reader: Reader, outcome: Outcome, rejects: Rejects) -> Iterator[list[bytes]]:
    """Yield the rows as COPY takes them, a few thousand at a time."""
    encode = _Encoder()
    rows: list[bytes] = []
    for line in table.lines:
        found = Refused(line.problem, "", *_names(line)) if line.problem else reader.read(line.number, line.cells)
        if not isinstance(found, Refused):
            encoded = encode(found)
            if isinstance(encoded, bytes):
                rows.append(encoded)
            else:
                found = Refused(encoded, str(found[1]), str(found[2]), str(found[3]))
        if isinstance(found, Refused):
            outcome.reasons[_kind(found.reason)] += 1
            rejects.add(outcome.file.name, line, found)
        if len(rows) >= CHUNK:
            yield rows
            rows = []
    yield rows


def _names(line: Line) -> tuple[str, str]:
    shown = [cell[:40] for cell in line.cells[:8] if cell]
    return " | ".join(shown)[:120], ""


def _kind(reason: str) -> str:
    """Return a reason without its numbers, to count it."""
    return "".join("N" if char.isdigit() else char for char in reason).replace("NN", "N").replace("NN", "N")


class _Encoder:
    """Writes one row as a line of CSV for COPY."""

    def __init__(self) -> None:
        self._line = ""
        self._writer = csv.writer(self, lineterminator="\n")

    def write(self, text: str) -> None:
        self._line = text

    def __call__(self, columns: Columns) -> bytes | str:
        """Return the line, or why the database cannot hold it."""
        self._writer.writerow(columns)
        if "\x00" in self._line:
            return "这一行有不能保存的空字符（NUL）。请清理后再导入。"
        try:
            return self._line.encode()
        except UnicodeEncodeError:
            return "这一行有认不出的字节，多半是两种文字编码混在一起。请另存为 UTF-8 后再导入。"


@transaction.atomic
def _write(rows: list[bytes], outcome: Outcome, on: date) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(_CREATE)
        cursor.cursor.copy_expert(_COPY, io.BytesIO(b"".join(rows)), size=1 << 20)
        cursor.execute("ANALYZE posting_import (source_site, source_id)")
        now = timezone.now()
        until = on + timedelta(days=DEFAULT_DAYS)
        cursor.execute(_COUNT_KEPT, [list(OPEN)])
        (kept,) = cursor.fetchone()
        half_way = on + timedelta(days=DEFAULT_DAYS // 2)
        cursor.execute(_UPDATE, [now, until, list(OPEN), half_way])
        changed = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(_INSERT, [now, until, now])
        added = [pk for (pk,) in cursor.fetchall()]
        cursor.execute("DROP TABLE posting_import")
    index_postings(changed + added)
    outcome.added += len(added)
    outcome.changed += len(changed)
    outcome.kept += kept
    outcome.unchanged += len(rows) - len(added) - len(changed) - kept


_CREATE = (
    "CREATE TEMPORARY TABLE posting_import ("
    + ", ".join(f"{name} {TYPES.get(name, 'text')}" for name in COLUMNS)
    + ") ON COMMIT DROP"
)
_TEXTS = ", ".join(name for name in COLUMNS if name not in NULLABLE)
_COPY = f"COPY posting_import ({', '.join(COLUMNS)}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({_TEXTS}))"
_MATCH = "p.source_site = s.source_site AND p.source_id = s.source_id AND p.source_id <> ''"
_SAID = [name for name in COLUMNS if name not in ("source_site", "source_id")]
_COUNT_KEPT = f"SELECT count(*) FROM posting_import s JOIN jobs_posting p ON {_MATCH} WHERE NOT p.status = ANY(%s)"  # noqa: S608
_UPDATE = f"""
    UPDATE jobs_posting p
       SET {", ".join(f"{name} = s.{name}" for name in _SAID)},
           imported_at = %s, valid_until = %s, status = 'published', version = p.version + 1
      FROM posting_import s
     WHERE {_MATCH} AND p.status = ANY(%s)
       AND (({", ".join(f"p.{name}" for name in _SAID)}) IS DISTINCT FROM ({", ".join(f"s.{name}" for name in _SAID)})
            OR p.valid_until < %s)
 RETURNING p.id
"""  # noqa: S608
_CONSTANTS = {
    "occupation": "''",
    "shifts": "''",
    "insurance": "''",
    "status": "'published'",
    "status_reason": "''",
    "view_count": "0",
    "is_demo": "false",
    "imported_at": "%s",
    "valid_until": "%s",
    "created_at": "%s",
}
_INSERT = f"""
    INSERT INTO jobs_posting ({", ".join([*COLUMNS, *_CONSTANTS])})
    SELECT {", ".join(f"s.{name}" for name in COLUMNS)}, {", ".join(_CONSTANTS.values())}
      FROM posting_import s
     WHERE NOT EXISTS (SELECT 1 FROM jobs_posting p WHERE {_MATCH})
 RETURNING id
"""  # noqa: S608


@contextmanager
def reject_file(path: Path) -> Iterator[Rejects]:
    """Open the list of rows that are not taken over."""
    rejects = Rejects(path)
    try:
        yield rejects
    finally:
        rejects.close()
