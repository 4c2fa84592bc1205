"""Pages by position instead of by number: as quick on the thousandth page as on the first, and rows never repeat.

The cursor in the URL is opaque: it is sealed with a key of its own, because it holds row numbers, which never show.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet

MAX_SIZE = 200
Row = TypeVar("Row")
_TYPES: dict[str, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "Decimal": Decimal,
    "UUID": UUID,
}


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and the cursors of the pages before and after (None at the ends)."""

    items: list[Row]
    next: str | None
    previous: str | None


def beside(page: Page[Row], rows: QuerySet[Any, Row], wanted: str) -> Row | None:
    """Return the row shown beside a list: the one that an address names, on whichever page it stands, else the first.

    :param wanted: its public id; what is none, or is not (or no longer) in the list, names nothing.
    """
    with suppress(ValueError):
        if (named := rows.filter(public_id=UUID(wanted)).first()) is not None:
            return named
    return page.items[0] if page.items else None


def paginate(
    queryset: QuerySet[Any, Row],
    *,
    order: Sequence[str] = ("-posted_at", "-pk"),
    cursor: str | None = None,
    size: int = 20,
) -> Page[Row]:
    """Return one page of a queryset.

    A cursor that is damaged, of another list or of another order gives the first page, not an error: it is an old link.

    :param order: columns or annotations that are never null, the last one unique (else `-pk` is added); `-` descends.
    :param size: rows a page, at most 200.
    """
    columns = _columns(queryset, order)
    size = max(1, min(size, MAX_SIZE))
    name = f"{queryset.model._meta.label_lower}|{','.join(columns)}"
    backwards, position = unseal(cursor, name, len(columns))
    walked = [_flip(column) for column in columns] if backwards else columns
    rows = queryset.order_by(*walked)
    if position:
        rows = rows.filter(_beyond(walked, position))
    items = list(rows[: size + 1])
    more = len(items) > size
    items = items[:size]
    if backwards:
        items.reverse()
    if not items:
        # Whatever stood there is gone: start again rather than show an empty page.
        return paginate(queryset, order=order, size=size) if position else Page([], None, None)
    has_next, has_previous = (True, more) if backwards else (more, bool(position))
    return Page(
        items=items,
        next=seal(name, columns, items[-1], backwards=False) if has_next else None,
        previous=seal(name, columns, items[0], backwards=True) if has_previous else None,
    )


def _columns(queryset: QuerySet[Any, Any], order: Sequence[str]) -> list[str]:
    columns = list(order)
    for column in columns:
        if _is_nullable(queryset, column.lstrip("-")):
            raise ValueError(f"keyset order needs columns that are never null; {column.lstrip('-')} may be")
    last = columns[-1].lstrip("-") if columns else ""
    if last != "pk" and not _is_unique(queryset, last):
        columns.append("-pk")
    return columns


def _field(queryset: QuerySet[Any, Any], path: str) -> Any:
    """Return the model field behind an order path, or None for an annotation."""
    if path in queryset.query.annotations:
        return None
    model, field = queryset.model, None
    for part in path.split("__"):
        field = model._meta.pk if part == "pk" else model._meta.get_field(part)
        model = getattr(field, "related_model", None) or model
    return field


def _is_nullable(queryset: QuerySet[Any, Any], path: str) -> bool:
    field = _field(queryset, path)
    return bool(field is not None and field.null)


def _is_unique(queryset: QuerySet[Any, Any], path: str) -> bool:
    try:
        field = _field(queryset, path)
    except FieldDoesNotExist:
        return False
    return bool(field is not None and field.unique and "__" not in path)


def _flip(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"


def _beyond(columns: list[str], position: list[Any]) -> Q:
    """Return the rows after a position: those that differ first in some column, and there in the right direction."""
    after, same = Q(), Q()
    for column, value in zip(columns, position, strict=True):
        path, step = column.lstrip("-"), "lt" if column.startswith("-") else "gt"
        after |= same & Q(**{f"{path}__{step}": value})
        same &= Q(**{path: value})
    # Said once more about the first column alone, so that its index bounds the scan.
    first = columns[0]
    return Q(**{f"{first.lstrip('-')}__{'lte' if first.startswith('-') else 'gte'}": position[0]}) & after


def _value(row: Any, path: str) -> Any:
    if isinstance(row, dict):
        return row[path]
    for part in path.split("__"):
        row = getattr(row, part)
    return row


def seal(name: str, columns: Sequence[str], row: Any, *, backwards: bool) -> str:
    """Return the cursor of the rows after (or before) a row, a list's own: `name` says which list and order it is."""
    values = [_value(row, column.lstrip("-")) for column in columns]
    if any(value is None for value in values):
        raise ValueError("keyset order met a null; order by an expression with Coalesce")
    packed = [[type(value).__name__, value if isinstance(value, bool | int | str) else str(value)] for value in values]
    text = json.dumps([backwards, packed], separators=(",", ":"))
    # Deterministic (nonce misuse is what this mode withstands), so that a page has one address.
    sealed = _cipher(settings.SECRET_KEY).encrypt(bytes(12), text.encode(), name.encode())
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal(cursor: str | None, name: str, count: int) -> tuple[bool, list[Any]]:
    """Return which way a cursor goes and its position; (False, []) for none, a damaged one or another list's."""
    if not cursor or len(cursor) > 2000:
        return False, []
    try:
        sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        text = _cipher(settings.SECRET_KEY).decrypt(bytes(12), sealed, name.encode())
    except (InvalidTag, binascii.Error, ValueError):
        return False, []
    backwards, packed = json.loads(text)
    return backwards, [_TYPES[kind](value) if kind in _TYPES else value for kind, value in packed][:count]


@lru_cache(maxsize=4)
def _cipher(secret: str) -> AESGCMSIV:
    return AESGCMSIV(HKDF(hashes.SHA256(), 32, salt=None, info=b"portal keyset cursor").derive(secret.encode()))
