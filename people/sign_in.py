"""Signing in by phone and code, which is also how a citizen's account begins.

allauth tells a sign-up from a sign-in, so that a stranger learns which phones have an account, or its owner meets two
pages for one wish. Here every phone gets a code, and the account is made when the first one comes back.
"""

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.core import ratelimit
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

from core.crypto import blind_index, blind_indexes, decrypt, encrypt
from people.identifiers import mask_phone
from people.models import User

_AAD = "session.sign_in.phone"


def account_of(phone: str) -> User | None:
    """Return the account that signs in with this (checked) phone."""
    return User.objects.filter(phone_index__in=blind_indexes(phone, purpose="user.phone")).first()


def open_account(phone: str) -> User:
    """Make the account of somebody who has just proved this phone, or return the one made a moment ago."""
    user = User(username=f"p{get_random_string(12, '0123456789abcdefghjkmnpqrstuvwxyz')}")
    user.set_phone(phone)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        found = account_of(phone)
        if found is None:
            raise
        return found
    return user


class PhoneCode(LoginCodeVerificationProcess):
    """One code on its way to one phone: allauth's process, but the phone is sealed and need not have an account."""

    @classmethod
    def begin(cls, request: HttpRequest, phone: str) -> "PhoneCode":
        """Send a code to a phone and remember that it is awaited."""
        user = account_of(phone)
        login = Login(user=user)
        login.state["stages"] = {"current": LoginByCodeStage.key}
        stage = LoginByCodeStage(LoginStageController(request, login), request, login)
        stage.state.update(cls.initial_state(user=user), phone=encrypt(phone, aad=_AAD), initiated_by_user=True)
        process = cls(stage=stage)
        process.send()
        process.persist()
        return process

    @classmethod
    def resume(cls, stage: LoginByCodeStage) -> "PhoneCode | None":
        """Return the code that this session waits for, unless it is too old."""
        process: PhoneCode | None = cls(stage=stage).abort_if_invalid()
        return process

    @property
    def phone(self) -> str:
        return decrypt(self.state["phone"], aad=_AAD)

    @property
    def masked_phone(self) -> str:
        """138****1234"""
        return mask_phone(self.phone)

    def send(self, skip_enumeration_mails: bool = False) -> None:
        from allauth.account.adapter import get_adapter

        adapter = get_adapter()
        self.state["code"] = adapter.generate_login_code()
        adapter.send_verification_code_sms(user=self.user, phone=self.phone, code=self.state["code"])

    def generate_code(self) -> str:
        """Nothing apart: `send` makes the code that it sends."""
        return self.code

    def finish(self, redirect_url: str | None) -> HttpResponse:
        """Sign in, in an account of this phone made now if there is none."""
        user = self.user or open_account(self.phone)
        record_authentication(self.request, user, method="code")
        return perform_login(self.request, Login(user=user, redirect_url=redirect_url))

    def record_invalid_attempt(self) -> bool:
        """Count a wrong code, also against the phone itself: a new code gives no new tries."""
        allowed = may_try(self.request, self.phone, dry_run=False)
        left: bool = super().record_invalid_attempt()
        if left and not allowed:
            self.abort()
        return left and allowed


def may_try(request: HttpRequest, phone: str, *, dry_run: bool = True) -> bool:
    """Say whether this phone has wrong codes left: 5 in half an hour. Without `dry_run` it counts one."""
    key = blind_index(phone, purpose="sign_in.attempts")
    arguments: dict[str, Any] = {"action": "login_failed", "key": key, "dry_run": dry_run}
    return bool(ratelimit.consume(request, **arguments))
