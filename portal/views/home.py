"""The public home page and the pages about the portal itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET

from core import registry
from people.access import DESKS
from people.models import Region

CLOSED_TO_ROBOTS = (*DESKS, "/account/", "/messages/", "/subsidies/publicity/", "/unemployment/progress/")


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The public home page, composed of what the apps declared; what it tells of a person's matters is kept nowhere."""
    columns = {name: registry.home_sections(request, column=name) for name in ("head", "main", "side", "band", "pair")}
    cities = Region.objects.cities().order_by("path").only("code", "name")
    response = render(request, "portal/home.html", {"tiles": registry.tiles(), "cities": cities, **columns})
    if request.user.is_authenticated:
        add_never_cache_headers(response)
    return response


@require_GET
def page(request: HttpRequest, *, template: str) -> HttpResponse:
    """A page of plain text about the portal."""
    return render(request, template)


@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read. Publicity names people, so it is closed to them as well as marked noindex."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED_TO_ROBOTS)]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('portal:sitemap-index'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
