"""Eligibility and amounts: a programme's dated terms applied to the facts of one claim. No Django, no clock, no I/O.

Expressions run in zen-engine, which has traps: a missing `x` makes `x != 1` true, errors are exceptions, 1/0 is None,
and numbers come out as floats. So every rule names the facts it needs and a missing one makes the rule *unknown*
before zen runs; an exception or a None is unknown; money goes in as whole fen and comes out by `checked_fen` alone.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache
from importlib.metadata import version as package_version
from typing import Any

import zen

from core.money import from_fen

Value = bool | int | str | None
ENGINE = f"zen-engine {package_version('zen-engine')}"
LANGUAGE = frozenset({"and", "or", "not", "in", "true", "false", "null"})
LARGEST = 2**53  # beyond it the engine's floats skip whole numbers
ROUNDING = {"down": ROUND_DOWN, "half_up": ROUND_HALF_UP}


class Verdict(StrEnum):
    """What one rule says. Unknown never approves or refuses by itself: a person looks and decides."""

    MET = "met"
    FAILED = "failed"
    UNKNOWN = "unknown"


class BadTerms(ValueError):
    """The data file cannot be what was meant; the message says where and what."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition of a programme: the facts it needs, the article it comes from, and what to tell people.

    `ask_if_false` marks a condition that only calls for a look by a person: false is then unknown, not failed.
    """

    code: str
    label: str
    needs: tuple[str, ...]
    expression: str
    article: str
    met: str
    failed: str
    unknown: str
    remedy: str
    ask_if_false: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """One way to derive a fact; the first branch whose condition holds gives the value."""

    needs: tuple[str, ...]
    when: str
    value: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """A fact that follows from others, such as the most months a person may draw."""

    fact: str
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Amount:
    """The formula: fen of one month (`per = "month"`) or of the whole claim (`per = "claim"`)."""

    per: str
    needs: tuple[str, ...]
    expression: str
    rounding: str
    article: str
    explain: str


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of a programme, as the rules read it."""

    rules: tuple[Rule, ...]
    derived: tuple[Derived, ...]
    amount: Amount
    params: Mapping[str, Value]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Terms":
        """Build from the stored form (`ProgrammeVersion.terms`).

        :raises BadTerms: a key is missing or unknown, or an expression does not parse.
        """
        try:
            terms = cls(
                rules=tuple(Rule(**{**row, "needs": tuple(row["needs"])}) for row in data["rules"]),
                derived=tuple(
                    Derived(row["fact"], tuple(Branch(**{**b, "needs": tuple(b["needs"])}) for b in row["branches"]))
                    for row in data["derived"]
                ),
                amount=Amount(**{**data["amount"], "needs": tuple(data["amount"]["needs"])}),
                params=dict(data["params"]),
            )
        except (KeyError, TypeError) as error:
            raise BadTerms(f"条款缺少或多出一项：{error}") from error
        terms.check()
        return terms

    def check(self) -> None:
        """Refuse terms whose expressions do not parse, whose codes repeat, or whose rounding is unknown.

        :raises BadTerms: with the place.
        """
        codes = [rule.code for rule in self.rules]
        if len(set(codes)) != len(codes):
            raise BadTerms("规则代码有重复。")
        if self.amount.rounding not in ROUNDING or self.amount.per not in ("month", "claim"):
            raise BadTerms("金额公式的 rounding 应是 down 或 half_up，per 应是 month 或 claim。")
        for place, expression, needs in self._expressions():
            if problem := zen.validate_expression(expression):
                raise BadTerms(f"{place} 的表达式写错了：{expression}（{problem.get('source', problem)}）")
            if unlisted := names_in(expression) - set(needs):
                # zen would read an unlisted name as missing, and `missing != 1` is true.
                raise BadTerms(f"{place} 的表达式用到了 needs 里没有列出的 {'、'.join(sorted(unlisted))}。")

    def _expressions(self) -> Iterable[tuple[str, str, tuple[str, ...]]]:
        yield from ((rule.code, rule.expression, rule.needs) for rule in self.rules)
        for derived in self.derived:
            for branch in derived.branches:
                yield derived.fact, branch.when, branch.needs
                yield derived.fact, branch.value, branch.needs
        yield "amount", self.amount.expression, self.amount.needs

    def needs(self) -> frozenset[str]:
        """Return every fact that has to be collected (not the derived ones, the parameters, or a month's own)."""
        wanted = {name for rule in self.rules for name in rule.needs}
        wanted |= {name for d in self.derived for b in d.branches for name in b.needs}
        if self.amount.per == "claim":
            wanted |= set(self.amount.needs)
        return frozenset(wanted - {d.fact for d in self.derived} - set(self.params))


