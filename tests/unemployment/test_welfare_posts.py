from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from core import audit
from core.months import add_months
from people.roles import Role
from tests import factories
from tests.unemployment.care import TODAY, Street, welfare_post, with_quota
from tests.unemployment.conftest import registered
from unemployment import welfare_posts
from unemployment.care_rules import placement_end
from unemployment.models import WelfareAttendance, WelfarePlacement
from unemployment.welfare_posts import CannotPlace

MONTHS = st.dates(date(2015, 1, 1), date(2040, 1, 1)).map(lambda d: d.replace(day=1))


@pytest.fixture
def street(db):
    with_quota(5)
    return Street()


def put(street, person, post=None, starts_on=TODAY):
    post = post or welfare_post(street.reviewer)
    return welfare_posts.place(post_id=post.pk, person=person, starts_on=starts_on, by=street.reviewer, on=TODAY)


@given(first=MONTHS, retires=MONTHS, served=st.integers(0, 60), wait=st.integers(0, 40))
def test_gives_three_years_in_all_or_until_a_near_retirement(first, retires, served, wait):
    start = add_months(first, wait)
    end = placement_end(
        starts_on=start, first_on=first, retires_on=retires, served_months=served, term_months=36, near_months=60
    )
    near = add_months(first, 60) > retires
    if retires <= start or (not near and served >= 36):
        assert end is None
    elif near:
        assert (end.until, end.to_retirement) == (retires, True)
    else:
        assert start < end.until <= min(retires, add_months(start, 36 - served))


def test_places_only_the_recognised_for_three_years(street):
    person = factories.person()
    with pytest.raises(CannotPlace, match="已经认定"):
        put(street, person)
    row = street.recognised(person)
    placement = put(street, person)
    assert (placement.recognition, placement.last_day) == (row, add_months(TODAY, 36) - timedelta(days=1))


def test_lets_those_near_retirement_stay_until_then(street):
    person = factories.person(birth=date(1968, 3, 2))
    street.recognised(person)
    placement = put(street, person)
    assert placement.to_retirement
    assert placement.last_day > TODAY


def test_holds_one_person_a_post_and_one_post_a_person(street):
    first, second = street.recognised().person, street.recognised().person
    post = welfare_post(street.reviewer)
    put(street, first, post)
    with pytest.raises(CannotPlace, match="已经有人"):
        put(street, second, post)
    with pytest.raises(CannotPlace, match="另一个公益性岗位"):
        put(street, first)
    with pytest.raises(IntegrityError, match="one_holder"), transaction.atomic():
        WelfarePlacement.objects.create(
            post=post,
            person=second,
            recognition=second.recognitions.get(),
            span=(TODAY, None),
            basis="x",
            placed_by=street.reviewer,
        )


def test_counts_earlier_months_when_somebody_comes_again(street):
    person = street.recognised().person
    placement = put(street, person)
    welfare_posts.end_placement(
        placement_id=placement.pk, last_day=TODAY, reason="身体不好，本人要求", by=street.reviewer
    )
    again = put(street, person, starts_on=TODAY + timedelta(days=30))
    assert again.basis == "累计最多 36 个月"
    assert again.last_day < add_months(again.span.lower, 36)


def test_fills_no_more_than_the_quota_of_the_county(street):
    supervisor = factories.staff(Role.COUNTY_SUPERVISOR)
    welfare_posts.set_quota(region=factories.region(), least=0, most=1, reason="按资金测算", by=supervisor, on=TODAY)
    put(street, street.recognised().person)
    with pytest.raises(CannotPlace, match="已经满了"):
        put(street, street.recognised().person)


@pytest.mark.django_db(transaction=True)
def test_keeps_the_quota_when_many_are_placed_at_once(transactional_db):
    with_quota(2)
    street = Street()
    people = [street.recognised(category="older").person for _ in range(4)]
    posts = [welfare_post(street.reviewer) for _ in people]

    def attempt(pair):
        person, post = pair
        try:
            with audit.context(channel="test", actor=street.reviewer):
                welfare_posts.place(post_id=post.pk, person=person, starts_on=TODAY, by=street.reviewer, on=TODAY)
            return "placed"
        except CannotPlace as error:
            return error.message
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(attempt, zip(people, posts, strict=True)))
    assert answers.count("placed") == 2
    assert WelfarePlacement.objects.on(TODAY).count() == 2


def test_proposes_the_end_of_the_registration_and_never_ends_it(street, caseworker):
    person = street.recognised().person
    found = registered(by=caseworker, person=person)
    put(street, person)
    found.refresh_from_db()
    assert found.status == "active"
    assert found.deregistrations.get().ground == "14"


def test_gives_the_subsidy_its_roster_with_the_days(street):
    person = street.recognised().person
    placement = put(street, person)
    paths = [factories.region().path]
    (line,) = welfare_posts.roster(month=TODAY, paths=paths)
    assert (line.person, line.first_day, line.is_complete) == (person, TODAY, False)
    with pytest.raises(CannotPlace, match="不能多于"):
        welfare_posts.record_attendance(
            placement_id=placement.pk, month=TODAY, days_due=20, days_worked=21, note="", by=street.worker, on=TODAY
        )
    for days in (19, 20):
        welfare_posts.record_attendance(
            placement_id=placement.pk, month=TODAY, days_due=20, days_worked=days, note="", by=street.worker, on=TODAY
        )
    (line,) = welfare_posts.roster(month=TODAY, paths=paths)
    assert (line.days_due, line.days_worked, WelfareAttendance.objects.count()) == (20, 20, 1)
    assert welfare_posts.roster(month=add_months(TODAY, 40), paths=paths) == []
