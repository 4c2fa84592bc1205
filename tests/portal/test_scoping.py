"""Whoever serves some regions sees what lies inside them and nothing else, whatever the tree of assignments is."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import money
from people.models import Organisation, Person, Region, RoleAssignment, User
from people.roles import CASE_ROLES, Role
from tests import factories

ROLES = sorted(CASE_ROLES)
CITIES = ("2101", "2102")
OFTEN = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def tree(db: None) -> list[Region]:
    """The province, two cities with their counties, and a few streets and communities of each."""
    counties = list(Region.objects.open().filter(parent__code__in=CITIES).order_by("code")[:8])
    below = [row for county in counties[:4] for row in county.descendants().order_by("path")[:6]]
    top = list(Region.objects.open().filter(code__in=("21", *CITIES)).order_by("code"))
    return [*top, *counties, *below]


def _inside(path: str, paths: list[str]) -> bool:
    """What the law of the tree says, told without SQL: a path lies within itself and within what it begins with."""
    return any(path.split("/")[: len(other.split("/"))] == other.split("/") for other in paths)


def _assigned(user: User, rows: list[tuple[Region, str, int]]) -> list[str]:
    """Give a user assignments that hold today (0), ended (-1) or are to begin (1); return the paths that count."""
    RoleAssignment.objects.filter(user=user).delete()
    today = date.today()  # noqa: DTZ011
    spans = {
        0: (today, None),
        -1: (today - timedelta(days=9), today - timedelta(days=1)),
        1: (today + timedelta(days=2), None),
    }
    for region, role, when in rows:
        RoleAssignment.objects.create(user=user, role=role, region=region, valid=spans[when])
    return [region.path for region, _, when in rows if when == 0]


@OFTEN
@given(data=st.data())
def test_shows_exactly_what_lies_inside_ones_regions(data: st.DataObject, tree: list[Region]):
    one = st.tuples(st.sampled_from(tree), st.sampled_from(ROLES), st.sampled_from([0, 0, 0, -1, 1]))
    user = data.draw(st.just(None)) or User.objects.filter(username="scoped").first() or _user()
    paths = _assigned(user, data.draw(st.lists(one, max_size=5)))
    user = User.objects.get(pk=user.pk)
    user.activate_roles()
    wanted = {row.code for row in tree if _inside(row.path, paths)}

    assert sorted(set(paths)) == user.regions()
    known = Region.objects.filter(pk__in=[row.pk for row in tree])
    assert set(known.within(user.regions()).values_list("code", flat=True)) == wanted
    assert {row.code for row in tree if user.serves(row.path)} == wanted
    _people(tree)
    seen = Person.objects.visible_to(user).filter(name="划片")
    assert set(seen.values_list("residence_region__code", flat=True)) == wanted
    employers = Organisation.objects.visible_to(user).filter(source="划片")
    assert set(employers.values_list("region__code", flat=True)) == wanted


@OFTEN
@given(data=st.data())
def test_shows_nothing_without_a_second_factor(data: st.DataObject, tree: list[Region]):
    one = st.tuples(st.sampled_from(tree), st.sampled_from(ROLES), st.just(0))
    user = User.objects.filter(username="scoped").first() or _user()
    _assigned(user, data.draw(st.lists(one, min_size=1, max_size=3)))
    user = User.objects.get(pk=user.pk)
    _people(tree)

    assert user.regions() == []
    assert not Person.objects.visible_to(user).exists()
    assert not Organisation.objects.visible_to(user).exists()


def _user() -> User:
    return User.objects.create_user("scoped", name="划片")


def _people(tree: list[Region]) -> None:
    """One person and one employer in each region of the tree, made once a test."""
    if Person.objects.filter(name="划片").exists():
        return
    for row in tree:
        factories.person(name="划片", residence_region=row)
        factories.organisation(region=row, source="划片")


AMOUNTS = st.decimals(min_value=Decimal("-9999999999.99"), max_value=Decimal("9999999999.99"), places=2)


@given(st.lists(AMOUNTS, max_size=60))
def test_adds_money_up_to_the_last_fen(amounts: list[Decimal]):
    """A batch's total is the sum of its lines in 分, in whatever order they are added."""
    total = money.from_fen(sum(money.to_fen(amount) for amount in amounts))
    assert total == sum(amounts, Decimal(0)) == sum(reversed(amounts), Decimal(0))
    assert money.yuan(total) == total


@given(AMOUNTS)
def test_goes_to_fen_and_back(amount: Decimal):
    assert money.from_fen(money.to_fen(amount)) == money.yuan(amount) == amount


def test_gives_a_case_role_to_each_counter():
    assert {Role.CASEWORKER, Role.STATION_STAFF, Role.COMMUNITY_WORKER} <= CASE_ROLES
