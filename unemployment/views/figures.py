"""The figures of a place and month, the rows behind each, tables of them; and what a street or community gets back."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import F
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core import keyset
from core.errors import DomainError
from core.months import add_months, first_day, parse_month
from people.models import Region
from unemployment import cells, exports, figures, signoff
from unemployment.figure_columns import NEWEST_FIRST, column, span
from unemployment.forms import CellChangeForm, CellForm
from unemployment.models import Export, FollowUp, MonthReport, Registration
from unemployment.models.figures import FIGURE_READERS
from unemployment.models.followup import FOLLOWERS
from unemployment.tasks import make_export

SIZE = 50
MONTHS_BACK = 12
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def month_of(request: HttpRequest) -> date:
    """Return the month that the address names; this one when it names none that has been."""
    this = first_day(timezone.localdate())
    try:
        wanted = parse_month(request.GET.get("month", "") or f"{this:%Y-%m}")
    except ValueError:
        return this
    return wanted if add_months(this, -60) <= wanted <= this else this


def place_of(request: HttpRequest) -> Region:
    """Return the place that the address names, if its figures are the user's to see.

    :raises Http404: they are not.
    """
    try:
        return figures.region_for(request.user, request.GET.get("region", ""))
    except figures.CannotShowFigures as error:
        raise Http404(error.message) from error


def _months() -> list[date]:
    this = first_day(timezone.localdate())
    return [add_months(this, -back) for back in range(MONTHS_BACK + 1)]


@require_GET
def figure_show(request: HttpRequest) -> HttpResponse:
    """A month's figures of a place, line by line for the places right below."""
    region, month, today = place_of(request), month_of(request), timezone.localdate()
    found = figures.table(region=region, month=month, on=today)
    above = signoff.parent_of(region)
    context = {
        "region": region,
        "month": month,
        "months": _months(),
        "table": found,
        "total": list(zip(found.columns, found.total, strict=True)),
        "above": above if above and request.user.serves(above.path, *FIGURE_READERS) else None,
        "may_open": request.user.serves(region.path, *FOLLOWERS),
        "report": signoff.signed_report(region, month),
        "today": today,
    }
    return render(request, "unemployment/figure_show.html", context)


@require_GET
def figure_rows(request: HttpRequest) -> HttpResponse:
    """The rows behind one figure, as far as one may see them, masked."""
    region, month = place_of(request), month_of(request)
    found = column(request.GET.get("figure", ""))
    if found is None or not request.user.serves(region.path, *FOLLOWERS):
        raise Http404
    source = next((each for each in found.sources if each.code == request.GET.get("source")), found.sources[0])
    of = span(month, on=timezone.localdate())
    rows = figures.rows_of(found, source, region=region, of=of, user=request.user)
    page = keyset.paginate(rows, order=NEWEST_FIRST, cursor=request.GET.get("cursor"), size=SIZE)
    context = {
        "region": region,
        "month": month,
        "column": found,
        "source": source,
        "rows": [source.told(row) for row in page.items],
        "page": page,
    }
    return render(request, "unemployment/figure_rows.html", context)


@require_POST
def export_new(request: HttpRequest) -> HttpResponse:
    """Ask for a table: the rows of a figure, or the ledger of a place."""
    region, month = place_of(request), month_of(request)
    kind = Export.Kind.LEDGER if request.GET.get("kind") == Export.Kind.LEDGER else Export.Kind.FIGURE
    try:
        made = exports.ask(
            kind=kind,
            code=request.GET.get("figure", "")[:24],
            region=region,
            month=month,
            by=request.user,
            on=timezone.localdate(),
        )
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("unemployment:export-list")
    transaction.on_commit(lambda: make_export.delay(export_id=made.pk))
    messages.success(request, "开始生成表格，姓名和号码都已遮住。")
    return redirect("unemployment:export-show", made.public_id)


@require_GET
def export_list(request: HttpRequest) -> HttpResponse:
    """The tables one asked for."""
    rows = Export.objects.visible_to(request.user)
    page = keyset.paginate(rows, order=("-created_at", "-pk"), cursor=request.GET.get("cursor"), size=30)
    return render(request, "unemployment/export_list.html", {"page": page})


