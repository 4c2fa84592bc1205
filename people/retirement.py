"""Statutory retirement since 2025 (渐进式延迟法定退休年龄): a pure function of birth month, sex and original age.

Months, not days: retirement is reached in a month, which is written as its first day.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import DomainError
from core.months import add_months, first_day, months_between, parse_month
from people.identifiers import Sex

DATA = Path(__file__).parent / "data" / "retirement.toml"
MALE_AGE = 60
FEMALE_AGES = (50, 55)


class CannotTellRetirement(DomainError):
    """The facts do not suffice for a retirement date; the message says which one is missing."""


class ChoiceOutsideLaw(DomainError):
    """The chosen month is earlier or later than the law allows."""


@dataclass(frozen=True, slots=True)
class DelayRule:
    """One row of the table: from `first_birth_month` on, every `step` months of birth add a month, at most `cap`."""

    sex: str
    original_age: int
    first_birth_month: date
    step: int
    cap: int

    def months(self, birth: date) -> int:
        """Return the months of delay for this month of birth."""
        after = months_between(self.first_birth_month, birth)
        return 0 if after < 0 else min(self.cap, after // self.step + 1)


def delay_months(birth: date, sex: str, original_age: int | None) -> int:
    """Return how many months the law adds to the original age.

    :raises CannotTellRetirement: see `original_age_of`.
    """
    age = original_age_of(sex, original_age)
    return next(rule for rule in _rules() if (rule.sex, rule.original_age) == (sex, age)).months(birth)


def retirement_date(birth: date, sex: str, original_age: int | None, choice: int = 0) -> date:
    """Return the month in which this person reaches retirement, as its first day.

    :param sex: GB/T 2261.1, "1" male, "2" female.
    :param original_age: 50 or 55 for women (from social insurance data, or asked; never guessed); men may leave it out.
    :param choice: the 弹性 choice in months, negative for earlier, positive for later than the statutory month.
    :raises CannotTellRetirement: sex or a woman's original age is unknown.
    :raises ChoiceOutsideLaw: more than three years away, or before the original age.
    """
    delay = delay_months(birth, sex, original_age)
    reached = add_months(first_day(birth), 12 * original_age_of(sex, original_age))
    if abs(choice) > _max_choice():
        raise ChoiceOutsideLaw("弹性退休最多提前或延后 3 年，请重新选择退休年月。")
    if delay + choice < 0:
        raise ChoiceOutsideLaw(f"弹性提前退休不能早于原法定退休年龄，最早是 {reached:%Y年%m月}。请重新选择退休年月。")
    return add_months(reached, delay + choice)


def months_to_retirement(birth: date, sex: str, original_age: int | None, *, on: date, choice: int = 0) -> int:
    """Return the months from `on` to the retirement month: 0 in that month, negative afterwards.

    For 距法定退休年龄不足5年 leave `choice` out (the law counts to the statutory age) and compare with 60.
    """
    return months_between(on, retirement_date(birth, sex, original_age, choice))


def original_age_of(sex: str, original_age: int | None) -> int:
    """Return the original age to reckon from.

    :raises CannotTellRetirement: sex is unknown, or a woman's original age is neither 50 nor 55.
    """
    if sex == Sex.MALE and original_age in (None, MALE_AGE):
        return MALE_AGE
    if sex == Sex.FEMALE and original_age in FEMALE_AGES:
        return original_age
    if sex == Sex.FEMALE:
        raise CannotTellRetirement(
            "请先确认这位女同志的原法定退休年龄是 50 周岁还是 55 周岁（看社保记录，或询问本人）。"
        )
    if sex == Sex.MALE:
        raise CannotTellRetirement("男职工的原法定退休年龄是 60 周岁，请改正后再算。")
    raise CannotTellRetirement("请先补全性别，再算退休年月。")


@lru_cache(maxsize=1)
def _terms() -> dict[str, Any]:
    with DATA.open("rb") as file:
        return {row["code"]: row["value"] for row in tomllib.load(file)["term"]}


@lru_cache(maxsize=1)
def _rules() -> tuple[DelayRule, ...]:
    rows = (value for code, value in _terms().items() if code.startswith("retirement.delay."))
    return tuple(DelayRule(**{**row, "first_birth_month": parse_month(row["first_birth_month"])}) for row in rows)


@lru_cache(maxsize=1)
def _max_choice() -> int:
    return _terms()["retirement.choice.max_months"]
