"""Keys of machines: `Authorization: Bearer <key>`. A key is random and long, so that its plain digest tells nothing."""

import hashlib
import secrets

from django.http import HttpRequest

LONGEST = 200
_SCHEME = "bearer "


def make_token() -> str:
    """Return a new key of 256 random bits."""
    return f"sx_{secrets.token_urlsafe(32)}"


def digest(token: str) -> str:
    """Return what is stored of a key."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def token_of(request: HttpRequest) -> str:
    """Return the key that a request carries, "" for none."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if len(header) > LONGEST or not header.lower().startswith(_SCHEME):
        return ""
    return header[len(_SCHEME) :].strip()
