"""What audit administrators read: the access log and the history of business tables. Nothing here writes."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from core.models import AccessLog, History, Seal
from people import identifiers
from people.models import Person, User

_HIDDEN = ("pgh_id", "pgh_created_at", "pgh_xid", "pgh_label", "pgh_obj", "pgh_context")


@dataclass(frozen=True)
class Filters:
    """What is looked for: an account, a person (by full ID number), days."""

    actor: str = ""
    id_number: str = ""
    start: date | None = None
    end: date | None = None


def access_rows(filters: Filters) -> "QuerySet[AccessLog]":
    """Return the entries of the access log that match."""
    rows = _in_days(AccessLog.objects.all(), "recorded_at", filters)
    if filters.actor:
        rows = rows.filter(actor__in=User.objects.filter(username=filters.actor).values("pk"))
    if filters.id_number:
        rows = rows.filter(subject__in=_subjects(filters.id_number))
    return rows


def _subjects(id_number: str) -> list[str]:
    number = identifiers.check_id_number(id_number).number
    found = Person.objects.with_id_number(number).values_list("public_id", flat=True)
    return [str(each) for each in found]


def tracked_tables() -> list[tuple[str, str]]:
    """Return every table that keeps history, as (label, Chinese name)."""
    found = [m for m in apps.get_models() if issubclass(m, History)]
    return sorted(((m._meta.label_lower, str(m._meta.verbose_name)) for m in found), key=lambda pair: pair[1])


def history_rows(table: str, filters: Filters) -> "QuerySet[Any]":
    """Return the versions of one table's rows that match.

    :raises KeyError: no such table keeps history.
    """
    models_by_label: dict[str, type[models.Model]] = {
        m._meta.label_lower: m for m in apps.get_models() if issubclass(m, History)
    }
    rows = _in_days(models_by_label[table]._default_manager.all(), "pgh_created_at", filters)
    if filters.actor:
        ids = list(User.objects.filter(username=filters.actor).values_list("pk", flat=True))
        rows = rows.filter(pgh_context__actor__in=ids)
    return rows


def values_of(row: models.Model) -> list[tuple[str, str]]:
    """Return the columns of one version with their Chinese names; sealed ones are not in the history at all."""
    fields = [f for f in row._meta.concrete_fields if f.name not in _HIDDEN]
    return [
        (str(f.verbose_name), str(getattr(row, f.attname))) for f in fields if getattr(row, f.attname) not in (None, "")
    ]


def _in_days(rows: "QuerySet[Any]", column: str, filters: Filters) -> "QuerySet[Any]":
    zone = timezone.get_current_timezone()
    if filters.start:
        rows = rows.filter(**{f"{column}__gte": datetime.combine(filters.start, datetime.min.time(), zone)})
    if filters.end:
        rows = rows.filter(**{f"{column}__lte": datetime.combine(filters.end, datetime.max.time(), zone)})
    return rows


def last_seal() -> Seal | None:
    """Return the newest link of the chain of seals."""
    return Seal.objects.order_by("-number").first()
