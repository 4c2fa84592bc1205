from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from core import terms
from core.models import Term
from core.term_files import CannotLoadTerms, load, read

DAY = date(2026, 11, 22)
pytestmark = pytest.mark.django_db

ROW = """
[[term]]
code = "demo.rate"
region = "21"
effective_from = 2024-01-01
value = 0.60
unit = ""
source = "示例文件"
confidence = "S"
"""


def add(value, start, region="", end=None, revision=1, code="demo.rate"):
    return Term.objects.create(
        code=code,
        region=region,
        effective_from=start,
        effective_to=end,
        revision=revision,
        value=value,
        source="示例文件",
        confidence="S",
    )


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "demo.toml"
        path.write_text(text, "utf-8")
        return path

    return write


def test_takes_the_latest_figure_that_has_begun():
    add(1, date(2020, 1, 1))
    add(2, date(2024, 1, 1))
    assert terms.value("demo.rate", on=date(2023, 12, 31)) == 1
    assert terms.value("demo.rate", on=date(2024, 1, 1)) == 2
    with pytest.raises(terms.TermMissing, match="2019年12月31日"):
        terms.value("demo.rate", on=date(2019, 12, 31))


def test_falls_back_from_the_county_to_the_nation():
    add("nation", date(2020, 1, 1))
    add("province", date(2020, 1, 1), "21")
    add("city", date(2020, 1, 1), "2101")
    assert terms.value("demo.rate", on=DAY, region="210102001001") == "city"
    assert terms.value("demo.rate", on=DAY, region="210100") == "city"
    assert terms.value("demo.rate", on=DAY, region="2102") == "province"
    assert terms.value("demo.rate", on=DAY, region="21SF01") == "province"
    assert terms.value("demo.rate", on=DAY, region="11") == "nation"
    assert terms.value("demo.rate", on=DAY) == "nation"


def test_falls_back_when_the_nearer_figure_has_ended():
    add("province", date(2020, 1, 1), "21")
    add("old", date(2020, 1, 1), "2101")
    add("city", date(2023, 1, 1), "2101", end=date(2025, 12, 31))
    assert terms.value("demo.rate", on=date(2025, 12, 31), region="2101") == "city"
    assert terms.value("demo.rate", on=date(2026, 1, 1), region="2101") == "province"


def test_lets_a_correction_win_and_keeps_what_a_decision_used():
    wrong = add(Decimal("0.50"), date(2024, 1, 1))
    used = terms.get("demo.rate", on=DAY)
    add(Decimal("0.60"), date(2024, 1, 1), revision=2)
    assert terms.value("demo.rate", on=DAY) == Decimal("0.60")
    assert terms.version(used.version).value == wrong.value == Decimal("0.50")
    with pytest.raises(terms.TermMissing):
        terms.version("demo.rate@0@2024-01-01#9")


@pytest.mark.parametrize(
    "value", [Decimal("0.10"), 5, "text", True, {"a": [Decimal("1.5"), date(2026, 1, 1)], "b": {}}, [1, "x"]]
)
def test_hands_every_value_back_as_it_was(value):
    add(value, date(2024, 1, 1))
    back = terms.value("demo.rate", on=DAY)
    assert (back, type(back)) == (value, type(value))


def test_answers_a_whole_batch_from_one_query(django_assert_num_queries):
    add(1, date(2020, 1, 1), code="demo.a")
    add(2, date(2020, 1, 1), "21", code="demo.b")
    add(3, date(2020, 1, 1), code="demolition")
    with django_assert_num_queries(1):
        book = terms.snapshot("demo")
    with django_assert_num_queries(0):
        assert book.value("demo.a", on=DAY, region="210102") == 1
        assert book.value("demo.b", on=DAY, region="210102") == 2
        with pytest.raises(terms.TermMissing):
            book.value("demolition", on=DAY)


def test_refuses_what_is_no_region():
    with pytest.raises(ValueError, match="沈阳"):
        terms.value("demo.rate", on=DAY, region="沈阳")


def test_loads_a_file_once(file):
    path = file(ROW)
    assert (load([path]).added, load([path]).added, load([path]).unchanged) == (1, 0, 1)
    found = terms.get("demo.rate", on=DAY, region="210102")
    assert (found.value, found.is_confirmed) == (Decimal("0.60"), True)


def test_refuses_a_changed_row_and_says_what_to_do(file):
    load([file(ROW)])
    with pytest.raises(CannotLoadTerms, match="revision = 2"):
        load([file(ROW.replace("0.60", "0.70"))])
    load([file(ROW + ROW.replace("0.60", "0.70\nrevision = 2"))])
    assert terms.value("demo.rate", on=DAY, region="21") == Decimal("0.70")


def test_loads_nothing_of_files_with_one_bad_row(file):
    with pytest.raises(CannotLoadTerms):
        load([file(ROW + ROW.replace("0.60", "0.70"))])
    assert not Term.objects.filter(code="demo.rate").exists()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('source = "示例文件"', "", "第 1 条缺少 source"),
        ('confidence = "S"', 'confidence = "X"', "S、F 或 K"),
        ('region = "21"', 'region = "沈阳"', "地区代码"),
        ("2024-01-01", '"2024-01-01"', "effective_from"),
        ('unit = ""', "surprise = 1", "surprise"),
        ("[[term]]", "[[term", "TOML"),
    ],
)
def test_says_which_row_of_a_file_is_wrong(file, old, new, says):
    with pytest.raises(CannotLoadTerms, match=says):
        read(file(ROW.replace(old, new)))


def test_marks_what_is_not_confirmed(file):
    [row] = read(file(ROW.replace('"S"', '"K"')))
    assert row.note == "示例，待地方确认"


def test_spreads_one_row_over_several_regions(file):
    rows = read(file(ROW.replace('region = "21"', 'regions = ["210102", "210103"]')))
    assert [row.region for row in rows] == ["210102", "210103"]


def test_reports_a_bad_file_on_the_command_line(file):
    with pytest.raises(CommandError, match="confidence"):
        call_command("load_terms", str(file(ROW.replace('"S"', '"X"'))), verbosity=0)


def test_never_lets_a_loaded_row_be_edited_or_removed():
    row = add(1, date(2024, 1, 1))
    with pytest.raises(DatabaseError), transaction.atomic():
        Term.objects.filter(pk=row.pk).update(value=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


@pytest.mark.parametrize(
    ("region", "day", "month", "hour"),
    [
        ("210102", date(2026, 1, 1), "2230", "22"),
        ("210115", date(2022, 1, 1), "1640", "16.5"),
        ("210123", date(2020, 1, 1), "1540", None),
        ("210411", date(2025, 12, 1), "2080", "20"),
        ("210421", date(2025, 11, 30), "1700", "15.9"),
        ("2104", date(2025, 12, 1), "1930", "19"),
    ],
)
def test_knows_the_minimum_wage_of_every_county(region, day, month, hour):
    call_command("load_terms", verbosity=0)
    found = terms.get("minimum_wage.month", on=day, region=region)
    assert found.value == Decimal(month)
    assert "待地方确认" in found.note
    if hour:
        assert terms.value("minimum_wage.hour", on=day, region=region) == Decimal(hour)


def test_knows_the_loan_prime_rate():
    call_command("load_terms", verbosity=0)
    assert terms.value("lpr.1y", on=DAY) == Decimal("3.00")
