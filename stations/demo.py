"""Demo stations at synthetic points, and a few weeks of their service logs."""

from collections.abc import Callable
from datetime import date, time, timedelta
from random import Random

from core.bulk import copy_rows
from people.models import Person, Region, User
from stations.models import BASIC, Function, OpeningHours, ServiceLog, Station

ADVANCED = (Function.GIG, Function.TALENT, Function.INCUBATOR, Function.NEW_FORM)
Progress = Callable[[str, int, int], None]


def build(*, count: int, rng: Random, on: date, people: list[Person], staff: User, progress: Progress) -> list[Station]:
    """Add stations (at least one in each county while they last), their hours, and the services of the last month."""
    counties = {county.code: county for county in Region.objects.counties()}
    homes = _homes(count, rng)
    stations = copy_rows(Station, [_station(rng, home, counties.get(home.code[:6]), on) for home in homes])
    copy_rows(OpeningHours, [hours for station in stations for hours in _hours(station, rng)])
    progress("服务站", len(stations), count)
    mine = [s for s in stations if s.region.path.startswith("21/2101/210106")] or stations[:1]
    logs = []
    for person in rng.sample(people, min(len(people), 400)):
        day = on - timedelta(days=rng.randint(0, 40))
        kind = rng.choice(list(ServiceLog.Kind))
        logs.append(
            ServiceLog(
                station=rng.choice(mine if rng.random() < 0.3 else stations),
                person=person,
                kind=kind,
                function=ServiceLog.FUNCTION_OF[kind],
                served_on=day,
                served_by=staff,
                is_demo=True,
            )
        )
    copy_rows(ServiceLog, logs)
    return stations


def _homes(count: int, rng: Random) -> list[Region]:
    by_county: dict[str, list[int]] = {}
    for code, key in Region.objects.communities().order_by("code").values_list("code", "pk"):
        by_county.setdefault(code[:6], []).append(key)
    for rows in by_county.values():
        rng.shuffle(rows)
    homes: list[int] = []
    while len(homes) < count and any(by_county.values()):
        for code in sorted(by_county):
            if by_county[code] and len(homes) < count:
                homes.append(by_county[code].pop())
    found = Region.objects.in_bulk(homes)
    return [found[key] for key in homes]


def _station(rng: Random, home: Region, county: Region | None, on: date) -> Station:
    lng = lat = None
    if county is not None and county.lng is not None and county.lat is not None:
        lng = round(float(county.lng) + rng.uniform(-0.08, 0.08), 6)
        lat = round(float(county.lat) + rng.uniform(-0.06, 0.06), 6)
    site = rng.choices(list(Station.Site), (8, 1, 2))[0]
    functions = [*BASIC, *(f for f in ADVANCED if rng.random() < 0.3)]
    return Station(
        name=f"{home.short_name}舒心就业服务站",
        region=home,
        site=site,
        address=f"{home.name}演示路 {rng.randint(1, 180)} 号",
        lng=lng,
        lat=lat,
        phone="12333",
        functions=[f.value for f in functions],
        note=rng.choice(("可用轮椅通道", "午间不休息", "有志愿者帮办", "")),
        opened_on=on - timedelta(days=rng.randint(60, 900)),
        is_demo=True,
    )


def _hours(station: Station, rng: Random) -> list[OpeningHours]:
    days = range(1, 7) if rng.random() < 0.2 else range(1, 6)
    noon = rng.random() < 0.4
    spans = [(time(8, 30), time(11, 30)), (time(13, 0), time(17, 0))] if noon else [(time(8, 30), time(17, 0))]
    return [OpeningHours(station=station, weekday=d, opens=o, closes=c) for d in days for o, c in spans]
