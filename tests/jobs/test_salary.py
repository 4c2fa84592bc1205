"""The pay parser: notations of many sites, and every real posting that carries its source's own numbers."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.salary import MOST_PAY, parse_pay

READ = [
    ("8千-1.2万·13薪", 8000, 12000, "month", 13),
    ("1.5-2万/月", 15000, 20000, "month", 12),
    ("4-8千/月", 4000, 8000, "month", 12),
    ("15-30k·14薪", 15000, 30000, "month", 14),
    ("10-15K", 10000, 15000, "month", 12),
    ("1万-1.5万", 10000, 15000, "month", 12),
    ("25K-40K", 25000, 40000, "month", 12),
    ("25-50K/月（13薪）", 25000, 50000, "month", 13),
    ("15-20K×13薪", 15000, 20000, "month", 13),
    ("十三薪8-10k", 8000, 10000, "month", 13),
    ("年底双薪，6-8千/月", 6000, 8000, "month", 13),
    ("８千－１．２万", 8000, 12000, "month", 12),
    ("5,000-8,000元/月", 5000, 8000, "month", 12),
    ("￥5000-￥8000", 5000, 8000, "month", 12),
    ("8000元/月 - 12000元/月", 8000, 12000, "month", 12),
    ("4000/月-6000/月", 4000, 6000, "month", 12),
    ("月薪4000~6000元", 4000, 6000, "month", 12),
    ("八千到一万二", 8000, 12000, "month", 12),
    ("1万2-1万5", 12000, 15000, "month", 12),
    ("三千五", 3500, 3500, "month", 12),
    ("8-1.2万", 8000, 12000, "month", 12),
    ("6000-1万", 6000, 10000, "month", 12),
    ("8k-12", 8000, 12000, "month", 12),
    ("12k-8k", 8000, 12000, "month", 12),
    ("5000+", 5000, 5000, "month", 12),
    ("10万以上/月", 100000, 100000, "month", 12),
    ("3万元以上/月", 30000, 30000, "month", 12),
    ("不低于5000元/月", 5000, 5000, "month", 12),
    ("1.5千以下/月", 0, 1500, "month", 12),
    ("2000元以下/月", 0, 2000, "month", 12),
    ("底薪3000+提成", 3000, 3000, "month", 12),
    ("薪资面议（8-10K）", 8000, 10000, "month", 12),
    ("20-30万/年", 200000, 300000, "year", 12),
    ("年薪20-30万", 200000, 300000, "year", 12),
    ("20W-30W", 200000, 300000, "year", 12),
    ("100万以上/年", 1000000, 1000000, "year", 12),
    ("150元/天", 150, 150, "day", 12),
    ("220一天", 220, 220, "day", 12),
    ("日薪200-300", 200, 300, "day", 12),
    ("120-150元/天·3天/周", 120, 150, "day", 12),
    ("17元/小时", 17, 17, "hour", 12),
    ("时薪 20 元", 20, 20, "hour", 12),
    ("25/h", 25, 25, "hour", 12),
    ("50元/课时", 50, 50, "hour", 12),
    ("8元/单", 8, 8, "piece", 12),
    ("18-45岁，4000-6000元", 4000, 6000, "month", 12),
    ("5天8小时，6-8K", 6000, 8000, "month", 12),
    ("薪资：5K-7K", 5000, 7000, "month", 12),
    ("月薪:5000-7000", 5000, 7000, "month", 12),
    ("年薪：10-15万", 100000, 150000, "year", 12),
    ("5000-8000 13薪", 5000, 8000, "month", 13),
    ("8K-13K*15", 8000, 13000, "month", 15),
    ("试用期2500元，转正后3500-4500元/月", 3500, 4500, "month", 12),
    ("4000/5000", 4000, 5000, "month", 12),
    ("3、4千", 3000, 4000, "month", 12),
    ("三到五千", 3000, 5000, "month", 12),
    ("一万五到两万", 15000, 20000, "month", 12),
    ("1万五千-2万", 15000, 20000, "month", 12),
    ("十五万到二十万", 150000, 200000, "year", 12),
    ("月入过万", 10000, 10000, "month", 12),
    ("万元以上", 10000, 10000, "month", 12),
    ("日结180", 180, 180, "day", 12),
    ("260元1天", 260, 260, "day", 12),
    ("260元/12小时", 260, 260, "day", 12),
    ("8小时120元", 120, 120, "day", 12),
    ("200元/人/天", 200, 200, "day", 12),
    ("25元1小时", 25, 25, "hour", 12),
    ("15元/工时", 15, 15, "hour", 12),
    ("计件 3元/件", 3, 3, "piece", 12),
    ("3千以下", 0, 3000, "month", 12),
    ("4.5-6千/月", 4500, 6000, "month", 12),
    ("12-18万元/年", 120000, 180000, "year", 12),
]


@pytest.mark.parametrize(("text", "low", "high", "period", "months"), READ)
def test_reads_pay_as_it_is_written(text: str, low: int, high: int, period: str, months: int) -> None:
    pay = parse_pay(text)
    assert pay is not None
    assert (pay.min, pay.max, pay.period, pay.months) == (low, high, period, months)


NO_PAY = [
    "",
    "面议",
    "薪资面议",
    "计件",
    "12薪",
    "0-0K",
    "电话 13800000000",
    "面议，周末双休9:00-18:00",
    "5天8小时",
    "18-45岁",
    "100000000元/天",
    "9900万/小时",
    "1000万/周",
]


@pytest.mark.parametrize("text", NO_PAY)
def test_finds_no_pay_where_none_is_named(text: str) -> None:
    assert parse_pay(text) is None


@pytest.mark.parametrize(
    ("text", "monthly"),
    [("150元/天", 3263), ("20元/小时", 3480), ("24万/年", 20000), ("700元/周", 3045), ("8元/单", None)],
)
def test_counts_a_month_of_21_75_days_of_8_hours(text: str, monthly: int | None) -> None:
    pay = parse_pay(text)
    assert pay is not None
    assert pay.monthly_min == monthly


@given(st.text(alphabet="0123456789.,-~万千kKwW百元/月天年时薪以上下·一两十三 ＋５￥(", max_size=40))
def test_takes_any_text(text: str) -> None:
    pay = parse_pay(text)
    assert pay is None or 0 <= pay.min <= pay.max <= MOST_PAY
    assert pay is None or (pay.monthly_max or 0) < 2**31


UNITS = {"": 1, "千": 1000, "k": 1000, "K": 1000, "万": 10000, "w": 10000}
PERIODS = {
    "month": ("/月", "元/月", "每月", "/month"),
    "year": ("/年", "元/年", "每年"),
    "day": ("/天", "元/天", "元/日"),
}


@st.composite
def _written(draw: st.DrawFn) -> tuple[str, Decimal, Decimal, str, int]:
    """A pay as a site might write it, with what it means."""
    period = draw(st.sampled_from(sorted(PERIODS)))
    unit = draw(st.sampled_from(["", "千"] if period == "day" else sorted(UNITS)))
    least = {"month": 2000, "year": 30_000, "day": 100}[period]
    steps = draw(st.tuples(st.integers(1, 90), st.integers(0, 90)))
    low = Decimal(least) * steps[0]
    high = low + Decimal(least) * steps[1] // 2
    shown = [f"{amount / UNITS[unit]:f}" for amount in (low, high)]
    if draw(st.booleans()) and not unit:
        shown = [f"{int(amount):,}" for amount in (low, high)]
    dash = draw(st.sampled_from(["-", "—", "–", "~", "～", "至", "到", " - ", "－", "--"]))
    both = draw(st.booleans()) or not unit
    months = draw(st.sampled_from([12, 13, 14, 16])) if period == "month" else 12
    tail = (
        "" if months == 12 else draw(st.sampled_from(["·{}薪", "（{}薪）", "*{}薪", " {}薪", "，{}薪"])).format(months)
    )
    head = draw(st.sampled_from(["", "薪资：", "￥", "税前", "综合工资 "]))
    text = f"{head}{shown[0]}{unit if both else ''}{dash}{shown[1]}{unit}{draw(st.sampled_from(PERIODS[period]))}{tail}"
    if draw(st.booleans()):
        text = text.translate({ord(char): ord(char) + 0xFEE0 for char in "0123456789/-.,"})
    return text, low, high, period, months


@given(_written())
def test_reads_every_way_of_writing_the_same_pay(written: tuple[str, Decimal, Decimal, str, int]) -> None:
    text, low, high, period, months = written
    pay = parse_pay(text)
    assert pay is not None
    assert (pay.min, pay.max, pay.period, pay.months) == (low, high, period, months)


@given(st.integers(1000, 90_000), st.sampled_from(["以上", "起", "+", "以上/月", "元以上", "元起/月"]))
def test_takes_a_lower_bound_for_the_one_amount_named(amount: int, bound: str) -> None:
    pay = parse_pay(f"{amount}{bound}")
    assert pay is not None
    assert (pay.min, pay.max, pay.period) == (amount, amount, "month")


@given(st.integers(1000, 90_000), st.sampled_from(["以下", "以内", "以下/月", "元以下", "元/月以下"]))
def test_starts_at_nothing_below_an_upper_bound(amount: int, bound: str) -> None:
    pay = parse_pay(f"{amount}{bound}")
    assert pay is not None
    assert (pay.min, pay.max, pay.period) == (0, amount, "month")


def _with_source_numbers(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    for file in sorted((folder / "jobs" / "dev").glob("*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                if row["salary_min_src"] and row["salary_max_src"]:
                    yield file.name, row


def _agrees(text: str, low: Decimal, high: Decimal) -> bool:
    """Whether the parser finds the source's numbers, which are thousands a month, rounded."""
    pay = parse_pay(text)
    if pay is None or pay.monthly_min is None or pay.monthly_max is None:
        return False
    return abs(pay.monthly_min - low * 1000) <= 500 and abs(pay.monthly_max - high * 1000) <= 500


