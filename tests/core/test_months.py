from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.months import add_months, first_day, last_day, month_range, months_between, parse_month

days = st.dates(date(1900, 1, 1), date(2200, 12, 31))


def test_clamps_to_the_end_of_a_shorter_month():
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2026, 1, 15), -1) == date(2025, 12, 15)


@given(days, st.integers(-1200, 1200))
def test_counts_back_what_it_added(day, count):
    assert months_between(day, add_months(day, count)) == count


@given(days)
def test_spans_the_month_from_first_to_last_day(day):
    assert first_day(day) <= day <= last_day(day)
    assert add_months(first_day(day), 1).toordinal() == last_day(day).toordinal() + 1


@given(days, st.integers(0, 60))
def test_lists_every_month_once(day, count):
    months = list(month_range(day, add_months(day, count)))
    assert len(months) == len(set(months)) == count + 1
    assert all(month.day == 1 for month in months)


def test_lists_nothing_when_the_end_is_earlier():
    assert list(month_range(date(2026, 3, 1), date(2026, 2, 28))) == []


@pytest.mark.parametrize("text", ["2026-11", "202611", "2026-11-30", " 2026-11 "])
def test_reads_a_month(text):
    assert parse_month(text) == date(2026, 11, 1)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "十一月", "20261"])
def test_refuses_what_is_no_month_with_a_sentence(text):
    with pytest.raises(ValueError, match="2026-11"):
        parse_month(text)
