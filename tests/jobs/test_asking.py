import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.asking import groups, read

PLACES = frozenset({"沈阳", "沈阳市", "铁西", "铁西区"})


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("车辆", "'车辆'"),
        ("沈阳车辆", "'沈阳' & '车辆'"),
        ("沈阳市铁西区车辆", "'沈阳' & '阳市' & '铁西' & '西区' & '车辆'"),
        ("女沈阳", "'女沈' & '沈阳'"),
        ("沈", "'沈':*"),
        ("  ", ""),
    ],
)
def test_cuts_a_run_at_the_names_of_places(text, asked):
    assert read(text, PLACES).anywhere == asked


def test_asks_for_the_other_names_and_leaves_out_those_that_hold_a_shorter_one():
    asked = read("电焊工").anywhere
    assert "('焊工')" in asked
    assert "'电焊'" not in asked
    assert "'焊接' & '接工'" in asked


def test_asks_for_each_choice_of_names_by_itself():
    assert read("电焊工 沈阳", PLACES).ways == ("'焊工' & '沈阳'", "'焊接' & '接工' & '沈阳'")
    assert read("车辆", PLACES).ways == ("'车辆'",)
    assert read("", PLACES).ways == ()


def test_asks_at_once_where_there_are_too_many_choices():
    asked = read(" ".join(list(groups())[:200:20]), PLACES)
    assert asked.ways == (asked.anywhere,)
    assert asked.ways_in_title == (asked.in_title,)


def test_marks_every_piece_that_must_stand_in_the_title():
    assert read("电焊工").in_title.count("'^") == read("电焊工").anywhere.count("'") // 2


def test_knows_each_group_by_each_of_its_names():
    for name, names in groups().items():
        assert name in names
        assert len(names) > 1


@given(st.text(max_size=80))
def test_reads_whatever_is_typed(text):
    asked = read(text, PLACES)
    assert "\\" not in asked.anywhere
    assert asked.anywhere.count("'") % 2 == 0
    assert asked.anywhere.count("(") == asked.anywhere.count(")")
