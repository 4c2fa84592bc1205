"""What everybody may read about programmes, and the check whether one may draw one."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from core.months import add_months, first_day, month_range
from people.models import Region
from subsidies.assessment import Request, assess_request
from subsidies.forms import CheckForm
from subsidies.models import Claim, Programme, ProgrammeVersion
from subsidies.review import remedies


def _region(request: HttpRequest) -> Region | None:
    person = request.user.person if request.user.is_authenticated else None
    return (person.residence_region or person.household_region) if person else None


def _version(request: HttpRequest, programme: Programme) -> ProgrammeVersion:
    version = programme.version_for(_region(request), on=timezone.localdate())
    if version is None:
        raise Http404
    return version


@require_GET
def programme_list(request: HttpRequest) -> HttpResponse:
    """Every open programme as a plain card."""
    region, today = _region(request), timezone.localdate()
    rows = [(p, p.version_for(region, on=today)) for p in Programme.objects.filter(is_open=True)]
    own = []
    if request.user.is_authenticated and request.user.person_id:
        own = Claim.objects.own(request.user).exclude(status=Claim.Status.WITHDRAWN)
        own = own.select_related("programme").order_by("-created_at", "-pk")[:5]
    context = {"rows": [(p, v) for p, v in rows if v], "own": own}
    return render(request, "subsidies/programme_list.html", context)


@require_GET
def programme_show(request: HttpRequest, code: str) -> HttpResponse:
    """One programme in full: the card, every condition with its article, steps, time limits, sources."""
    programme = get_object_or_404(Programme, code=code, is_open=True)
    version = _version(request, programme)
    today = timezone.localdate()
    local = programme.versions.on(today).select_related("region").order_by("region__code", "pk")
    context = {
        "programme": programme,
        "version": version,
        "rules": version.rules.rules,
        "local": local,
        "remedies": remedies(on=today),
    }
    return render(request, "subsidies/programme_show.html", context)


@require_http_methods(["GET", "POST"])
def programme_check(request: HttpRequest, code: str) -> HttpResponse:
    """「看我能不能领」: the departments are asked, the rules answer, nothing is kept but the record of asking."""
    programme = get_object_or_404(Programme, code=code, is_open=True)
    version, today = _version(request, programme), timezone.localdate()
    this = first_day(today)
    initial = {"works": "1", "first": add_months(this, -3), "last": add_months(this, -1)}
    form = CheckForm(request.POST or None, on=today, initial=initial)
    context: dict[str, Any] = {"programme": programme, "version": version, "form": form}
    if request.method == "GET":
        return render(request, "subsidies/programme_check.html", context)
    if not form.is_valid():
        return render(request, "subsidies/programme_check.html", context, status=422)
    asked = Request(
        person=request.user.person,
        version=version,
        months=list(month_range(form.cleaned_data["first"], form.cleaned_data["last"])),
        works_flexibly=form.cleaned_data["works"],
    )
    facts, outcome = assess_request(asked, on=today, purpose="本人自查能不能领补贴")
    context |= {"outcome": outcome, "facts": facts, "months": asked.months}
    return render(request, "subsidies/programme_check.html", context)
