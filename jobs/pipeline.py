"""The employer's pipeline: who applied, by stage; and the two files an employer may take away."""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.template.loader import render_to_string
from django.utils import timezone

from core import audit, xlsx
from core.errors import DomainError
from core.months import last_day
from jobs.limits import limit
from jobs.models import Application, Posting
from people.models import Organisation, User
from people.roles import Role

STAGES = (
    (Application.Status.SUBMITTED, "新投递"),
    (Application.Status.VIEWED, "看过"),
    (Application.Status.SHORTLISTED, "初选通过"),
    (Application.Status.INTERVIEW, "面试"),
    (Application.Status.OFFER, "录用意向"),
    (Application.Status.HIRED, "已录用"),
    (Application.Status.UNSUITABLE, "不合适"),
)
CARDS = 20
"""Cards of one column; the list has all."""
HEADER = ("岗位", "姓名", "学历", "做过什么", "状态", "投递时间", "答复时间", "答复", "水印")


class CannotExport(DomainError):
    """No file was made."""


@dataclass(frozen=True, slots=True)
class Column:
    """One stage of the board: its newest cards, and how many there are in all."""

    status: str
    label: str
    cards: list[Application]
    count: int


def received(user: User) -> "QuerySet[Application]":
    """Return the applications to one's verified organisations' postings, without those the applicant took back."""
    mine = user.verified_organisation_ids(Role.EMPLOYER_AGENT)
    rows = Application.objects.visible_to(user).filter(posting__organisation__in=mine)
    return rows.exclude(status=Application.Status.WITHDRAWN)


def counts(rows: "QuerySet[Application]") -> dict[str, int]:
    """Return how many stand at each stage."""
    return dict(rows.order_by().values_list("status").annotate(n=Count("pk")))


def board(rows: "QuerySet[Application]") -> list[Column]:
    """Return the stages with their newest cards, in two queries whatever the number of applications."""
    number = Window(RowNumber(), partition_by=F("status"), order_by=[F("submitted_at").desc(), F("pk").desc()])
    newest = rows.annotate(number=number).filter(number__lte=CARDS).select_related("posting")
    cards: dict[str, list[Application]] = {}
    for row in newest.order_by("-submitted_at", "-pk"):
        cards.setdefault(row.status, []).append(row)
    totals = counts(rows)
    return [Column(status, label, cards.get(status, []), totals.get(status, 0)) for status, label in STAGES]


def month_table(*, by: User, month: date, now: datetime) -> Any:
    """Return an XLSX of the applications received in a month; every line says who took it and when. It is logged.

    Phones are not in it: they stand on each application's page, one by one.

    :raises CannotExport: there are too many rows.
    """
    today = timezone.localdate(now)
    rows = received(by).filter(submitted_at__date__range=(month, last_day(month))).select_related("posting")
    rows = rows.order_by("submitted_at", "pk")
    most, count = limit("export_rows", on=today), rows.count()
    if count > most:
        raise CannotExport(f"这个月有 {count:,} 份投递，一张表最多 {most:,} 行。请按岗位查看。")
    _log(by, "applications:table", f"下载 {month:%Y-%m} 应聘表，{count} 行")
    return xlsx.write(_lines(rows, watermark(by, now)), HEADER, sheet=f"{month:%Y-%m}")


def _lines(rows: "QuerySet[Application]", mark: str) -> Iterator[Sequence[Any]]:
    for row in rows.iterator():
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
    """Return a zip with one page a résumé, each marked with who took it and when; every one of them is logged.

    :raises CannotExport: none is there, or more than one may take at once.
    """
    most = limit("export_resumes", on=timezone.localdate(now))
    chosen = list(rows.select_related("posting", "applicant__person").order_by("submitted_at", "pk")[: most + 1])
    if not chosen:
        raise CannotExport("没有可以下载的简历。")
    if len(chosen) > most:
        raise CannotExport(f"一次最多下载 {most} 份简历。请先按岗位或者状态筛选。")
    mark, file = watermark(by, now), BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, row in enumerate(chosen, 1):
            page = render_to_string("jobs/resume_file.html", {"application": row, "mark": mark})
            archive.writestr(f"{number:03d}.html", page)
    for row in chosen:
        subject = row.applicant.person or row.applicant
        audit.record_access(actor=by, action="resume:download", subject=subject, reason=f"单位下载简历：{row.posting}")
    _log(by, "applications:resumes", f"下载简历 {len(chosen)} 份")
    file.seek(0)
    return file


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


def postings_of(user: User) -> "QuerySet[Posting]":
    """Return one's postings for the choice of the list, those that take applications first."""
    return Posting.objects.owned_by(user).filter(posted_at__isnull=False).order_by("-posted_at", "-pk")[:100]
