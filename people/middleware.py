"""Which of a user's roles count in this request, how long a session may lie idle, and what stays closed."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from people.models import User

SECOND_FACTOR_KEY = "second_factor_at"
SEEN_KEY = "seen_at"
SEEN_STEP = 60
"""Seconds between two notes of when a session was last used."""
ENROLMENT = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
        "mfa_authenticate",
        "account_reauthenticate",
        "account_login",
        "account_logout",
        "account_inactive",
        "account_change_password",
        "people:totp-qr",
        "people:logout",
    }
)
"""What a staff account without a second factor reaches, besides what everybody sees."""


class ActiveRolesMiddleware:
    """Switch staff roles on only in a session that was begun with a second factor, and end it after half an hour idle."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if request.session.get(SECOND_FACTOR_KEY):
                request.user.activate_roles()
            if not self._still_awake(request):
                logout(request)
                messages.warning(request, f"{settings.STAFF_IDLE_MINUTES} 分钟没有操作，为了安全已经退出。请重新登录。")
        return self.get_response(request)

    def _still_awake(self, request: HttpRequest) -> bool:
        """Note that the session is in use; False when somebody who works here left it alone for too long."""
        now = timezone.now().timestamp()
        seen = request.session.get(SEEN_KEY) or now
        if now - seen > settings.STAFF_IDLE_MINUTES * 60 and isinstance(request.user, User) and request.user.held():
            return False
        if now - seen > SEEN_STEP or SEEN_KEY not in request.session:
            request.session[SEEN_KEY] = now
        return True


class DefaultDenyMiddleware:
    """Close every view that names no audience, and let staff without a second factor reach only its enrolment.

    `people.access.route` names the audience and enforces it; what was routed in another way is not reachable at all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        audience = getattr(view, "audience", None)
        if audience is None:
            raise PermissionDenied
        user = request.user
        if not user.is_authenticated or audience.kind in ("public", "key"):
            return None
        match = request.resolver_match
        if match is None or match.view_name in ENROLMENT:
            return None
        if user.must_change_password and user.has_usable_password():
            messages.warning(request, "这是初始密码，请先换成自己的密码。")
            return redirect("account_change_password")
        if not user.holds_staff_role or request.session.get(SECOND_FACTOR_KEY):
            return None
        from people.second_factor import is_enrolled

        if is_enrolled(user):
            return None
        messages.warning(request, "工作账号要先绑定第二道验证，才能打开别的页面。")
        return redirect("mfa_activate_totp")
