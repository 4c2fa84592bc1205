"""What a posting may not say, and what it must say: pure functions over dated rules. No Django, no clock, no files.

A rule looks for words (`patterns`, taken back where an `unless` covers them) or is one of the checks of figures below.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

BLOCK, WARN, REVIEW = "block", "warn", "review"
ACTIONS = (BLOCK, REVIEW, WARN)
DAYS = Decimal("21.75")
PROBATION_SHARE = Decimal("0.8")
PUBLIC_WELFARE = "public_welfare"
TEXTS = ("title", "description", "requirement", "skills", "shifts", "welfare")


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
class Rule:
    """One dated rule with its legal source. `check` names a function of this module instead of patterns."""

    code: str
    name: str
    action: str
    effective_from: date
    advice: str
    source: str
    article: str
    effective_to: date | None = None
    check: str = ""
    hints: tuple[str, ...] = ()
    patterns: tuple[re.Pattern[str], ...] = ()
    unless: tuple[re.Pattern[str], ...] = ()
    softened_by: re.Pattern[str] | None = None
    """Words that make a lawful exception possible: the finding goes to a person instead of blocking."""
    at: re.Pattern[str] | None = None
    """The places to which the rule is limited, by the title or the employer's name …"""
    beside: re.Pattern[str] | None = None
    """… or by what any text says. With neither it holds everywhere."""
    report: bool = False
    """Whether the officers must be told, because it looks like fraud."""
    public_welfare: str = ""
    """What it does on a public-welfare post instead: such posts may name the groups that they are kept for."""
    fairs: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    """To each kind of fair that is kept for a group, the words that name it."""

    def applies(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: the words with their position in a field, how to put it lawfully, and the article."""

    code: str
    name: str
    action: str
    advice: str
    article: str
    field: str = ""
    words: str = ""
    start: int = 0
    end: int = 0
    report: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """What a check of figures found, before the rule's words are put to it."""

    field: str
    words: str = ""
    values: Mapping[str, str] | None = None


class BadRules(ValueError):
    """The rules cannot be read; the message names the rule."""


def parse_rules(text: str) -> tuple[Rule, ...]:
    """Read `[[rule]]` rows.

    :raises BadRules: a row is incomplete, or a pattern is no regular expression.
    """
    return tuple(_rule(row) for row in tomllib.loads(text).get("rule", []))


def _rule(row: dict[str, Any]) -> Rule:
    name = row.get("code", "?")
    try:
        compiled: dict[str, Any] = {key: tuple(map(re.compile, row.pop(key, ()))) for key in ("patterns", "unless")}
        single: dict[str, Any] = {
            key: re.compile(row.pop(key)) for key in ("softened_by", "at", "beside") if key in row
        }
        fairs = {kind: re.compile(words) for kind, words in row.pop("fairs", {}).items()}
        rule = Rule(
            **row | {"hints": tuple(row.get("hints", ()))},
            **compiled,
            **single,
            fairs=fairs,
        )
    except (TypeError, re.error) as error:
        raise BadRules(f"rule {name}: {error}") from error
    if not {rule.action, rule.public_welfare or rule.action} <= set(ACTIONS) or (
        not rule.patterns and rule.check not in CHECKS
    ):
        raise BadRules(f"rule {name}: unknown action or check")
    return rule


class Rules(tuple[Rule, ...]):
    """Some rules, with one pattern over the hints of them all: most texts hold no hint, one look tells."""

    @cached_property
    def first_of_hint(self) -> re.Pattern[str]:
        """Finds the first character of each hint. The rest is only looked at, so that hints may overlap."""
        hints = sorted({hint for rule in self for hint in rule.hints})
        return re.compile("|".join(f"{re.escape(hint[0])}(?={re.escape(hint[1:])})" for hint in hints) or "(?!)")

    @cached_property
    def first_characters(self) -> list[tuple[Rule, frozenset[str]]]:
        """To each rule the characters with which its hints begin."""
        return [(rule, frozenset(hint[0] for hint in rule.hints)) for rule in self]

    def concerning(self, text: str) -> Iterator[Rule]:
        """Return the rules of which a text holds a hint, and those that need none."""
        found = frozenset(self.first_of_hint.findall(text))
        for rule, firsts in self.first_characters:
            if not firsts or (not firsts.isdisjoint(found) and any(hint in text for hint in rule.hints)):
                yield rule


def in_force(rules: Iterable[Rule], *, on: date) -> Rules:
    """Return the rules that count on a day."""
    return Rules(rule for rule in rules if rule.applies(on))


def check_posting(facts: PostingFacts, *, rules: Rules, minimum_wage: MinimumWage) -> tuple[Finding, ...]:
    """Return everything that is wrong with a posting: blocks first, then what a person must look at, then warnings."""
    found: list[Finding] = []
    everything = "\n".join(getattr(facts, name) for name in TEXTS)
    for rule in rules.concerning(everything):
        if rule.check:
            found += [_told(rule, gap) for gap in CHECKS[rule.check](facts, minimum_wage)]
        else:
            found += _words(rule, facts)
    return tuple(sorted(found, key=lambda finding: ACTIONS.index(finding.action)))


def _words(rule: Rule, facts: PostingFacts) -> Iterator[Finding]:
    if not _is_there(rule, facts):
        return
    for name in TEXTS:
        text = getattr(facts, name)
        if not text or (rule.hints and not any(hint in text for hint in rule.hints)):
            continue
        spans = _spans(rule.patterns, text)
        if not spans:
            continue
        innocent = _spans(rule.unless, text)
        for start, end in spans:
            if any(first < end and start < last for first, last in innocent):
                continue
            if not _is_kept(rule, facts, text[start:end]):
                yield _found(rule, facts, name, text, start, end)


def _is_there(rule: Rule, facts: PostingFacts) -> bool:
    """Whether a rule that is limited to some places or kinds of work holds for this posting."""
    if rule.at is None and rule.beside is None:
        return True
    if rule.at is not None and (rule.at.search(facts.title) or rule.at.search(facts.employer)):
        return True
    return rule.beside is not None and any(rule.beside.search(getattr(facts, name)) for name in TEXTS)


def _is_kept(rule: Rule, facts: PostingFacts, words: str) -> bool:
    """Whether the words name only groups for which a fair of this posting is kept."""
    named = {kind for kind, group in rule.fairs.items() if group.search(words)}
    return bool(named) and named <= facts.kept_for


def _found(rule: Rule, facts: PostingFacts, name: str, text: str, start: int, end: int) -> Finding:
    softened = rule.softened_by is not None and any(rule.softened_by.search(getattr(facts, each)) for each in TEXTS)
    action = REVIEW if softened and rule.action == BLOCK else rule.action
    if facts.kind == PUBLIC_WELFARE and rule.public_welfare:
        action = rule.public_welfare
    article = f"{rule.source}{rule.article}"
    return Finding(rule.code, rule.name, action, rule.advice, article, name, text[start:end], start, end, rule.report)


def _spans(patterns: Iterable[re.Pattern[str]], text: str) -> list[tuple[int, int]]:
    """Return where patterns match, overlapping matches as one (the widest first)."""
    found = sorted({match.span() for pattern in patterns for match in pattern.finditer(text)})
    merged: list[tuple[int, int]] = []
    for start, end in found:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _told(rule: Rule, gap: Gap) -> Finding:
    advice = rule.advice.format_map(gap.values) if gap.values else rule.advice
    article = f"{rule.source}{rule.article}"
    return Finding(
        rule.code, rule.name, rule.action, advice, article, gap.field, gap.words, 0, len(gap.words), rule.report
    )


# Checks of figures and of what must be there.

REQUIRED = {
    "title": "岗位名称",
    "employer": "用人单位",
    "headcount": "招聘人数",
    "description": "干什么活",
    "region": "工作地区",
    "pay_min": "工资",
}


def _required(facts: PostingFacts, wage: MinimumWage) -> Iterator[Gap]:
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


FULL_TIME = {"day": Decimal(8), "month": DAYS * 8, "year": DAYS * 96}
"""The hours of full-time work: pay that suffices for them suffices for fewer."""


def _a_month(pay: Decimal, period: str) -> Decimal | None:
    """Return a pay of full-time work as 元 a month, None for piecework."""
    factor = {"month": Decimal(1), "day": DAYS, "hour": DAYS * 8}.get(period)
    if factor is not None:
        return pay * factor
    return pay / 12 if period == "year" else None


def _minimum_wage(facts: PostingFacts, wage: MinimumWage) -> Iterator[Gap]:
    """劳动法 48. Full-time work by the month; part-time and gig work by the hour (劳动合同法 72) where the hours are known."""
    pay = facts.pay_min
    if pay is None or pay <= 0 or facts.kind == "internship":  # 见习、实习 are no employment (劳部发〔1995〕309号 12)
        return
    if facts.kind in BY_THE_HOUR:
        hours = _hours(facts)
        paid, floor, unit = pay / hours[0] if hours else None, wage.hour, "小时"
    else:
        paid, floor, unit = _a_month(pay, facts.pay_period), wage.month, "月"
        if facts.pay_period == "hour" and floor is not None:
            paid, floor, unit = pay, floor / (DAYS * 8), "小时"
    if paid is not None and floor is not None and paid < floor:
        yield Gap("pay_min", _figure(pay), {"floor": _figure(floor), "unit": unit})


def _hours(facts: PostingFacts) -> tuple[Decimal, Decimal] | None:
    """Return how many hours the pay is for, the fewest and the most, where the posting says so."""
    pattern = HOURS.get(facts.pay_period)
    if facts.pay_period == "hour":
        return Decimal(1), Decimal(1)
    found = pattern and (pattern.search(facts.shifts) or pattern.search(facts.description))
    said = [Decimal(number) for number in found.groups() if number] if found else []
    if not said or min(said) <= 0 or max(said) > MOST_HOURS[facts.pay_period]:
        return None
    return min(said), max(said)


def _hours_unknown(facts: PostingFacts, wage: MinimumWage) -> Iterator[Gap]:
    """Part-time or gig work paid by the day or the month, where it is open for how many hours and that decides."""
    pay, longest = facts.pay_min, FULL_TIME.get(facts.pay_period)
    if facts.kind not in BY_THE_HOUR or pay is None or pay <= 0 or wage.hour is None or longest is None:
        return
    few, many = _hours(facts) or (Decimal(0), longest)
    # What is too little even for the fewest hours is forbidden: `_minimum_wage` says so.
    if few * wage.hour <= pay < many * wage.hour:
        yield Gap("pay_min", _figure(pay), {"unit": UNITS[facts.pay_period], "floor": _figure(wage.hour)})


def _figure(amount: Decimal) -> str:
    return f"{amount:.2f}".removesuffix(".00")


def _probation_months(facts: PostingFacts, wage: MinimumWage) -> Iterator[Gap]:
    """劳动合同法 19, 70: the longest probation that a contract's term allows."""
    probation, contract = facts.probation_months or 0, facts.contract_months
    if probation <= 0:
        return
    longest = 6 if contract is None else next(most for below, most in LONGEST if contract < below)
    if facts.kind in BY_THE_HOUR:
        longest = 0
    if probation > longest:
        yield Gap("probation_months", f"{probation} 个月", {"longest": str(longest)})


LONGEST = ((3, 0), (12, 1), (36, 2), (10**6, 6))


def _probation_pay(facts: PostingFacts, wage: MinimumWage) -> Iterator[Gap]:
    """劳动合同法 20: at least 80 % of the agreed pay, and at least the minimum wage."""
    pay, agreed = facts.probation_pay, facts.pay_min
    if pay is None or agreed is None:
        return
    floor, unit = agreed * PROBATION_SHARE, _a_month(Decimal(1), facts.pay_period)
    if unit is not None and wage.month is not None:
        # A year's share of a month has no exact figure: rounded to 分, so that the wage itself always suffices.
        floor = max(floor, (wage.month / unit).quantize(Decimal("0.01")))
    if pay < floor:
        yield Gap("probation_pay", _figure(pay), {"floor": _figure(floor)})


CHECKS: dict[str, Callable[[PostingFacts, MinimumWage], Iterator[Gap]]] = {
    "required": _required,
    "minimum_wage": _minimum_wage,
    "hours_unknown": _hours_unknown,
    "probation_months": _probation_months,
    "probation_pay": _probation_pay,
}