@dataclass(frozen=True, slots=True)
class Month:
    """What was paid for one month (`month` as 2026-07), in fen by kind: {"pension_fen": 74475, …}."""

    month: str
    paid: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one claim on one day: `sources` says from where, `details` puts it in words."""

    values: Mapping[str, Value]
    months: tuple[Month, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in self.values.items():
            if isinstance(value, float | Decimal):
                raise TypeError(
                    f"fact {name} must be bool, int (fen, months), text or None, not {type(value).__name__}"
                )

    def as_dict(self) -> dict[str, Any]:
        """Return the form stored with the claim."""
        return {
            "values": dict(self.values),
            "months": [{"month": m.month, "paid": dict(m.paid)} for m in self.months],
            "sources": dict(self.sources),
            "details": dict(self.details),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Facts":
        """Read back what `as_dict` stored; an empty dict is no facts at all."""
        return cls(
            values=data.get("values", {}),
            months=tuple(Month(row["month"], row["paid"]) for row in data.get("months", ())),
            sources=data.get("sources", {}),
            details=data.get("details", {}),
        )

    def changes_to(self, other: "Facts") -> list[str]:
        """Name the facts whose value differs in `other`; payments of months count as "months"."""
        names = sorted({*self.values, *other.values})
        changed = [name for name in names if self.values.get(name) != other.values.get(name)]
        if [(m.month, dict(m.paid)) for m in self.months] != [(m.month, dict(m.paid)) for m in other.months]:
            changed.append("months")
        return changed


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """What one rule said, with the facts it used, the article, and the sentence for the applicant."""

    verdict: Verdict
    rule: str
    label: str
    article: str
    facts: Mapping[str, Value]
    sentence: str
    remedy: str = ""
    by_person: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict.value,
            "rule": self.rule,
            "label": self.label,
            "article": self.article,
            "facts": dict(self.facts),
            "sentence": self.sentence,
            "remedy": self.remedy,
            "by_person": self.by_person,
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """An officer looked into an unknown rule: met or failed, why, and who."""

    rule: str
    verdict: Verdict
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The outcome: the amount in yuan (None while it cannot be computed), each month's, and every rule's verdict."""

    amount: Decimal | None
    months: Mapping[str, Decimal | None]
    trace: tuple[RuleVerdict, ...]
    derived: Mapping[str, Value]
    explain: str
    engine: str = ENGINE

    @property
    def failed(self) -> tuple[RuleVerdict, ...]:
        return tuple(v for v in self.trace if v.verdict is Verdict.FAILED)

    @property
    def unknown(self) -> tuple[RuleVerdict, ...]:
        return tuple(v for v in self.trace if v.verdict is Verdict.UNKNOWN)

    @property
    def met(self) -> tuple[RuleVerdict, ...]:
        return tuple(v for v in self.trace if v.verdict is Verdict.MET)

    @property
    def verdict(self) -> Verdict:
        """Failed if any rule failed, else unknown if any is or the amount is, else met."""
        if self.failed:
            return Verdict.FAILED
        return Verdict.UNKNOWN if self.unknown or self.amount is None else Verdict.MET

    @property
    def reasons(self) -> list[str]:
        """Return the sentences of the rules that stand in the way, failed ones first."""
        return [v.sentence for v in (*self.failed, *self.unknown)]

    def as_dict(self) -> dict[str, Any]:
        """Return the form stored with the claim, complete enough to explain the decision years later."""
        return {
            "verdict": self.verdict.value,
            "amount": None if self.amount is None else str(self.amount),
            "months": {m: None if a is None else str(a) for m, a in self.months.items()},
            "rules": [v.as_dict() for v in self.trace],
            "derived": dict(self.derived),
            "explain": self.explain,
            "engine": self.engine,
        }


def assess(terms: Terms, facts: Facts, findings: Sequence[Finding] = ()) -> Assessment:
    """Apply every rule and the formula. Findings settle rules that the data leaves unknown, never ones it decides."""
    values: dict[str, Value] = {**facts.values, **terms.params}
    derived = {}
    for item in terms.derived:
        derived[item.fact] = values[item.fact] = _derive(item, values)
    settled = {finding.rule: finding for finding in findings}
    words = _Words({**values, **{f"{k}_detail": v for k, v in facts.details.items()}})
    trace = tuple(_judge(rule, values, words, settled.get(rule.code)) for rule in terms.rules)
    amount, months = _amounts(terms.amount, values, facts.months)
    return Assessment(amount, months, trace, derived, terms.amount.explain.format_map(words))


