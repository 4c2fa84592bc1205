"""The display settings, for those whose browser runs no scripts (with scripts the buttons act at once)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from core.context_processors import display
from portal.forms import NORMAL, DisplayForm

YEAR = 365 * 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
def settings_edit(request: HttpRequest) -> HttpResponse:
    """Choose large type and high contrast; two cookies keep it for a year, nothing is stored here."""
    back = _safe(request, request.POST.get("next") or request.GET.get("next") or "")
    initial = {name: value or NORMAL for name, value in display(request).items()}
    form = DisplayForm(request.POST or None, initial=initial)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "portal/display.html", {"form": form, "next": back}, status=status)
    response = redirect(back)
    for name in form.fields:
        response.set_cookie(
            name, form.cleaned_data[name], max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=False
        )
    return response


def _safe(request: HttpRequest, target: str) -> str:
    known = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if known else reverse("portal:home")
