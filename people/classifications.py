"""Bring the classifications in line with a newer edition: entries are added, renamed or retired, never deleted."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from core.errors import DomainError
from people.models import Industry, Occupation

COLUMNS = ["name", "level", "parent_id", "retired_on"]


class CannotLoadCodes(DomainError):
    """The file is no such classification."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did."""

    created: int
    updated: int
    retired: int

    def __str__(self) -> str:
        return f"新增{self.created}，更新{self.updated}，停用{self.retired}"


def occupation_parent(code: str) -> str:
    """1-01-00-01 lies in 1-01-00, and so on; a major class has none."""
    return code.rpartition("-")[0]


def industry_parent(code: str) -> str:
    """A0111 lies in A011, that in A01, that in A."""
    return code[:-1] if len(code) > 3 else code[:1] if len(code) == 3 else ""


@transaction.atomic
def load_occupations(*, file: Path, on: date) -> Loaded:
    """Load the 大典 from a CSV with the columns code, name, green and digital."""
    wanted = {
        row["code"]: {
            "name": row["name"],
            "level": row["code"].count("-") + 1,
            "parent": occupation_parent(row["code"]),
            "is_green": bool(row["green"]),
            "is_digital": bool(row["digital"]),
        }
        for row in _rows(file, ("code", "name", "green", "digital"))
    }
    return _load(Occupation, wanted, on, [*COLUMNS, "is_green", "is_digital"])


@transaction.atomic
def load_industries(*, file: Path, on: date) -> Loaded:
    """Load GB/T 4754 from a CSV with the columns code and name."""
    wanted = {
        row["code"]: {
            "name": row["name"],
            "level": max(1, len(row["code"]) - 1),
            "parent": industry_parent(row["code"]),
        }
        for row in _rows(file, ("code", "name"))
    }
    return _load(Industry, wanted, on, COLUMNS)


def _rows(file: Path, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(line for line in stream if not line.startswith("#"))
        if missing := [name for name in columns if name not in (reader.fieldnames or [])]:
            raise CannotLoadCodes(f"{file} 的表头缺少：{'、'.join(missing)}。")
        yield from reader


def _load(model: Any, wanted: dict[str, dict[str, Any]], on: date, columns: list[str]) -> Loaded:
    existing = {row.code: row for row in model.objects.order_by("pk")}
    created, updated = 0, []
    for level in sorted({values["level"] for values in wanted.values()}):
        new = []
        for code, values in wanted.items():
            if values["level"] != level:
                continue
            if values["parent"] and values["parent"] not in existing:
                raise CannotLoadCodes(f"代码 {code} 的上级 {values['parent']} 不在文件里。")
            above = existing.get(values["parent"])
            values = {**values, "parent_id": above.pk if above else None, "retired_on": None}
            del values["parent"]
            if (row := existing.get(code)) is None:
                new.append(model(code=code, **values))
            elif any(getattr(row, name) != value for name, value in values.items()):
                for name, value in values.items():
                    setattr(row, name, value)
                updated.append(row)
        model.objects.bulk_create(new, batch_size=2000)
        existing.update((row.code, row) for row in new)
        created += len(new)
    model.objects.bulk_update(updated, columns, batch_size=500)
    gone = [row.pk for code, row in existing.items() if code not in wanted]
    retired = model.objects.filter(pk__in=gone, retired_on=None).update(retired_on=on)
    return Loaded(created, len(updated), retired)
