"""Take over a department's file: check each row, keep what is needed under a blind index, list what was refused.

Files lie at `CONNECTOR_DIR/<department>/<dataset>/YYYYMMDD.csv` (or `.xlsx`). A file that was loaded is known by its
digest; a corrected file of the same day becomes its next version, and answers given before stay explainable.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from core import connectors, xlsx
from core.connectors import Dataset
from core.crypto import blind_index
from core.errors import DomainError
from core.models import DepartmentFile

MAX_ROWS = 2_000_000
MAX_BYTES = 300 * 1024 * 1024
BATCH = 5000
_EMPTY = "\x01"
_NAME = re.compile(r"(?P<day>\d{8})\.(?:csv|xlsx)")
_DATES = ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")
_COPY = (
    "COPY core_departmentrow (file_id, row, subject_index, state, valid_from, valid_to, record)"
    " FROM STDIN WITH (FORMAT csv)"
)


class CannotLoadFile(DomainError):
    """The file as a whole cannot be taken over; nothing of it was kept."""


@dataclass(frozen=True)
class Loaded:
    """What became of a file."""

    file: DepartmentFile | None
    rows: int = 0
    rejected: int = 0
    rejects: Path | None = None


def waiting_files() -> list[Path]:
    """Return the files under `CONNECTOR_DIR`, oldest day first; those loaded before are skipped when loading."""
    root = Path(settings.CONNECTOR_DIR)
    found = [path for path in root.glob("*/*/*") if _NAME.fullmatch(path.name)]
    return sorted(found, key=lambda path: (path.parts[-3:-1], path.name))


def load_waiting() -> list[str]:
    """Load every file that waits; return what is wrong with those that could not be loaded."""
    problems = []
    for path in waiting_files():
        try:
            load(path)
        except CannotLoadFile as error:
            problems.append(error.message)
    return problems


@transaction.atomic
def load(path: Path) -> Loaded:
    """Load one file, whole or not at all; rows that cannot be right are listed in `<name>.rejected.csv` beside it.

    :returns: with `file=None` when the same file was loaded before.
    :raises CannotLoadFile: its place, name, format or header is wrong.
    """
    dataset, as_of = _place(path)
    digest = _sha256(path)
    same = DepartmentFile.objects.filter(department=dataset.department, dataset=dataset.code)
    if same.filter(sha256=digest).exists():
        return Loaded(None)
    last = same.filter(as_of=as_of).aggregate(last=Max("version", default=0))["last"]
    file = DepartmentFile.objects.create(
        department=dataset.department,
        dataset=dataset.code,
        name=path.name,
        as_of=as_of,
        version=last + 1,
        sha256=digest,
        rows=0,
        rejected=0,
    )
    rejects: list[tuple[int, str]] = []
    with path.open("rb") as source:
        try:
            rows = xlsx.read_rows(source, max_rows=MAX_ROWS, max_bytes=MAX_BYTES)
            file.rows = _copy(file, _checked(dataset, rows, rejects))
        except xlsx.CannotReadTable as error:
            raise CannotLoadFile(f"{path.name}：{error.message}") from error
    file.rejected = len(rejects)
    file.save(update_fields=["rows", "rejected"])
    return Loaded(file, file.rows, file.rejected, _write_rejects(path, rejects))


def _place(path: Path) -> tuple[Dataset, date]:
    name = _NAME.fullmatch(path.name)
    dataset = connectors.datasets().get((path.parent.parent.name, path.parent.name))
    if dataset is None:
        raise CannotLoadFile(
            f"{path}：文件要放在“部门/数据集”目录下，例如 police/identity/20260101.csv；"
            "可用的部门和数据集见 core/data/datasets.toml。"
        )
    day = _date(name["day"]) if name else None
    if day is None:
        raise CannotLoadFile(f"{path.name}：文件名要写数据日期，例如 20260101.csv 或 20260101.xlsx。")
    return dataset, day


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _checked(dataset: Dataset, rows: Iterator[list[str]], rejects: list[tuple[int, str]]) -> Iterator[list[Any]]:
    header = [cell.strip() for cell in next(rows, [])]
    needed = [dataset.key, *filter(None, (dataset.state, dataset.valid_from, dataset.valid_to)), *dataset.columns]
    if missing := [name for name in needed if name not in header]:
        raise CannotLoadFile(f"缺少列：{'、'.join(missing)}。请按数据集说明补齐表头（第一行）后再放入。")
    subject = connectors.subject(dataset.subject)
    seen: set[bytes] = set()
    for number, cells in enumerate(rows, start=2):
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
        try:
            checked = _row(dataset, row, subject)
        except DomainError as error:
            rejects.append((number, error.message))
            continue
        content = hashlib.blake2b(json.dumps(checked, default=str).encode(), digest_size=12).digest()
        if content in seen:
            rejects.append((number, "与前面某一行完全相同，只保留一行。"))
            continue
        seen.add(content)
        yield [number, *checked]


def _row(dataset: Dataset, row: dict[str, str], subject: connectors.Subject) -> list[Any]:
    index = blind_index(subject.check(row.get(dataset.key, "")), purpose=subject.purpose)
    start, end = (_optional_date(row, name) for name in (dataset.valid_from, dataset.valid_to))
    if start and end and end < start:
        raise DomainError(f"“{dataset.valid_to}”早于“{dataset.valid_from}”。")
    record = {target: row.get(source, "") for source, target in dataset.columns.items()}
    return [index, row.get(dataset.state, "") if dataset.state else "", start, end, record]


def _optional_date(row: dict[str, str], column: str) -> date | None:
    text = row.get(column, "") if column else ""
    if not text:
        return None
    found = _date(text)
    if found is None:
        raise DomainError(f"“{column}”不是日期，应写成 2026-01-31。")
    return found


def _date(text: str) -> date | None:
    for form in _DATES:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


def _copy(file: DepartmentFile, rows: Iterator[list[Any]]) -> int:
    """Write the rows with COPY, some thousands at a time (the table is no tracked one, so no context is needed)."""
    written = 0
    with connection.cursor() as cursor:
        while batch := list(islice(rows, BATCH)):
            text = io.StringIO()
            writer = csv.writer(text)
            for number, index, state, start, end, record in batch:
                # An empty date is NULL (unquoted), an empty state must be the empty text (quoted).
                writer.writerow([file.pk, number, index, state or _EMPTY, start, end, json.dumps(record)])
            cursor.copy_expert(_COPY, io.StringIO(text.getvalue().replace(_EMPTY, '""')))
            written += len(batch)
    return written


def _write_rejects(path: Path, rejects: list[tuple[int, str]]) -> Path | None:
    """List row numbers and reasons only: the list is passed on, and the numbers stay in the department's own file."""
    target = path.with_name(f"{path.stem}.rejected.csv")
    if not rejects:
        target.unlink(missing_ok=True)
        return None
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["行号（表头是第 1 行，不计空行）", "原因"])
        writer.writerows(rejects)
    return target
