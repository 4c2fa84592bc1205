"""What the figures of a posting must be, and what it must name: pure functions. No Django, no clock, no files."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Figures:
    """What the law itself counts with, dated with its rule (`figures` in posting_rules.toml); a rule names what it needs."""

    days: Decimal = Decimal(0)
    """Paid days of a month (月计薪天数)."""
    hours: Decimal = Decimal(0)
    """Hours of a full-time day."""
    share: Decimal = Decimal(0)
    """The part of the agreed pay that a probation must be paid."""
    longest: Sequence[Sequence[int]] = ()
    """(contract shorter than so many months, longest probation in months), the shorter contracts first."""
    open_ended: int = 0
    """The longest probation of a longer contract, or of one without an end, in months."""

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "Figures":
        """Read the figures of a rule. :raises TypeError: it names one that is not known."""
        values: dict[str, Any] = {k: Decimal(value) if isinstance(value, str) else value for k, value in row.items()}
        return cls(**values)

    def hours_of(self, period: str) -> Decimal | None:
        """Return the hours of full-time work in a day, month or year, None for another period."""
        return {"day": self.hours, "month": self.days * self.hours, "year": self.days * self.hours * 12}.get(period)


@dataclass(frozen=True, slots=True)
class MinimumWage:
    """The county's minimum wage: 元 a month, and 元 an hour for part-time work. None where none is known."""

    month: Decimal | None = None
    hour: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PostingFacts:
    """What the checks read of a posting. `imported` ones are taken as the source wrote them: nothing is required."""

    title: str = ""
    description: str = ""
    requirement: str = ""
    skills: str = ""
    shifts: str = ""
    welfare: str = ""
    employer: str = ""
    headcount: int | None = None
    region: str = ""
    kind: str = "full_time"
    pay_min: Decimal | None = None
    pay_period: str = ""
    pay_months: int = 12
    probation_months: int | None = None
    probation_pay: Decimal | None = None
    contract_months: int | None = None
    valid_until: date | None = None
    imported: bool = False
    kept_for: frozenset[str] = frozenset()
    """The groups for which the fairs that it is brought to are kept: it may name them."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What a check of figures found, before the rule's words are put to it."""

    field: str
    words: str = ""
    values: Mapping[str, str] | None = None


REQUIRED = {
    "title": "岗位名称",
    "employer": "用人单位",
    "headcount": "招聘人数",
    "description": "干什么活",
    "region": "工作地区",
    "pay_min": "工资",
}


def _required(facts: PostingFacts, wage: MinimumWage, law: Figures) -> Iterator[Gap]:
    """人力资源市场暂行条例 24: what a posting must name. 面议 is no pay."""
    if not facts.imported:
        yield from (Gap(name, "", {"what": label}) for name, label in REQUIRED.items() if not getattr(facts, name))


BY_THE_HOUR = ("part_time", "gig")
"""Kinds of work whose minimum wage is the hour's (劳动合同法 72)."""
UNITS = {"hour": "小时", "day": "天", "month": "月", "year": "年"}
_SPAN = r"(\d{1,3}(?:\.\d)?)\s*(?:[-—–~～至到]+\s*(\d{1,3}(?:\.\d)?)\s*)?(?:个?小时|个?钟头?|[hH](?![a-z]))"
HOURS = {
    "day": re.compile(
        r"(?:每[天日]|一天|日均)[^。；;，,\d\n]{0,6}" + _SPAN + r"|(?<!\d)(?<!\.)" + _SPAN + r"\s*/\s*[天日]"
    ),
    "month": re.compile(
        r"(?:每个?月|一个月|月均)[^。；;，,\d\n]{0,6}" + _SPAN + r"|(?<!\d)(?<!\.)" + _SPAN + r"\s*/\s*月"
    ),
}
"""Where a text says how many hours a day or a month are worked."""
MOST_HOURS = {"day": 12, "month": 300}
"""Nobody works more: 每天 24 小时 is when the shop is open."""
CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-3])[:：]([0-5]\d)\s*[-—–~～至到]+\s*([01]?\d|2[0-4])[:：]([0-5]\d)(?!\d)")
"""From when to when: 8:00–17:00."""
WITHOUT_BREAK, BREAK = Decimal(5), Decimal(2)
"""A day up to so many hours has no break; a longer one may have one of so many hours."""


def _a_month(pay: Decimal, period: str, law: Figures) -> Decimal | None:
    """Return a pay of full-time work as 元 a month, None for piecework."""
    factor = {"month": Decimal(1), "day": law.days, "hour": law.days * law.hours}.get(period)
    if factor is not None:
        return pay * factor
    return pay / 12 if period == "year" else None


