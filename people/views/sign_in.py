"""Signing in: citizens by phone and code, staff by password and second factor. allauth's views with our ways in."""

from typing import Any

from allauth.account import views as account
from allauth.account.internal.decorators import login_stage_required
from allauth.account.stages import LoginByCodeStage
from allauth.mfa.adapter import get_adapter as second_factor_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import flows as recovery
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout as end_session
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people.middleware import SECOND_FACTOR_KEY
from people.sign_in import PhoneCode


class PhoneView(account.RequestLoginCodeView):
    """Ask for a phone and send it a code."""

    def form_valid(self, form: Any) -> HttpResponse:
        PhoneCode.begin(self.request, form.cleaned_data["phone"])
        return redirect(self.passthrough_next_url(reverse("account_confirm_login_code")))

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        """Let somebody who mistyped the phone begin anew."""


@method_decorator(login_stage_required(stage=LoginByCodeStage.key, redirect_urlname="people:login"), name="dispatch")
class CodeView(account.ConfirmLoginCodeView):
    """Take the code that was sent; five wrong ones end it."""

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.stage = request._login_stage
        self._process = PhoneCode.resume(self.stage)
        if self._process is None:
            return redirect("people:login")
        return super(account.ConfirmLoginCodeView, self).dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        minutes = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60
        return {**context, "masked_phone": self._process.masked_phone, "minutes": minutes}


class StaffView(account.LoginView):
    """Login name and password; the second factor follows."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> Any:
        return super()._redirect_to_pending_stage(request, stage) if stage.key == "mfa_authenticate" else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "idle_minutes": settings.STAFF_IDLE_MINUTES}


class RemoveKeyView(webauthn.RemoveWebAuthnView):
    """Take a passkey away, but not the last second factor of somebody with a staff role."""

    def form_valid(self, form: Any) -> HttpResponse:
        adapter = second_factor_adapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            messages.error(self.request, adapter.error_messages["cannot_delete_authenticator"])
            return redirect("mfa_index")
        response: HttpResponse = super().form_valid(form)
        return response


@require_GET
def second_factors(request: HttpRequest) -> HttpResponse:
    """One's own password, authenticator app, passkeys and recovery codes."""
    rows = list(Authenticator.objects.filter(user=request.user).order_by("pk"))
    codes = next((row.wrap() for row in rows if row.type == Authenticator.Type.RECOVERY_CODES), None)
    context = {
        "app": next((row for row in rows if row.type == Authenticator.Type.TOTP), None),
        "keys": [row for row in rows if row.type == Authenticator.Type.WEBAUTHN],
        "codes_left": len(codes.get_unused_codes()) if codes else 0,
        "opened": bool(request.session.get(SECOND_FACTOR_KEY)),
    }
    return render(request, "mfa/index.html", context)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; whoever works here goes back to their own door."""
    desk = request.user.is_authenticated and bool(request.user.held())
    end_session(request)
    return redirect("people:staff-login" if desk else "portal:home")


@never_cache
@require_GET
def totp_qr(request: HttpRequest) -> HttpResponse:
    """The QR code of the secret that is being enrolled in this session, as a picture of its own (the page's CSP)."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    adapter = second_factor_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    return HttpResponse(svg, content_type="image/svg+xml")


@never_cache
@require_http_methods(["GET", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make ten recovery codes and show them this once. Older ones stop working."""
    if not recovery.can_generate_recovery_codes(request.user):
        return redirect("mfa_activate_totp")
    codes: list[str] = []
    if request.method == "POST":
        codes = recovery.generate_recovery_codes(request).wrap().get_unused_codes()
    return render(request, "mfa/recovery_codes/index.html", {"codes": codes})
