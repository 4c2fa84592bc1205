"""Working days of the People's Republic: weekends, statutory holidays and 调休.

The State Council announces the next year's holidays each November. The `chinese_calendar` package knows the years that
were announced when it was published; `data/holidays.toml` adds later years, or corrects one, without a new release.
A year that nobody has announced counts weekends only; `is_announced` lets a page say that its dates are provisional.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from chinese_calendar import constants

from core.months import first_day, last_day

DATA = Path(__file__).parent / "data" / "holidays.toml"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Year:
    """The days of one year that differ from the plain week, and the notice that says so."""

    holidays: frozenset[date]
    workdays: frozenset[date]
    source: str


def is_working_day(day: date) -> bool:
    """Tell whether public offices work on this day."""
    year = _year(day.year)
    if year and day in year.workdays:
        return True
    if year and day in year.holidays:
        return False
    return day.weekday() < 5


def is_announced(year: int) -> bool:
    """Tell whether the holidays of this year are known; if not, dates in it are provisional."""
    return _year(year) is not None


def add_working_days(day: date, count: int) -> date:
    """Return the `count`-th working day after `day`; the day itself does not count (民法典 art. 201).

    `count` 0 gives `day`, or the next working day when `day` is none. A negative count goes back.
    """
    if count == 0:
        while not is_working_day(day):
            day += ONE_DAY
        return day
    step = ONE_DAY if count > 0 else -ONE_DAY
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Count the working days after `start` up to and including `end`: the inverse of `add_working_days`.

    Negative when `end` is earlier: how many working days late.
    """
    if end < start:
        return -working_days_between(end, start)
    return sum(is_working_day(start + timedelta(days=offset)) for offset in range(1, (end - start).days + 1))


def last_working_day(month: date) -> date:
    """Return the last working day of the month in which `month` lies."""
    day = last_day(month)
    while not is_working_day(day):
        day -= ONE_DAY
    return day


def first_working_day(month: date) -> date:
    """Return the first working day of the month in which `month` lies."""
    return add_working_days(first_day(month), 0)


@lru_cache(maxsize=512)
def _year(number: int) -> Year | None:
    return _from_file().get(number) or _from_package(number)


@lru_cache(maxsize=1)
def _from_file() -> dict[int, Year]:
    with DATA.open("rb") as file:
        table = tomllib.load(file)
    years = {}
    for row in table.get("year", []):
        days = [day for start, end in row["holidays"] for day in _span(start, end)]
        years[row["year"]] = Year(frozenset(days), frozenset(row["workdays"]), row["source"])
    return years


def _from_package(number: int) -> Year | None:
    holidays = frozenset(day for day in constants.holidays if day.year == number)
    if not holidays:
        return None
    return Year(holidays, frozenset(day for day in constants.workdays if day.year == number), "chinese-calendar")


def _span(start: date, end: date) -> list[date]:
    return [start + timedelta(days=offset) for offset in range((end - start).days + 1)]
