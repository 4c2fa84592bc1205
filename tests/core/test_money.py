from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import LIMIT, fen_result, from_fen, show, to_fen, whole_yuan, yuan

amounts = st.decimals(min_value=-LIMIT + 1, max_value=LIMIT - 1, allow_nan=False, places=4)


@pytest.mark.parametrize(
    ("given", "shown"), [("0.005", "0.01"), ("1234.5", "1,234.50"), ("-0.001", "0.00"), (7, "7.00")]
)
def test_rounds_half_up_to_fen(given, shown):
    assert show(given) == shown


@pytest.mark.parametrize(
    ("wage", "rate", "standard"),
    [(1810, "0.85", 1539), (1810, "0.9", 1629), (1540, "0.85", 1309), (1540, "0.9", 1386), (2230, "0.85", 1896)],
)
def test_rounds_published_standards_to_whole_yuan(wage, rate, standard):
    assert whole_yuan(wage * Decimal(rate)) == standard


@given(amounts)
def test_keeps_every_fen_through_both_forms(amount):
    assert from_fen(to_fen(amount)) == yuan(amount)


@given(amounts)
def test_never_moves_an_amount_by_more_than_half_a_fen(amount):
    assert abs(yuan(amount) - amount) <= Decimal("0.005")


@given(st.integers(-(10**12), 10**12))
def test_takes_whole_fen_back_from_a_rule_unchanged(fen):
    assert fen_result(float(fen)) == from_fen(fen)


def test_rounds_the_result_of_a_rule_once():
    assert fen_result((0.1 + 0.2) * 100) == Decimal("0.30")
    assert fen_result(100.5) == Decimal("1.01")


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 2.0**53, True])
def test_refuses_the_result_of_a_rule_that_is_no_amount(bad):
    with pytest.raises(ValueError, match="范围"):
        fen_result(bad)


@pytest.mark.parametrize("bad", [1.5, True, float("nan")])
def test_refuses_floats(bad):
    with pytest.raises(TypeError):
        yuan(bad)


@pytest.mark.parametrize("bad", ["", "十元", "NaN", "Infinity", "1,234", str(LIMIT)])
def test_refuses_what_is_no_amount_with_a_sentence(bad):
    with pytest.raises(ValueError, match="金额"):
        yuan(bad)
