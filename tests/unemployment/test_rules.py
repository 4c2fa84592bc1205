from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.workdays import is_working_day
from unemployment.rules import (
    FORBIDDEN,
    Applicant,
    Clocks,
    Found,
    closure_obstacles,
    due_by_day,
    follow_up_due,
    grounds,
    is_hit,
    lawful_grounds,
    next_search_step,
    registration_obstacles,
)

CLOCKS = Clocks(decide=3, first_contact=5, correction=10, correction_pauses=True, earliest_workday=8)
ON = date(2026, 11, 3)


@pytest.mark.parametrize(
    ("birth", "may"), [(date(2010, 11, 3), True), (date(2010, 11, 4), False), (date(1950, 1, 1), True)]
)
def test_registers_from_the_sixteenth_birthday_on_and_knows_no_upper_age(birth, may):
    assert (registration_obstacles(Applicant(birth), on=ON) == []) is may


def test_says_from_which_day_a_child_may_register():
    [sentence] = registration_obstacles(Applicant(date(2011, 2, 28)), on=ON)
    assert "2027 年 2 月 28 日" in sentence


def test_refuses_the_two_forbidden_grounds_with_the_article():
    for code in FORBIDDEN:
        [sentence] = closure_obstacles(code, evidence="三次拒绝，有记录为证", has_document=True)
        assert "绝不能简单以连续3次拒绝接受公共就业服务、连续6个月无法取得联系为由注销失业登记" in sentence
        assert "辽人社建〔2025〕21号" in sentence
        assert "不得仅以" in sentence


def test_keeps_grounds_of_history_and_the_revocation_out_of_the_choice():
    assert {ground.code for ground in lawful_grounds()} == set(grounds()) - {"311", "32", "22", "80"}


@pytest.mark.parametrize("code", ["", "99", "22"])
def test_refuses_a_ground_that_is_none(code):
    assert closure_obstacles(code, evidence="写得很清楚的证据", has_document=True)


def test_wants_evidence_for_every_ground():
    for ground in lawful_grounds():
        assert closure_obstacles(ground.code, evidence="有", has_document=False)
        assert not closure_obstacles(ground.code, evidence="社保 2026-10 起单位参保", has_document=False)


@given(st.dates(date(2024, 1, 1), date(2027, 12, 1)), st.integers(1, 31))
def test_is_due_on_a_working_day_of_the_month_and_not_at_its_very_start(day, registered_day):
    month = day.replace(day=1)
    due = due_by_day(month, clocks=CLOCKS)[registered_day - 1]
    assert is_working_day(due)
    assert (due.year, due.month) == (month.year, month.month)
    assert due.day >= 8


def test_makes_the_first_contact_the_record_of_the_month_of_registration():
    assert follow_up_due(date(2026, 11, 1), registered_on=date(2026, 11, 16), clocks=CLOCKS) == date(2026, 11, 23)
    assert follow_up_due(date(2026, 12, 1), registered_on=date(2026, 11, 16), clocks=CLOCKS) == date(2026, 12, 16)


@pytest.mark.parametrize(
    ("code", "found", "hit"),
    [
        ("identity", Found({"name": "王演示"}), False),
        ("identity", Found({"name": "李演示"}), True),
        ("death", Found({}), True),
        ("insurance", Found({"capacity": "单位"}, "正常缴费", date(2026, 10, 1), date(2026, 10, 31)), True),
        ("insurance", Found({"capacity": "单位"}, "正常缴费", date(2026, 5, 1), date(2026, 5, 31)), False),
        ("insurance", Found({"capacity": "个人"}, "正常缴费", date(2026, 10, 1), date(2026, 10, 31)), False),
        ("pension", Found({}, "正常发放", date(2026, 1, 1)), True),
        ("pension", Found({}, "停发", date(2026, 1, 1)), False),
        ("licence", Found({"name": "演示商店"}, "存续", date(2020, 1, 1)), True),
        ("licence", Found({"name": "演示商店"}, "注销", date(2020, 1, 1)), False),
        ("enrolled", Found({"school": "演示学院"}, "在读", date(2024, 9, 1), date(2028, 7, 1)), True),
        ("enrolled", Found({"school": "演示学院"}, "毕业", date(2020, 9, 1), date(2024, 7, 1)), False),
    ],
)
def test_reads_what_a_departments_record_means(code, found, hit):
    assert is_hit(code, found, name="王演示", on=ON) is hit


def test_walks_the_search_steps_in_order_and_ends_without_a_closure():
    assert next_search_step([]).code == "data"
    assert next_search_step(["data"]).code == "visit"
    assert next_search_step(["data", "visit"]).code == "community"
    assert next_search_step(["data", "visit", "community"]) is None
