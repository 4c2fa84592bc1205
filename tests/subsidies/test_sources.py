"""What the subsidy reads in the registers: shown with its source, a question for people where something lacks."""

from datetime import date, timedelta

import pytest

from people.roles import Role
from subsidies import comparison, review
from subsidies.sources import read_registers
from tests import factories
from tests.subsidies.world import World
from tests.unemployment.care import Street, welfare_post
from unemployment.models import WelfareAttendance, WelfarePlacement

pytestmark = pytest.mark.django_db


def line(claim, label):
    return next(row for row in comparison.compare(claim, list(claim.months.all())) if row.label == label)


def test_shows_the_registration_of_flexible_work_with_its_source(world: World):
    user = world.citizen(registered=False)
    row = world.register(user.person)
    claim = world.submitted(user)
    assert claim.trace["verdict"] == "met"
    shown = line(claim, "没有查到灵活就业登记的月份")
    assert (shown.result, shown.source) == ("same", "就业登记")
    assert row.number in shown.found


def test_asks_a_person_where_no_flexible_work_is_registered_and_never_refuses(world: World):
    claim = world.accepted(world.citizen(registered=False))
    verdict = next(r for r in claim.trace["rules"] if r["rule"] == "flexible_registered")
    assert (claim.trace["verdict"], verdict["verdict"]) == ("unknown", "unknown")
    assert "补办灵活就业登记" in verdict["remedy"]
    with pytest.raises(review.CannotReview):
        review.pass_review(claim_id=claim.pk, by=world.reviewer, on=world.on)
    world.register(claim.person)
    review.recheck(claim_id=claim.pk, by=world.reviewer, on=world.on)
    assert world.fresh(claim).trace["verdict"] == "met"


def test_counts_only_months_that_the_registered_work_touches(world: World):
    user = world.citizen(registered=False)
    row = world.register(user.person)
    row.started_on, row.reported_on = date(2026, 9, 30), date(2026, 9, 30)
    row.save()
    found = read_registers(user.person, world.months(3))
    assert list(found.flexible) == [date(2026, 9, 1), date(2026, 10, 1)]


def test_reads_the_roster_of_welfare_posts_and_leaves_the_question_to_a_person(world: World):
    user = world.citizen()
    recognition = Street().recognised(user.person)
    post = welfare_post(factories.staff(Role.CASEWORKER))
    span = (date(2026, 9, 10), date(2026, 9, 30))
    placement = WelfarePlacement.objects.create(
        post=post, person=user.person, recognition=recognition, span=span, basis="测试", placed_by=world.intake
    )
    WelfareAttendance.objects.create(
        placement=placement, month=date(2026, 9, 1), days_due=15, days_worked=14, recorded_by=world.intake
    )
    (held,) = read_registers(user.person, world.months(3)).posts
    assert (held.month, held.days_worked, held.last_day) == (date(2026, 9, 1), 14, span[1] - timedelta(days=1))
    claim = world.submitted(user)
    shown = line(claim, "在公益性岗位的月份")
    assert (shown.source, post.title in shown.found) == ("公益性岗位名册", True)
    assert claim.trace["verdict"] == "unknown"
