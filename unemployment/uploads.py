"""What taking over a handed-in file has in common, whatever its rows say: `models.upload`. Nothing of a row is known here."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection

from core import xlsx
from core.errors import DomainError
from unemployment.models import Ledger, Roster
from unemployment.models.upload import Upload

PORTION = 500
"""Rows that are one transaction, together with their outcomes and the position."""
OUTCOME_HEADER = ("行号", "姓名", "证件号码", "结果", "说明")
Handed = Ledger | Roster


def content_of(upload: UploadedFile, *, refuse: type[DomainError]) -> BytesIO:
    """Return what was uploaded, which can still be stored afterwards.

    :param refuse: raised when it is too large.
    """
    if upload.size is None or upload.size > xlsx.MAX_BYTES:
        raise refuse(f"文件超过 {xlsx.MAX_BYTES // 1024 // 1024} MB，请分成几个文件。")
    content = BytesIO(upload.read())
    upload.seek(0)
    return content


def file_name(upload: UploadedFile) -> str:
    """Return what the file is called, without folders, as far as it fits."""
    return Path(upload.name or "").name[-255:] or "未命名"


def queue(found: Upload, *, version: Any, begun: DomainError) -> None:
    """Hand a locked row to the worker.

    :param begun: raised when somebody did so already.
    :raises StaleVersion: the page was old.
    """
    found.require_version(version)
    if found.status != Upload.Status.UPLOADED:
        raise begun
    found.status = Upload.Status.QUEUED
    found.bump()
    found.save()


def waiting(kind: type[Handed]) -> list[int]:
    """Return those that were started and are not done: their worker may have died."""
    rows = kind.objects.filter(status__in=[Upload.Status.QUEUED, Upload.Status.RUNNING])
    return list(rows.order_by("pk").values_list("pk", flat=True))


@contextmanager
def alone(kind: type[Handed], pk: int) -> Iterator[bool]:
    """Hold one for this session; False when another worker has it."""
    key: tuple[str, int] = (f"unemployment.{kind._meta.model_name}", pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s), %s::int)", key)
        (mine,) = cursor.fetchone()
        try:
            yield mine
        finally:
            if mine:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s), %s::int)", key)


def outcome_file(found: Handed) -> Any:
    """Return what became of each row, masked, as an XLSX made in constant memory."""
    rows = found.rows.order_by("line").values_list("line", "name", "id_mask", "outcome", "note")
    labels = dict(found.rows.model.Outcome.choices)
    listed = ((line, name, mask, labels[outcome], note) for line, name, mask, outcome, note in rows.iterator(2000))
    return xlsx.write(listed, OUTCOME_HEADER, sheet="逐行结果")
