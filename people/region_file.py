"""The file that lists a province's regions: read row by row, each bad row with its line and a sentence."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from core.errors import DomainError
from people.models import Region

Kind, Level = Region.Kind, Region.Level
CODE_LENGTH = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.STREET: 9, Level.COMMUNITY: 12}
LEVEL_OF = {
    Kind.PROVINCE: Level.PROVINCE,
    Kind.CITY: Level.CITY,
    **dict.fromkeys((Kind.DISTRICT, Kind.COUNTY_CITY, Kind.COUNTY, Kind.AUTONOMOUS_COUNTY), Level.COUNTY),
    **dict.fromkeys((Kind.SUBDISTRICT, Kind.TOWN, Kind.TOWNSHIP, Kind.PARK), Level.STREET),
    **dict.fromkeys((Kind.COMMUNITY, Kind.VILLAGE, Kind.VIRTUAL, Kind.OTHER), Level.COMMUNITY),
}
KIND_OF = {kind.label: kind for kind in LEVEL_OF} | {kind.value: kind for kind in LEVEL_OF}
REQUIRED = ("code", "name", "kind")
SUFFIX = re.compile(
    r"(?<=..)(?:(?:(?:满|蒙古|朝鲜|回|锡伯|各)族)+自治县|(?:(?:满|蒙古|朝鲜|回|锡伯)族)+[乡镇]|省|市|区|县|街道|镇|乡)$"
)


class CannotReadRegions(DomainError):
    """The file is no list of regions at all."""


@dataclass(frozen=True, slots=True)
class RegionRow:
    """One good row."""

    line: int
    code: str
    name: str
    kind: Region.Kind
    level: Region.Level
    parent: str
    lng: Decimal | None = None
    lat: Decimal | None = None
    point_source: str = ""
    succeeds: tuple[str, ...] = ()
    document: str = ""

    @property
    def short_name(self) -> str:
        return short_name(self.name)


@dataclass(frozen=True, slots=True)
class Problem:
    """One bad row: where it is, what is wrong and how to mend it. `code` protects the region from being closed."""

    line: int
    message: str
    code: str = ""

    def __str__(self) -> str:
        return f"第{self.line}行：{self.message}" if self.line else self.message


@dataclass(slots=True)
class RegionFile:
    """What a file holds."""

    rows: dict[str, RegionRow] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def short_name(name: str) -> str:
    """Drop the kind from a name where at least two characters stay: 沈阳市 -> 沈阳, 义县 -> 义县."""
    return SUFFIX.sub("", name)


def read_region_file(file: Path) -> RegionFile:
    """Read a CSV (UTF-8 or GB 18030) with the columns code, name, kind and, if wanted, lng, lat, point_source, parent,
    succeeds (codes of the regions it takes over, separated by "|") and document. Lines that begin with "#" are notes.

    :raises CannotReadRegions: the file is missing, is no text, or lacks a column.
    """
    found = RegionFile()
    for line, cells in _records(_text(file)):
        try:
            row = _row(line, cells)
        except _BadRow as error:
            found.problems.append(Problem(line, str(error), cells.get("code", "")))
            continue
        if row.code in found.rows:
            first = found.rows[row.code].line
            found.problems.append(Problem(line, f"代码 {row.code} 与第{first}行重复，已忽略本行。", row.code))
        else:
            found.rows[row.code] = row
    return found


class _BadRow(Exception):
    """A row that cannot be used; the message says why."""


def _text(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CannotReadRegions(f"打不开文件 {file}：{error.strerror}。请检查路径和读取权限。") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CannotReadRegions(f"{file} 不是文本文件。请另存为 CSV（UTF-8）再导入。")


def _records(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    header: list[str] = []
    try:
        for cells in reader:
            if not any(cells) or cells[0].startswith("#"):
                continue
            cells = [cell.strip() for cell in cells]
            if not header:
                header = cells
                if missing := [name for name in REQUIRED if name not in header]:
                    raise CannotReadRegions(f"第{reader.line_num}行表头缺少：{'、'.join(missing)}。")
            else:
                yield reader.line_num, dict(zip(header, cells, strict=False))
    except csv.Error as error:
        raise CannotReadRegions(f"第{reader.line_num}行不是合法的 CSV（{error}）。请检查引号是否成对。") from error
    if not header:
        raise CannotReadRegions("文件是空的：第一行应是表头 code,name,kind,…。")


def _row(line: int, cells: dict[str, str]) -> RegionRow:
    kind = KIND_OF.get(cells.get("kind", ""))
    if kind is None:
        raise _BadRow(f"类型“{cells.get('kind', '')}”不认识。可用：{'、'.join(k.label for k in LEVEL_OF)}。")
    level = LEVEL_OF[kind]
    code = _code(cells["code"], level)
    name = cells.get("name", "")
    if not name or len(name) > 60:
        raise _BadRow("名称为空，或超过60个字。")
    lng, lat = _point(cells.get("lng", ""), cells.get("lat", ""))
    parent = cells.get("parent", "") or (code[: CODE_LENGTH[Level(level - 1)]] if level > 1 else "")
    return RegionRow(
        line=line,
        code=code,
        name=name,
        kind=kind,
        level=level,
        parent=parent,
        lng=lng,
        lat=lat,
        point_source=cells.get("point_source", "")[:40] if lng else "",
        succeeds=tuple(filter(None, (old.strip() for old in cells.get("succeeds", "").split("|")))),
        document=cells.get("document", "")[:200],
    )


def _code(text: str, level: Region.Level) -> str:
    """Accept the short form (210102) and the forms padded with zeros (210102000000)."""
    length = CODE_LENGTH[level]
    fits = text.isascii() and text.isdigit() and len(text) in {length, 6, 12} and len(text) >= length
    if not fits or text[length:].strip("0"):
        raise _BadRow(f"代码“{text}”不对：{level.label}级应是{length}位数字。")
    return text[:length]


def _point(lng: str, lat: str) -> tuple[Decimal | None, Decimal | None]:
    if not lng and not lat:
        return None, None
    try:
        point = Decimal(lng).quantize(Decimal("0.000001")), Decimal(lat).quantize(Decimal("0.000001"))
    except InvalidOperation as error:
        raise _BadRow(f"坐标“{lng},{lat}”不是数字。不知道坐标时两格都留空。") from error
    if not (73 <= point[0] <= 136 and 3 <= point[1] <= 54):
        raise _BadRow(f"坐标 {lng},{lat} 不在中国范围内：请检查经度、纬度是否填反。")
    return point