def _stands_in(text: str, number: Decimal) -> bool:
    """Whether a source's number can stand for one written in the text, in thousands, ten thousands or a year's."""
    written = [Decimal(found) for found in re.findall(r"\d+(?:\.\d+)?", text)]
    ways = (Decimal(1), Decimal(10), Decimal(10) / 12)
    return any(abs(value * way - number) <= Decimal("0.5") for value in written for way in ways)


@pytest.mark.shared_data
def test_agrees_with_the_numbers_that_sources_give_beside_their_text(shared_data: Path) -> None:
    """In some sheets of one source the number columns belong to other rows; those rows are counted apart.

    Told without the parser: such a row's number occurs nowhere in its own text, whatever the unit.
    """
    agreed: Counter[str] = Counter()
    foreign: Counter[str] = Counter()
    rest: list[tuple[str, str, Decimal, Decimal]] = []
    for file, row in _with_source_numbers(shared_data):
        text = row["salary_text"]
        low, high = sorted(Decimal(row[name]) for name in ("salary_min_src", "salary_max_src"))
        if _agrees(text, low, high):
            agreed[file] += 1
        elif not (_stands_in(text, low) and _stands_in(text, high)):
            foreign[file] += 1
        else:
            rest.append((row["job_id"], text, low, high))
    print("agreed", dict(agreed), "numbers of another row", dict(foreign), *rest, sep="\n")
    total = agreed.total() + len(rest)
    assert agreed.total() / total >= 0.995
    assert agreed["jobs_dev_broad_2022.csv"] == 13_497


@pytest.mark.shared_data
def test_reads_every_real_text_that_names_an_amount(shared_data: Path) -> None:
    unread = set()
    for file in (shared_data / "jobs" / "dev").glob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            texts = {row["salary_text"] for row in csv.DictReader(lines)}
        unread |= {text for text in texts if re.search(r"\d", text) and parse_pay(text) is None}
    assert unread == set()
