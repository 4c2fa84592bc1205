"""What the posting checker decides about a row of a source.

A finding that blocks, or that a person must look at (35岁以下优先), keeps the row out of the public list. Where an
officer is competent, because the place lies in a county or city of the province, the row goes to that review desk with
its findings: nobody here can mend the employer's words, the checker errs now and then, and a vacancy that is only noted
in a file is lost to those who look for work. Where nobody is competent (another province, no place) it goes to the list
of refused rows, which whoever runs the import reads: it may not be shown, and on a desk it would wait for ever.

Pay that is 面议 or missing is kept and marked 薪资未标明; such postings are never sent to people unasked.
"""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from core import terms
from jobs.checking import rules_on, wage_in
from jobs.import_rows import COLUMNS, Read, Where
from jobs.models import Posting
from jobs.pay_rules import PostingFacts
from jobs.rules import BLOCK, REVIEW, Finding, check_posting

_AT = {name: COLUMNS.index(name) for name in COLUMNS}
SHOWN_WORDS = 12


class Verdict(NamedTuple):
    """What becomes of a row: its status with the findings to keep, or the reason why it is refused."""

    status: str
    findings: tuple[dict[str, Any], ...] = ()
    reason: str = ""

    @property
    def kept(self) -> str:
        """The findings as the database takes them."""
        return json.dumps(self.findings, ensure_ascii=False) if self.findings else "[]"

    @property
    def is_held(self) -> bool:
        """Whether an officer must look at it before it is shown."""
        return self.status == Posting.Status.SUBMITTED

    @property
    def names(self) -> str:
        """What was found, in words."""
        return "、".join(dict.fromkeys(str(finding["name"]) for finding in self.findings))


_CLEAN = Verdict(Posting.Status.PUBLISHED)


class Checker:
    """Checks rows by the rules of a day; reads the minimum wages once."""

    def __init__(self, *, on: date) -> None:
        self._rules = rules_on(on)
        snapshot = terms.snapshot("minimum_wage")
        self._wage = lru_cache(maxsize=1000)(lambda code: wage_in(code, snapshot, on=on))

    def check(self, read: Read) -> Verdict:
        """Say what becomes of a row that can be read."""
        found = self.find(read)
        welfare_post = read.columns[_AT["kind"]] == Posting.Kind.PUBLIC_WELFARE
        return _verdict(found, read.where, look=welfare_post) if found else _CLEAN

    def find(self, read: Read) -> Sequence[Finding]:
        """Return what is wrong with a row."""
        columns = read.columns
        facts = PostingFacts(
            title=str(columns[_AT["title"]]),
            description=str(columns[_AT["description"]]),
            requirement=str(columns[_AT["requirement"]]),
            shifts=str(columns[_AT["shifts"]]),
            welfare=" ".join(read.tags),
            employer=str(columns[_AT["employer_name"]]),
            kind=str(columns[_AT["kind"]]),
            pay_min=_amount(columns[_AT["pay_min"]]),
            pay_period=str(columns[_AT["pay_period"]]),
            probation_months=read.probation,
            probation_pay=_amount(columns[_AT["probation_pay"]]),
            imported=True,
        )
        return check_posting(facts, rules=self._rules, minimum_wage=self._wage(read.where.code))


def _verdict(found: Sequence[Finding], where: Where, *, look: bool) -> Verdict:
    """Decide by the findings.

    :param look: a person sees it whatever was found, because it may name groups.
    """
    kept = tuple(kept_finding(finding) for finding in found)
    held = [finding for finding in found if look or finding.action in (BLOCK, REVIEW)]
    if not held:
        return Verdict(Posting.Status.PUBLISHED, kept)
    if "/" in where.path:
        return Verdict(Posting.Status.SUBMITTED, kept)
    first = held[0]
    words = f"“{first.words[:SHOWN_WORDS]}”" if first.words else ""
    return Verdict(
        "", kept, f"{first.name}{words}：不能公开，工作地点又不在本省，没有可以核验的地区（{first.article}）。"
    )


def kept_finding(finding: Finding) -> dict[str, Any]:
    """Return what is stored of a finding, so that the desk can list why a posting waits; the advice stands in the rules."""
    return {
        "code": finding.code,
        "name": finding.name,
        "action": finding.action,
        "field": finding.field,
        "words": finding.words[:80],
        "start": finding.start,
        "end": finding.end,
    }


def _amount(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else None
