"""Tables for people, masked, made in the worker: any number of rows in the same memory, with the progress on the page."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.core.files import File
from django.db import connection, transaction
from django.utils import timezone

from core import audit, terms, xlsx
from core.errors import DomainError
from people.models import Region, User
from unemployment import figures
from unemployment.figure_columns import Column, column, span
from unemployment.models import Export, FollowUp, Registration
from unemployment.models.followup import FOLLOWERS

_SHOWN = (
    *(f"person__{name}" for name in ("name", "id_mask", "phone_mask", "sex", "birth_date")),
    *("region__name", "worker__name", "worker__username"),
    *("registered_on", "unemployed_on", "cause", "wants_job", "wants_training", "wants_business"),
)
"""What a line of the ledger is made of: the register has many more columns, which 100,000 rows need not carry."""
STEP = 500
"""Rows between two notes of the progress."""
FIGURE_HEADER = ("日期", "姓名（遮住）", "证件号码（遮住）", "内容", "经办人", "来源")
LEDGER_HEADER = (
    "姓名（遮住）", "证件号码（遮住）", "手机号（遮住）", "性别", "出生年份", "社区", "登记日期", "失业时间", "失业原因", "求职意愿", "培训意愿",
    "创业意愿", "社区就业专员", "本月跟踪调查",
)  # fmt: skip
Kind, Status = Export.Kind, Export.Status


class CannotExport(DomainError):
    """No table is made."""


@transaction.atomic
def ask(*, kind: str, region: Region, month: date, by: User, on: date, code: str = "") -> Export:
    """Ask for a table; the worker makes it. Who asked for what, when, stays on record.

    :param code: the figure, for its rows.
    :raises CannotExport: there is no such figure, nothing the user may see, or the same table is being made.
    """
    found = column(code) if kind == Kind.FIGURE else None
    if kind == Kind.FIGURE and found is None:
        raise CannotExport("没有这个指标。")
    if not by.serves(region.path, *FOLLOWERS):
        raise CannotExport("您的岗位不能导出这个地区的明细。")
    same = Export.objects.filter(by=by, kind=kind, code=code, region=region, month=month)
    if same.filter(status__in=[Status.QUEUED, Status.RUNNING]).exists():
        raise CannotExport("同样的表正在生成，请稍等，不用再点。")
    of = span(month, on=on)
    total = _ledger(region, by).count() if found is None else _total(found, region, month, by, on)
    what = found.label if found else "失业登记台账"
    made = Export.objects.create(
        kind=kind,
        code=code,
        region=region,
        month=of.month,
        title=f"{region.name}{what}{of.month:%Y-%m}",
        total=total,
        by=by,
    )
    audit.record_access(actor=by, action=f"export:{kind}", subject=made, reason=f"导出（遮住）：{made.title}"[:200])
    return made


def _total(found: Column, region: Region, month: date, by: User, on: date) -> int:
    of = span(month, on=on)
    rows = (figures.rows_of(found, source, region=region, of=of, user=by) for source in found.sources)
    return sum(each.count() for each in rows)


def run(*, export_id: int) -> None:
    """Make a table that was asked for. Run again it does nothing; broken off it begins anew."""
    with _alone(export_id) as mine:
        export = Export.objects.select_related("by", "region").get(pk=export_id)
        if not mine or not export.is_waiting:
            return
        # The table was asked for in a session with a second factor; the roles must still be held today.
        export.by.activate_roles()
        with audit.context(channel="task", actor=export.by, reason=f"export {export.public_id}"):
            Export.objects.filter(pk=export.pk).update(status=Status.RUNNING, done=0)
            with tempfile.TemporaryFile() as file:
                xlsx.write(noted(export, rows(export)), header(export), sheet=export.title, file=file)
                export.refresh_from_db()
                export.file.save("table.xlsx", File(file), save=False)
            export.status = Status.DONE
            export.save()


def waiting() -> list[int]:
    """Return the tables that were asked for and are not made: their worker may have died."""
    rows = Export.objects.filter(status__in=[Status.QUEUED, Status.RUNNING])
    return list(rows.order_by("pk").values_list("pk", flat=True))


def keep_days(*, on: date) -> int:
    """Return for how many days the file of a table is kept (示例，待地方确认)."""
    return int(terms.value("unemployment.export_keep_days", on=on, region="21"))


def remove_old(*, on: date) -> int:
    """Remove the files of tables that are too old; who had which table, when, stays on record. Return how many.

    The file goes first: broken off between, the next run finds the row again and the file gone.
    """
    before = on - timedelta(days=keep_days(on=on))
    rows = Export.objects.filter(status=Status.DONE, created_at__date__lt=before).order_by("pk")
    gone = 0
    for pk in list(rows.values_list("pk", flat=True)):
        with transaction.atomic():
            row = rows.select_for_update(skip_locked=True).filter(pk=pk).first()
            if row is None:
                continue
            row.file.delete(save=False)
            row.status = Status.GONE
            row.save()
            gone += 1
    return gone


def header(export: Export) -> Sequence[str]:
    return LEDGER_HEADER if export.kind == Kind.LEDGER else FIGURE_HEADER


def rows(export: Export) -> Iterator[Sequence[Any]]:
    if export.kind == Kind.LEDGER:
        return _ledger_rows(export)
    return _figure_rows(export)


def _figure_rows(export: Export) -> Iterator[Sequence[Any]]:
    found = column(export.code)
    if found is None:
        return
    of = span(export.month, on=timezone.localdate())
    for source, row in figures.told(found, region=export.region, of=of, user=export.by, chunk=STEP):
        person = row.person
        name, number = (person.masked_name, person.masked_id) if person else (row.who, "")
        yield row.day, name, number, row.what, row.by, source.label


def _ledger(region: Region, by: User) -> Any:
    return Registration.objects.for_staff(by).active().filter(region__path__within=[region.path])


def _ledger_rows(export: Export) -> Iterator[Sequence[Any]]:
    rows = _ledger(export.region, export.by).select_related("person", "region", "worker").order_by("region__path", "pk")
    rows = rows.only(*_SHOWN)
    chunk: list[Registration] = []
    for row in rows.iterator(chunk_size=STEP):
        chunk.append(row)
        if len(chunk) == STEP:
            yield from _ledger_lines(chunk, export.month)
            chunk = []
    yield from _ledger_lines(chunk, export.month)


def _ledger_lines(rows: Sequence[Registration], month: date) -> Iterator[Sequence[Any]]:
    states = dict(
        FollowUp.objects.filter(registration__in=[row.pk for row in rows], month=month).values_list(
            "registration", "status"
        )
    )
    labels = dict(FollowUp.Status.choices)
    for row in rows:
        person = row.person
        yield (
            person.masked_name,
            person.masked_id,
            person.masked_phone,
            person.get_sex_display(),
            person.birth_date.year,
            row.region.name if row.region else "",
            row.registered_on,
            row.unemployed_on,
            row.cause_label,
            row.get_wants_job_display(),
            row.get_wants_training_display(),
            row.get_wants_business_display(),
            str(row.worker or ""),
            labels.get(states.get(row.pk, ""), "没有任务"),
        )


def noted(export: Export, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """Note every some thousand rows how far it is."""
    number = 0
    for number, row in enumerate(rows, 1):
        if number % STEP == 0:
            Export.objects.filter(pk=export.pk).update(done=number)
        yield row
    Export.objects.filter(pk=export.pk).update(done=number, total=number)


@contextmanager
def _alone(export_id: int) -> Iterator[bool]:
    """Hold the table for this session; False when another worker has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('unemployment.export'), %s::int)", [export_id])
        (mine,) = cursor.fetchone()
        try:
            yield mine
        finally:
            if mine:
                cursor.execute("SELECT pg_advisory_unlock(hashtext('unemployment.export'), %s::int)", [export_id])
