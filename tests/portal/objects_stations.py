"""Doors of the stations: open ones are public, closed ones are gone."""

from datetime import date

from stations.models import Station
from tests import factories
from tests.portal.objects import door
from tests.portal.stage import Stage, Thing


def _station(*, closed: bool = False) -> Station:
    return Station.objects.create(
        name="关了的服务站" if closed else "开着的服务站",
        region=factories.community(),
        address="演示路 27 号",
        functions=["policy"],
        lng=123.36,
        lat=41.8,
        opened_on=date(2025, 1, 1),
        closed_on=date(2026, 1, 1) if closed else None,
    )


def _open(stage: Stage) -> Station:
    return _station()


def _closed(stage: Stage) -> Station:
    return _station(closed=True)


THINGS: dict[str, Thing] = {"open station": _open, "closed station": _closed}
DOORS = {
    "stations:station-show": (
        door("open station", "visitor, citizen, station_staff there"),
        door("closed station", shut_to="visitor, citizen, station_staff there"),
    )
}
