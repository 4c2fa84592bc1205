"""The key ring: named keys from the environment, one of them current for new values.

`DATA_KEYS` and `INDEX_KEYS` are JSON, `{"k1": "<base64 of 32 random bytes>"}`. An old key stays in the ring until
`manage.py rotate_keys` has moved every row to the current one. Ciphers never share key bytes: each derives its own.
"""

import base64
import binascii
import re
from functools import cache, lru_cache

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

CIPHERS = {"SM4-GCM": ("sm4", 16), "AES-GCM": ("aes", 32)}
KEY_BYTES = 32
_SETTINGS = {"DATA_KEYS", "DATA_KEY_CURRENT", "INDEX_KEYS", "INDEX_KEY_CURRENT", "DATA_CIPHER"}


class BadKeys(ImproperlyConfigured):
    """The key settings cannot be used; the message says which and why, never a key's value."""


@cache  # asked for every sealed value, and reading a setting takes as long as a third of the sealing
def current_cipher() -> str:
    """Return the short name ("sm4" or "aes") of the cipher for new values."""
    try:
        return CIPHERS[settings.DATA_CIPHER][0]
    except KeyError:
        raise BadKeys(f"DATA_CIPHER must be one of {', '.join(CIPHERS)}.") from None


@cache
def current_data_key() -> str:
    """Return the id of the key that new values are sealed with."""
    return _current("DATA_KEYS", "DATA_KEY_CURRENT")


@cache
def current_index_key() -> str:
    """Return the id of the key that new blind indexes are made with."""
    return _current("INDEX_KEYS", "INDEX_KEY_CURRENT")


def current_token_prefix() -> str:
    """Return how every token sealed by the current cipher and key begins; the rotation looks for the others."""
    return f"{current_cipher()}.{current_data_key()}."


def current_index_prefix() -> str:
    """Return how every blind index made with the current key begins."""
    return f"{current_index_key()}."


def index_key_ids() -> list[str]:
    """Return all index keys, the current one first."""
    current = current_index_key()
    return [current, *(name for name in settings.INDEX_KEYS if name != current)]


@lru_cache(maxsize=64)
def data_key(key_id: str, cipher: str) -> bytes:
    """Return the bytes of a data key for one cipher.

    :raises BadKeys: the ring has no such key, or it is not 32 bytes of base64.
    """
    length = next((size for name, size in CIPHERS.values() if name == cipher), None)
    if length is None:
        raise BadKeys(f"no cipher is called {cipher!r}")
    return _derive(_master("DATA_KEYS", key_id), f"portal data {cipher}", length)


@lru_cache(maxsize=64)
def index_key(key_id: str) -> bytes:
    """Return the bytes of an index key.

    :raises BadKeys: as `data_key`.
    """
    return _derive(_master("INDEX_KEYS", key_id), "portal blind index", KEY_BYTES)


@lru_cache(maxsize=64)
def index_mac(key_id: str) -> hmac.HMAC:
    """Return the HMAC-SM3 of an index key before any text, to be copied.

    :raises BadKeys: as `data_key`.
    """
    return hmac.HMAC(index_key(key_id), hashes.SM3())


def check_ring() -> None:
    """Read every key once, so that a wrong one stops the start instead of a citizen's request.

    :raises BadKeys: with the first thing that is wrong.
    """
    data_key(current_data_key(), current_cipher())
    for key_id in settings.DATA_KEYS:
        data_key(key_id, current_cipher())
    for key_id in index_key_ids():
        index_key(key_id)


def _current(ring: str, setting: str) -> str:
    name = getattr(settings, setting)
    if name not in getattr(settings, ring):
        raise BadKeys(f"{setting} names no key of {ring}.")
    return name


def _master(ring: str, key_id: str) -> bytes:
    # The id stands inside the token between dots.
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,16}", key_id):
        raise BadKeys(f"key ids of {ring} are 1 to 16 letters, digits, dashes or underscores.")
    try:
        key = base64.b64decode(getattr(settings, ring)[key_id], validate=True)
    except KeyError:
        raise BadKeys(f"{ring} has no key {key_id!r}: an old key must stay until rotate_keys is done.") from None
    except (binascii.Error, TypeError, ValueError):
        raise BadKeys(f"key {key_id!r} of {ring} is not base64.") from None
    if len(key) != KEY_BYTES:
        raise BadKeys(f"key {key_id!r} of {ring} must be {KEY_BYTES} bytes, it is {len(key)}.")
    return key


def _derive(master: bytes, purpose: str, length: int) -> bytes:
    return HKDF(hashes.SM3(), length, salt=None, info=purpose.encode()).derive(master)


def _forget(*, setting: str, **kwargs: object) -> None:
    if setting in _SETTINGS:
        for kept in (current_cipher, current_data_key, current_index_key, data_key, index_key, index_mac):
            kept.cache_clear()


setting_changed.connect(_forget)
