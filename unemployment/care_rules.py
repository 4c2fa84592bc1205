"""What is asked of those who need more help. Pure: no Django, no clock, no database.

Sources: domain notes on 就业困难人员 (鞍山办理指南, 辽政发〔2020〕9号); what is unconfirmed stands in `data/` as such.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class ExitGround:
    """A reason for which a hardship person leaves the ledger. Refusals and silence are none.

    :param from_registration: grounds of a deregistration which suggest this one.
    :param categories: categories to which alone it applies; empty for all.
    :param second_person: somebody else than the proposer decides.
    """

    code: str
    label: str
    evidence: str
    from_registration: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    second_person: bool = True
    notify: bool = True


@lru_cache(maxsize=1)
def exit_grounds() -> dict[str, ExitGround]:
    """Return the grounds of leaving the ledger, by code."""
    found = {}
    for row in _read("hardship_exits.toml")["ground"]:
        values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in row.items()}
        found[row["code"]] = ExitGround(**values)
    return found


def exit_for(registration_ground: str) -> ExitGround | None:
    """Return what a deregistration's ground suggests for the ledger; a public-welfare post suggests nothing."""
    return next((g for g in exit_grounds().values() if registration_ground in g.from_registration), None)


def exit_obstacles(code: str, *, category: str, evidence: str) -> list[str]:
    """Return why nobody can be taken off the ledger on this ground; empty when they can."""
    ground = exit_grounds().get(code)
    if ground is None:
        return ["请选择列出的退出情形。拒绝服务、联系不上都不是退出台账的理由。"]
    if ground.categories and category not in ground.categories:
        return [f"“{ground.label}”不适用于这个类别。请选择其他情形。"]
    if len(evidence.strip()) < 6:
        return [f"请写明证据，至少 6 个字：{ground.evidence}。"]
    return []


def _read(name: str) -> dict[str, Any]:
    with (DATA / name).open("rb") as file:
        return tomllib.load(file)
