from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from subsidies.models import Claim


def papers_step(request: HttpRequest, claim: Claim, draw: Callable[..., HttpResponse]) -> HttpResponse:
    return draw()