def _minimum_wage(facts: PostingFacts, wage: MinimumWage, law: Figures) -> Iterator[Gap]:
    """劳动法 48. Full-time work by the month; part-time and gig work by the hour (劳动合同法 72) where the hours are known."""
    pay = facts.pay_min
    if pay is None or pay <= 0 or facts.kind == "internship":  # 见习、实习 are no employment (劳部发〔1995〕309号 12)
        return
    if facts.kind in BY_THE_HOUR:
        hours = _hours(facts)
        paid, floor, unit = pay / hours[0] if hours else None, wage.hour, "小时"
    else:
        paid, floor, unit = _a_month(pay, facts.pay_period, law), wage.month, "月"
        if facts.pay_period == "hour" and floor is not None:
            paid, floor, unit = pay, floor / (law.days * law.hours), "小时"
    if paid is not None and floor is not None and paid < floor:
        yield Gap("pay_min", _figure(pay), {"floor": _figure(floor), "unit": unit})


def _hours(facts: PostingFacts) -> tuple[Decimal, Decimal] | None:
    """Return how many hours the pay is for, the fewest and the most, where the posting says so."""
    pattern = HOURS.get(facts.pay_period)
    if facts.pay_period == "hour":
        return Decimal(1), Decimal(1)
    found = pattern and (pattern.search(facts.shifts) or pattern.search(facts.description))
    said = [Decimal(number) for number in found.groups() if number] if found else []
    if not said and facts.pay_period == "day":
        said = _by_the_clock(facts.shifts)
    if not said or min(said) <= 0 or max(said) > MOST_HOURS[facts.pay_period]:
        return None
    return min(said), max(said)


def _by_the_clock(shifts: str) -> list[Decimal]:
    """Return the hours of the one shift that is named with its times, without and with its break; [] for several."""
    spans = CLOCK.findall(shifts)
    if len(spans) != 1:
        return []
    hour, minute, until, past = map(Decimal, spans[0])
    hours = until - hour + (past - minute) / 60
    hours += 24 if hours <= 0 else 0  # past midnight
    return [hours - BREAK if hours > WITHOUT_BREAK else hours, hours]


def _hours_unknown(facts: PostingFacts, wage: MinimumWage, law: Figures) -> Iterator[Gap]:
    """Part-time or gig work paid by the day or the month, where it is open for how many hours and that decides."""
    # Pay that suffices for full-time work suffices for fewer hours.
    pay, longest = facts.pay_min, law.hours_of(facts.pay_period)
    if facts.kind not in BY_THE_HOUR or pay is None or pay <= 0 or wage.hour is None or longest is None:
        return
    few, many = _hours(facts) or (Decimal(0), longest)
    # What is too little even for the fewest hours is forbidden: `_minimum_wage` says so.
    if few * wage.hour <= pay < many * wage.hour:
        yield Gap("pay_min", _figure(pay), {"unit": UNITS[facts.pay_period], "floor": _figure(wage.hour)})


def _figure(amount: Decimal) -> str:
    return f"{amount:.2f}".removesuffix(".00")


def _probation_months(facts: PostingFacts, wage: MinimumWage, law: Figures) -> Iterator[Gap]:
    """劳动合同法 19, 70: the longest probation that a contract's term allows."""
    probation, contract = facts.probation_months or 0, facts.contract_months
    if probation <= 0:
        return
    shorter = (most for below, most in law.longest if contract is not None and contract < below)
    longest = next(shorter, law.open_ended)
    if facts.kind in BY_THE_HOUR:
        longest = 0
    if probation > longest:
        yield Gap("probation_months", f"{probation} 个月", {"longest": str(longest)})


def _probation_pay(facts: PostingFacts, wage: MinimumWage, law: Figures) -> Iterator[Gap]:
    """劳动合同法 20: at least a share of the agreed pay, and at least the minimum wage."""
    pay, agreed = facts.probation_pay, facts.pay_min
    if pay is None or agreed is None:
        return
    floor, unit = agreed * law.share, _a_month(Decimal(1), facts.pay_period, law)
    if unit is not None and wage.month is not None:
        # A year's share of a month has no exact figure: rounded to 分, so that the wage itself always suffices.
        floor = max(floor, (wage.month / unit).quantize(Decimal("0.01")))
    if pay < floor:
        yield Gap("probation_pay", _figure(pay), {"floor": _figure(floor)})


CHECKS: dict[str, Callable[[PostingFacts, MinimumWage, Figures], Iterator[Gap]]] = {
    "required": _required,
    "minimum_wage": _minimum_wage,
    "hours_unknown": _hours_unknown,
    "probation_months": _probation_months,
    "probation_pay": _probation_pay,
}
