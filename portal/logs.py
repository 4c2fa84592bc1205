"""One log line for each request, and the id that ties all lines of a request together."""

import re
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from core.ids import uuid7

_GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_QUIET = frozenset({"healthz", "readyz", "metrics"})
logger = structlog.get_logger("portal.request")


class RequestLogMiddleware:
    """Name the request (a proxy's X-Request-ID is kept) and write what came of it.

    The line has the route's name and never the query string, the address or the person: those are personal data.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _GIVEN_ID.fullmatch(given) else str(uuid7())
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            began = time.monotonic()
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            self._write(request, response, milliseconds=round((time.monotonic() - began) * 1000))
        return response

    def _write(self, request: HttpRequest, response: HttpResponse, *, milliseconds: int) -> None:
        route = request.resolver_match.view_name if request.resolver_match else ""
        if request.path_info.strip("/") in _QUIET and response.status_code < 400:
            return
        write = logger.error if response.status_code >= 500 else logger.info
        write("request", method=request.method, route=route, status=response.status_code, ms=milliseconds)
