"""Moving sealed values and blind indexes to the current keys, a batch at a time.

Each batch is one transaction that locks its rows; what is done no longer matches, so that a broken run goes on where it
stopped. Data keys may be rotated while people work. Index keys too, as far as look-ups go (`blind_indexes` tries every
key), but until the run has ended a unique index column does not see a double under the other key: see docs/operations.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Cast

from .fields import EncryptedField
from .keys import current_index_prefix, current_token_prefix
from .sealing import CannotOpen


@dataclass(frozen=True)
class Batch:
    """What one transaction did: rows moved, and the rows whose old values could not be opened."""

    moved: int
    broken: list[int]


def sealed_models() -> list[type[models.Model]]:
    """Return every model with a sealed column."""
    return [model for model in apps.get_models() if _fields(model) and model._meta.managed and not model._meta.proxy]


def stale(model: type[models.Model]) -> models.QuerySet:
    """Return the rows that hold anything of an older key or cipher."""
    wanted = Q()
    rows = model._base_manager.all()
    for field in _fields(model):
        rows = rows.annotate(**{f"token_{field.name}": Cast(F(field.name), models.TextField())})
        wanted |= _is_old(f"token_{field.name}", current_token_prefix())
        if field.index:
            wanted |= _is_old(field.index, current_index_prefix())
    return rows.filter(wanted)


def rotate(model: type[models.Model], *, size: int = 500) -> Iterator[Batch]:
    """Move one model's rows, yielding after each batch is committed. Needs an audit context."""
    fields = _fields(model)
    names = [field.name for field in fields] + [field.index for field in fields if field.index]
    last = 0
    while True:
        with transaction.atomic():
            found = list(stale(model).filter(pk__gt=last).order_by("pk").select_for_update(of=("self",))[:size])
            if not found:
                return
            last = found[-1].pk
            broken = [row.pk for row in found if not _reseal(row, fields)]
            moved = [row for row in found if row.pk not in set(broken)]
            model._base_manager.bulk_update(moved, names)
        yield Batch(len(moved), broken)


def _fields(model: type[models.Model]) -> list[EncryptedField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, EncryptedField)]


def _is_old(column: str, prefix: str) -> Q:
    return ~Q(**{f"{column}__startswith": prefix}) & ~Q(**{column: ""}) & Q(**{f"{column}__isnull": False})


def _reseal(row: models.Model, fields: list[EncryptedField]) -> bool:
    for field in fields:
        sealed = getattr(row, field.name)
        if sealed is None:
            continue
        try:
            text = sealed.open()
        except CannotOpen:
            return False
        setattr(row, field.name, text)
        if field.index:
            setattr(row, field.index, field.index_value(text))
    return True
