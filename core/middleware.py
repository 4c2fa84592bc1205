"""What surrounds every request: who acts, one transaction for a write, and no write at all in GET."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from core import audit, waiting

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

_GetResponse = Callable[[HttpRequest], HttpResponse]


class PermissionsPolicyMiddleware:
    """Say to the browser which of the device's senses a page may ask for (`settings.PERMISSIONS_POLICY`)."""

    def __init__(self, get_response: _GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


class AuditContextMiddleware:
    """Open the audit context of the request: actor, active roles, channel, request id (`portal.logs` sets it)."""

    def __init__(self, get_response: _GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with audit.context(
            channel="api" if request.path_info.startswith("/api/") else "web",
            actor=lambda: request.user,
            role=lambda: str(getattr(request.user, "audit_role", "")),
            request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
        ):
            return self.get_response(request)


class OneTransactionMiddleware:
    """Run every unsafe request in one transaction, and refuse writes in safe ones.

    The transaction is rolled back when the view raised anything (also 404 and 403) or the answer is a server error.
    """

    def __init__(self, get_response: _GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE_METHODS:
            with audit.read_only():
                return self.get_response(request)
        with transaction.atomic():
            response = self.get_response(request)
            if response.status_code >= 500 or getattr(request, "roll_back", False):
                transaction.set_rollback(True)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            waiting.renew(user)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        request.roll_back = True  # type: ignore[attr-defined]
