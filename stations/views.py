"""Pages of the stations: the public finds one, staff log what they did, supervisors see the gaps."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stations.coverage import SUPERVISORS, coverage_by_county
from stations.forms import FindForm, NearForm, ServiceForm, handle
from stations.models import OpeningHours, ServiceLog, Station
from stations.places import find_place
from stations.services import CannotLogService, find_walk_in, log_service, usual_station

REACH = 30_000
"""Metres: how far the search for near stations goes."""
SHOWN = 30


def _public() -> Any:
    hours = Prefetch("hours", OpeningHours.objects.order_by("weekday", "opens"))
    return Station.objects.open(on=timezone.localdate()).select_related("region").prefetch_related(hours)


@require_GET
def station_list(request: HttpRequest) -> HttpResponse:
    """Find the nearest stations from one's own point or from a place typed in."""
    form = NearForm(request.GET or None)
    found, origin, unknown = _public(), "", False
    if form.is_valid():
        if function := form.cleaned_data["function"]:
            found = found.filter(functions__contains=[function])
        point, typed = form.point(), form.cleaned_data["place"].strip()
        place = find_place(typed) if typed and point is None else None
        unknown = bool(typed and point is None and place is None)
        if point:
            origin = "您现在的位置"
            found = found.nearest(lng=point[0], lat=point[1], within=REACH)
        elif place:
            origin = place.region.full_name
            found = place.stations(found)
        else:
            found = found.order_by("region__path", "name", "pk")
    else:
        found = found.order_by("region__path", "name", "pk")
    total = found.count()
    now = timezone.localtime()
    rows = [{"station": s, "opening": s.opening(now)} for s in found[:SHOWN]]
    context = {"form": form, "rows": rows, "total": total, "shown": SHOWN, "origin": origin, "unknown": unknown}
    return render(request, "stations/station_list.html", context)


@require_GET
def station_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one station: where, when, what it does, and the next ones."""
    station = get_object_or_404(_public(), public_id=public_id)
    near = []
    if station.lng is not None:
        others = _public().nearest(lng=float(station.lng), lat=float(station.lat), within=REACH)
        near = list(others.exclude(pk=station.pk)[:3])
    context = {"station": station, "opening": station.opening(timezone.localtime()), "near": near}
    return render(request, "stations/station_show.html", context)


def _desk(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    logged = ServiceLog.objects.visible_to(user).on(today).filter(served_by=user)
    context.setdefault("find", FindForm())
    context |= {
        "logged": logged.select_related("person", "station").order_by("-served_at", "-pk")[:20],
        "count": logged.count(),
        "today": today,
    }
    return render(request, "stations/desk.html", context, status=status)


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """The counter: who stands here, and what was done today."""
    return _desk(request)


@require_POST
def walk_in_find(request: HttpRequest) -> HttpResponse:
    """Find the person at the counter. A POST, so that no number reaches a URL or a server log."""
    find = FindForm(request.POST)
    if not find.is_valid():
        return _desk(request, find=find, status=422)
    try:
        found = find_walk_in(find.cleaned_data["who"], by=request.user, reason="窗口服务")
    except CannotLogService as error:
        find.add_error("who", error.message)
        return _desk(request, find=find, status=422)
    if not found:
        find.add_error("who", "没有找到这个人。请核对号码；确实没有建过档的，先在“失业登记”或“服务对象”里建档。")
        return _desk(request, find=find, status=422)
    usual = usual_station(request.user)
    forms = [
        (
            hit,
            ServiceForm(
                user=request.user, initial={"person": handle(hit.person.pk), "station": usual}, auto_id=f"p{n}_%s"
            ),
        )
        for n, hit in enumerate(found)
    ]
    return _desk(request, find=FindForm(), forms=forms)


@require_POST
def service_log(request: HttpRequest) -> HttpResponse:
    """Write one service down and go back to the counter for the next person."""
    form = ServiceForm(request.POST, user=request.user)
    if not form.is_valid():
        return _desk(request, failed=form, status=422)
    data = form.cleaned_data
    try:
        log = log_service(
            station_id=data["station"].pk,
            person_id=data["person"],
            kind=data["kind"],
            note=data["note"],
            by=request.user,
            on=timezone.localdate(),
        )
    except CannotLogService as error:
        form.add_error(None, error.message)
        return _desk(request, failed=form, status=422)
    messages.success(request, f"记好了：{log.person.masked_name}，{log.get_kind_display()}。")
    return redirect("stations:desk")


@require_GET
def coverage(request: HttpRequest) -> HttpResponse:
    """Which counties have how many stations, and which have none."""
    today = timezone.localdate()
    month = today.replace(day=1)
    rows = coverage_by_county(paths=request.user.regions(*SUPERVISORS), month=month, on=today)
    context = {
        "rows": rows,
        "covered": sum(bool(r.stations) for r in rows),
        "stations": sum(r.stations for r in rows),
        "services": sum(r.services for r in rows),
        "month": month,
    }
    return render(request, "stations/coverage.html", context)
