"""Opening a file of postings (CSV, XLSX, JSON) as a header and a stream of rows that never breaks off at a bad one."""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from core.columns import guess_columns, plain_name
from core.errors import DomainError
from core.xlsx import CannotReadTable, read_rows

MAX_CELL = 200_000
MAX_LINE = 2_000_000
MAX_XLSX_ROWS = 500_000
MAX_XLSX_BYTES = 100 * 1024 * 1024
MAX_JSON_BYTES = 200 * 1024 * 1024
SAMPLE = 1024 * 1024
CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")

FIELDS = {
    "title": "岗位名称",
    "company": "单位名称",
    "job_id": "来源编号",
    "salary_text": "工资",
    "salary_min": "最低工资",
    "salary_max": "最高工资",
    "location_raw": "工作地点",
    "province": "省",
    "city": "市",
    "district": "区县",
    "address": "详细地址",
    "headcount": "招聘人数",
    "education": "学历",
    "experience": "工作经验",
    "industry": "行业",
    "description": "岗位职责",
    "requirement": "任职要求",
    "welfare": "福利",
    "tags": "标签",
    "posted_date": "发布日期",
    "crawl_month": "采集月份",
    "url": "原文网址",
    "kind": "用工形式",
    "occupation": "职业代码（大典 2022）",
    "valid_until": "有效期到",
    "shifts": "上班时间",
    "insurance": "社会保险",
    "probation_months": "试用期",
    "probation_pay": "试用期工资",
    "skills": "要会什么",
    "suits": "适合谁",
    "lng": "经度（WGS-84）",
    "lat": "纬度（WGS-84）",
}
"""What a column may mean, as a person chooses it; the source's name is asked for once for the whole file."""

HEADERS: dict[str, tuple[str, ...]] = {
    "job_id": ("source_id", "id", "岗位编号", "职位编号", "编号", "来源编号"),
    "source_site": ("source", "site", "来源", "来源网站", "来源平台"),
    "crawl_month": ("采集月份",),
    "title": ("job_title", "jobtitle", "job_name", "position_name", "position")
    + ("岗位名称", "职位名称", "招聘岗位", "招聘职位", "岗位", "职位"),
    "company": ("company_name", "company_full_name", "employer")
    + ("单位名称", "公司名称", "企业名称", "用人单位", "招聘单位", "单位", "公司"),
    "industry": ("company_ind", "行业", "所属行业", "公司行业", "行业类别"),
    "location_raw": ("location", "place", "工作地点", "工作地区", "工作城市", "地区", "地点", "所在地"),
    "province": ("省", "省份"),
    "city": ("市", "城市"),
    "district": ("区", "县", "区县"),
    "address": ("company_addr", "地址", "工作地址", "详细地址", "上班地址"),
    "salary_text": (
        "salary",
        "pay",
        "薪资",
        "薪资待遇",
        "薪资范围",
        "薪资水平",
        "薪资元",
        "薪资元月",
        "工资",
        "工资待遇",
    )
    + ("工资元", "工资元月", "薪酬", "薪酬待遇", "薪酬范围", "月薪", "月薪元", "月薪范围", "待遇"),
    "salary_min": ("job_min_wage", "min_salary", "pay_min", "最低工资", "最低薪资", "最低月薪", "薪资下限", "起薪"),
    "salary_max": ("job_max_wage", "max_salary", "pay_max", "最高工资", "最高薪资", "最高月薪", "薪资上限"),
    "education": ("学历", "学历要求", "最低学历"),
    "experience": ("经验", "工作经验", "经验要求", "工作年限"),
    "headcount": ("num_people", "招聘人数", "人数", "需求人数", "招聘数量"),
    "tags": ("标签", "岗位标签"),
    "welfare": ("job_welfare", "benefits", "福利", "福利待遇"),
    "description": ("job_description", "job_require", "岗位职责", "职位描述", "岗位描述", "工作内容", "岗位介绍"),
    "requirement": ("requirements", "任职要求", "任职资格", "任职条件", "岗位要求", "招聘要求"),
    "posted_date": ("posted_at", "date", "发布日期", "发布时间", "更新日期", "更新时间"),
    "url": ("link", "链接", "网址", "来源网址", "职位链接"),
    "kind": ("job_type", "employment_type", "用工形式", "用工类型", "用工性质", "工作性质", "工作类型", "岗位性质"),
    "occupation": ("occupation_code", "职业代码", "职业编码", "大典代码", "工种代码", "职业代码大典2022"),
    "valid_until": ("expires", "deadline", "有效期到", "有效期至", "有效期", "截止日期", "截止时间", "招聘截止日期"),
    "shifts": ("working_hours", "上班时间", "工作时间", "班次", "班制"),
    "insurance": ("社会保险", "社保", "保险", "缴纳保险"),
    "probation_months": ("probation", "试用期", "试用期限", "试用期月"),
    "probation_pay": ("试用期工资", "试用期薪资", "试用期待遇", "试用期工资元"),
    "skills": ("技能", "技能要求", "要会什么", "所需技能", "职业技能"),
    "suits": ("适合谁", "适合人群", "面向人群", "招聘对象"),
    "lng": ("longitude", "lon", "经度", "经度WGS-84"),
    "lat": ("latitude", "纬度", "纬度WGS-84"),
}
"""Our columns and what other tables call them."""

