"""Writing many new rows of a model with COPY, for tables that are filled by the thousand.

`bulk_create` takes every value of every row through the query compiler; that costs more than the database itself.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sized
from functools import partial
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.fields.ranges import RangeField
from django.db import connection, models

from core import audit
from core.crypto import EncryptedField

ROWS_AT_ONCE = 500
_NULL = "\\N"
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_M = TypeVar("_M", bound=models.Model)


def maker(model: type[_M], **same: Any) -> Callable[..., _M]:
    """Return a function that makes new instances with these values in common; it takes columns (`region_id`) by keyword.

    Django's constructor asks each field of each instance for its default; here only defaults that are functions are.
    """
    fields = model._meta.concrete_fields
    names = [f.attname for f in fields]
    fresh = {f.attname: f.default for f in fields if f.has_default() and callable(f.default) and f.attname not in same}
    common = {f.attname: None if f.attname in fresh else f.get_default() for f in fields} | same
    assert len(common) == len(names), "a value names no column"

    def make(**own: Any) -> _M:
        values = common | {name: default() for name, default in fresh.items()} | own
        return model.from_db(None, names, list(values.values()))

    return make


def copy_rows(model: type[_M], rows: Iterable[_M], *, count: int | None = None) -> list[_M]:
    """Write new instances with one COPY and return them with their keys. Needs a transaction and an audit context.

    `rows` may be a generator: PostgreSQL takes in what was made while the next rows are being made. No query may run
    meanwhile. A column that only the database fills (`db_default` alone) is left to it.

    :param count: how many rows come at most, where `rows` cannot tell.
    """
    if count is None:
        assert isinstance(rows, Sized), "say how many rows a generator makes"
        count = len(rows)
    fields = [
        f
        for f in model._meta.concrete_fields
        if not f.generated and (f.db_default is models.NOT_PROVIDED or f.has_default())
    ]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(f.column)) for f in fields)
    written: list[_M] = []
    with connection.cursor() as cursor:
        audit.set_for_copy(cursor)
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, count],
        )
        keys = (key for (key,) in cursor.fetchall())
        cursor.copy_expert(
            f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN",
            _Lines(_cells(fields, _keep(rows, keys, written))),
        )
    return written


def _keep(rows: Iterable[_M], keys: Iterator[int], written: list[_M]) -> Iterator[models.Model]:
    for row in rows:
        row.pk = next(keys)
        row._state.adding, row._state.db = False, connection.alias
        written.append(row)
        yield row


def _cells(fields: list[Any], rows: Iterable[models.Model]) -> Iterator[list[Any]]:
    read = attrgetter(*(f.attname for f in fields))
    stamped = [f for f in fields if getattr(f, "auto_now", False) or getattr(f, "auto_now_add", False)]
    special = [(n, write) for n, write in enumerate(map(_writer, fields)) if write]
    for row in rows:
        for field in stamped:
            field.pre_save(row, True)
        cells = list(read(row))
        for n, write in special:
            if cells[n] is not None:
                cells[n] = write(cells[n])
        yield cells


class _Lines:
    """Reads like a file, a few hundred rows at a time, as PostgreSQL asks for more."""

    def __init__(self, rows: Iterator[list[Any]]) -> None:
        self._rows = rows

    def read(self, size: int) -> str:
        return "".join(map(_line, islice(self._rows, ROWS_AT_ONCE)))


def _line(cells: list[Any]) -> str:
    """Return a row in COPY's own format; hardly any has a character to escape, and the whole is asked faster than each."""
    texts = [_NULL if cell is None else str(cell) for cell in cells]
    line = "\t".join(texts)
    if "\n" in line or "\r" in line or line.count("\t") >= len(cells) or line.count("\\") != cells.count(None):
        line = "\t".join(_NULL if cell is None else str(cell).translate(_ESCAPES) for cell in cells)
    return f"{line}\n"


def _writer(field: Any) -> Callable[[Any], Any] | None:
    """Return how values of this column become text, where `str` is not it."""
    if isinstance(field, EncryptedField):
        return field.get_prep_value
    if isinstance(field, models.JSONField):
        return partial(json.dumps, cls=field.encoder, ensure_ascii=False)
    if isinstance(field, ArrayField):
        return _array
    if isinstance(field, RangeField):
        return _range
    return None


def _array(values: Iterable[Any]) -> str:
    quoted = (str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


def _range(value: Any) -> str:
    lower, upper = value if isinstance(value, tuple) else (value.lower, value.upper)
    return f"[{'' if lower is None else lower},{'' if upper is None else upper})"
