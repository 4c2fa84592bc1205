"""What is asked of those who need more help. Pure: no Django, no clock, no database.

Sources: domain notes on 就业困难人员 (鞍山办理指南, 辽政发〔2020〕9号); what is unconfirmed stands in `data/` as such.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.months import add_months, months_between

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


# Households without work


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """What is known of one member of a household.

    :param working_age: from 16 until a pension is drawn or the statutory age is reached.
    :param able: able to work.
    :param wants_work: asks for work.
    :param jobless: neither employed nor in business.
    """

    working_age: bool
    able: bool
    wants_work: bool
    jobless: bool

    @property
    def counts(self) -> bool:
        """Whether this member is one of the two or more that the definition asks for."""
        return self.working_age and self.able and self.wants_work and self.jobless


LEAST_MEMBERS = 2


def household_obstacles(members: Sequence[MemberFacts], *, business_income: bool) -> list[str]:
    """Return why a household is no 零就业家庭; empty when it is one.

    One household, at least two members of working age who are able and want to work, everybody jobless, and no income
    from business or investment (鞍山办理指南).
    """
    found = []
    if any(not member.jobless for member in members):
        found.append("家里已经有人就业。")
    if sum(member.counts for member in members) < LEAST_MEMBERS:
        found.append("在劳动年龄内、能劳动、想找工作、没有工作的成员不到 2 人。")
    if business_income:
        found.append("家里有经营性或投资性收入。")
    return found


# Public-welfare posts


@dataclass(frozen=True, slots=True)
class PlacementEnd:
    """The day after the last one in a post, and whether retirement set it."""

    until: date
    to_retirement: bool


def placement_end(
    *, starts_on: date, first_on: date, retires_on: date, served_months: int, term_months: int, near_months: int
) -> PlacementEnd | None:
    """Return how long a person may hold a post: the rest of the term, or until retirement when that was near at first.

    :param first_on: when the person was first placed in any post.
    :param retires_on: the month of retirement, as its first day.
    :param served_months: months in earlier posts.
    :param term_months: the term, 36 (公益性岗位补贴 ≤ 3 年).
    :param near_months: how near retirement had to be at the first placing, 60 (不足 5 年).
    """
    if retires_on <= starts_on:
        return None
    if months_between(first_on, retires_on) < near_months:
        return PlacementEnd(retires_on, True)
    rest = term_months - served_months
    if rest <= 0:
        return None
    return PlacementEnd(min(add_months(starts_on, rest), retires_on), False)


def _read(name: str) -> dict[str, Any]:
    with (DATA / name).open("rb") as file:
        return tomllib.load(file)
