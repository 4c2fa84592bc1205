"""From a place somebody typed to the stations near it."""

from dataclasses import dataclass

from people.models import Region
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
        return inside.with_distance(lng=lng, lat=lat).order_by("distance", "pk")


def find_place(text: str) -> Place | None:
    """Return the region whose name a visitor typed, the larger first: 沈阳, 铁西区, 兴华街道, 沈阳市铁西区."""
    cleaned = "".join(text.split()).removeprefix("辽宁省")
    if not cleaned:
        return None
    regions = Region.objects.open().filter(level__gt=Region.Level.PROVINCE)
    region = (
        regions.filter(full_name__endswith=cleaned).order_by("level", "path").first()
        or regions.filter(name__startswith=cleaned).order_by("level", "path").first()
    )
    return Place(region, _point(region)) if region else None


def _point(region: Region) -> tuple[float, float] | None:
    current: Region | None = region
    while current is not None and current.level >= Region.Level.CITY:
        if current.lng is not None and current.lat is not None:
            return float(current.lng), float(current.lat)
        current = current.parent
    return None
