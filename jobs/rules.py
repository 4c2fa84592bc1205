"""What a posting may not say, and what it must say: pure functions over dated rules. No Django, no clock, no files.

A rule looks for words (`patterns`, taken back where an `unless` covers them) or is one of the checks of figures
(`jobs.pay_rules`).
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from jobs.pay_rules import CHECKS, Figures, Gap, MinimumWage, PostingFacts

BLOCK, WARN, REVIEW = "block", "warn", "review"
ACTIONS = (BLOCK, REVIEW, WARN)
PUBLIC_WELFARE = "public_welfare"
TEXTS = ("title", "description", "requirement", "skills", "shifts", "welfare")


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated rule with its legal source. `check` names a function of `jobs.pay_rules` instead of patterns."""

    code: str
    name: str
    action: str
    effective_from: date
    advice: str
    source: str
    article: str
    effective_to: date | None = None
    check: str = ""
    figures: Figures = field(default_factory=Figures)
    """What such a function counts with."""
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
        figures = Figures.read(row.pop("figures", {}))
        rule = Rule(
            **row | {"hints": tuple(row.get("hints", ()))},
            **compiled,
            **single,
            fairs=fairs,
            figures=figures,
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
            found += [_told(rule, gap) for gap in CHECKS[rule.check](facts, minimum_wage, rule.figures)]
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
