"""What every page knows: the reader's display settings and the portal's name."""

from django.conf import settings
from django.http import HttpRequest


def ui(request: HttpRequest) -> dict[str, str]:
    """Give templates `ui_size` ("lg" or ""), `ui_contrast` ("more" or "") and `portal_name`."""
    size, contrast = request.COOKIES.get("ui_size", ""), request.COOKIES.get("ui_contrast", "")
    return {
        "ui_size": size if size == "lg" else "",
        "ui_contrast": contrast if contrast == "more" else "",
        "portal_name": settings.PORTAL_NAME,
    }
