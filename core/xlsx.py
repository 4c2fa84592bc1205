"""Tables from and for people: XLSX and CSV, bounded on the way in, harmless in a spreadsheet program on the way out."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, BinaryIO

import xlsxwriter
from django.utils import timezone
from python_calamine import CalamineError, CalamineWorkbook

from core.errors import DomainError
from core.zipbox import Box, CannotOpenZip, Limits, open_zip

MAX_ROWS = 100_000
MAX_BYTES = 20 * 1024 * 1024
MAX_COLUMNS = 300
SHEET_ROWS = 1_048_576
CELL_TEXT = 32_767
# Excel keeps 15 digits; an identity number typed as a number has lost its end, so its digits must not look plausible.
EXACT = 10**15
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
MAX_CELLS = 6_000_000
MAX_TEXT = 256 * 1024 * 1024
_SHEET = re.compile(rb"<(?:\w+:)?sheetData\b")
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,8})([0-9]{0,12})["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>\s*([0-9]{1,9})\s*<")
_SHARED_END = re.compile(rb"</(?:\w+:)?si\s*>")


class CannotReadTable(DomainError):
    """The file is no table that can be taken over; the message says how to mend it."""


def read_rows(file: BinaryIO, *, max_rows: int = MAX_ROWS, max_bytes: int = MAX_BYTES) -> Iterator[list[str]]:
    """Yield the rows of an XLSX (first sheet) or CSV file (UTF-8 or GB18030) as lists of text, blank rows left out.

    All limits are checked before the first row, so that nothing is half taken over. Whole numbers come without `.0`,
    dates as `2026-11-22`; a number of more than 15 digits comes in scientific form, so that it fails as an ID number.

    :param max_rows: rows of data; the header comes on top.
    :raises CannotReadTable: neither format, damaged, or beyond the limits.
    """
    file.seek(0)
    head = file.read(4)
    file.seek(0, io.SEEK_END)
    size = file.tell()
    file.seek(0)
    if size == 0:
        raise CannotReadTable("文件是空的，请选择有内容的文件。")
    if size > max_bytes:
        raise CannotReadTable(f"文件超过 {_megabytes(max_bytes)}，请分成几个文件再上传。")
    if head == b"PK\x03\x04":
        rows = _xlsx(file, max_rows, max_bytes)
    elif head == b"\xd0\xcf\x11\xe0":
        raise CannotReadTable("这是旧版 Excel 文件（.xls）或加了密码的文件。请另存为不加密的 .xlsx 后再上传。")
    else:
        rows = _csv(file.read(), max_rows)
    return (row for row in rows if any(row))


Sheet = tuple[str, Sequence[str], Iterable[Sequence[Any]]]
"""A sheet's name, its header and its rows."""


def write(rows: Iterable[Sequence[Any]], header: Sequence[str], *, sheet: str = "数据", file: Any = None) -> Any:
    """Write an XLSX of one sheet in constant memory and return the file, wound back to its start; see `write_sheets`."""
    return write_sheets([(sheet, header, rows)], file=file)


