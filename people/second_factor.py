"""The second factor of people who work here: an authenticator app (TOTP) or a passkey, and recovery codes.

allauth keeps and checks them; this module is what the rest of the portal asks.
"""

import time

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from core import audit
from people.models import User

KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
STEP = 30
"""Seconds that a code of an authenticator app counts (RFC 6238)."""


def is_enrolled(user: User) -> bool:
    """Say whether the account has an authenticator app or a passkey."""
    return Authenticator.objects.filter(user=user, type__in=KINDS).exists()


def began_with_both(request: HttpRequest, user: User) -> bool:
    """Say whether this sign-in was a password and then a second factor; a code by text message is neither."""
    methods = {record["method"] for record in get_authentication_records(request, user)}
    return {"password", "mfa"} <= methods


def has_fresh_password(request: HttpRequest, user: User) -> bool:
    """Say whether the password was given in this session a moment ago."""
    since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, user)
    return any(record["method"] in ("password", "mfa") and record["at"] > since for record in records)


def enrol_totp(user: User, *, secret: str = "") -> str:
    """Give an account an authenticator app and return its secret (Base32), which nobody sees again."""
    secret = secret or generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def prepare_totp(user: User) -> tuple[Authenticator, str]:
    """Return an unsaved authenticator and its secret, for making many accounts with one insert."""
    secret = generate_totp_secret()
    return Authenticator(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)}), secret


def current_code(user: User) -> str:
    """Return the code that this account's authenticator app shows now; only the demo asks.

    :raises Authenticator.DoesNotExist: the account has none.
    """
    row = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    return code_of(decrypt(row.data["secret"]))


def code_of(secret: str) -> str:
    """Return the code that an authenticator app with this secret shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // STEP))


@transaction.atomic
def take_away(*, user: User, by: User, reason: str) -> int:
    """Remove every second factor of an account whose owner lost it; they enrol anew with a fresh password.

    :return: how many there were.
    """
    count, _ = Authenticator.objects.filter(user=user).delete()
    audit.record_access(actor=by, action="second-factor:remove", subject=user, reason=reason)
    return count
