"""Pages that many anonymous visitors ask for alike: kept for a short while, and left behind when a posting changes."""

from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.context_processors import display
from jobs.indexing import GENERATION

KEEP_SECONDS = 60
LONGEST = 400
"""Longer addresses are nobody else's."""
_PERSONAL = (settings.SESSION_COOKIE_NAME, "messages")
View = Callable[..., HttpResponse]


def shared(view: View) -> View:
    """Answer an anonymous visitor with the page that another one was shown less than a minute ago.

    What is kept bears the state of the search (`jobs.indexing.GENERATION`), which every change of a posting renews in
    the moment it is committed: a posting that was taken down is on no page from then on. Whoever is signed in, or has
    just been told something, is never answered from here, nor is their page kept.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address = request.get_full_path()
        if len(address) > LONGEST or any(name in request.COOKIES for name in _PERSONAL):
            return view(request, *args, **kwargs)
        asked = f"{timezone.localdate()} {'|'.join(display(request).values())} {address}"
        key = f"jobs:page:{blake2b(asked.encode(), digest_size=16).hexdigest()}"  # an address may be too long for a key
        known = cache.get_many([GENERATION, key])
        state, kept = known.get(GENERATION, ""), known.get(key)
        if kept is not None and kept[0] == state:
            return HttpResponse(kept[1])
        response = view(request, *args, **kwargs)
        if response.status_code == 200 and not response.cookies and not response.streaming:
            cache.set(key, (state, response.content), KEEP_SECONDS)
        return response

    return answer
