"""Checking a posting against the rules in force, with the minimum wage of its county."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.utils import timezone

from core import terms
from jobs.models import Fair, Posting
from jobs.pay_rules import MinimumWage, PostingFacts
from jobs.rules import Finding, Rule, Rules, check_posting, in_force, parse_rules

FILE = Path(__file__).parent / "data" / "posting_rules.toml"


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return the rules of all times."""
    return parse_rules(FILE.read_text(encoding="utf-8"))


@cache
def rules_on(on: date) -> Rules:
    """Return the rules that count on a day."""
    return in_force(all_rules(), on=on)


def check(posting: Posting, *, on: date) -> list[Finding]:
    """Return what is wrong with a posting on a day: blocks first, then what needs a person's look, then warnings."""
    rules, wage = rules_on(on), minimum_wage(posting, on=on)
    found = check_posting(facts_of(posting), rules=rules, minimum_wage=wage)
    # Its fairs are asked for only where they could change something: this is called for every row of a page.
    if _naming(found, on) and (kept := kept_for(posting, on=on)):
        found = check_posting(replace(facts_of(posting), kept_for=kept), rules=rules, minimum_wage=wage)
    return list(found)


def names_a_group(posting: Posting, *, on: date) -> bool:
    """Whether a posting names a group as only a fair that is kept for it allows, and no such fair allows it."""
    return _naming(check(posting, on=on), on)


def _naming(found: Iterable[Finding], on: date) -> bool:
    codes = {rule.code for rule in rules_on(on) if rule.fairs}
    return any(finding.code in codes for finding in found)


def kept_for(posting: Posting, *, on: date) -> frozenset[str]:
    """Return the groups for which the fairs are kept to which a posting is brought, as long as they are not over."""
    if posting.pk is None:
        return frozenset()
    begins = timezone.make_aware(datetime.combine(on, time()))
    fairs = Fair.objects.coming(at=begins).filter(kind__in=Fair.KEPT, brought__posting=posting)
    return frozenset(fairs.values_list("kind", flat=True))


def facts_of(posting: Posting) -> PostingFacts:
    """Return what the checks read of a posting."""
    return PostingFacts(
        title=posting.title,
        description=posting.description,
        requirement=posting.requirement,
        shifts=posting.shifts,
        skills=" ".join(posting.skills),
        welfare=" ".join(posting.welfare),
        employer=posting.employer_name or (posting.organisation.name if posting.organisation else ""),
        headcount=posting.headcount,
        region=posting.region.code if posting.region else "",
        kind=posting.kind,
        pay_min=posting.pay_min,
        pay_period=posting.pay_period,
        pay_months=posting.pay_months,
        probation_months=posting.probation_months,
        probation_pay=posting.probation_pay,
        contract_months=posting.contract_months,
        valid_until=posting.valid_until,
        imported=posting.imported_at is not None,
    )


def minimum_wage(posting: Posting, *, on: date) -> MinimumWage:
    """Return the minimum wage of a posting's county; nothing outside the province or where no figure is loaded."""
    if posting.region is None:
        return MinimumWage()
    place = posting.region.statutory_path.rpartition("/")[2]
    month, hour = (terms.find(f"minimum_wage.{unit}", on=on, region=place) for unit in ("month", "hour"))
    return MinimumWage(month=month.value if month else None, hour=hour.value if hour else None)


def wage_in(place: str, figures: terms.Snapshot, *, on: date) -> MinimumWage:
    """As `minimum_wage`, of a place's code ("" for none), from figures that are read already."""
    found: dict[str, Decimal | None] = {}
    for unit in ("month", "hour"):
        try:
            found[unit] = figures.value(f"minimum_wage.{unit}", on=on, region=place) if place else None
        except terms.TermMissing:
            found[unit] = None
    return MinimumWage(**found)
