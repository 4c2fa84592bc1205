"""月末签字: who has signed, one's own signature, the frozen report, corrections, the paper."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import DomainError
from core.months import add_months, first_day
from core.workdays import last_working_day
from people.models import Region
from unemployment import figures, signoff
from unemployment.forms.figures import AdjustForm, ReopenForm, SignForm
from unemployment.models import Adjustment, MonthReport, ReportLine
from unemployment.views.figures import month_of, place_of, reports_of


def _month(request: HttpRequest) -> date:
    """Return the month to sign: the one named, else the last one that is over, or this one from its last working day."""
    if request.GET.get("month"):
        return month_of(request)
    today = timezone.localdate()
    this = first_day(today)
    return this if today >= last_working_day(this) else add_months(this, -1)


@require_http_methods(["GET", "POST"])
def report_sign(request: HttpRequest) -> HttpResponse:
    """A place's month before the signature: its figures, who below has signed, and the button."""
    region, month, today = place_of(request), _month(request), timezone.localdate()
    may = signoff.can_sign(request.user, region)
    form = SignForm(request.POST or None, initial={"filler": str(request.user)})
    if request.method == "POST" and form.is_valid():
        try:
            report = signoff.sign_month(
                region_id=region.pk, month=month, by=request.user, on=today, **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "签好了。数字从现在起不变；以后有变化，记作调整。")
            return redirect("unemployment:report-show", report.public_id)
    standing = signoff.signed_report(region, month)
    found = None if standing else figures.table(region=region, month=month, on=today)
    context = {
        "region": region,
        "month": month,
        "form": form,
        "may": may and standing is None,
        "over": today >= last_working_day(month),
        "last_day": last_working_day(month),
        "standing": standing,
        "total": list(zip(found.columns, found.total, strict=True)) if found else [],
        "units": _units(region, month, found),
        "reports": reports_of(region),
        "earlier": add_months(month, -1),
    }
    return render(request, "unemployment/report_sign.html", context, status=422 if form.errors else 200)


def _units(region: Region, month: date, found: figures.Table | None) -> list[dict[str, Any]]:
    units = signoff.must_sign_below(region)
    signed = {
        report.region_id: report
        for report in MonthReport.objects.signed().filter(region__in=units, month=month).select_related("signed_by")
    }
    address = reverse("unemployment:report-sign")
    changed = signoff.changed_below(found, signed) if found else set()
    return [
        {
            "unit": unit,
            "report": signed.get(unit.pk),
            "changed": unit.pk in changed,
            "url": f"{address}?region={unit.code}&month={month:%Y-%m}",
        }
        for unit in units
    ]


def _find(request: HttpRequest, public_id: UUID) -> MonthReport:
    rows = MonthReport.objects.visible_to(request.user).select_related("region", "signed_by", "reopened_by")
    return get_object_or_404(rows, public_id=public_id)


def _lines(report: MonthReport) -> list[ReportLine]:
    return sorted(report.lines.filter(unit=None), key=lambda line: signoff.order_of(line.code))


@require_GET
def report_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A signed report: its frozen figures, what changed since, the corrections."""
    return _show(request, _find(request, public_id))


def _show(request: HttpRequest, report: MonthReport, *, status: int = 200, **forms: Any) -> HttpResponse:
    stands = report.status == MonthReport.Status.SIGNED
    may_adjust = stands and signoff.can_sign(request.user, report.region)
    changed = signoff.differences(report, on=timezone.localdate()) if stands else []
    context = {
        "report": report,
        "lines": _lines(report),
        "changed": [
            {"d": each, "form": AdjustForm(initial={"code": each.code}, auto_id=f"{each.code}_%s")} for each in changed
        ],
        "may_adjust": may_adjust,
        "adjustments": report.adjustments.select_related("by", "carried_into").order_by("at", "pk"),
        "carried": Adjustment.objects.filter(carried_into=report).select_related("report", "by").order_by("pk"),
        "reopen_form": ReopenForm(initial={"version": report.version}, auto_id="reopen_%s")
        if stands and signoff.can_reopen(request.user, report.region)
        else None,
        "failed": None,
        **forms,
    }
    return render(request, "unemployment/report_show.html", context, status=status)


@require_POST
def report_adjust(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Record what a figure has become, with the reason."""
    report = _find(request, public_id)
    form = AdjustForm(request.POST, auto_id="failed_%s")
    if form.is_valid():
        try:
            signoff.record_adjustment(
                report_id=report.pk, by=request.user, on=timezone.localdate(), **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "调整记好了，下一期月报会带上。")
            return redirect("unemployment:report-show", public_id)
    return _show(request, report, status=422, failed=form)


@require_POST
def report_reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give a report back to be signed anew."""
    report = _find(request, public_id)
    form = ReopenForm(request.POST, auto_id="failed_%s")
    if form.is_valid():
        try:
            signoff.reopen(report_id=report.pk, by=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "已经退回，下级可以重签。")
            return redirect("unemployment:report-show", public_id)
    return _show(request, report, status=422, failed=form)


@require_GET
def report_print(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The report on A4, with the places for 单位负责人, 填表人 and 公章."""
    report = _find(request, public_id)
    units: dict[int, list[Any]] = {}
    lines = report.lines.filter(unit__isnull=False).select_related("unit").order_by("unit__path", "pk")
    for line in lines:
        units.setdefault(line.unit_id or 0, []).append(line)
    context = {
        "report": report,
        "lines": _lines(report),
        "units": [
            {"unit": found[0].unit, "lines": sorted(found, key=lambda line: signoff.order_of(line.code))}
            for found in units.values()
        ],
        "printed_at": timezone.localtime(),
    }
    return render(request, "unemployment/report_print.html", context)
