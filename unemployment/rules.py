"""What the law asks of a registration, a follow-up and an exit. Pure: no Django, no clock, no database.

Sources: 人社厅发〔2020〕79号 (who, clocks), 人社厅发〔2020〕3号 (exit), 辽人社建〔2025〕21号 (monthly contact; what may
never close a case).
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.months import add_months, first_day, last_day
from core.workdays import add_working_days, first_working_day, is_working_day, last_working_day

DATA = Path(__file__).parent / "data"
MIN_AGE = 16
FORBIDDEN = frozenset({"311", "32"})
"""Grounds that Liaoning forbids as the reason of a closure: three refusals, six months out of reach."""


# Who may register


@dataclass(frozen=True, slots=True)
class Applicant:
    """What is known for certain about somebody who asks to be registered (not what a data hit suggests)."""

    birth_date: date
    died_on: date | None = None


def registration_obstacles(applicant: Applicant, *, on: date) -> list[str]:
    """Return why this person cannot be registered; empty when they can.

    The lower bound is the age of 16. The upper one is drawing a pension, not an age; that and every other data hit
    only sends the case to a person (`check_kinds`), so it is no obstacle here.
    """
    found = []
    sixteenth = add_months(applicant.birth_date, 12 * MIN_AGE)
    if on < sixteenth:
        found.append(f"满 16 周岁才能办理失业登记，到 {sixteenth:%Y 年 %-m 月 %-d 日}就可以办了。")
    if applicant.died_on is not None:
        found.append("档案里记有死亡日期。如登记有误，请先到民政部门更正。")
    return found


@dataclass(frozen=True, slots=True)
class CheckKind:
    """One comparison with a department's data: what a hit means, and where a wrong record is corrected."""

    code: str
    source: str
    dataset: str
    department: str
    label: str
    hit: str
    correct: str
    where: str
    ground: str = ""


@lru_cache(maxsize=1)
def check_kinds() -> dict[str, CheckKind]:
    """Return the comparisons made for every application, in the order they are shown."""
    return {row["code"]: CheckKind(**row) for row in _read("checks.toml")["check"]}


@dataclass(frozen=True, slots=True)
class Found:
    """One record of a department about the applicant."""

    record: Mapping[str, Any]
    state: str = ""
    start: date | None = None
    end: date | None = None

    def covers(self, on: date) -> bool:
        """Say whether the record is valid on that day; an open end is open."""
        return (self.start is None or self.start <= on) and (self.end is None or on <= self.end)


OVER_STATES = ("注销", "吊销", "停", "终止", "毕业", "退学", "结业", "离校")


def is_hit(code: str, found: Found, *, name: str, on: date) -> bool:
    """Say whether a department's record speaks against being jobless, so that a person has to look.

    :param code: which comparison (`check_kinds`).
    :param name: the applicant's name, compared with the police's.
    """
    if code == "identity":
        return str(found.record.get("name", name)).strip() != name.strip() or "注销" in found.state
    if code == "death":
        return True
    if any(word in found.state for word in OVER_STATES):
        return False
    if code == "insurance":
        # Contributions are for months: one paid by a unit for this month or the last one counts as a job.
        recent = found.end is None or found.end >= add_months(first_day(on), -1)
        return "单位" in str(found.record.get("capacity", "")) and recent
    return found.covers(on)


# Clocks


@dataclass(frozen=True, slots=True)
class Clocks:
    """The dated time limits, in working days."""

    decide: int
    first_contact: int
    correction: int
    correction_pauses: bool
    earliest_workday: int

    def decide_by(self, submitted_on: date) -> date:
        """Return the last day to decide (3 working days)."""
        return add_working_days(submitted_on, self.decide)

    def first_contact_by(self, registered_on: date) -> date:
        """Return the last day of the first contact (5 working days after the decision)."""
        return add_working_days(registered_on, self.first_contact)

    def correction_by(self, asked_on: date) -> date:
        """Return the day until which the applicant may mend the form."""
        return add_working_days(asked_on, self.correction)


def follow_up_due(month: date, *, registered_on: date, clocks: Clocks) -> date:
    """Return the day on which the month's contact is due: always a working day of that month.

    It follows the day of the month of the registration, so that a worker's load is spread; it is never earlier than
    a given working day of the month, so that nobody starts a month overdue. The first contact, which has its own
    clock, is the record of the month of registration.
    """
    if first_day(registered_on) == first_day(month):
        return clocks.first_contact_by(registered_on)
    return due_by_day(month, clocks=clocks)[registered_on.day - 1]