def names_in(expression: str) -> set[str]:
    """Return the names an expression reads: identifiers outside quotes, neither words of the language nor calls."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "''", expression)
    return set(re.findall(r"[A-Za-z_]\w*(?!\w*\s*\()", bare)) - LANGUAGE


def checked_fen(value: object, *, rounding: str) -> int:
    """Turn an expression's result into whole fen: the only door by which a float becomes money.

    :raises ValueError: no finite number, negative, or beyond the whole numbers a float holds exactly.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("规则算出的金额不是数字。")
    if not 0 <= value < LARGEST:
        raise ValueError("规则算出的金额超出范围。")
    # 15 significant digits hide the binary tail: 0.1 + 0.2 must be 0.3 before it is rounded.
    return int(Decimal(f"{value:.15g}").quantize(Decimal(1), ROUNDING[rounding]))


class _Words(dict[str, Any]):
    """Words for a sentence; what is not known reads as nothing."""

    def __missing__(self, key: str) -> str:
        return ""

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        return "" if value is None else value


@lru_cache(maxsize=2048)
def _compiled(expression: str) -> Any:
    return zen.compile_expression(expression)


def _evaluate(expression: str, needs: tuple[str, ...], values: Mapping[str, Value]) -> object:
    """Return the expression's value, or None when a needed fact is missing or the engine cannot say."""
    given = {name: values.get(name) for name in needs}
    if any(value is None for value in given.values()):
        return None
    try:
        return _compiled(expression).evaluate(given)
    except RuntimeError:  # zen's only exception: a type that the expression cannot take
        return None


def _used(branch: Branch, expression: str) -> tuple[str, ...]:
    """Return the facts that this half of a branch reads: the months to retirement matter only when it is near."""
    return tuple(sorted(names_in(expression) & set(branch.needs)))


def _derive(item: Derived, values: Mapping[str, Value]) -> Value:
    """Return the first branch that applies; a branch that cannot be told stops the search (unknown)."""
    for branch in item.branches:
        applies = True if branch.when == "true" else _evaluate(branch.when, _used(branch, branch.when), values)
        if applies is True:
            value = _evaluate(branch.value, _used(branch, branch.value), values)
            return int(value) if isinstance(value, float) and value.is_integer() else value  # type: ignore[return-value]
        if applies is not False:
            return None
    return None


def _judge(rule: Rule, values: Mapping[str, Value], words: _Words, finding: Finding | None) -> RuleVerdict:
    outcome = _evaluate(rule.expression, rule.needs, values)
    if outcome is True:
        verdict, sentence = Verdict.MET, rule.met
    elif outcome is False and not rule.ask_if_false:
        verdict, sentence = Verdict.FAILED, rule.failed
    else:
        verdict, sentence = Verdict.UNKNOWN, rule.failed if outcome is False else rule.unknown
    by = ""
    if verdict is Verdict.UNKNOWN and finding is not None:
        verdict, sentence, by = finding.verdict, finding.reason, finding.by
    else:
        sentence = sentence.format_map(words)
    remedy = "" if verdict is Verdict.MET else rule.remedy.format_map(words)
    facts = {name: values.get(name) for name in rule.needs}
    return RuleVerdict(verdict, rule.code, rule.label, rule.article, facts, sentence, remedy, by)


def _amounts(
    formula: Amount, values: Mapping[str, Value], months: tuple[Month, ...]
) -> tuple[Decimal | None, dict[str, Decimal | None]]:
    """Return the total and each month's amount. Each month is rounded by itself, so that the parts make the total."""
    if formula.per == "claim":
        fen = _fen(formula, values)
        return (None if fen is None else from_fen(fen)), {}
    by_month = {m.month: _fen(formula, {**values, **m.paid}) for m in months}
    shown = {month: None if fen is None else from_fen(fen) for month, fen in by_month.items()}
    if not by_month or None in by_month.values():
        return None, shown
    return from_fen(sum(fen for fen in by_month.values() if fen is not None)), shown


def _fen(formula: Amount, values: Mapping[str, Value]) -> int | None:
    result = _evaluate(formula.expression, formula.needs, values)
    if result is None:
        return None
    try:
        return checked_fen(result, rounding=formula.rounding)
    except ValueError:
        return None
