"""The dated time limits in force on a day, as the rules want them."""

from datetime import date

from core import terms
from unemployment.rules import Clocks

PREFIX = "unemployment"


def clocks(*, on: date, region: str | None = "21") -> Clocks:
    """Return the time limits in force in a region (its GB/T 2260 code) on a day. One query."""
    found = terms.snapshot(PREFIX)

    def value(code: str) -> int:
        return found.value(f"{PREFIX}.{code}", on=on, region=region)

    return Clocks(
        decide=int(value("decide_days")),
        first_contact=int(value("first_contact_days")),
        correction=int(value("correction_days")),
        correction_pauses=bool(value("correction_pauses_clock")),
        earliest_workday=int(value("followup_earliest_workday")),
    )


def missed_calls_before_visit(*, on: date) -> int:
    """Return after how many failed attempts the search steps begin."""
    return int(terms.value(f"{PREFIX}.missed_calls_before_visit", on=on, region="21"))


def remedy_text(*, on: date) -> str:
    """Return the sentence on how to object, with its dated periods."""
    found = terms.value(f"{PREFIX}.remedy", on=on, region="21")
    return (
        f"如对本决定不服，可以自收到之日起 {int(found['review_days'])} 日内申请行政复议，"
        f"或者 {int(found['lawsuit_months'])} 个月内向人民法院提起行政诉讼。"
    )
