"""What surrounds every request: who acts, one transaction for a write, and no write at all in GET."""

import re
from collections.abc import Callable
from typing import Any

import structlog
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from core import audit
from core.ids import uuid7

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_COMMENTS = r"\s*(?:(?:--[^\n]*\n|/\*.*?\*/)\s*)*"
_READS = re.compile(
    _COMMENTS + r"\(*\s*(?:select|with|show|values|explain|table|set|reset|begin|savepoint|release|rollback|declare"
    r"|fetch|close|move)\b",
    re.I | re.S,
)
_WITH = re.compile(_COMMENTS + r"with\b", re.I | re.S)
_WRITE_IN_CTE = re.compile(
    r"\b(?:insert\s+into|delete\s+from|merge\s+into|update\s+(?:only\s+)?\S+\s+(?:as\s+\S+\s+)?set)\b", re.I
)

_GetResponse = Callable[[HttpRequest], HttpResponse]


class WriteInSafeRequest(RuntimeError):
    """A page that is only read tried to write to the database."""


class AuditContextMiddleware:
    """Open the audit context of the request: actor, active role, channel, request id (also sent back as a header)."""

    def __init__(self, get_response: _GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = _request_id(request)
        with audit.context(
            channel="api" if request.path_info.startswith("/api/") else "web",
            actor=lambda: request.user,
            role=lambda: str(getattr(request.user, "audit_role", "")),
            request_id=request_id,
        ):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class OneTransactionMiddleware:
    """Run every unsafe request in one transaction, and refuse writes in safe ones.

    The transaction is rolled back when the view raised anything (also 404 and 403) or the answer is a server error.
    """

    def __init__(self, get_response: _GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE_METHODS:
            with connection.execute_wrapper(refuse_writes):
                return self.get_response(request)
        with transaction.atomic():
            response = self.get_response(request)
            if response.status_code >= 500 or getattr(request, "roll_back", False):
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        request.roll_back = True  # type: ignore[attr-defined]


def refuse_writes(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Let only reading statements through, unless `core.audit.allow_write` is open."""
    text = sql if isinstance(sql, str) else sql.as_string(context["cursor"].cursor)
    reads = _READS.match(text) and not (_WITH.match(text) and _WRITE_IN_CTE.search(text))
    if not reads and not audit.is_write_allowed():
        raise WriteInSafeRequest(f"a safe request tried to write: {text[:200]}")
    return execute(sql, params, many, context)


def _request_id(request: HttpRequest) -> str:
    given = structlog.contextvars.get_contextvars().get("request_id") or request.headers.get("X-Request-ID", "")
    return given if _REQUEST_ID.fullmatch(str(given)) else str(uuid7())
