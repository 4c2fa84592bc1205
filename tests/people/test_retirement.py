from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.months import add_months, months_between
from people.identifiers import Sex
from people.retirement import (
    CannotTellRetirement,
    ChoiceOutsideLaw,
    delay_months,
    months_to_retirement,
    retirement_date,
)

births = st.dates(date(1940, 1, 1), date(2010, 12, 31))
kinds = st.sampled_from([(Sex.MALE, None, 36), (Sex.FEMALE, 55, 36), (Sex.FEMALE, 50, 60)])


@pytest.mark.parametrize(
    ("sex", "age", "birth", "months"),
    [
        ("1", 60, date(1964, 12, 31), 0),
        ("1", 60, date(1965, 1, 1), 1),
        ("1", 60, date(1965, 4, 30), 1),
        ("1", 60, date(1965, 5, 1), 2),
        ("1", None, date(1976, 9, 1), 36),
        ("1", None, date(1990, 1, 1), 36),
        ("2", 55, date(1969, 12, 31), 0),
        ("2", 55, date(1970, 1, 1), 1),
        ("2", 55, date(1981, 9, 1), 36),
        ("2", 50, date(1974, 12, 31), 0),
        ("2", 50, date(1975, 1, 1), 1),
        ("2", 50, date(1984, 11, 1), 60),
    ],
)
def test_delays_as_the_law_tables_it(sex, age, birth, months):
    assert delay_months(birth, sex, age) == months


def test_names_the_month_of_retirement():
    assert retirement_date(date(1965, 1, 20), Sex.MALE, 60) == date(2025, 2, 1)
    assert retirement_date(date(1976, 9, 5), Sex.MALE, None) == date(2039, 9, 1)
    assert retirement_date(date(1984, 11, 30), Sex.FEMALE, 50) == date(2039, 11, 1)


def test_takes_an_early_choice_down_to_the_original_age():
    assert retirement_date(date(1976, 9, 5), Sex.MALE, None, choice=-36) == date(2036, 9, 1)
    with pytest.raises(ChoiceOutsideLaw, match="原法定退休年龄"):
        retirement_date(date(1965, 1, 20), Sex.MALE, None, choice=-2)


@pytest.mark.parametrize("choice", [-37, 37])
def test_refuses_a_choice_of_more_than_three_years(choice):
    with pytest.raises(ChoiceOutsideLaw, match="3 年"):
        retirement_date(date(1984, 11, 30), Sex.FEMALE, 50, choice=choice)


@pytest.mark.parametrize(("sex", "age"), [("2", None), ("2", 60), ("1", 55), ("", None), ("9", 60)])
def test_asks_instead_of_guessing(sex, age):
    with pytest.raises(CannotTellRetirement, match=r"请|改正"):
        retirement_date(date(1980, 1, 1), sex, age)


def test_counts_the_months_that_are_left():
    assert months_to_retirement(date(1965, 1, 20), Sex.MALE, None, on=date(2025, 1, 31)) == 1
    assert months_to_retirement(date(1965, 1, 20), Sex.MALE, None, on=date(2025, 2, 1)) == 0
    assert months_to_retirement(date(1965, 1, 20), Sex.MALE, None, on=date(2025, 3, 1)) == -1


@given(births, kinds)
def test_never_delays_beyond_the_cap(birth, kind):
    sex, age, cap = kind
    assert 0 <= delay_months(birth, sex, age) <= cap


@given(births, kinds)
def test_never_lets_the_younger_retire_first(birth, kind):
    sex, age, _ = kind
    assert retirement_date(birth, sex, age) <= retirement_date(add_months(birth, 1), sex, age)


@given(births, kinds, st.integers(-36, 36))
def test_moves_by_exactly_the_choice_where_it_is_lawful(birth, kind, choice):
    sex, age, _ = kind
    statutory = retirement_date(birth, sex, age)
    if delay_months(birth, sex, age) + choice < 0:
        with pytest.raises(ChoiceOutsideLaw):
            retirement_date(birth, sex, age, choice)
    else:
        assert months_between(statutory, retirement_date(birth, sex, age, choice)) == choice