REQUIRED = {"title": "岗位名称", "company": "单位名称"}


class CannotImport(DomainError):
    """The whole file is refused; nothing of it was taken over."""


@dataclass(frozen=True, slots=True)
class Line:
    """One record: its number as a spreadsheet shows it (the header is 1), its cells, or why it cannot be read."""

    number: int
    cells: Sequence[str] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A header, told in our column names by position, and the records below it."""

    positions: dict[str, int]
    width: int
    lines: Iterator[Line]
    header: Sequence[str] = ()


RAW: Mapping[str, str] = {}
"""As `columns` of `open_table`: no column is known yet, lines come as they stand."""


@contextmanager
def open_table(path: Path, *, columns: Mapping[str, str] | None = None) -> Iterator[Table]:
    """Open a file by its content, not by its name.

    :param columns: our field -> the file's own column name, as a person settled it; guessed by `HEADERS` when left out.
    :raises CannotImport: it is missing, empty, no table, or lacks a column; the message says how to mend it.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise CannotImport(f"找不到文件 {path}。请检查文件名和目录。") from None
    except OSError as error:
        raise CannotImport(f"文件 {path} 打不开：{error.strerror}。") from error
    with file:
        sample = file.read(SAMPLE)
        file.seek(0)
        if not sample.strip():
            raise CannotImport(f"文件 {path.name} 是空的。请选择有内容的文件。")
        try:
            yield _table(file, sample, columns)
        except CannotReadTable as error:
            raise CannotImport(f"{path.name}：{error.message}") from error
        except CannotImport as error:
            raise CannotImport(f"{path.name}：{error.message}") from None


