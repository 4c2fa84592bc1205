"""The checker on stored postings, and on every real one."""

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from jobs.checking import check, minimum_wage, rules_on
from jobs.models import Posting
from jobs.pay_rules import MinimumWage, PostingFacts
from jobs.rules import BLOCK, check_posting
from jobs.vocabulary import welfare
from tests import factories

ON = date(2026, 11, 22)


@pytest.mark.django_db
def test_reads_the_minimum_wage_of_the_county() -> None:
    posting = Posting(title="车工", region=factories.region("210106"))
    assert minimum_wage(posting, on=ON) == MinimumWage(month=Decimal(2230), hour=Decimal(22))
    assert minimum_wage(Posting(title="车工"), on=ON) == MinimumWage()


@pytest.mark.django_db
def test_finds_words_and_figures_of_a_posting() -> None:
    posting = Posting(
        title="仓库管理员（男）",
        organisation=factories.organisation(),
        region=factories.region("210106"),
        headcount=2,
        description="收货、发货。",
        pay_min=Decimal(2000),
        pay_period="month",
    )
    assert {finding.code for finding in check(posting, on=ON)} == {"sex_limit", "minimum_wage"}


@pytest.mark.shared_data
def test_blocks_few_real_postings_and_tells_how_many_by_rule(shared_data: Path) -> None:
    rules, counts, rows, blocked = rules_on(ON), Counter(), 0, 0
    for file in sorted((shared_data / "jobs" / "dev").glob("*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                facts = PostingFacts(
                    title=row["title"],
                    description=row["description"],
                    requirement=row["requirement"],
                    welfare=" ".join(welfare(row["welfare"])),
                    imported=True,
                )
                found = check_posting(facts, rules=rules, minimum_wage=MinimumWage())
                counts.update({(finding.code, finding.action) for finding in found})
                blocked += any(finding.action == BLOCK for finding in found)
                rows += 1
    print(rows, "postings,", blocked, "blocked", *sorted(counts.items()), sep="\n")
    assert rows == 29_748
    assert 10 <= blocked <= rows * 0.005
    assert counts["age_limit", "review"] > 200
