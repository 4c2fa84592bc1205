"""The most that a pay may be: more is a slip of the pen (a zero too many, a year's pay per hour). No Django here."""

from decimal import Decimal

from jobs.salary import MOST_PAY

MOST = {
    "hour": Decimal(10_000),
    "day": Decimal(100_000),
    "month": Decimal(1_000_000),
    "year": Decimal(MOST_PAY),
    "piece": Decimal(1_000_000),
}
"""元 for each period. Set by this portal, not by law; the database holds only the bound of them all."""
_UNITS = {"hour": "小时", "day": "天", "month": "月", "year": "年", "piece": "件"}


def too_much(amount: Decimal | None, period: str) -> str:
    """Return a sentence where an amount is more than can be meant, "" where it may be."""
    most = MOST.get(period, Decimal(MOST_PAY))
    if amount is None or amount <= most:
        return ""
    per = f"每{_UNITS[period]}" if period in _UNITS else ""
    return f"工资{per}最多写 {most:,} 元，这里写了 {amount:,.0f} 元。请核对有没有多写零，或者按什么算选错了。"
