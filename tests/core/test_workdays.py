from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.workdays import (
    add_working_days,
    first_working_day,
    is_announced,
    is_working_day,
    last_working_day,
    working_days_between,
)

days = st.dates(date(2019, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 14), True),  # Saturday before the Spring Festival
        (date(2026, 2, 16), False),  # Monday, holiday
        (date(2026, 10, 10), True),
        (date(2026, 11, 21), False),
        (date(2020, 1, 31), False),  # prolonged in 2020
        (date(2027, 10, 1), True),  # not announced: a Friday
    ],
)
def test_knows_holidays_and_working_weekends(day, works):
    assert is_working_day(day) is works


def test_reads_2026_from_the_file_as_the_package_has_it():
    from core.workdays import _from_file, _from_package

    ours, package = _from_file()[2026], _from_package(2026)
    assert (ours.holidays, ours.workdays) == (package.holidays, package.workdays)


def test_says_which_years_are_announced():
    assert is_announced(2026)
    assert is_announced(2004)
    assert not is_announced(2003)
    assert not is_announced(2090)


def test_counts_a_deadline_over_the_spring_festival():
    assert add_working_days(date(2026, 2, 13), 3) == date(2026, 2, 25)


def test_moves_a_day_off_to_the_next_working_day_for_zero():
    assert add_working_days(date(2026, 10, 1), 0) == date(2026, 10, 8)
    assert add_working_days(date(2026, 10, 8), 0) == date(2026, 10, 8)


@given(days, st.integers(1, 60))
def test_counts_back_what_it_added(day, count):
    end = add_working_days(day, count)
    assert is_working_day(end)
    assert working_days_between(day, end) == count
    assert working_days_between(end, day) == -count


@given(days)
def test_ends_a_month_on_a_working_day_inside_it(day):
    first, last = first_working_day(day), last_working_day(day)
    assert is_working_day(last)
    assert is_working_day(first)
    assert first.month == last.month == day.month
    assert first <= last
