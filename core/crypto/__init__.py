"""Personal data at rest: sealed columns, and blind indexes to find rows by them. Keys stay outside the database."""

from .fields import EncryptedField, Sealed, aad_for
from .keys import BadKeys, current_index_prefix, current_token_prefix
from .sealing import CannotOpen, blind_index, blind_indexes, decrypt, encrypt

__all__ = [
    "BadKeys",
    "CannotOpen",
    "EncryptedField",
    "Sealed",
    "aad_for",
    "blind_index",
    "blind_indexes",
    "current_index_prefix",
    "current_token_prefix",
    "decrypt",
    "encrypt",
]
