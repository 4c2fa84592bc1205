"""The small words of postings."""

import pytest

from jobs.vocabulary import education, experience_years, headcount, kind, kind_named, months, suits_named, tags, welfare


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("1-3年", (1, 3)),
        ("1-3年经验", (1, 3)),
        ("3-5年学历不限", (3, 5)),
        ("5至7年", (5, 7)),
        ("3-4", (3, 4)),
        ("3年以上", (3, None)),
        ("3年及以上", (3, None)),
        ("十年以上", (10, None)),
        ("两年", (2, None)),
        ("2年经验", (2, None)),
        ("1年以内经验", (0, 1)),
        ("1年以下", (0, 1)),
        ("无需经验", (0, None)),
        ("经验不限", (0, None)),
        ("应届", (0, None)),
        ("在校生/应届生", (0, None)),
        ("无工作经验", (0, None)),
        ("本科", None),
        ("", None),
        ("99年", None),
    ],
)
def test_reads_years_of_experience(text: str, years: tuple[int, int | None] | None) -> None:
    assert experience_years(text) == years


@pytest.mark.parametrize(
    ("text", "number"),
    [("招1人", 1), ("5名", 5), ("10-20人", 20), ("1", 1), ("招若干人", None), ("若干", None), ("0", None), ("", None)],
)
def test_reads_headcount(text: str, number: int | None) -> None:
    assert headcount(text) == number


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("绩效奖金|五险一金", ("绩效奖金", "五险一金")),
        ("五险一金周末双休带薪年假", ("五险一金", "周末双休", "带薪年假")),
        ("免费早餐 五险一金 提供宿舍班车", ("免费早餐", "五险一金", "提供宿舍", "班车")),
        ("双休，双休", ("双休",)),
        ("", ()),
    ],
)
def test_cuts_welfare_into_tags(text: str, tags: tuple[str, ...]) -> None:
    assert welfare(text) == tags


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("车间操作工", "full_time"),
        ("兼职前台", "part_time"),
        ("软件实习生", "internship"),
        ("实习指导教师", "full_time"),
        ("店员（不接受兼职）", "full_time"),
        ("展会临时工，日结", "gig"),
        ("公益性岗位：保洁员", "public_welfare"),
    ],
)
def test_guesses_the_kind_of_work(title: str, expected: str) -> None:
    assert kind(title) == expected


def test_reads_education_and_leaves_what_it_does_not_know_empty() -> None:
    assert [education(text) for text in ("统招本科", "学历不限", "３-５年", "")] == ["21", "", "", ""]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3个月", 3),
        ("三个月", 3),
        ("半年", 6),
        ("2", 2),
        ("1年", 12),
        ("无", 0),
        ("面议", None),
        ("", None),
        ("十二个月", 12),
    ],
)
def test_reads_months(text: str, wanted: int | None) -> None:
    assert months(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("全职", "full_time"),
        ("兼职/零工", "gig"),
        ("见习", "internship"),
        ("公益性岗位", "public_welfare"),
        ("不限", ""),
    ],
)
def test_reads_a_kind_by_its_name(text: str, wanted: str) -> None:
    assert kind_named(text) == wanted


def test_cuts_short_words_and_reads_whom_a_text_welcomes() -> None:
    assert tags("焊工证、看图纸；焊工证") == ("焊工证", "看图纸")
    assert suits_named("45岁以上，退役军人优先，可就近上班") == ("over_45", "veterans", "near_home")
    assert suits_named("") == ()
