"""Reading `[[term]]` rows from the apps' TOML files and appending them to the table."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction

from core.errors import DomainError
from core.models import Term
from core.terms import UNCONFIRMED, region_chain

FIELDS = {
    "code": str,
    "effective_from": date,
    "effective_to": date,
    "revision": int,
    "value": object,
    "unit": str,
    "source": str,
    "article": str,
    "confidence": str,
    "note": str,
}
REQUIRED = ("code", "effective_from", "value", "source", "confidence")
KEY = ("code", "region", "effective_from", "revision")
COMPARED = ("effective_to", "value", "unit", "source", "article", "confidence", "note")


class CannotLoadTerms(DomainError):
    """A file cannot be taken over; nothing of it was loaded."""


@dataclass(frozen=True)
class Loaded:
    """What a run did."""

    added: int
    unchanged: int


def files() -> list[Path]:
    """Return the data files of this project's own apps."""
    own = [Path(config.path) for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR]
    return sorted(path for folder in own for path in (folder / "data").glob("*.toml"))


def read(path: Path) -> list[Term]:
    """Return the unsaved rows of one file; a row with `regions = […]` stands for one row each.

    :raises CannotLoadTerms: with the file, the row and what is wrong with it.
    """
    try:
        rows = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal).get("term", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CannotLoadTerms(f"{path.name} 不是正确的 TOML 文件：{error}") from error
    return [term for number, row in enumerate(rows, 1) for term in _terms(row, f"{path.name} 第 {number} 条")]


@transaction.atomic
def load(paths: list[Path]) -> Loaded:
    """Append what is new, skip what is there already, refuse what would change a loaded row.

    :raises CannotLoadTerms: nothing was loaded.
    """
    rows = [row for path in paths for row in read(path)]
    present = {_key(row): row for row in Term.objects.filter(code__in={row.code for row in rows})}
    new: dict[tuple[Any, ...], Term] = {}
    for row in rows:
        known = present.get(_key(row)) or new.get(_key(row))
        if known is None:
            new[_key(row)] = row
        elif changed := [name for name in COMPARED if getattr(known, name) != getattr(row, name)]:
            raise CannotLoadTerms(
                f"{row} 已经装载过，文件里却改了 {'、'.join(changed)}。已装载的参数不能改动："
                "新标准请追加一条新的施行日期；"
                f"更正录入错误请追加 revision = {known.revision + 1}，并在 note 里写明原因。"
            )
    Term.objects.bulk_create(new.values(), batch_size=1000)
    return Loaded(added=len(new), unchanged=len(rows) - len(new))


def _terms(row: dict[str, Any], place: str) -> Iterator[Term]:
    regions = row.pop("regions", None) or [row.pop("region", "")]
    for name in REQUIRED:
        if name not in row:
            raise CannotLoadTerms(f"{place}缺少 {name}。")
    for name, value in row.items():
        if name not in FIELDS or not isinstance(value, FIELDS[name]):
            raise CannotLoadTerms(f"{place}的 {name} 不是约定的字段，或类型不对。")
    if row["confidence"] not in Term.Confidence.values:
        raise CannotLoadTerms(f"{place}的 confidence 应是 S、F 或 K。")
    if row["confidence"] == Term.Confidence.UNCONFIRMED and UNCONFIRMED not in row.get("note", ""):
        row["note"] = "；".join(filter(None, (UNCONFIRMED, row.get("note"))))
    for region in regions:
        try:
            region_chain(region)
        except (ValueError, TypeError):
            raise CannotLoadTerms(f"{place}的地区代码 {region!r} 不对。") from None
        yield Term(region=region, **row)


def _key(row: Term) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in KEY)
