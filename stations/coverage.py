"""Which county-level units have how many stations, and what those did (the province counts 100 units)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from people.models import Region
from people.roles import Role
from people.totals import add_up
from stations.models import ServiceLog, Station

SUPERVISORS = (Role.COUNTY_SUPERVISOR, Role.CITY_SUPERVISOR, Role.LEADER)


@dataclass(frozen=True)
class CountyCoverage:
    """One county-level unit: its stations today and its services since the month began."""

    county: Region
    stations: int
    services: int


def coverage_by_county(*, paths: list[str], month: date, on: date) -> list[CountyCoverage]:
    """Return a row for each county-level unit below these paths, also for those without a station."""
    counties = list(Region.objects.counties().within(paths).order_by("path"))
    known = {county.path for county in counties}
    stations = Station.objects.open(on=on).filter(region__path__within=paths)
    services = ServiceLog.objects.filter(station__region__path__within=paths, served_on__range=(month, on))
    station_counts = add_up(stations.values_list("region__path").annotate(Count("pk")).order_by(), known)
    service_counts = add_up(services.values_list("station__region__path").annotate(Count("pk")).order_by(), known)
    return [CountyCoverage(c, station_counts[c.path], service_counts[c.path]) for c in counties]
