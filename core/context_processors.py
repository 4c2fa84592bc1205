"""What every page knows: the reader's display settings, the portal's name and its navigation."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from core import registry, waiting
from core.middleware import SAFE_METHODS

DISPLAY = {"ui_size": "lg", "ui_contrast": "more"}


def ui(request: HttpRequest) -> dict[str, Any]:
    """Give templates `ui_size` ("lg" or ""), `ui_contrast` ("more" or ""), `portal_name` and the navigation.

    The navigation is asked for only by the pages that draw it: each entry is a function.
    """
    return {
        **display(request),
        "portal_name": settings.PORTAL_NAME,
        "portal_organiser": settings.PORTAL_ORGANISER,
        "portal_filings": settings.PORTAL_FILINGS,
        "nav_links": _links(request, "main"),
        "tabbar_links": _links(request, "tabbar"),
        "matters_links": _links(request, "matters"),
        "seeking_links": _links(request, "seeking"),
        "about_links": _links(request, "about"),
        "workbar_links": lambda: [
            {**entry, "waiting": entry["link"].waiting(request.user) if entry["link"].waiting else 0}
            for entry in _links(request, "workbar")()
        ],
        "work_search": lambda: registry.search_for(request.user),
        "side": cache(lambda: _side(request)),
    }


def display(request: HttpRequest) -> dict[str, str]:
    """Return the reader's display settings, as the cookies say and nothing else than what is known."""
    return {cookie: wanted if request.COOKIES.get(cookie) == wanted else "" for cookie, wanted in DISPLAY.items()}


def _links(request: HttpRequest, place: str) -> Callable[[], list[dict[str, Any]]]:
    def found() -> list[dict[str, Any]]:
        links = registry.links(place)
        here = registry.nearest((url for _, url in links), request.path)
        return [{"link": link, "url": url, "current": _current(url, here, request.path)} for link, url in links]

    return found


def _side(request: HttpRequest) -> dict[str, Any]:
    # A page that answers a write is drawn before the write is done: what is kept says nothing about it.
    told = waiting.kept_counts if request.method in SAFE_METHODS else waiting.counts
    groups = registry.for_user(request.user, counts=told)
    return {"groups": groups, "here": registry.nearest((e.url for g in groups for e in g.entries), request.path)}


def _current(url: str, here: str, path: str) -> str:
    """aria-current: "page" on the page itself, "true" on what lies under it."""
    if url != here:
        return ""
    return "page" if url == path else "true"
