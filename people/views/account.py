"""One's own page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """What the portal knows of this account and this person."""
    return render(request, "people/account.html", {"person": request.user.person})
