"""Who may open which address: every route names its audience, and an undeclared route stays closed.

`route()` replaces `django.urls.path()` in the portal's own `urls.py` files. It both enforces the audience and leaves it on the
view (`view.audience`), where the access-matrix test reads it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path, reverse

from people.roles import STAFF

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Audience:
    """Who may come in: everybody, machines with a key, every account, accounts with real-name proof, or accounts with one of these roles."""

    kind: str
    roles: frozenset[str] = frozenset()


PUBLIC = Audience("public")
KEYED = Audience("key")
"""Only machines with a key. The view asks for it and answers 401; an account, of whatever role, does not open it."""
ANY_USER = Audience("any_user")
CITIZEN = ANY_USER
VERIFIED = Audience("verified")
OFFICE = Audience("office")
"""Accounts that hold a role, open in this session or not: their own password and second factor."""
DESKS = ("/work/", "/employer/", "/admin/")
"""Where people work: a visitor who comes here signs in with a password, not with a phone."""


def roles(*codes: str) -> Audience:
    """Only accounts in which one of these roles counts now."""
    return Audience("roles", frozenset(codes))


ANY_STAFF = Audience("roles", frozenset(STAFF))


def guard(view: View, audience: Audience) -> View:
    """Return the view behind its audience: visitors go to sign in, the wrong role gets 403, the unproved go to 实名核验."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        refusal = _refusal(request, audience)
        if refusal is not None:
            return refusal
        response = view(request, *args, **kwargs)
        if audience.kind != "public" and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"  # on a shared computer "back" shows nothing after signing out
        return response

    guarded.audience = audience  # type: ignore[attr-defined]
    return guarded


def _refusal(request: HttpRequest, audience: Audience) -> HttpResponse | None:
    if audience.kind in ("public", "key"):
        return None
    user = request.user
    if not user.is_authenticated:
        if request.path.startswith("/api/"):
            return HttpResponse("请先登录。", status=401, content_type="text/plain; charset=utf-8")
        desk = request.path.startswith(DESKS) or audience.kind in ("roles", "office")
        return redirect_to_login(request.get_full_path(), reverse("people:staff-login" if desk else "people:login"))
    if audience.kind == "verified" and user.person_id is None:
        return redirect_to_login(request.get_full_path(), reverse("people:proof"))
    if audience.kind == "office" and not user.held():
        raise PermissionDenied
    if audience.kind == "roles" and not user.has_role(*audience.roles):
        if any(row.role in audience.roles for row in user.held()) and not request.path.startswith("/api/"):
            return render(request, "people/roles_closed.html", status=403)
        raise PermissionDenied
    return None


def admit(patterns: list[URLPattern | URLResolver], audience: Audience) -> list[URLPattern | URLResolver]:
    """Put the routes of another package behind one audience, with all that they include."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            admit(pattern.url_patterns, audience)
        elif not hasattr(pattern.callback, "audience"):
            pattern.callback = guard(pattern.callback, audience)
    return patterns


def route(pattern: str, view: View, *, to: Audience, name: str, kwargs: dict[str, Any] | None = None) -> URLPattern:
    """Declare a route together with its audience."""
    return path(pattern, guard(view, to), kwargs, name=name)
