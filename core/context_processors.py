"""What every page knows: the reader's display settings, the portal's name and its navigation."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from core import registry


def ui(request: HttpRequest) -> dict[str, Any]:
    """Give templates `ui_size` ("lg" or ""), `ui_contrast` ("more" or ""), `portal_name` and the navigation.

    The navigation is asked for only by the pages that draw it: each entry is a function.
    """
    size, contrast = request.COOKIES.get("ui_size", ""), request.COOKIES.get("ui_contrast", "")
    return {
        "ui_size": size if size == "lg" else "",
        "ui_contrast": contrast if contrast == "more" else "",
        "portal_name": settings.PORTAL_NAME,
        "nav_links": _links("main"),
        "tabbar_links": _links("tabbar"),
        "matters_links": _links("matters"),
        "seeking_links": _links("seeking"),
        "workbar_links": _links("workbar"),
        "about_links": _links("about"),
        "side_groups": lambda: registry.for_user(request.user, counts=True),
    }


def _links(place: str) -> Callable[[], list[dict[str, Any]]]:
    return lambda: [{"link": link, "url": url} for link, url in registry.links(place)]
