"""Public identifiers: time-ordered, safe to show, never a row number."""

import uuid

import uuid_utils.compat


def uuid7() -> uuid.UUID:
    """Return a new UUIDv7 (RFC 9562): unique, and ordered by the time it was made."""
    return uuid_utils.compat.uuid7()