@require_GET
def export_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far a table is."""
    found = get_object_or_404(Export.objects.visible_to(request.user).select_related("region"), public_id=public_id)
    percent = round(found.done * 100 / found.total) if found.total else 0
    context = {
        "export": found,
        "percent": min(percent, 100),
        "kept_until": timezone.localdate(found.created_at) + timedelta(days=exports.keep_days(on=timezone.localdate())),
    }
    return render(request, "unemployment/export_show.html", context)


@require_GET
def export_file(request: HttpRequest, public_id: UUID) -> FileResponse:
    """The table itself, streamed."""
    found = get_object_or_404(Export.objects.visible_to(request.user), public_id=public_id, status=Export.Status.DONE)
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=f"{found.title}.xlsx", content_type=XLSX)


# 数据回流


@require_GET
def returns_show(request: HttpRequest) -> HttpResponse:
    """One's own people, tasks and figures of a street or community, live, on one page."""
    region, today = place_of(request), timezone.localdate()
    month = first_day(today)
    people = Registration.objects.for_staff(request.user).active().filter(region__path__within=[region.path])
    page = keyset.paginate(
        people.select_related("person", "region", "worker").annotate(since=F("registered_on")),
        order=("since", "pk"),
        cursor=request.GET.get("cursor"),
        size=20,
    )
    context = {
        "region": region,
        "month": month,
        "today": today,
        "below": [unit for unit in figures.below(region) if unit.is_open],
        "above": _above(request, region),
        "page": page,
        "people": people.count(),
        "tasks": _tasks(request, region, today),
        "figures": _figures(region, month, today),
        **_cells(request, region, today),
        "report": signoff.signed_report(region, add_months(month, -1)),
        "last": add_months(month, -1),
    }
    return render(request, "unemployment/returns_show.html", context)


def _cells(request: HttpRequest, region: Region, today: date) -> dict[str, Any]:
    """Return the cells of a community or street; of a community with the forms that change them, where the user may."""
    found = cells.kept(request.user, region, on=today) if region.level >= Region.Level.STREET else []
    if region.level != Region.Level.COMMUNITY or not cells.can_keep(request.user, region):
        return {"cells": found, "cell_form": None}
    workers = cells.workers_for(region, on=today)
    for number, each in enumerate(found):
        standing = each["now"].public_id if each["now"] else ""
        initial = {"version": each["cell"].version, "since": today, "worker": standing}
        each["form"] = CellChangeForm(initial=initial, auto_id=f"cell{number}_%s", workers=workers)
    return {"cells": found, "cell_form": CellForm(auto_id="newcell_%s", workers=workers)}


def _above(request: HttpRequest, region: Region) -> Region | None:
    above = signoff.parent_of(region)
    return above if above and request.user.serves(above.path, *FOLLOWERS) else None


def _tasks(request: HttpRequest, region: Region, today: date) -> dict[str, int]:
    rows = FollowUp.objects.visible_to(request.user).filter(region__path__within=[region.path])
    this = rows.of_month(first_day(today))
    return {
        "due": this.exclude(status=FollowUp.Status.CANCELLED).count(),
        "done": this.done().count(),
        "overdue": rows.overdue(on=today).count(),
    }


def _figures(region: Region, month: date, today: date) -> list[dict[str, Any]]:
    found = figures.table(region=region, month=month, on=today)
    address = reverse("unemployment:figure-rows")
    return [
        {
            "column": each,
            "figure": figure,
            "url": f"{address}?figure={each.code}&month={month:%Y-%m}&region={region.code}",
        }
        for each, figure in zip(found.columns, found.total, strict=True)
    ]


def reports_of(region: Region) -> list[MonthReport]:
    """Return the last editions of a place's reports, the newest first."""
    rows = MonthReport.objects.filter(region=region).select_related("signed_by", "reopened_by")
    return list(rows.order_by("-month", "-edition")[:24])
