"""Reading a ledger: which column is what, what each row says, and why a row cannot be taken."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO

from core import xlsx
from core.columns import MAX_COLUMNS, Column, columns_of, guess_columns
from core.errors import DomainError
from people import identifiers, reference
from people.models import Region
from unemployment.rules import grounds

MAX_ROWS = 50_000
SHOWN = 3
"""Rows by which a column is recognised."""
LONG_NUMBER = re.compile(r"\d{9,}[\dXx]?")
SHORT_WORD = re.compile(r"[\u4e00-\u9fff·]{2,4}")
DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%Y-%m-%d %H:%M:%S")
HEADERS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "失业人员姓名", "人员姓名"),
    "id_number": ("身份证号", "身份证号码", "公民身份号码", "证件号码", "身份证"),
    "phone": ("联系电话", "手机号", "手机", "电话", "联系方式"),
    "region": ("社区", "登记失业地", "社区（村）", "村社区", "管理地", "所属社区"),
    "unemployed_on": ("失业时间", "失业日期"),
    "registered_on": ("登记日期", "登记时间", "失业登记日期", "失业登记时间"),
    "cause": ("失业原因",),
    "education": ("学历", "文化程度"),
    "household_kind": ("户口性质", "户籍性质"),
    "nation": ("民族",),
    "health": ("健康状况",),
    "previous_employer": ("原工作单位", "原单位"),
    "job_wish": ("求职意向", "求职意愿"),
    "training_wish": ("培训意向", "培训意愿"),
    "status": ("状态", "登记状态", "是否有效"),
    "ended_on": ("注销日期", "注销时间", "退出日期"),
    "ground": ("注销原因", "注销情形", "退出原因"),
}
"""Our columns and what ledgers call them; the first name is the template's."""
REQUIRED = ("name", "id_number", "region", "registered_on")
LABELS = {name: names[0] for name, names in HEADERS.items()}
OVER = ("注销", "退出", "失效", "无效", "终止", "否")
GROUND_WORDS = (
    ("拒绝", "311"),
    ("无法取得联系", "32"),
    ("联系不上", "32"),
    ("失联", "32"),
    ("未联系", "32"),
    ("退休年龄", "22"),
    ("养老", "21"),
    ("录用", "11"),
    ("招聘", "11"),
    ("就业", "11"),
    ("公益性岗位", "14"),
    ("经营", "12"),
    ("创办", "12"),
    ("个体", "12"),
    ("稳定收入", "13"),
    ("丧失劳动能力", "23"),
    ("入学", "241"),
    ("兵役", "242"),
    ("入伍", "242"),
    ("移居", "243"),
    ("收监", "25"),
    ("判刑", "25"),
    ("死亡", "26"),
    ("去世", "26"),
    ("本人", "31"),
    ("终止", "31"),
)
"""Words of old ledgers for a ground, the more telling first; codes and full names are taken as well."""


class CannotReadLedger(DomainError):
    """The file is no ledger; nothing of it was taken over."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: what it says, or why it cannot be taken."""

    number: int
    name: str = ""
    id_mask: str = ""
    id_number: str = ""
    phone: str = ""
    region: Region | None = None
    registered_on: date | None = None
    ended_on: date | None = None
    ground: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    problem: str = ""

    @property
    def is_over(self) -> bool:
        return self.ended_on is not None


@dataclass(frozen=True, slots=True)
class Places:
    """The communities that the file may name, by code and by name; a name that two share is nobody's."""

    by_name: Mapping[str, Region | None]

    @classmethod
    def within(cls, paths: Sequence[str]) -> "Places":
        """Read the communities below these places."""
        found: dict[str, Region | None] = {}
        rows = Region.objects.communities().within(paths).select_related("parent")
        for place in rows.order_by("path"):
            street = place.parent.name if place.parent else ""
            for name in {place.code, place.name, place.short_name, place.full_name, f"{street}{place.name}"}:
                found[name] = None if name in found and found[name] != place else place
        return cls(found)

    def find(self, text: str) -> Region:
        """Return the community that is meant.

        :raises CannotReadLedger: none of one's own, or two have this name.
        """
        plain = "".join(text.split())
        if not plain:
            raise CannotReadLedger("没有写社区。")
        if plain not in self.by_name:
            raise CannotReadLedger(f"社区“{plain[:20]}”不在您负责的地区里。请写全称，或者写 12 位代码。")
        found = self.by_name[plain]
        if found is None:
            raise CannotReadLedger(f"有几个社区都叫“{plain[:20]}”。请写“街道加社区”，或者写 12 位代码。")
        return found


def look(file: BinaryIO) -> tuple[list[str], list[list[str]]]:
    """Return the names of the columns and the first rows below them.

    :raises CannotReadLedger: no table, too large, or the first row names no columns.
    """
    rows = _rows(file)
    header = [cell.strip() for cell in next(rows, [])]
    if not any(header) or len(header) > MAX_COLUMNS:
        raise CannotReadLedger(f"第一行要写列名，最多 {MAX_COLUMNS} 列。请检查文件再上传。")
    return header, list(islice(rows, SHOWN))


def guess(header: Sequence[str], *, saved: Mapping[str, str]) -> dict[str, str]:
    """Return our field -> the column's name, as it was settled for the place where that fits, else by the usual names."""
    known = {field: name for field, name in saved.items() if field in HEADERS and name in header}
    return known if set(REQUIRED) <= known.keys() else guess_columns(header, HEADERS)


