"""The two files an employer may take away: the month's table and the résumés. Who takes them stands in them and in the log."""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from core import audit, xlsx
from core.errors import DomainError
from core.months import last_day
from jobs.limits import limit
from jobs.models import Application
from jobs.pipeline import received
from people.models import Organisation, User
from people.roles import Role

HEADER = ("岗位", "姓名", "学历", "做过什么", "状态", "投递时间", "答复时间", "答复", "水印")
INDEX = "名单"
LONGEST = 40
"""Characters of a file's name, so that the whole path fits into what Windows takes (260)."""
UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]')
"""What Windows refuses, and marks that would turn the order of the letters around."""
RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names of devices, which Windows takes for no file."""


class CannotExport(DomainError):
    """No file was made."""


def month_table(*, by: User, month: date, now: datetime) -> Any:
    """Return an XLSX of the applications received in a month; every line says who took it and when.

    Phones are not in it: they stand on each application's page and in the list beside the résumés. Each person's own
    log says that they were in it.

    :raises CannotExport: there are too many rows.
    """
    today = timezone.localdate(now)
    rows = received(by).filter(submitted_at__date__range=(month, last_day(month)))
    rows = rows.select_related("posting", "applicant__person").order_by("submitted_at", "pk")
    most, count = limit("export_rows", on=today), rows.count()
    if count > most:
        raise CannotExport(f"这个月有 {count:,} 份投递，一张表最多 {most:,} 行。请按岗位查看。")
    mark, chosen = watermark(by, now), list(rows)
    _log_people(by, "resume:table", f"单位下载 {month:%Y-%m} 应聘表", chosen)
    _log(by, "applications:table", f"下载 {month:%Y-%m} 应聘表，{len(chosen)} 行")
    return xlsx.write(_lines(chosen, mark), HEADER, sheet=f"{month:%Y-%m}")


def _lines(rows: Iterable[Application], mark: str) -> Iterator[Sequence[Any]]:
    for row in rows:
        answered = timezone.localtime(row.answered_at).replace(tzinfo=None) if row.answered_at else ""
        yield (
            row.posting.title,
            row.name,
            row.education_text,
            row.experience,
            row.get_status_display(),
            timezone.localtime(row.submitted_at).replace(tzinfo=None),
            answered,
            row.reason,
            mark,
        )


def resume_files(*, by: User, rows: "QuerySet[Application]", now: datetime) -> BytesIO:
    """Return a zip with one page a résumé, named for its applicant, and a list of all with their phones.

    Each is marked with who took it and when, and each person's own log says so.

    :raises CannotExport: none is there, or more than one may take at once.
    """
    most = limit("export_resumes", on=timezone.localdate(now))
    chosen = list(rows.select_related("posting", "applicant__person").order_by("submitted_at", "pk")[: most + 1])
    if not chosen:
        raise CannotExport("没有可以下载的简历。")
    if len(chosen) > most:
        raise CannotExport(f"一次最多下载 {most} 份简历。请先按岗位或者状态筛选。")
    mark, file = watermark(by, now), BytesIO()
    named = list(zip(file_names([row.name for row in chosen]), chosen, strict=True))
    lines = [(name, row, row.phone.open()) for name, row in named]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{INDEX}.html", render_to_string("jobs/resume_index.html", {"lines": lines, "mark": mark}))
        for name, row in named:
            archive.writestr(name, render_to_string("jobs/resume_file.html", {"application": row, "mark": mark}))
    _log_people(by, "resume:download", "单位下载简历和电话", chosen)
    _log(by, "applications:resumes", f"下载简历 {len(chosen)} 份")
    file.seek(0)
    return file


def file_names(names: Iterable[str]) -> list[str]:
    """Return a file's name for each applicant, in order: one that Windows takes, the same name numbered from the second on."""
    taken, made = {INDEX.casefold()}, []
    for name in names:
        plain = UNSAFE.sub("", name).strip(" .")[:LONGEST].strip(" .")
        plain = f"_{plain}" if not plain or RESERVED.fullmatch(plain) else plain
        free, number = plain, 1
        while free.casefold() in taken:
            number += 1
            free = f"{plain}（{number}）"
        taken.add(free.casefold())
        made.append(f"{free}.html")
    return made


def watermark(by: User, now: datetime) -> str:
    """Return the line that stands on everything taken away."""
    employer = "、".join(Organisation.objects.filter(pk__in=_organisations(by)).values_list("name", flat=True))
    return (
        f"{employer} {by.name}（{by.username}）于 {timezone.localtime(now):%Y-%m-%d %H:%M} 下载，只用于招聘，不得外传"
    )


def _organisations(by: User) -> list[int]:
    return by.verified_organisation_ids(Role.EMPLOYER_AGENT)


def _log(by: User, action: str, reason: str) -> None:
    for organisation in Organisation.objects.filter(pk__in=_organisations(by)):
        audit.record_access(actor=by, action=action, subject=organisation, reason=reason)


def _log_people(by: User, action: str, reason: str, rows: Iterable[Application]) -> None:
    subjects = [(row.applicant.person or row.applicant, f"{reason}：{row.posting}") for row in rows]
    audit.record_accesses(actor=by, action=action, subjects=subjects)