def due_by_day(month: date, *, clocks: Clocks) -> list[date]:
    """Return the due day for registrations of each day of the month, 1 to 31: what a set-based insert needs."""
    earliest = add_working_days(first_working_day(month), clocks.earliest_workday - 1)
    end = last_working_day(month)
    return [min(max(_back_to_workday(month, day), earliest), end) for day in range(1, 32)]


def _back_to_workday(month: date, day: int) -> date:
    found = first_day(month).replace(day=min(day, last_day(month).day))
    while not is_working_day(found):
        found -= timedelta(days=1)
    return found


# Leaving


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason for which a registration ends: the item of the law, its evidence, who decides, who is told.

    :param history_only: exists for imported history; no case is closed for it.
    :param second_person: somebody else than the proposer decides.
    :param supervisor: the county's supervisor decides.
    :param notify: the person is told the ground, the article and how to object.
    :param hearing: before the decision the person has some working days to say otherwise (陈述申辩).
    :param revokes: no closure but 撤销: the registration was wrong from its first day.
    """

    code: str
    label: str
    article: str
    evidence: str
    history_only: bool = False
    second_person: bool = True
    supervisor: bool = False
    notify: bool = True
    hearing: bool = True
    revokes: bool = False
    note: str = ""
    document: str = ""

    @property
    def citation(self) -> str:
        """Return the document and the item, as a notice cites it."""
        return f"{self.document}{self.article}" if self.article else self.document


@lru_cache(maxsize=1)
def grounds() -> dict[str, Ground]:
    """Return every ground by its code, those of imported history included."""
    table = _read("grounds.toml")
    document = table["source"]["document"]
    return {row["code"]: Ground(**{"document": document, **row}) for row in table["ground"]}


def lawful_grounds() -> list[Ground]:
    """Return the grounds for which a case may be closed today."""
    return [ground for ground in grounds().values() if not ground.history_only and not ground.revokes]


def revoking_grounds() -> list[Ground]:
    """Return the grounds of 撤销, which is a decision of its own."""
    return [ground for ground in grounds().values() if ground.revokes]


@lru_cache(maxsize=1)
def guard_sentence() -> str:
    """Return why the forbidden grounds are refused, with the article."""
    guard = _read("grounds.toml")["liaoning_guard"]
    return (
        f"不得仅以此为由注销。{guard['document']}规定：“{guard['quote']}”。"
        "请按“数据比对、上门走访、邻里和社区核实”的步骤继续找人，查到其他法定情形和证据再提出注销。"
    )


def closure_obstacles(code: str, *, evidence: str, has_document: bool) -> list[str]:
    """Return why a case cannot be closed on this ground with this evidence; empty when it can."""
    ground = grounds().get(code)
    if ground is None:
        return ["请选择一种法定注销情形。"]
    if code in FORBIDDEN:
        return [guard_sentence()]
    if ground.history_only:
        return [f"“{ground.label}”只用于导入过去的记录，不能据此注销。{ground.note}"]
    if not has_document and len(evidence.strip()) < 6:
        return [f"请写明证据，至少 6 个字，或者上传材料：{ground.evidence}。"]
    return []


# Out of reach: what is done instead of closing


@dataclass(frozen=True, slots=True)
class SearchStep:
    """One step of looking for somebody who cannot be reached."""

    code: str
    label: str
    what: str


SEARCH_STEPS = (
    SearchStep("data", "数据比对", "查社保、营业执照、养老待遇和死亡登记，看人是否已经就业或有变动"),
    SearchStep("visit", "上门走访", "到常住地址走访，两人同行，记录时间和所见"),
    SearchStep("community", "邻里和社区核实", "向社区、邻里、亲属核实去向，留下核实人"),
)


def next_search_step(done: Collection[str]) -> SearchStep | None:
    """Return the next step of the search; None when all were taken (the case stays registered)."""
    return next((step for step in SEARCH_STEPS if step.code not in done), None)


def _read(name: str) -> dict[str, Any]:
    with (DATA / name).open("rb") as file:
        return tomllib.load(file)


# Papers


@dataclass(frozen=True, slots=True)
class PaperKind:
    """A kind of 文书: what it is called, the word of its number, and the layout new ones are made with.

    :param number_term: which dated term says how the number is written.
    """

    code: str
    title: str
    word: str
    template: str
    number_term: str = "paper_number"


@lru_cache(maxsize=1)
def paper_kinds() -> dict[str, PaperKind]:
    """Return every kind of paper by its code, in the order of a registration's life."""
    return {row["code"]: PaperKind(**row) for row in _read("papers.toml")["paper"]}