def missing(columns: Mapping[str, str]) -> list[str]:
    """Return what a ledger cannot do without and no column was found for, in words."""
    return [LABELS[field] for field in REQUIRED if not columns.get(field)]


def columns_shown(file: BinaryIO, columns: Mapping[str, str]) -> list[Column]:
    """Return the columns with what the first rows hold, masked: whose name or number it is does not matter here.

    :raises CannotReadLedger: see `look`.
    """
    header, rows = look(file)
    return [
        Column(each.name, [_masked(text, each.field) for text in each.samples], each.field)
        for each in columns_of(header, rows, columns)
    ]


def _masked(text: str, field: str) -> str:
    """Mask what may be a person's: long numbers everywhere, and short words where nothing is known of the column."""
    hidden = LONG_NUMBER.sub(lambda found: f"{found[0][:3]}{'*' * (len(found[0]) - 5)}{found[0][-2:]}", text.strip())
    if field == "name" or (not field and SHORT_WORD.fullmatch(hidden)):
        return identifiers.mask_name(hidden)
    return hidden[:30]


def lines(file: BinaryIO, *, columns: Mapping[str, str], places: Places, on: date) -> Iterator[Line]:
    """Yield the rows, the header counted as row 1.

    :param columns: our field -> the column's name.
    :raises CannotReadLedger: no table, too large, or a column is missing.
    """
    rows = _rows(file)
    header = [cell.strip() for cell in next(rows, [])]
    positions = {field: header.index(name) for field, name in columns.items() if field in HEADERS and name in header}
    if lacking := missing({field: columns[field] for field in positions}):
        raise CannotReadLedger(f"第一行缺少列：{'、'.join(lacking)}。请指出哪一列是它们，或下载模板照着改列名。")
    return (_line(number, cells, positions, places=places, on=on) for number, cells in enumerate(rows, start=2))


def template() -> Any:
    """Return an empty ledger with its columns, as a file."""
    return xlsx.write([], list(LABELS.values()), sheet="失业登记台账")


def _rows(file: BinaryIO) -> Iterator[list[str]]:
    try:
        return xlsx.read_rows(file, max_rows=MAX_ROWS)
    except xlsx.CannotReadTable as error:
        raise CannotReadLedger(error.message) from error


def _line(number: int, cells: Sequence[str], positions: Mapping[str, int], *, places: Places, on: date) -> Line:
    said = {name: cells[at].strip() if at < len(cells) else "" for name, at in positions.items()}
    name = said["name"][:64]
    shown, mask = (identifiers.mask_name(name) if name else ""), ""
    try:
        if not name or not name.isprintable():
            raise CannotReadLedger("没有写姓名。")
        checked = identifiers.check_id_number(said["id_number"], on=on)
        mask = identifiers.mask_id(checked.number)
        phone = identifiers.check_phone(said["phone"]) if said.get("phone") else ""
        place = places.find(said["region"])
        registered = _day(said["registered_on"], "登记日期", on=on)
        if registered is None:
            raise CannotReadLedger("没有写登记日期。")
        ended, ground = _end(said, registered, on=on)
        fields = _fields(said, on=on)
    except DomainError as error:
        return Line(number, shown, mask, problem=error.message[:200])
    return Line(number, name, mask, checked.number, phone, place, registered, ended, ground, fields)


def _end(said: Mapping[str, str], registered: date, *, on: date) -> tuple[date | None, str]:
    ended = _day(said.get("ended_on", ""), "注销日期", on=on)
    words = said.get("ground", "")
    over = bool(ended or words) or any(word in said.get("status", "") for word in OVER)
    if not over:
        return None, ""
    if ended is None:
        raise CannotReadLedger("已经注销的，要写注销日期。")
    if ended < registered:
        raise CannotReadLedger("注销日期早于登记日期。")
    if not words:
        raise CannotReadLedger("已经注销的，要写注销原因。")
    return ended, _ground(words)


def _ground(words: str) -> str:
    table = grounds()
    if words in table and not table[words].revokes:
        return words
    named = next((code for code, ground in table.items() if ground.label == words), "")
    return named or next((code for word, code in GROUND_WORDS if word in words), "90")


def _fields(said: Mapping[str, str], *, on: date) -> dict[str, Any]:
    found: dict[str, Any] = {
        "unemployed_on": _day(said.get("unemployed_on", ""), "失业时间", on=on),
        "previous_employer": said.get("previous_employer", "")[:128],
        "job_wish": said.get("job_wish", "")[:200],
        "training_wish": said.get("training_wish", "")[:200],
    }
    for name, table in (("nation", "nation"), ("health", "health"), ("household_kind", "household")):
        found[name] = _code(table, said.get(name, ""))
    found["cause"] = _code("joblessness", said.get("cause", "")) or "90"
    written = said.get("education", "")
    found["education"] = _code("education", written) or reference.education_code(written) or ""
    return found


def _code(table: str, text: str) -> str:
    """Return the code of a word of a code table; a word that is none is left out, since old ledgers differ."""
    codes = reference.tables()[table].codes
    return text if text in codes else next((code for code, label in codes.items() if text and label == text), "")


def _day(text: str, what: str, *, on: date) -> date | None:
    if not text:
        return None
    for form in DATES:
        try:
            found = datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
        if found > on:
            raise CannotReadLedger(f"{what}“{text[:20]}”晚于今天。")
        return found
    raise CannotReadLedger(f"{what}“{text[:20]}”不是日期，应写成 2026-01-31。")
