"""Takes personal numbers out of any text that leaves for a log or an error tracker.

The rule errs on the side of hiding: a long number that is no identity number is hidden too.
"""

import re
from typing import Any

_PATTERNS = (
    (re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])"), "[id]"),
    (re.compile(r"(?<![0-9A-Za-z])(?:\d[ -]?){15,18}\d(?![0-9A-Za-z])"), "[card]"),
    (re.compile(r"(?<![0-9A-Za-z])\d{15}(?![0-9A-Za-z])"), "[id]"),
    (re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"), "[phone]"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "[mail]"),
)
_SECRET_KEYS = re.compile(r"password|secret|token|authorization|cookie|csrf|totp|api_?key", re.IGNORECASE)
HIDDEN = "[hidden]"


def scrub_text(text: str) -> str:
    """Replace identity numbers, bank cards, phones and addresses of mail by what they were."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def scrub(value: Any, *, depth: int = 12) -> Any:
    """Return a copy of a JSON-like value without personal numbers, and without the values of secret-sounding keys."""
    if isinstance(value, str):
        return scrub_text(value)
    if isinstance(value, bool | float | type(None)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10_000_000_000 else scrub_text(str(value))
    if depth == 0:
        return HIDDEN
    if isinstance(value, dict):
        return {
            key: HIDDEN if _SECRET_KEYS.search(str(key)) and item else scrub(item, depth=depth - 1)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [scrub(item, depth=depth - 1) for item in value]
    return scrub_text(str(value))
