"""The lists that an import leaves behind for people: the rows it refused, or every row with what became of it."""

import csv
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from core.xlsx import csv_lines
from jobs.import_rows import Refused

REJECT_HEADER = ("文件", "行号", "来源编号", "岗位名称", "单位名称", "原因")
OUTCOME_HEADER = ("行号", "来源编号", "岗位名称", "单位名称", "结果", "原因")
REFUSED = "未导入"


class Listing(ABC):
    """A CSV file that is made with its first row."""

    header: Sequence[str] = ()
    of_all = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: TextIO | None = None

    def write(self, *row: object) -> None:
        lines = list(csv_lines([row], self.header))
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8", newline="", errors="backslashreplace")
            self._file.write(lines[0])
        self._file.write(lines[1])

    @abstractmethod
    def refused(self, name: str, number: int, refused: Refused) -> None:
        """Note a row that is not taken over."""

    @abstractmethod
    def taken(self, number: int, key: str, title: str, employer: str, fate: str, reason: str) -> None:
        """Note a row that is taken over, where the list is of all rows."""

    @property
    def is_empty(self) -> bool:
        return self._file is None

    def flush(self) -> None:
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


class Rejects(Listing):
    """Every row of some files that was not taken over."""

    header = REJECT_HEADER

    def refused(self, name: str, number: int, refused: Refused) -> None:
        self.write(name, number, refused.source_id, refused.title, refused.company, refused.reason)

    def taken(self, *row: object) -> None:
        """Leave it out: this list is of what was refused."""


class Outcomes(Listing):
    """Every row of one file with what became of it.

    :param up_to: go on after this row: what the list of a broken run says beyond it is written anew.
    """

    header = OUTCOME_HEADER
    of_all = True

    def __init__(self, path: Path, *, up_to: int = 0) -> None:
        super().__init__(path)
        if up_to and path.exists():
            with path.open(encoding="utf-8-sig", newline="", errors="surrogateescape") as file:
                kept = [row for row in list(csv.reader(file))[1:] if row and int(row[0]) <= up_to]
            for row in kept:
                self.write(*row)

    def refused(self, name: str, number: int, refused: Refused) -> None:
        self.write(number, refused.source_id, refused.title, refused.company, REFUSED, refused.reason)

    def taken(self, number: int, key: str, title: str, employer: str, fate: str, reason: str) -> None:
        self.write(number, key, title, employer, fate, reason)


@contextmanager
def reject_file(path: Path) -> Iterator[Rejects]:
    """Open the list of rows that are not taken over."""
    rejects = Rejects(path)
    try:
        yield rejects
    finally:
        rejects.close()
