import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Value
from hypothesis import given
from hypothesis import strategies as st

from people.fields import PathField, outermost, prefixes
from people.models import Region, ServiceArea
from people.models.region import county_path

CODE = st.sampled_from(["21", "2101", "2102", "210", "21%", "21_", "2101\\", "0", "a"])
PATH = st.lists(CODE, min_size=1, max_size=4).map("/".join)


@pytest.fixture
def regions(db):
    return Region.objects.open()


def test_counts_the_province_as_the_statistics_office_does(regions):
    statutory = regions.statutory()
    assert [statutory.filter(level=level).count() for level in Region.Level] == [1, 14, 100, 1406, 16727]


def test_lists_the_functional_zone_beside_the_hundred_counties(regions):
    assert regions.counties().count() == 101
    assert regions.counties().statutory().count() == 100
    assert [zone.full_name for zone in regions.zones()] == ["沈抚示范区"]
    assert regions.reporting_units().count() == 15


def test_gives_every_case_handling_county_and_no_other_place_a_share_of_the_communities(regions):
    held = [regions.communities().within([county.path]).count() for county in regions.counties()]
    assert sum(held) == 16727


def test_finds_a_subtree_by_its_path(regions):
    assert regions.within(["21"]).count() == regions.count()
    peace = regions.get(code="210102")
    assert peace.path == "21/2101/210102"
    assert {region.code[:6] for region in regions.within([peace.path])} == {"210102"}
    assert regions.within(["21/2101", "21/2101/210102"]).count() == regions.within(["21/2101"]).count()


def test_takes_a_prefix_of_a_code_for_another_place(regions):
    assert not regions.within(["21/210"]).exists()
    assert not regions.within(["21/2101/21010"]).exists()
    assert not regions.within(["2%"]).exists()
    assert not regions.within(["21/210_"]).exists()


def test_finds_nothing_without_places(regions, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert list(regions.within([])) == []
    assert regions.exclude(path__within=[]).count() == regions.count()


@pytest.mark.parametrize("wrong", [[1], [None], 5, None])
def test_refuses_what_is_no_list_of_paths(wrong):
    with pytest.raises((TypeError, ValueError)):
        Region.objects.filter(path__within=wrong)


def test_finds_places_above_one(regions):
    street = regions.streets().get(code="210102001")
    assert [region.name for region in street.ancestors()] == ["辽宁省", "沈阳市", "和平区"]
    assert {region.level for region in regions.filter(path__covers=street.path)} == {1, 2, 3, 4}


def test_names_a_place_in_full(regions):
    assert str(regions.get(code="21")) == "辽宁省"
    assert regions.get(code="210102").full_name == "沈阳市和平区"
    assert regions.get(code="210102001").full_name == "沈阳市和平区浑河湾街道"
    assert regions.get(code="2101").short_name == "沈阳"
    assert regions.get(code="210727").short_name == "义县"
    assert regions.get(code="210921").short_name == "阜新"


@pytest.mark.parametrize("column", ["path", "statutory_path"])
def test_serves_a_subtree_from_the_index(regions, column):
    found = Region.objects.filter(**{f"{column}__within": ["21/2101/210102", "21/2102/210202"]}).order_by()
    plan = found.explain()
    assert f"region_{column}" in plan
    assert "Seq Scan" not in plan


@given(path=PATH, paths=st.lists(PATH, max_size=3))
def test_keeps_only_the_outermost_paths(path, paths):
    def below(places):
        return any(place in prefixes(path) for place in places)

    assert below(outermost(paths)) == below(paths)


@pytest.mark.django_db
@given(path=PATH, paths=st.lists(PATH, min_size=1, max_size=3))
def test_agrees_with_the_database_about_what_lies_below(path, paths):
    one = Region.objects.filter(pk=Region.objects.open().get(code="21").pk)
    place = Value(path, output_field=PathField())
    assert one.annotate(place=place).filter(place__within=paths).exists() == Region(path=path).is_within(paths)


def test_keeps_one_open_region_for_a_code(regions):
    city = regions.get(code="2101")
    with pytest.raises(IntegrityError, match="region_open_code_unique"), transaction.atomic():
        Region.objects.create(code="2101", name="又一个", short_name="又", level=2, kind="city", parent=city.parent)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"code": "21-x"}, "region_code_shape"),
        ({"parent": None}, "region_has_parent"),
        ({"lng": 41, "lat": 123}, "region_point_in_china"),
        ({"lng": 123, "lat": None}, "region_point_in_china"),
    ],
)
def test_refuses_an_impossible_region(regions, change, constraint):
    city = regions.get(code="2101")
    values = {"code": "2120", "name": "新市", "short_name": "新", "level": 2, "kind": "city", "parent": city.parent}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Region.objects.create(**values | change)


def test_keeps_one_authority_at_a_time_for_a_community(regions):
    community = regions.communities().filter(parent__code="210102001").first()
    zone = regions.zones().get()
    area = {"community": community, "authority": zone, "source": "测试"}
    ServiceArea.objects.create(**area, valid=DateRange("2025-01-01", "2026-01-01"))
    ServiceArea.objects.create(**area, valid=DateRange("2026-01-01", None))
    with pytest.raises(IntegrityError, match="service_area_one_at_a_time"), transaction.atomic():
        ServiceArea.objects.create(**area, valid=DateRange("2025-12-31", "2026-01-02"))


def test_knows_the_county_or_zone_that_handles_a_place():
    assert county_path("21/2101/210106/210106001") == "21/2101/210106"
    assert county_path("21/21SF01/210112016") == "21/21SF01"
    assert county_path("21/2101") == ""
