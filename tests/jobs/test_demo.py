"""Demo postings are believable and lawful, and the same seed makes the same ones."""

from random import Random

import pytest
from django.utils import timezone

from core import terms
from jobs import demo
from jobs.checking import check
from jobs.models import Application, Posting, PostingSearch
from jobs.rules import BLOCK
from people.models import User
from tests import factories

pytestmark = pytest.mark.django_db


def build(count: int = 200, seed: int = 1) -> list[Posting]:
    return demo.build(
        count=count,
        rng=Random(seed),
        on=timezone.localdate(),
        organisations=[factories.organisation(region=factories.region(code)) for code in ("210106", "210123")],
        people=[factories.person() for _ in range(3)],
        accounts={},
        progress=lambda *args: None,
    )


def test_has_a_long_list_of_different_trades() -> None:
    titles = [trade.title for trade in demo.trades()]
    assert len(titles) >= 150
    assert len(set(titles)) == len(titles)


def test_makes_postings_that_the_checker_lets_pass() -> None:
    rows, today = build(), timezone.localdate()
    assert [f for row in rows for f in check(row, on=today) if f.action == BLOCK] == []
    for row in rows:
        if row.pay_period == "month":
            assert row.pay_min >= terms.value("minimum_wage.month", on=today, region=row.region.code)


def test_publishes_most_leaves_some_to_review_and_indexes_what_is_shown() -> None:
    rows = build()
    shown = [row for row in rows if row.status == Posting.Status.PUBLISHED]
    assert 180 <= len(shown) < 200
    assert PostingSearch.objects.count() == len(shown)
    assert all(row.is_demo for row in rows)
    assert Application.objects.filter(is_demo=True).count() >= 2


def test_makes_the_same_province_from_the_same_seed() -> None:
    def told(rows: list[Posting]) -> list[tuple]:
        return [(row.title, row.pay_min, row.headcount, row.suits) for row in rows]

    first = told(build(count=30))
    Application.objects.all().delete()
    User.objects.filter(is_demo=True).delete()
    assert told(build(count=30)) == first
