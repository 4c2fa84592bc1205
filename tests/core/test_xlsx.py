import io
import random
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
import xlsxwriter
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from core.xlsx import CannotReadTable, csv_lines, read_rows, write

cells = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Cn", "Co"]), max_size=30
)


def table(text, encoding="utf-8"):
    return io.BytesIO(text.encode(encoding))


def read(file, **limits):
    return list(read_rows(file, **limits))


def forge(sheet, shared=""):
    """Put cells into a real workbook that no spreadsheet program would write."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    book.add_worksheet().write_string(0, 0, "x")
    book.close()
    original, file = zipfile.ZipFile(file), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in original.namelist():
            text = original.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                start, end = text.index("<sheetData>") + 11, text.index("</sheetData>")
                text = text[:start] + sheet + text[end:]
            if name == "xl/sharedStrings.xml" and shared:
                text = text[: text.index("<si>")] + shared + "</sst>"
            archive.writestr(name, text)
    return file


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(cells, min_size=2, max_size=4), max_size=5))
def test_reads_back_what_it_wrote(rows):
    wanted = [stripped for row in rows if any(stripped := [cell.strip() for cell in row])]
    found = read(write(rows, ["标题", "=危险"]))
    assert found[0][:2] == ["标题", "=危险"]
    assert [[cell for cell in row if cell] for row in found[1:]] == [[cell for cell in row if cell] for row in wanted]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@cmd", "\t=1", "\r=1"])
def test_disarms_formulas_in_both_formats(text):
    raw = zipfile.ZipFile(write([[f"{text}"]], ["a"])).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in raw
    assert ">'" in raw
    assert list(csv_lines([[text]], ["a"]))[1].lstrip('"').startswith("'")


def test_keeps_numbers_money_and_dates_as_such():
    when = timezone.make_aware(datetime(2026, 11, 22, 8, 30))  # noqa: DTZ001
    file = write([[Decimal("-1234.50"), 7, date(2026, 11, 22), when.astimezone(), True, None]], list("abcdef"))
    assert read(file)[1] == ["-1234.5", "7", "2026-11-22", "2026-11-22 08:30:00", "是", ""]
    assert "".join(csv_lines([[Decimal("-5.00")]], ["a"])) == "﻿a\r\n-5.00\r\n"


def test_keeps_identity_numbers_whole_and_never_makes_one_up():
    assert read(write([["210102199001011234"]], ["a"]))[1] == ["210102199001011234"]
    rounded = forge('<row r="1"><c r="A1"><v>210102199001011234</v></c></row>')
    assert read(rounded) == [["2.10102E+17"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_reads_csv_in_the_encodings_people_have(encoding):
    assert read(table("姓名,单位\n王小明,沈阳\n\n", encoding)) == [["姓名", "单位"], ["王小明", "沈阳"]]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_finds_the_delimiter_and_reads_quoted_line_ends(delimiter):
    assert read(table(f'a{delimiter}b\n"1\n2"{delimiter}3\n')) == [["a", "b"], ["1\n2", "3"]]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "空的"),
        (b"\xd0\xcf\x11\xe0old", "旧版"),
        (b"PK\x03\x04broken", "已损坏"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "编码"),
        ('a,b\n"未完'.encode(), "第 2 行"),
    ],
)
def test_says_what_is_wrong_with_a_file(content, says):
    with pytest.raises(CannotReadTable, match=says):
        read(io.BytesIO(content))


def test_refuses_files_beyond_the_limits_before_the_first_row():
    with pytest.raises(CannotReadTable, match="超过 1 KB"):
        read_rows(table("x" * 2000), max_bytes=1024)
    with pytest.raises(CannotReadTable, match="超过 2 行"):
        read_rows(table("a\n1\n2\n3\n"), max_rows=2)
    with pytest.raises(CannotReadTable, match="超过 2 行"):
        read_rows(write([["1"], ["2"], ["3"]], ["a"]), max_rows=2)
    assert len(read(write([["1"], ["2"]], ["a"]), max_rows=2)) == 3
    with pytest.raises(CannotReadTable, match="列"):
        read_rows(table(",".join("x" * 400)))


@pytest.mark.parametrize("cell", ["XFD1048576", "A1048576", "xfd1", "ABCDEFGH1"])
def test_refuses_a_far_cell_that_would_take_all_memory(cell):
    with pytest.raises(CannotReadTable, match=r"超过 \d+ [行列]"):
        read(forge(f'<row r="1"><c r="A1"><v>1</v></c><c r="{cell}"><v>1</v></c></row>'))


def test_refuses_one_long_text_shared_by_many_cells():
    text = random.Random(1).randbytes(40_000).hex()
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 5000))
    with pytest.raises(CannotReadTable, match="太多"):
        read(forge(rows, shared=f"<si><t>{text}</t></si>"))


def test_refuses_a_workbook_packed_like_a_bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    with pytest.raises(CannotReadTable, match="过大"):
        read(file)
