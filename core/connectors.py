"""What other departments know about a person or an organisation: asked through one interface, and every question logged.

Today each department drops files (`core.department_files`); a department that opens an interface one day gets a class
of its own, and no caller notices. Subjects are named by the blind index of their number, never by the number.
"""

import tomllib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from core import audit
from core.errors import DomainError
from core.models import DepartmentFile, DepartmentRow, QueryLog
from core.models.department import Department


class NoDepartmentData(DomainError):
    """The department has sent nothing for that day: that is not the same as "no record"."""


@dataclass(frozen=True)
class Dataset:
    """One list of one department: how its file looks and what of it is kept."""

    department: Department
    code: str
    label: str
    subject: str
    key: str
    columns: Mapping[str, str] = field(default_factory=dict)
    mode: str = "snapshot"
    state: str = ""
    valid_from: str = ""
    valid_to: str = ""


@dataclass(frozen=True)
class Hit:
    """One record about the subject, and where it stands."""

    record: dict[str, Any]
    state: str
    detail: str
    valid: tuple[date | None, date | None]
    source_file: str
    row: int

    def covers(self, on: date) -> bool:
        """Say whether the record is valid on that day; an open end is open."""
        start, end = self.valid
        return (start is None or start <= on) and (end is None or on <= end)


@dataclass(frozen=True)
class Subject:
    """A kind of subject: how its number is checked and brought to one form, and under which purpose it is indexed."""

    code: str
    purpose: str
    check: Callable[[str], str]


_subjects: dict[str, Subject] = {}


def register_subject(subject: Subject) -> None:
    """Say how numbers of a kind are read; the app that knows the numbers calls this in its `datasets.py`."""
    _subjects[subject.code] = subject


def subject(code: str) -> Subject:
    """Return a registered kind of subject ("person", "organisation")."""
    return _subjects[code]


class Connector(ABC):
    """One dataset of one department that can be asked about a subject."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset

    def query(self, *, purpose: str, subject_index: str | Sequence[str], on: date, by: Any = None) -> list[Hit]:
        """Return what the department knew on that day about the subject, and log the question.

        :param purpose: what the answer is for; it is logged.
        :param subject_index: the blind index of the number, or several while index keys are rotated.
        :param by: the user who asks; None for a task.
        :raises NoDepartmentData: the department has sent nothing up to that day (logged as well).
        """
        if not purpose.strip():
            raise ValueError("say what the answer is for")
        indexes = [subject_index] if isinstance(subject_index, str) else list(subject_index)
        try:
            hits = self.find(indexes, on)
        except NoDepartmentData:
            self._log(purpose, indexes, on, by, hits=None)
            raise
        self._log(purpose, indexes, on, by, hits=hits)
        return hits

    def log_comparison(self, *, purpose: str, on: date, by: Any = None, hits: int) -> None:
        """Log that a whole list was compared at once: one entry for the comparison, which names no single subject."""
        self._write(purpose, "", on, by, available=True, hits=hits, states=[])

    @abstractmethod
    def find(self, subject_indexes: list[str], on: date) -> list[Hit]:
        """Look the subject up; called by `query`, which logs."""

    def _log(self, purpose: str, indexes: list[str], on: date, by: Any, *, hits: list[Hit] | None) -> None:
        self._write(
            purpose,
            indexes[0] if indexes else "",
            on,
            by,
            available=hits is not None,
            hits=len(hits or ()),
            states=sorted({hit.state for hit in hits or ()}),
        )

    def _write(
        self, purpose: str, index: str, on: date, by: Any, *, available: bool, hits: int, states: list[str]
    ) -> None:
        opened = audit.current()
        values = opened.values() if opened else {}
        with audit.read_only(False):
            QueryLog.objects.create(
                actor=getattr(by, "pk", None),
                actor_name=str(getattr(by, "audit_name", "")),
                role=values.get("role", ""),
                request_id=values.get("request_id", ""),
                department=self.dataset.department,
                dataset=self.dataset.code,
                purpose=purpose,
                subject_index=index,
                on=on,
                available=available,
                hits=hits,
                states=states,
            )


class BatchFileConnector(Connector):
    """Answers from the files that the department has sent (`manage.py load_department_file`)."""

    def find(self, subject_indexes: list[str], on: date) -> list[Hit]:
        files = DepartmentFile.objects.filter(
            department=self.dataset.department, dataset=self.dataset.code, as_of__lte=on
        ).order_by("-as_of", "-version")
        names = dict((files[:1] if self.dataset.mode == "snapshot" else files).values_list("pk", "name"))
        if not names:
            label = f"{self.dataset.department.label}「{self.dataset.label}」"
            raise NoDepartmentData(f"还没有{label}在 {on:%Y-%m-%d} 的数据。请联系数据管理员载入文件，或改为人工核验。")
        rows = DepartmentRow.objects.filter(subject_index__in=subject_indexes, file__in=names).order_by("file", "row")
        return [
            Hit(
                record=row.record,
                state=row.state,
                detail="，".join(str(value) for value in row.record.values() if value),
                valid=(row.valid_from, row.valid_to),
                source_file=names[row.file_id],
                row=row.row,
            )
            for row in rows
        ]


_connectors: dict[tuple[str, str], type[Connector]] = {}


def use(department: str, dataset: str, connector: type[Connector]) -> None:
    """Let a dataset be answered by another class than `BatchFileConnector`."""
    _connectors[department, dataset] = connector


def connector(department: str, dataset: str) -> Connector:
    """Return the connector of a dataset.

    :raises KeyError: no such dataset is declared in `core/data/datasets.toml`.
    """
    return _connectors.get((department, dataset), BatchFileConnector)(datasets()[department, dataset])


@cache
def datasets() -> dict[tuple[str, str], Dataset]:
    """Return the declared datasets by department and code."""
    text = (Path(__file__).parent / "data" / "datasets.toml").read_text()
    found = [
        Dataset(
            department=Department(entry["department"]),
            code=entry["code"],
            label=entry["label"],
            subject=entry["subject"],
            key=entry["key"],
            columns=entry["columns"],
            mode=entry.get("mode", "snapshot"),
            state=entry.get("state", ""),
            valid_from=entry.get("from", ""),
            valid_to=entry.get("to", ""),
        )
        for entry in tomllib.loads(text)["dataset"]
    ]
    return {(each.department.value, each.code): each for each in found}
