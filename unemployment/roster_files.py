"""Reading an employer's roster: which column is what, and what each row says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from core import xlsx
from core.errors import DomainError
from people import identifiers
from unemployment.models import EndReason

MAX_ROWS = 20_000
SHOWN = 5
_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%Y-%m-%d %H:%M:%S")
HEADERS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "职工姓名", "员工姓名"),
    "id_number": ("身份证号", "身份证号码", "公民身份号码", "证件号码", "身份证"),
    "started_on": ("上岗日期", "录用日期", "入职日期", "用工起始日期", "合同起始日期"),
    "title": ("岗位", "工种", "职务", "岗位名称"),
    "ended_on": ("解除日期", "离职日期", "终止日期", "用工终止日期"),
    "reason": ("解除原因", "离职原因", "终止原因"),
}
"""Our columns and what rosters call them; the first name is the template's."""
REQUIRED = ("name", "id_number", "started_on")
LABELS = {name: names[0] for name, names in HEADERS.items()}
REASON_WORDS = {
    "期满": EndReason.EXPIRED,
    "到期": EndReason.EXPIRED,
    "单位": EndReason.EMPLOYER,
    "辞退": EndReason.EMPLOYER,
    "裁": EndReason.EMPLOYER,
    "本人": EndReason.EMPLOYEE,
    "辞职": EndReason.EMPLOYEE,
    "个人": EndReason.EMPLOYEE,
    "协商": EndReason.AGREED,
    "停业": EndReason.CLOSED,
    "破产": EndReason.CLOSED,
    "退休": EndReason.RETIRED,
    "死亡": EndReason.DIED,
    "去世": EndReason.DIED,
}


class CannotReadRoster(DomainError):
    """The file is no roster; nothing of it was taken over."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: what it says, or why it cannot be taken."""

    number: int
    name: str = ""
    id_mask: str = ""
    id_number: str = ""
    title: str = ""
    started_on: date | None = None
    ended_on: date | None = None
    reason: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a person sees before anything is written: the recognised columns, the first rows, how many there are."""

    columns: list[tuple[str, str]]
    lines: list[Line]
    total: int
    faulty: int


def lines(file: BinaryIO, *, on: date) -> Iterator[Line]:
    """Yield the rows of a roster, the header counted as row 1.

    :raises CannotReadRoster: no table, too large, or a column is missing.
    """
    try:
        rows = xlsx.read_rows(file, max_rows=MAX_ROWS)
        header = [cell.strip() for cell in next(rows, [])]
    except xlsx.CannotReadTable as error:
        raise CannotReadRoster(error.message) from error
    positions = _positions(header)
    return (_line(number, cells, positions, on=on) for number, cells in enumerate(rows, start=2))


def preview(file: BinaryIO, *, on: date) -> Preview:
    """Read a whole roster without writing anything.

    :raises CannotReadRoster: see `lines`.
    """
    found: list[Line] = []
    total = faulty = 0
    for line in lines(file, on=on):
        total += 1
        faulty += bool(line.problem)
        if len(found) < SHOWN:
            found.append(line)
    if not total:
        raise CannotReadRoster("名册里没有人。第一行写列名，从第二行起一行一个人。")
    file.seek(0)
    header = next(xlsx.read_rows(file, max_rows=MAX_ROWS))
    columns = [(LABELS[name], header[at]) for name, at in _positions(header).items()]
    return Preview(columns, found, total, faulty)


def template() -> Any:
    """Return an empty roster with its columns, as a file."""
    return xlsx.write([], list(LABELS.values()), sheet="名册")


def _positions(header: Sequence[str]) -> dict[str, int]:
    plain = [cell.strip().strip("*（必填）() ") for cell in header]
    found: dict[str, int] = {}
    for name, names in HEADERS.items():
        at = next((plain.index(each) for each in names if each in plain), None)
        if at is not None:
            found[name] = at
    if missing := [LABELS[name] for name in REQUIRED if name not in found]:
        raise CannotReadRoster(f"第一行缺少列：{'、'.join(missing)}。请下载模板，照着填。")
    return found


def _line(number: int, cells: Sequence[str], positions: Mapping[str, int], *, on: date) -> Line:
    said = {name: cells[at].strip() if at < len(cells) else "" for name, at in positions.items()}
    name = said["name"][:64]
    shown = identifiers.mask_name(name) if name else ""
    try:
        if not name or not name.isprintable():
            raise CannotReadRoster("没有写姓名。")
        checked = identifiers.check_id_number(said["id_number"], on=on)
        started, ended = _day(said["started_on"], "上岗日期"), _day(said.get("ended_on", ""), "解除日期")
        if started is None:
            raise CannotReadRoster("没有写上岗日期。")
        reason = _reason(said.get("reason", "")) if ended else ""
    except DomainError as error:
        return Line(number, shown, problem=error.message[:200])
    return Line(
        number,
        name,
        identifiers.mask_id(checked.number),
        checked.number,
        said.get("title", "")[:60],
        started,
        ended,
        reason,
    )


def _day(text: str, what: str) -> date | None:
    if not text:
        return None
    for form in _DATES:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise CannotReadRoster(f"{what}“{text[:20]}”不是日期，应写成 2026-01-31。")


def _reason(text: str) -> str:
    if not text:
        raise CannotReadRoster("写了解除日期，没有写解除原因。")
    for choice in EndReason:
        if text == choice.label:
            return str(choice.value)
    return str(next((code for word, code in REASON_WORDS.items() if word in text), EndReason.OTHER).value)
