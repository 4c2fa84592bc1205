"""What other departments and the floors below know about a person, asked once per purpose.

A department that has sent no data did not answer: that is None here, never "no record".
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core import connectors
from core.connectors import Hit, NoDepartmentData
from core.crypto import blind_indexes
from core.models import DepartmentFile
from core.money import from_fen, to_fen
from core.months import first_day, last_day, month_range
from people.models import Person
from unemployment.employments import flexible_work_in
from unemployment.models import Employment, Registration
from unemployment.welfare_posts import RosterLine, posts_of

NOT_PAID = ("欠缴", "未缴", "退费", "作废")
GONE = ("注销", "吊销", "已注销")


@dataclass(frozen=True)
class Paid:
    """What was paid into pension and medical insurance for one month, and by whom ("person" or "unit")."""

    month: date
    pension: Decimal
    medical: Decimal
    by: str


@dataclass(frozen=True)
class Answers:
    """What the departments answered; None where one did not answer."""

    payments: tuple[Paid, ...] | None = None
    payments_until: date | None = None
    draws_pension: bool | None = None
    has_licence: bool | None = None
    licence: str = ""
    on_public_payroll: bool | None = None
    is_dead: bool | None = None
    original_age: int | None = None

    def paid_alone(self, month: date) -> Paid | None:
        """Return what the person paid on their own for a month."""
        return next((p for p in self.payments or () if p.month == month and p.by == "person"), None)

    def paid_by_unit(self, month: date) -> bool:
        """Whether a unit paid for the person in a month."""
        return any(p.month == month and p.by == "unit" for p in self.payments or ())

    def covers(self, month: date) -> bool:
        """Whether the payment records reach that far: a younger month without a record is unknown, not unpaid."""
        return self.payments_until is not None and last_day(month) <= self.payments_until


def ask_departments(person: Person, *, on: date, purpose: str) -> Answers:
    """Ask every department that the checks before a subsidy need. Each question is logged with its purpose."""
    indexes = blind_indexes(person.id_number.open(), purpose="person.id_number")

    def ask(department: str, dataset: str) -> list[Hit] | None:
        try:
            return connectors.connector(department, dataset).query(purpose=purpose, subject_index=indexes, on=on)
        except NoDepartmentData:
            return None

    contributions = ask("social_insurance", "contributions")
    licences = ask("market_regulation", "registrations")
    living = None if licences is None else [hit for hit in licences if hit.covers(on) and hit.state not in GONE]
    pensions, deaths = ask("social_insurance", "pensions"), ask("police", "deaths")
    payroll, ages = ask("finance", "payroll"), ask("social_insurance", "original_ages")
    return Answers(
        payments=None if contributions is None else _by_month(contributions),
        payments_until=_reach() if contributions is not None else None,
        draws_pension=None if pensions is None else any(hit.covers(on) for hit in pensions),
        has_licence=None if living is None else bool(living),
        licence="、".join(str(hit.record.get("name", "")) for hit in living or ()),
        on_public_payroll=None if payroll is None else any(hit.covers(on) for hit in payroll),
        is_dead=None if deaths is None else any(hit.covers(on) for hit in deaths),
        original_age=_age(ages),
    )


def _reach() -> date | None:
    files = DepartmentFile.objects.filter(department="social_insurance", dataset="contributions")
    return files.order_by("-as_of").values_list("as_of", flat=True).first()


def _by_month(hits: Sequence[Hit]) -> tuple[Paid, ...]:
    """Sum the records by month and payer; one record over several months is spread evenly, to the fen."""
    sums: dict[tuple[date, str], list[int]] = defaultdict(lambda: [0, 0])
    for hit in hits:
        kind, start = str(hit.record.get("kind", "")), hit.valid[0]
        index = (
            0 if "养老" in kind or kind.startswith("110") else 1 if "医疗" in kind or kind.startswith("310") else None
        )
        if index is None or start is None or hit.state in NOT_PAID:
            continue
        capacity = str(hit.record.get("capacity", ""))
        by = "person" if capacity.startswith("102") or "个人" in capacity or "灵活" in capacity else "unit"
        months = list(month_range(start, hit.valid[1] or start))
        share, rest = divmod(_fen(hit), len(months))
        for offset, month in enumerate(months):
            sums[first_day(month), by][index] += share + (offset < rest)
    return tuple(
        Paid(month, from_fen(pension), from_fen(medical), by)
        for (month, by), (pension, medical) in sorted(sums.items())
    )


def _fen(hit: Hit) -> int:
    try:
        return to_fen(str(hit.record.get("amount", "0")).replace(",", "") or "0")
    except ValueError:
        return 0


def _age(hits: list[Hit] | None) -> int | None:
    ages = {str(hit.record.get("original_age", "")) for hit in hits or ()}
    return int(ages.pop()) if len(ages) == 1 and ages <= {"50", "55", "60"} else None


@dataclass(frozen=True)
class Registers:
    """What the registers of the floor below say about the months claimed."""

    flexible: dict[date, Employment]
    """The flexible work that is registered, by month."""
    posts: list[RosterLine]
    """The lines of the 公益性岗位 roster."""


def read_registers(person: Person, months: Sequence[date]) -> Registers:
    """Read the register of employments and the roster of 公益性岗位: ours, so what is not there is not registered."""
    return Registers(flexible_work_in(person, months), posts_of(person, months))


def is_registered_unemployed(person: Person) -> bool:
    """Whether the person is registered as unemployed just now."""
    return Registration.objects.filter(person=person).active().exists()
