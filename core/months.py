"""Months. A month is written as its first day."""

import calendar
from collections.abc import Iterator
from datetime import date


def first_day(day: date) -> date:
    """Return the first day of the month: how a month is stored."""
    return date(day.year, day.month, 1)


def last_day(day: date) -> date:
    """Return the last day of the month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, count: int) -> date:
    """Move by whole months; a day that the target month lacks becomes its last day (31 January + 1 = 28 February)."""
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Count the calendar months from `start` to `end`, whatever the days: negative when `end` is earlier."""
    return (end.year - start.year) * 12 + end.month - start.month


def month_range(start: date, end: date) -> Iterator[date]:
    """Yield the first day of every month from that of `start` to that of `end`, both included."""
    for offset in range(months_between(start, end) + 1):
        yield add_months(first_day(start), offset)


def parse_month(text: str) -> date:
    """Read `2026-11`, `202611` or `2026-11-01` as a month.

    :raises ValueError: with a sentence for the user.
    """
    digits = text.strip().replace("-", "")
    try:
        if not digits.isascii() or not digits.isdigit() or len(digits) not in (6, 8):
            raise ValueError
        return date(int(digits[:4]), int(digits[4:6]), 1)
    except ValueError:
        raise ValueError("月份请写成“2026-11”这样的格式。") from None