def write_sheets(sheets: Iterable[Sheet], *, file: Any = None) -> Any:
    """Write an XLSX in constant memory, sheet after sheet, and return the file, wound back to its start.

    Text that a spreadsheet program might run as a formula gets a leading apostrophe; `read_rows` takes it off again.
    Numbers, `Decimal` and dates stay what they are.

    :param file: where to write; a new buffer in memory by default.
    :raises ValueError: more rows than a sheet holds.
    """
    file = io.BytesIO() if file is None else file
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False})
    formats = {
        "bold": book.add_format({"bold": True}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "datetime": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        "money": book.add_format({"num_format": "#,##0.00"}),
    }
    for name, header, rows in sheets:
        _write_sheet(book.add_worksheet(_sheet_name(name)), header, rows, formats)
    book.close()
    file.seek(0)
    return file


def _write_sheet(page: Any, header: Sequence[str], rows: Iterable[Sequence[Any]], formats: dict[str, Any]) -> None:
    page.freeze_panes(1, 0)
    page.set_column(0, max(len(header) - 1, 0), 18)
    for column, title in enumerate(header):
        page.write_string(0, column, _safe(title), formats["bold"])
    for number, row in enumerate(rows, 1):
        if number >= SHEET_ROWS:
            raise ValueError("one sheet holds 1,048,576 rows")
        for column, value in enumerate(row):
            _write_cell(page, number, column, value, formats)


def csv_lines(rows: Iterable[Sequence[Any]], header: Sequence[str]) -> Iterator[str]:
    """Yield a CSV line by line for a streamed answer, escaped like `write`, with the mark by which Excel knows UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([_safe(title) for title in header])
    yield "\ufeff" + _take(buffer)
    for row in rows:
        writer.writerow([_safe(_text(value)) if isinstance(value, str) else _text(value) for value in row])
        yield _take(buffer)


def _take(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _xlsx(file: BinaryIO, max_rows: int, max_bytes: int) -> Iterator[list[str]]:
    limits = Limits(files=500, bytes=8 * max_bytes)
    try:
        with open_zip(file, limits=limits) as box:
            _require_bounded(box, max_rows)
    except CannotOpenZip as error:
        raise CannotReadTable("表格文件已损坏或过大。请另存为新的 .xlsx 后再上传。") from error
    file.seek(0)
    try:
        sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
        rows = sheet.iter_rows()
    except (CalamineError, IndexError, ValueError) as error:
        raise CannotReadTable("表格文件打不开，可能已损坏。请另存为新的 .xlsx 后再上传。") from error
    return ([_unescape(_text(cell)) for cell in row] for row in rows)


def _require_bounded(box: Box, max_rows: int) -> None:
    """Refuse what is small in the file but huge in memory, before the reader makes room for it.

    The reader allocates the rectangle up to the farthest cell (one cell at XFD1048576 would take all memory), and copies
    a shared text into every cell that refers to it. Entries are not chosen by name: the file itself names its sheets.
    """
    entries = [box.read(name) for name in box.names()]
    texts = [length for entry in entries for length in _shared_text_lengths(entry)]
    for entry in filter(_SHEET.search, entries):
        rows = columns = 0
        for letters, digits in _CELL.findall(entry):
            rows, columns = max(rows, int(digits or 0)), max(columns, _column(letters))
            if rows > max_rows + 1:
                raise CannotReadTable(f"表格超过 {max_rows} 行，请分成几个文件再上传。")
            if columns > MAX_COLUMNS:
                raise CannotReadTable(f"表格超过 {MAX_COLUMNS} 列。请只保留需要的列，再上传。")
        total = sum(texts[index] for found in _VALUE.findall(entry) if (index := int(found)) < len(texts))
        if rows * columns > MAX_CELLS or total > MAX_TEXT:
            raise CannotReadTable("表格的内容太多。请去掉空行、空列和不需要的列，或分成几个文件再上传。")


def _shared_text_lengths(entry: bytes) -> list[int]:
    ends = [0, *(match.end() for match in _SHARED_END.finditer(entry))]
    return [end - start for start, end in pairwise(ends)]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _csv(raw: bytes, max_rows: int) -> Iterator[list[str]]:
    text = _decode(raw)
    # A quoted cell may hold line ends, so lines are only an upper bound, but a cheap one.
    if text.count("\n") + text.count("\r") > 20 * (max_rows + 1):
        raise CannotReadTable(f"表格超过 {max_rows} 行，请分成几个文件再上传。")
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True):
            rows.append([_unescape(cell.strip()) for cell in row])
            if len(rows) > max_rows + 1:
                raise CannotReadTable(f"表格超过 {max_rows} 行，请分成几个文件再上传。")
            if len(row) > MAX_COLUMNS:
                raise CannotReadTable(f"表格超过 {MAX_COLUMNS} 列。请只保留需要的列，再上传。")
    except csv.Error as error:
        raise CannotReadTable(
            f"第 {len(rows) + 1} 行附近的引号或格式不对。请改正，或另存为 .xlsx 后再上传。"
        ) from error
    return iter(rows)


def _decode(raw: bytes) -> str:
    for encoding in ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise CannotReadTable("文件不是表格，或者文字编码认不出来。请上传 .xlsx，或编码为 UTF-8、GB18030 的 .csv。")


def _delimiter(text: str) -> str:
    first = text[: text.find("\n")] if "\n" in text else text
    return max(",", "\t", ";", key=first.count)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        if abs(value) >= EXACT:
            return f"{value:.5E}"
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value).strip()


def _write_cell(page: Any, row: int, column: int, value: Any, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, Decimal) and value.is_finite():
        page.write_number(row, column, float(value), formats["money"])
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) < EXACT:
        page.write_number(row, column, value)
    elif isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        page.write_datetime(row, column, local.replace(tzinfo=None), formats["datetime"])
    elif isinstance(value, date):
        page.write_datetime(row, column, datetime.combine(value, time()), formats["date"])
    else:
        page.write_string(row, column, _safe(_text(value))[:CELL_TEXT])


def _safe(text: str) -> str:
    """Put an apostrophe before what a spreadsheet program would run as a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _unescape(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(DANGEROUS) else text


def _sheet_name(name: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", name)[:31].strip() or "数据"


def _megabytes(size: int) -> str:
    return f"{size // 1024 // 1024} MB" if size >= 1024 * 1024 else f"{size // 1024} KB"
