"""Preparing the rows of a table for the database, some at a time, without asking the database."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import NamedTuple

from jobs.import_checks import Checker, Verdict
from jobs.import_files import Line, Table
from jobs.import_rows import COLUMNS, Columns, Read, Reader, Refused
from jobs.indexing import Prepared, prepare, words_around
from jobs.prints import ENOUGH_TEXT, bands_of, city_of, slices
from jobs.tokens import piece_texts

CHUNK = 1_000
_AT = {name: COLUMNS.index(name) for name in COLUMNS}
Key = tuple[str, str]


class Row(NamedTuple):
    """A row that can be taken over, as far as it is needed after it was copied."""

    number: int
    title: str
    employer: str
    verdict: Verdict
    search: Prepared
    bands: list[int]


@dataclass(slots=True)
class Chunk:
    """Some rows, ready for the database."""

    lines: bytes = b""
    rows: dict[Key, Row] = field(default_factory=dict)
    refused: list[tuple[int, Refused]] = field(default_factory=list)
    position: int = 0


class _Checked(NamedTuple):
    """A row that can be taken over, before the texts of its chunk are cut into words together."""

    number: int
    read: Read
    verdict: Verdict
    encoded: bytes

    def text(self, *names: str) -> str:
        return "\n".join(str(self.read.columns[_AT[name]]) for name in names)

    def search(self, pieces: str, until: date) -> Prepared:
        """Return its search row.

        :param pieces: those of title, duties and demands.
        :param until: the last day on which it is shown, where its source names none.
        """
        at, where = dict(zip(COLUMNS, self.read.columns, strict=True)), self.read.where
        words = words_around(pieces, str(at["title"]), str(at["employer_name"]), self.read.tags)
        # COPY takes a day for its first moment in the session's time zone, which Django sets to UTC.
        given = at["valid_until"]
        until = date.fromisoformat(str(given)) if given else until
        posted = datetime.fromisoformat(str(at["posted_at"])).replace(tzinfo=UTC)
        facts = (at["kind"], at["education_rank"], at["experience_min"], at["industry"], "", at["monthly_max"])
        return prepare(
            words,
            (
                where.path,
                where.lng,
                where.lat,
                at["lng"],
                at["lat"],
                *facts,
                at["monthly_min"],
                self.read.suits,
                posted,
                until,
            ),
        )


def chunks(table: Table, reader: Reader, checker: Checker, *, until: date) -> Iterator[Chunk]:
    """Yield the rows of a table in their order, `CHUNK` at a time; the last chunk may be empty.

    :param until: the last day on which what is new will be shown.
    """
    encode = _Encoder()
    checked: list[_Checked] = []
    refused: list[tuple[int, Refused]] = []
    position = 0
    for line in table.lines:
        found = _check(line, reader, checker, encode)
        if isinstance(found, Refused):
            refused.append((line.number, found))
        else:
            checked.append(found)
        position = line.number
        if len(checked) + len(refused) >= CHUNK:
            yield _chunk(checked, refused, position, until)
            checked, refused = [], []
    yield _chunk(checked, refused, position, until)


def _check(line: Line, reader: Reader, checker: Checker, encode: "_Encoder") -> _Checked | Refused:
    if line.problem:
        shown = [cell[:40] for cell in line.cells[:8] if cell]
        return Refused(line.problem, "", " | ".join(shown)[:120], "")
    read = reader.read(line.number, line.cells)
    if isinstance(read, Refused):
        return read
    verdict = checker.check(read)
    reason, encoded = verdict.reason, b""
    if not reason:
        try:
            encoded = encode([*read.columns, verdict.status, verdict.kept])
        except CannotEncode as error:
            reason = str(error)
    if reason:
        _, source_id, title, employer = (str(value) for value in read.columns[:4])
        return Refused(reason, source_id, title, employer)
    return _Checked(line.number, read, verdict, encoded)


def _chunk(checked: Sequence[_Checked], refused: list[tuple[int, Refused]], position: int, until: date) -> Chunk:
    pieces = piece_texts([row.text("title", "description", "requirement") for row in checked])
    rows = {}
    for at, row in enumerate(checked):
        site, source_id, title, employer = (str(value) for value in row.read.columns[:4])
        city = city_of(row.read.where.path, row.text("place_text"))
        has_text = len(row.text("description", "requirement")) > ENOUGH_TEXT  # the line break counts
        hashed = slices(pieces[at].split()) if has_text else ()
        bands = bands_of(employer=employer, title=title, city=city, slices=hashed)
        rows[site, source_id] = Row(row.number, title, employer, row.verdict, row.search(pieces[at], until), bands)
    return Chunk(b"".join(row.encoded for row in checked), rows, refused, position)


class CannotEncode(ValueError):
    """The database cannot hold a row; the message says why."""


class _Encoder:
    """Writes one row as a line of CSV for COPY."""

    def __init__(self) -> None:
        self._line = ""
        self._writer = csv.writer(self, lineterminator="\n")

    def write(self, text: str) -> None:
        self._line = text

    def __call__(self, columns: Columns) -> bytes:
        """Return the line.

        :raises CannotEncode: the database cannot hold it.
        """
        self._writer.writerow(columns)
        if "\x00" in self._line:
            raise CannotEncode("这一行有不能保存的空字符（NUL）。请清理后再导入。")
        try:
            return self._line.encode()
        except UnicodeEncodeError:
            raise CannotEncode("这一行有认不出的字节，多半是两种文字编码混在一起。请另存为 UTF-8 后再导入。") from None
