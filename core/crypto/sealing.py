"""Sealing a text (SM4-GCM by default, AES-GCM selectable) and its blind index (HMAC-SM3).

A token reads `cipher.key.base64url(nonce + ciphertext + tag)`. The associated data ties it to its place: a token that
is copied to another row or column does not open there.
"""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from . import keys

NONCE = 12
TAG = 16
ALGORITHMS = {"sm4": algorithms.SM4, "aes": algorithms.AES}


class CannotOpen(Exception):
    """A token is damaged, stands in the wrong place, or its key is not in the ring. Never a user's mistake."""


def encrypt(text: str, *, aad: str) -> str:
    """Seal a text with the current cipher and key.

    :param aad: where it stands, e.g. `aad_for(Person, "phone", public_id)`; needed again to open it.
    """
    cipher, key_id = keys.current_cipher(), keys.current_data_key()
    nonce = os.urandom(NONCE)
    encryptor = Cipher(ALGORITHMS[cipher](keys.data_key(key_id, cipher)), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(_bind(cipher, key_id, aad))
    sealed = encryptor.update(text.encode()) + encryptor.finalize() + encryptor.tag
    return f"{cipher}.{key_id}.{base64.urlsafe_b64encode(nonce + sealed).decode().rstrip('=')}"


def decrypt(token: str, *, aad: str) -> str:
    """Open a token.

    :raises CannotOpen: it was changed, moved from its place, or sealed with a key that is gone.
    """
    try:
        cipher, key_id, body = token.split(".")
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        nonce, sealed, tag = raw[:NONCE], raw[NONCE:-TAG], raw[-TAG:]
        key = keys.data_key(key_id, cipher)
        decryptor = Cipher(ALGORITHMS[cipher](key), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(_bind(cipher, key_id, aad))
        return (decryptor.update(sealed) + decryptor.finalize()).decode()
    except keys.BadKeys as error:
        raise CannotOpen(str(error)) from None
    except (ValueError, binascii.Error, InvalidTag):
        raise CannotOpen("the sealed value is damaged, or does not belong to this row and column.") from None


def blind_index(text: str, *, purpose: str) -> str:
    """Return the keyed hash by which a sealed value is found: `key.hex`. Empty for an empty text.

    Bring the text to its one form first (`people.identifiers`).

    :param purpose: what is indexed, e.g. "person.phone": the same text under two purposes gives two hashes.
    """
    return _index(text, purpose, keys.current_index_key()) if text else ""


def blind_indexes(text: str, *, purpose: str) -> list[str]:
    """Return the hashes under every key of the ring, for `…_index__in=`: during a rotation rows of both kinds exist."""
    return [_index(text, purpose, key_id) for key_id in keys.index_key_ids()] if text else []


def _index(text: str, purpose: str, key_id: str) -> str:
    mac = keys.index_mac(key_id).copy()
    mac.update(f"{purpose}\x00{text}".encode())
    return f"{key_id}.{mac.finalize().hex()}"


def _bind(cipher: str, key_id: str, aad: str) -> bytes:
    return f"{cipher}.{key_id}|{aad}".encode()
