"""Moving sealed values and blind indexes to the current keys, a batch at a time.

Each batch is one transaction that locks its rows; what is done no longer matches, so that a broken run goes on where it
stopped. Data keys may be rotated while people work. Index keys too, as far as look-ups go (`blind_indexes` tries every
key), but until the run has ended a unique index column does not see a double under the other key: see docs/operations.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from .fields import EncryptedField
from .keys import current_index_prefix, current_token_prefix
from .sealing import CannotOpen, decrypt, encrypt


@dataclass(frozen=True)
class Batch:
    """What one transaction did: rows moved, and the rows whose old values could not be opened."""

    moved: int
    broken: list[int]


@dataclass(frozen=True)
class Place:
    """A column that keeps sealed texts without being an `EncryptedField`: one text, or some values of a JSON object."""

    column: str
    aad: Callable[[Any], str]
    keys: tuple[str, ...] = ()
    label: str = ""


_places: dict[str, Place] = {}


def keeps(model: str, column: str, *, aad: Callable[[Any], str], keys: tuple[str, ...] = (), label: str = "") -> None:
    """Let the rotation know of sealed texts outside an `EncryptedField`. Called when the apps are ready.

    :param model: "app.Model"; it may be another package's.
    :param aad: what a row's texts were sealed with.
    :param keys: in a JSON column, the keys whose values are sealed.
    :param label: what people call it; without one, the model's own name.
    """
    _places[model.lower()] = Place(column, aad, keys, label)


def label(model: type[models.Model]) -> str:
    """Return what people call the rows of a model."""
    place = _places.get(model._meta.label_lower)
    return str((place and place.label) or model._meta.verbose_name)


def sealed_models() -> list[type[models.Model]]:
    """Return every model with a sealed column."""
    return [
        model
        for model in apps.get_models()
        if (_fields(model) or model._meta.label_lower in _places) and model._meta.managed and not model._meta.proxy
    ]


def stale(model: type[models.Model]) -> models.QuerySet:
    """Return the rows that hold anything of an older key or cipher."""
    wanted = Q()
    rows = model._base_manager.all()
    for field in _fields(model):
        rows = rows.annotate(**{f"token_{field.name}": Cast(F(field.name), models.TextField())})
        wanted |= _is_old(f"token_{field.name}", current_token_prefix())
        if field.index:
            wanted |= _is_old(field.index, current_index_prefix())
    place = _places.get(model._meta.label_lower)
    if place:
        rows = rows.annotate(**{f"token_{key}": KeyTextTransform(key, place.column) for key in place.keys})
        for column in [f"token_{key}" for key in place.keys] or [place.column]:
            wanted |= _is_old(column, current_token_prefix())
    return rows.filter(wanted)


def rotate(model: type[models.Model], *, size: int = 500) -> Iterator[Batch]:
    """Move one model's rows, yielding after each batch is committed. Needs an audit context."""
    fields = _fields(model)
    place = _places.get(model._meta.label_lower)
    names = [field.name for field in fields] + [field.index for field in fields if field.index]
    names += [place.column] if place else []
    last = 0
    while True:
        with transaction.atomic():
            found = list(stale(model).filter(pk__gt=last).order_by("pk").select_for_update(of=("self",))[:size])
            if not found:
                return
            last = found[-1].pk
            broken = [row.pk for row in found if not _reseal(row, fields, place)]
            moved = [row for row in found if row.pk not in set(broken)]
            model._base_manager.bulk_update(moved, names)
        yield Batch(len(moved), broken)


def _fields(model: type[models.Model]) -> list[EncryptedField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, EncryptedField)]


def _is_old(column: str, prefix: str) -> Q:
    return ~Q(**{f"{column}__startswith": prefix}) & ~Q(**{column: ""}) & Q(**{f"{column}__isnull": False})


def _reseal(row: models.Model, fields: list[EncryptedField], place: Place | None) -> bool:
    try:
        for field in fields:
            sealed = getattr(row, field.name)
            if sealed is None:
                continue
            text = sealed.open()
            setattr(row, field.name, text)
            if field.index:
                setattr(row, field.index, field.index_value(text))
        if place:
            _reseal_place(row, place)
    except CannotOpen:
        return False
    return True


def _reseal_place(row: models.Model, place: Place) -> None:
    value, aad = getattr(row, place.column), place.aad(row)
    if not place.keys:
        setattr(row, place.column, _again(value, aad) if value else value)
        return
    setattr(row, place.column, value | {key: _again(value[key], aad) for key in place.keys if value.get(key)})


def _again(token: str, aad: str) -> str:
    return encrypt(decrypt(token, aad=aad), aad=aad)
