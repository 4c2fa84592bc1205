import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.boundaries import county_code_at, polygons
from people.coordinates import metres_between, to_gcj02, to_wgs84

LNG = st.floats(118.8, 125.8)
LAT = st.floats(38.7, 43.5)


def test_moves_a_point_as_the_map_services_do():
    """Shenyang's Imperial Palace moves about 600 m to the east-south-east."""
    moved = to_gcj02(123.4500, 41.7963)
    assert 300 < metres_between((123.4500, 41.7963), moved) < 800


@given(lng=LNG, lat=LAT)
def test_comes_back_to_the_same_centimetre(lng, lat):
    assert metres_between((lng, lat), to_wgs84(*to_gcj02(lng, lat))) < 0.01


def test_leaves_points_outside_china():
    assert to_gcj02(139.7, 35.7) == (139.7, 35.7)
    assert to_wgs84(2.35, 48.85) == (2.35, 48.85)


def test_measures_a_distance():
    assert metres_between((123.0, 41.0), (123.0, 42.0)) == pytest.approx(111_195, abs=5)


def test_has_a_boundary_for_every_county():
    assert len({polygon.code for polygon in polygons()}) == 100


@pytest.mark.shared_data
def test_agrees_with_the_counties_of_known_towns(shared_data):
    with (shared_data / "geo" / "liaoning_places_geonames.csv").open(encoding="utf-8") as stream:
        towns = list(csv.DictReader(stream))
    differing = [t["name"] for t in towns if county_code_at(float(t["lng"]), float(t["lat"])) != t["county_code"]]
    assert len(towns) == 329
    assert differing == []
