"""What the applicant said beside what the systems say: the same, different, or not found; differences first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.money import from_fen, show
from subsidies.models import Claim, ClaimMonth

ORDER = {"differs": 0, "unknown": 1, "same": 2}
WORDS = {"differs": ("bd", "不一致"), "unknown": ("wn", "查不到"), "same": ("ok", "一致")}


@dataclass(frozen=True)
class Line:
    """One thing that was compared."""

    label: str
    said: str
    found: str
    source: str
    result: str

    @property
    def tone(self) -> tuple[str, str]:
        """Return kind and words of the badge."""
        return WORDS[self.result]


def compare(claim: Claim, rows: Sequence[ClaimMonth]) -> list[Line]:
    """Return every month's payment and every fact that a rule used, those that need a look first."""
    facts = claim.stored_facts()
    lines = _payments(claim, rows)
    known = claim.programme_version.facts if claim.programme_version else {}
    by_fact = _verdicts(claim)
    for code, verdict in by_fact.items():
        fact = known.get(code)
        if fact is None or code in ("months_claimed", "future_months", "flexible_declared"):
            continue
        value = facts.values.get(code, claim.trace.get("derived", {}).get(code))
        result = {"met": "same", "failed": "differs", "unknown": "unknown"}[verdict]
        if value is not None and verdict == "unknown":
            result = "differs"
        found = say(fact, value)
        if detail := facts.details.get(code):
            found = f"{found}（{detail}）"
        lines.append(Line(fact["label"], "", found, fact["source"], result))
    return sorted(lines, key=lambda line: ORDER[line.result])


def _verdicts(claim: Claim) -> dict[str, str]:
    """Return each fact with the gravest verdict of the rules that used it."""
    rank = {"met": 0, "unknown": 1, "failed": 2}
    worst: dict[str, str] = {}
    for row in claim.trace.get("rules", []):
        for code in row["facts"]:
            if rank[row["verdict"]] >= rank.get(worst.get(code, "met"), 0):
                worst[code] = row["verdict"]
    return worst


def _payments(claim: Claim, rows: Sequence[ClaimMonth]) -> list[Line]:
    asked = {m.month: m.paid for m in claim.stored_facts().months}
    answered = claim.stored_facts().values.get("unit_paid_months") is not None
    lines = []
    for row in rows:
        said = show(row.paid) + " 元" if row.paid is not None else "没填"
        paid = asked.get(f"{row.month:%Y-%m}", {})
        fen = [paid.get("pension_fen"), paid.get("medical_fen")]
        if row.source == ClaimMonth.Source.CHECKED:
            lines.append(Line(f"{row} 缴费", said, "已看凭证核实", "缴费凭证", "same"))
        elif not answered or row.source == ClaimMonth.Source.DECLARED or None in fen:
            lines.append(Line(f"{row} 缴费", said, "没有记录", "社保缴费记录", "unknown"))
        else:
            found = from_fen(sum(value for value in fen if value is not None))
            result = "same" if found == row.paid else "differs"
            lines.append(Line(f"{row} 缴费", said, f"{show(found)} 元", "社保缴费记录", result))
    return lines


def say(fact: dict[str, Any], value: object) -> str:
    """Return a fact's value in words."""
    if value is None:
        return "没有查到"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        return f"{value} {fact.get('unit', '')}".strip()
    return str(fact.get("words", {}).get(value, value))
