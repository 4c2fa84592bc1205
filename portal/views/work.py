"""Each role's workbench: what waits today."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core import registry, waiting
from core.workdays import is_working_day


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """What waits for this user today, by module; what is past its date comes first."""
    groups = registry.for_user(request.user, counts=waiting.counts)
    late = [entry for group in groups for entry in group.entries if entry.overdue]
    day = timezone.localdate()
    context = {"side": {"groups": groups, "here": ""}, "late": late, "today": day, "working_day": is_working_day(day)}
    return render(request, "portal/work.html", context)
