from datetime import date, timedelta

import pytest

from core import audit
from people.models import Region, ServiceArea
from people.regions import (
    CannotAssignArea,
    CannotCloseRegion,
    assign_service_area,
    authority_of,
    close_region,
    find_region,
    refresh_regions,
)
from people.tasks import refresh_working_paths

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)


def of(street):
    return list(Region.objects.communities().filter(parent__code=street))


@pytest.fixture
def zone():
    return Region.objects.zones().get()


def test_hands_the_communities_of_the_zone_to_its_staff(zone):
    street = Region.objects.streets().get(code="210112016")
    assert street.path == f"{zone.path}/210112016"
    assert all(region.is_within([zone.path]) for region in of("210112016"))
    assert not any(region.is_within(["21/2101"]) for region in of("210112016"))


def test_keeps_the_zone_in_its_real_county_for_addresses_and_statistics(zone):
    region = of("210404011")[0]
    assert region.full_name.startswith("抚顺市望花区李石街道")
    assert region.statutory_path.startswith("21/2104/210404/")
    assert [above.name for above in region.ancestors()] == ["辽宁省", "抚顺市", "望花区", "李石街道"]


def test_names_exactly_one_authority_for_every_community_on_any_day(zone):
    own, taken = of("210102001")[0], of("210112016")[0]
    assert authority_of(own, on=TODAY).code == "210102"
    assert authority_of(taken, on=TODAY) == zone
    assert authority_of(taken, on=date(2019, 12, 31)).code == "210112"


def test_refuses_to_name_an_authority_for_a_whole_city():
    with pytest.raises(CannotAssignArea, match="不在任何县区之内"):
        authority_of(Region.objects.get(code="2101"), on=TODAY)


def test_moves_part_of_a_street_and_leaves_the_street(zone):
    first, *rest = of("210102001")
    assert assign_service_area(communities=[first], authority=zone, on=TODAY, source="测试") == 1
    first.refresh_from_db()
    assert first.path == f"{zone.path}/210102001/{first.code}"
    assert rest[0].path.startswith("21/2101/210102/")
    assert Region.objects.get(code="210102001").path == "21/2101/210102/210102001"


def test_gives_a_community_back_to_its_county(zone):
    taken = of("210112016")[0]
    county = Region.objects.get(code="210112")
    assign_service_area(communities=[taken], authority=county, on=TODAY, source="测试")
    taken.refresh_from_db()
    assert taken.path == taken.statutory_path
    assert authority_of(taken, on=TODAY) == county
    assert authority_of(taken, on=TODAY - timedelta(days=1)) == zone


def test_changes_nothing_when_the_arrangement_is_the_same(zone):
    assert assign_service_area(communities=of("210112016"), authority=zone, on=TODAY, source="测试") == 0
    assert ServiceArea.objects.filter(community__parent__code="210112016").count() == len(of("210112016"))


def test_follows_a_dated_arrangement_on_its_day(zone):
    community = of("210102001")[0]
    ServiceArea.objects.create(community=community, authority=zone, source="测试", valid=(TODAY, None))
    assert refresh_regions(on=TODAY - timedelta(days=1)) == 0
    assert refresh_regions(on=TODAY) == 1


@pytest.mark.no_audit_context
def test_follows_it_every_night(zone):
    community = of("210102001")[0]
    with audit.context(channel="test"):
        ServiceArea.objects.create(community=community, authority=zone, source="测试", valid=(date(2026, 1, 1), None))
    refresh_working_paths.apply()
    community.refresh_from_db()
    assert community.is_within([zone.path])


@pytest.mark.parametrize(
    ("communities", "authority", "message"),
    [
        ("210102001", "2101", "不能作业务主管区"),
        ("2101020", "210103", "不是社区或村"),
    ],
)
def test_refuses_an_impossible_arrangement(communities, authority, message):
    places = of(communities) or [Region.objects.get(code="210102001")]
    with pytest.raises(CannotAssignArea, match=message):
        assign_service_area(communities=places, authority=Region.objects.get(code=authority), on=TODAY, source="测试")


def test_refuses_an_arrangement_before_one_that_is_already_made(zone):
    places = of("210102001")
    assign_service_area(communities=places, authority=zone, on=TODAY, source="测试")
    with pytest.raises(CannotAssignArea, match="以后已有安排"):
        assign_service_area(communities=places, authority=zone, on=TODAY - timedelta(days=9), source="测试")


def test_closes_a_region_in_favour_of_another():
    old, new, *_ = of("210102001")
    close_region(region=old, successors=[new], on=TODAY, document="测试")
    old.refresh_from_db()
    assert (old.closed_on, old.successor, old.path) == (TODAY, new, new.path)


def test_refuses_to_close_a_region_twice_or_above_open_ones():
    street = Region.objects.get(code="210102001")
    with pytest.raises(CannotCloseRegion, match="还有下级区划"):
        close_region(region=street, on=TODAY)
    community = of("210102001")[0]
    close_region(region=community, on=TODAY)
    with pytest.raises(CannotCloseRegion, match="已于2026-06-01撤销"):
        close_region(region=community, on=TODAY)


@pytest.mark.parametrize("code", ["2101", "210100", "210100000000", " 2101 "])
def test_finds_a_region_by_any_form_of_its_code(code):
    assert find_region(code).name == "沈阳市"


@pytest.mark.parametrize("code", ["", "2199", "21010x", "abc"])
def test_finds_nothing_for_a_strange_code(code):
    assert find_region(code) is None