def _table(file: BinaryIO, sample: bytes, columns: Mapping[str, str] | None) -> Table:
    if sample[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        rows = read_rows(file, max_rows=MAX_XLSX_ROWS, max_bytes=MAX_XLSX_BYTES)
        header = next(rows, [])
        return _with_header(header, (Line(number, cells) for number, cells in enumerate(rows, 2)), columns)
    encoding = _encoding(sample)
    start = sample.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    text = io.TextIOWrapper(file, encoding=encoding, errors="surrogateescape", newline="")
    if start == b"{":
        return _json_table(_json_lines(text), columns)
    if start == b"[":
        return _json_table(_json_array(text), columns)
    return _csv_table(text, columns)


def _encoding(sample: bytes) -> str:
    """Tell UTF-8, UTF-16 and GB18030 apart; refuse what is no text."""
    if sample[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    if sample.count(0) * 200 > len(sample) or len(CONTROL.findall(sample[:4096])) > 10:
        raise CannotImport("这不是文字表格（可能是图片、压缩包或程序文件）。请选择 CSV、XLSX 或 JSON 文件。")
    for encoding in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(sample, final=False)
        except UnicodeDecodeError:
            continue
        return "utf-8-sig" if encoding == "utf-8" else encoding
    # Neither is clean: some lines are damaged. Take the one that damages fewer, and refuse those lines alone.
    damage = {name: sample.decode(name, "replace").count("\ufffd") for name in ("utf-8", "gb18030")}
    best = min(damage, key=lambda name: damage[name])
    if damage[best] > len(sample) // 20:
        raise CannotImport("文字编码认不出来。请把文件另存为 UTF-8 或 GB18030 编码的 CSV。")
    return "utf-8-sig" if best == "utf-8" else best


def _with_header(header: Sequence[str], lines: Iterator[Line], columns: Mapping[str, str] | None) -> Table:
    if columns is not None and not columns:
        return Table({}, len(header), lines, header)
    settled = HEADERS if columns is None else {field: (name,) for field, name in columns.items() if field in HEADERS}
    names = {plain_name(cell): position for position, cell in reversed([*enumerate(header)])}
    positions = {}
    for field, others in settled.items():
        called = (field, *others) if columns is None else others
        found = next((names[plain] for name in called if (plain := plain_name(name)) in names), None)
        if found is not None:
            positions[field] = found
    missing = [f"{label}（{field}）" for field, label in REQUIRED.items() if field not in positions]
    if missing:
        seen = "、".join(cell[:20] for cell in header[:12] if cell) or "没有表头"
        raise CannotImport(f"缺少列：{'、'.join(missing)}。第一行要写列名；现在的列是：{seen}。")
    return Table(positions, len(header), lines, header)


def _csv_table(text: io.TextIOWrapper, columns: Mapping[str, str] | None) -> Table:
    first = text.readline(MAX_LINE)
    delimiter = max(",", "\t", ";", key=first.count)
    csv.field_size_limit(MAX_CELL)
    # A physical line is cut at MAX_LINE, so that a file without line ends cannot fill the memory.
    pieces = iter(lambda: text.readline(MAX_LINE), "")
    reader = csv.reader(chain([first], pieces), delimiter=delimiter, strict=True)
    try:
        header = next(reader)
    except (csv.Error, StopIteration):
        raise CannotImport("第一行读不出列名（引号不完整）。请检查第一行，或另存为 XLSX。") from None
    return _with_header(header, _csv_lines(reader, len(header)), columns)


def _csv_lines(reader: Any, width: int) -> Iterator[Line]:
    number = 1
    while True:
        number += 1
        before = reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(number, problem=_csv_problem(error, before + 1, reader.line_num))
            continue
        if not cells or not any(cells):
            continue
        if len(cells) > width and any(cells[width:]):
            yield Line(number, cells, problem=f"这一行有 {len(cells)} 列，表头只有 {width} 列。请检查引号和逗号。")
            continue
        yield Line(number, cells)


def _csv_problem(error: csv.Error, first: int, last: int) -> str:
    where = f"文本第 {first} 行" if last <= first else f"文本第 {first} 至 {last} 行"
    if "field limit" in str(error):
        return f"{where}有一个单元格超过 {MAX_CELL} 字，多半是引号没有成对。请改正后再导入。"
    return f"{where}的引号没有成对。请改正后再导入。"


def _json_table(records: Iterator[tuple[int, Any]], columns: Mapping[str, str] | None) -> Table:
    """Take the columns from the first object that can be read."""
    tried: list[tuple[int, Any]] = []
    for record in records:
        tried.append(record)
        if isinstance(record[1], dict) or len(tried) > 100:
            break
    header = next((list(value) for _, value in tried if isinstance(value, dict)), [])
    table = _with_header([str(name) for name in header], iter(()), columns)
    if not table.positions:
        named = {str(name): [str(name)] for name in header}
        return Table({}, len(header), (_json_line(*record, named) for record in chain(tried, records)), table.header)
    # Later objects may have columns that the first lacks.
    fields = [*table.positions]
    names = {field: [header[table.positions[field]]] for field in fields}
    if columns is None:
        names = {field: [*names.get(field, ()), field, *others] for field, others in HEADERS.items()}
    lines = (_json_line(number, value, names) for number, value in chain(tried, records))
    return Table({field: position for position, field in enumerate(names)}, len(names), lines, table.header)


def guess(header: Sequence[str]) -> dict[str, str]:
    """Return our field -> the column that probably means it, for the columns whose names are known."""
    return guess_columns(header, HEADERS)


def _json_line(number: int, value: Any, names: dict[str, list[str]]) -> Line:
    if isinstance(value, str):
        return Line(number, problem=value)
    if not isinstance(value, dict):
        return Line(number, problem='这一行不是 JSON 对象。每行应是一个 {"title": …, "company": …}。')
    found = ((value[name] for name in others if name in value) for others in names.values())
    return Line(number, [_json_text(next(values, None)) for values in found])


def _json_text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, list):
        return "|".join(_json_text(item) for item in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _json_lines(text: io.TextIOWrapper) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(iter(lambda: text.readline(MAX_LINE), ""), 1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except (ValueError, RecursionError):
            yield number, "这一行不是正确的 JSON。每行应是一个完整的对象。"


def _json_array(text: io.TextIOWrapper) -> Iterator[tuple[int, Any]]:
    content = text.read(MAX_JSON_BYTES + 1)
    if len(content) > MAX_JSON_BYTES:
        raise CannotImport("JSON 数组太大。请改成每行一个对象的 JSON 文件，或 CSV。")
    try:
        items = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise CannotImport(f"不是正确的 JSON：{error}。请检查文件是否完整。") from error
    yield from enumerate(items, 1)
