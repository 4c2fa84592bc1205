"""An officer's import: a file is uploaded, its columns are settled, it runs in the worker, every row has its outcome."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from core import audit, terms
from core.columns import MAX_COLUMNS, Column, columns_of
from core.errors import DomainError
from core.xlsx import MAX_BYTES
from jobs import import_trial
from jobs.alone import alone
from jobs.import_files import FIELDS, RAW, REQUIRED, CannotImport, Line, guess, open_table
from jobs.import_lists import Outcomes
from jobs.import_trial import Trial
from jobs.imports import CannotEndGone, import_file
from jobs.models import ImportBatch, ImportMapping
from jobs.permissions import can_resume_import, can_run_import
from people.models import User

log = structlog.get_logger(__name__)
BROKEN = (
    "导入断了 {times} 次，每次都停在第 {row} 行之后，不再自动重试。前面做完的都保留着。请联系技术人员看系统日志，"
    "修好后点“接着导入”。"
)
SHOWN = 3
"""Rows of the preview."""
Status = ImportBatch.Status


class CannotRun(DomainError):
    """The import does not begin; nothing was taken over."""


@transaction.atomic
def receive(*, upload: UploadedFile, source: str, by: User) -> ImportBatch:
    """Keep an uploaded file and guess its columns, by what was saved for its source where there is such a thing.

    :raises CannotRun: it is too large, or no table.
    """
    if upload.size is None or upload.size > MAX_BYTES:
        raise CannotRun(f"文件超过 {MAX_BYTES // 1024 // 1024} MB。请分成几个文件，或请技术人员用命令导入。")
    batch = ImportBatch(
        file_name=Path(upload.name or "").name[-255:] or "未命名",
        source=source.strip()[:40],
        status=Status.UPLOADED,
        started_at=timezone.now(),
        by=by,
    )
    with _written(upload) as path:
        header, _ = _look(path)
    saved = ImportMapping.objects.filter(source=batch.source).values_list("columns", flat=True).first() or {}
    known = {field: name for field, name in saved.items() if name in header}
    batch.columns = known if REQUIRED.keys() <= known.keys() else guess(header)
    batch.columns = {field: name for field, name in batch.columns.items() if field in FIELDS}
    upload.seek(0)
    batch.upload = upload
    batch.save()
    return batch


def preview(batch: ImportBatch) -> list[Column]:
    """Return the columns of an uploaded file with their first values and what each is taken for.

    :raises CannotRun: the file is no longer there or no table.
    """
    with _local(batch) as path:
        header, lines = _look(path)
    return columns_of(header, [line.cells for line in lines], batch.columns)


def attempt(batch: ImportBatch, *, columns: Mapping[str, str], on: date) -> Trial | None:
    """Return what the file would become with its columns read like this; None while a column is missing or it is no table."""
    if not REQUIRED.keys() <= columns.keys():
        return None
    try:
        with _local(batch) as path:
            return import_trial.attempt(path, columns=columns, source=batch.source, on=on)
    except (CannotImport, CannotRun):
        return None


def _look(path: Path) -> tuple[list[str], list[Line]]:
    try:
        with open_table(path, columns=RAW) as table:
            header = [str(cell).strip() for cell in table.header]
            if not any(header) or len(header) > MAX_COLUMNS:
                raise CannotRun(f"第一行要写列名，最多 {MAX_COLUMNS} 列。请检查文件再上传。")
            return header, [line for line in islice(table.lines, 3 * SHOWN) if not line.problem][:SHOWN]
    except CannotImport as error:
        raise CannotRun(error.message.replace(f"{path.name}：", "").replace(path.name, "")) from error


@transaction.atomic
def start(*, batch_id: int, columns: Mapping[str, str], full: bool, version: Any, by: User) -> ImportBatch:
    """Save how the source's columns are read, and hand the file to the worker.

    :param columns: our field -> the file's column.
    :param full: the file lists all that the source has.
    :raises CannotRun: it is not the user's or began already, or a column is missing.
    :raises StaleVersion: the page was opened before it changed.
    """
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    batch.require_version(version)
    if not can_run_import(by, batch):
        raise CannotRun("这个文件已经开始导入，或者不是您上传的。请刷新页面。")
    missing = [label for field, label in REQUIRED.items() if not columns.get(field)]
    if missing:
        raise CannotRun(f"请指出哪一列是{'、哪一列是'.join(missing)}。")
    batch.columns = {field: name for field, name in columns.items() if field in FIELDS}
    batch.is_full, batch.status = full, Status.QUEUED
    batch.bump()
    batch.save()
    saved = ImportMapping.objects.filter(source=batch.source).select_for_update().first()
    saved = saved or ImportMapping(source=batch.source)
    saved.columns, saved.saved_by = batch.columns, by
    saved.save()
    return batch


@transaction.atomic
def resume(*, batch_id: int, version: Any, by: User) -> ImportBatch:
    """Hand an import that broke off to the worker again; it goes on where it stopped.

    :raises CannotRun: it is not the user's, or did not break off.
    :raises StaleVersion: the page was opened before it changed.
    """
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    batch.require_version(version)
    if not can_resume_import(by, batch):
        raise CannotRun("这个文件没有断，或者不是您上传的。请刷新页面。")
    batch.status, batch.problem, batch.attempts = Status.QUEUED, "", 0
    batch.bump()
    batch.save()
    return batch


def run(*, batch_id: int, on: date) -> None:
    """Do an import that waits or was broken off; it goes on where it stopped. Two workers never do the same one."""
    with alone("jobs.import", batch_id) as mine:
        batch = ImportBatch.objects.select_related("by").get(pk=batch_id)
        if not mine or not batch.is_waiting:
            return
        with audit.context(channel="import", actor=batch.by, reason=f"import {batch.public_id}"):
            _run(batch, on)


def _run(batch: ImportBatch, on: date) -> None:
    listed = _listed(batch)
    most = int(terms.value("jobs.import_attempts", on=on))
    if batch.attempts >= most:  # the worker itself was killed each time
        _end(batch, listed, problem=BROKEN.format(times=batch.attempts, row=batch.position))
        return
    batch.status, batch.attempts = Status.RUNNING, batch.attempts + 1
    batch.save()
    problem = ""
    try:
        _import(batch, listed, on)
    except (CannotImport, CannotEndGone, CannotRun) as error:
        batch.refresh_from_db()
        problem = error.message
    except Exception:
        log.exception("import broke off", batch=str(batch.public_id))
        batch.refresh_from_db()
        if batch.attempts < most:
            return  # `resume_imports` goes on with it
        problem = BROKEN.format(times=batch.attempts, row=batch.position)
    _end(batch, listed, problem=problem)


def _listed(batch: ImportBatch) -> Path:
    """Return where the outcomes are being written, with those of the earlier attempts where they are at hand."""
    listed = Path(settings.PRIVATE_ROOT) / "imports" / f"{batch.public_id}.csv"
    if not listed.exists() and batch.position and batch.outcomes:  # broke off, and somebody has it gone on with
        listed.parent.mkdir(parents=True, exist_ok=True)
        with batch.outcomes.open("rb") as kept, listed.open("wb") as file:
            shutil.copyfileobj(kept, file)
        batch.outcomes.delete(save=False)
    if not listed.exists():  # another machine began: nothing is lost by reading from the start
        batch.position = 0
        for name in ("added", "changed", "unchanged", "kept", "held", "merged", "gone", "rejected"):
            setattr(batch, name, 0)
    return listed


def _import(batch: ImportBatch, listed: Path, on: date) -> None:
    listing = Outcomes(listed, up_to=batch.position)
    try:
        with _local(batch) as path:
            import_file(
                path=path,
                source=batch.source,
                rejects=listing,
                on=on,
                by=batch.by,
                columns=batch.columns,
                full=batch.is_full,
                batch=batch,
            )
    finally:
        listing.close()


def _end(batch: ImportBatch, listed: Path, *, problem: str) -> None:
    """Put the outcomes away, and say what kept it from being done."""
    batch.attempts = 0
    if problem:
        batch.status, batch.problem = Status.FAILED, problem[:500]
    if listed.exists():
        with listed.open("rb") as file:
            batch.outcomes.save("outcomes.csv", File(file), save=False)
    batch.save()
    listed.unlink(missing_ok=True)


def waiting() -> list[int]:
    """Return the imports that were started and are not done: their worker may have died."""
    rows = ImportBatch.objects.filter(status__in=[Status.QUEUED, Status.RUNNING])
    return list(rows.order_by("pk").values_list("pk", flat=True))


@contextmanager
def _local(batch: ImportBatch) -> Iterator[Path]:
    """Give the stored file a path of its own: the storage may be elsewhere."""
    try:
        stored = batch.upload.open("rb")
    except (OSError, ValueError) as error:
        raise CannotRun("上传的文件不在了。请重新上传。") from error
    with stored, _written(stored) as path:
        yield path


@contextmanager
def _written(content: Any) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile(prefix="import-", suffix=".part") as file:
        content.seek(0)
        shutil.copyfileobj(content, file)
        file.flush()
        yield Path(file.name)
