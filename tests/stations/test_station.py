from datetime import date, datetime, time

import pytest
from django.db import IntegrityError

from stations.models import OpeningHours, Station
from stations.places import find_place
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY, SATURDAY = date(2026, 11, 23), date(2026, 11, 28)


def make(name: str, *, lng: float | None = None, lat: float | None = None, **fields: object) -> Station:
    fields.setdefault("region", factories.community())
    return Station.objects.create(
        name=name, address="演示路 1 号", functions=["policy"], opened_on=date(2025, 1, 1), lng=lng, lat=lat, **fields
    )


def test_lists_the_nearest_first_with_metres_and_leaves_out_those_without_a_point():
    far, near = make("远", lng=123.40, lat=41.80), make("近", lng=123.36, lat=41.80)
    make("没有坐标")
    found = list(Station.objects.nearest(lng=123.35, lat=41.80, within=10_000))
    assert found == [near, far]
    assert found[0].distance == pytest.approx(829, abs=2)


def test_leaves_out_what_lies_beyond_the_reach():
    make("大连", lng=121.6, lat=38.9)
    assert not Station.objects.nearest(lng=123.35, lat=41.80, within=30_000).exists()


@pytest.mark.parametrize(
    ("moment", "kind", "words"),
    [
        (datetime.combine(MONDAY, time(9)), "ok", "11:30"),
        (datetime.combine(MONDAY, time(12)), "none", "13:00"),
        (datetime.combine(MONDAY, time(18)), "none", "明天 08:30"),
        (datetime.combine(SATURDAY, time(9)), "none", "周一 08:30"),
    ],
)
def test_says_when_it_is_open_or_opens_next(moment, kind, words):
    station = make("有午休的站")
    for day in range(1, 6):
        OpeningHours.objects.create(station=station, weekday=day, opens=time(8, 30), closes=time(11, 30))
        OpeningHours.objects.create(station=station, weekday=day, opens=time(13), closes=time(17))
    shown = station.opening(moment)
    assert shown[0] == kind
    assert words in shown[1]


def test_refuses_hours_that_end_before_they_begin():
    with pytest.raises(IntegrityError):
        OpeningHours.objects.create(station=make("错时"), weekday=1, opens=time(17), closes=time(8))


def test_refuses_a_point_with_latitude_and_longitude_swapped():
    with pytest.raises(IntegrityError):
        make("反了", lng=41.8, lat=123.4)


@pytest.mark.parametrize(
    ("text", "code"), [("沈阳", "2101"), ("沈阳市铁西区", "210106"), ("辽宁省大连市", "2102"), ("海城", "210381")]
)
def test_understands_a_place_typed_by_a_visitor(text, code):
    assert find_place(text).region.code == code


def test_does_not_invent_a_place():
    assert find_place("火星") is None
