from datetime import date

import pytest

from people.roles import Role
from people.totals import add_up
from portal import figures
from tests import factories
from tests.jobs.factories import posting

TODAY = date(2026, 11, 23)


def test_adds_the_figures_of_communities_up_to_their_units_and_leaves_strangers_out():
    rows = [("21/2101/210106/1", 2), ("21/2101/210102/2", 3), ("21/2102", 5), ("11/1101", 7)]
    assert add_up(rows, ["21/2101", "21/2102"]) == {"21/2101": 5, "21/2102": 5}


@pytest.mark.parametrize(
    ("day", "pace"), [(date(2026, 11, 2), 4.8), (date(2026, 11, 30), 100.0), (date(2026, 11, 1), 0.0)]
)
def test_measures_the_month_by_its_working_days(day, pace):
    assert figures.pace_of_month(day) == pytest.approx(pace, abs=0.1)


@pytest.mark.django_db
def test_shows_the_province_by_cities_and_zones_and_a_city_by_its_counties():
    assert len(figures.units_for(factories.staff(Role.LEADER, at="21"))) == 15
    shenyang = figures.units_for(factories.staff(Role.CITY_SUPERVISOR, at="2101"))
    assert len(shenyang) == 13
    assert all(unit.path.startswith("21/2101/") for unit in shenyang)


@pytest.mark.django_db
def test_counts_what_lies_in_each_unit_and_nothing_of_others():
    posting(valid_until=date(2026, 12, 20))
    posting(valid_until=date(2026, 12, 20), region=factories.region("210202"))
    board = figures.board(user=factories.staff(Role.CITY_SUPERVISOR, at="2101"), on=TODAY)
    assert {u.region.code: u.postings for u in board.units if u.postings} == {"210106": 1}
    assert board.total("postings") == 1


@pytest.mark.django_db
def test_asks_the_same_number_of_queries_whatever_there_is(django_assert_max_num_queries):
    leader = factories.staff(Role.LEADER, at="21")
    for number in range(5):
        posting(title=f"电工{number}", valid_until=date(2026, 12, 20))
    leader.regions()
    with django_assert_max_num_queries(18):
        figures.board(user=leader, on=TODAY)
