import csv
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.occupations import Named, common_words, named, plain, rank
from people.management.commands.load_codes import DATA

NAMES = [
    "电工",
    "焊工",
    "钳工",
    "保洁员",
    "养老护理员",
    "医疗护理员",
    "会计专业人员",
    "软件测试员",
    "律师",
    "钢琴调律师",
]


@cache
def edition() -> tuple[Named, ...]:
    with (DATA / "occupations_2022.csv").open(encoding="utf-8") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return tuple(named((row["code"], row["name"]) for row in rows if row["code"].count("-") == 3))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("低压维修电工", "电工"),
        ("急聘焊工（日结 300 元）", "焊工"),
        ("养老护理员", "养老护理员"),
        ("保洁阿姨包吃住", "保洁员"),
        ("外卖骑手", "网约配送员"),
        ("叉车司机", "起重装卸机械操作工"),
        ("货车司机", "道路货运汽车驾驶员"),
        ("幼儿园教师", "幼儿园教师"),
        ("机械设计工程师", "机械设计工程技术人员"),
        ("高级软件开发工程师", "计算机软件工程技术人员"),
        ("行政文员", "行政办事员"),
        ("仓库管理员", "仓储管理员"),
        ("会计", "会计专业人员"),
        ("厨师", "中式烹调师"),
    ],
)
def test_names_the_occupation_that_a_title_of_everyday_means(title, name):
    assert rank(title, edition())[0].name == name


@pytest.mark.parametrize("title", ["普工", "x", "", "！！", "双休五险一金"])
def test_says_nothing_where_a_title_says_nothing(title):
    assert rank(title, edition()) == []


def test_leaves_out_pay_shifts_ranks_and_brackets():
    assert plain("高级电工（双休）8-12K") == "电工"
    assert plain("储备经理") == "储备经理" or plain("储备经理") == "经理"


def test_knows_every_code_that_the_list_of_common_words_names():
    codes = {each.code for each in edition()}
    assert {word: code for word, code in common_words().items() if code not in codes} == {}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30))
def test_answers_any_text_in_the_same_order_and_within_the_limit(text):
    few = [Named(str(number), name) for number, name in enumerate(NAMES)]
    found = rank(text, few, limit=3)
    assert len(found) <= 3
    assert found == rank(text, few[::-1], limit=3)


@given(st.sampled_from(NAMES))
def test_puts_the_same_name_first(name):
    few = [Named(str(number), each) for number, each in enumerate(NAMES)]
    assert rank(name, few, words={})[0].name == name
