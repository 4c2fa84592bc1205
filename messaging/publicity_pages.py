"""What every public page of a notice does: it is not indexed, not kept, and takes a few objections an hour."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from messaging.publicity import CannotObject

OBJECTIONS_AN_HOUR = 5


def unindexed(response: HttpResponse) -> HttpResponse:
    """Keep search engines and caches from names that are taken down again."""
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Cache-Control"] = "no-store"
    return response


def require_quota(request: HttpRequest) -> None:
    """Let one address object a few times an hour.

    :raises CannotObject: it did.
    """
    key = f"objections:{request.META.get('REMOTE_ADDR', '')}:{timezone.now():%Y%m%d%H}"
    cache.add(key, 0, 3600)
    if cache.incr(key) > OBJECTIONS_AN_HOUR:
        raise CannotObject("一小时内提得太多了。请过一会儿再提，或拨打 12333。")
