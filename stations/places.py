"""From a place somebody typed to the stations near it."""

from dataclasses import dataclass

from django.db.models import F

from people.models import Region
from people.places import resolve_place
from stations.models.station import StationQuerySet


@dataclass(frozen=True)
class Place:
    """A region named by a visitor, with a point when its own or its county's is known."""

    region: Region
    point: tuple[float, float] | None

    def stations(self, found: StationQuerySet) -> StationQuerySet:
        """Return the stations inside the place, the nearest to its middle first; for a street, those around it."""
        inside = found.filter(region__path__within=[self.region.path])
        if self.point is None:
            return inside.order_by("region__path", "name", "pk")
        lng, lat = self.point
        if self.region.level >= Region.Level.STREET:
            return found.nearest(lng=lng, lat=lat, within=15_000)
        return inside.with_distance(lng=lng, lat=lat).order_by(F("distance"), "pk")


def find_place(text: str) -> Place | None:
    """Return the place that a visitor typed (沈阳, 铁西区, 兴华街道, 沈阳市铁西区…), or None when it is not recognised."""
    found = resolve_place(text)
    return Place(found.region, _point(found.region)) if found else None


def _point(region: Region) -> tuple[float, float] | None:
    current: Region | None = region
    while current is not None and current.level >= Region.Level.CITY:
        if current.lng is not None and current.lat is not None:
            return float(current.lng), float(current.lat)
        current = current.parent
    return None
