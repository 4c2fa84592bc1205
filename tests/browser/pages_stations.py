from datetime import date

from django.utils import timezone

from people.models import User
from people.roles import Role
from stations.models import STANDARD_HOURS, OpeningHours, ServiceLog, Station
from tests import factories
from tests.browser.pages import PageCase


def station() -> Station:
    made = Station.objects.create(
        name="兴华街道舒心就业服务站",
        region=factories.community(),
        address="演示路 27 号",
        functions=["policy", "handling", "gig"],
        lng=123.36,
        lat=41.8,
        opened_on=date(2025, 1, 1),
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(station=made, weekday=d, opens=o, closes=c) for d, o, c in STANDARD_HOURS
    )
    return made


def _list() -> tuple[str, User | None]:
    station()
    return "/stations/?place=铁西区", None


def _none_found() -> tuple[str, User | None]:
    return "/stations/?place=火星", None


def _show() -> tuple[str, User | None]:
    return f"/stations/{station().public_id}/", None


def _desk() -> tuple[str, User | None]:
    clerk = factories.staff(Role.STATION_STAFF)
    person = factories.person()
    ServiceLog.objects.create(
        station=station(),
        person=person,
        kind="policy",
        function="policy",
        served_on=timezone.localdate(),
        served_by=clerk,
    )
    return "/work/station/", clerk


def _coverage() -> tuple[str, User | None]:
    station()
    return "/work/station/coverage/", factories.staff(Role.CITY_SUPERVISOR, at="2101")


PAGES = [
    PageCase("station list", _list),
    PageCase("station list, nothing found", _none_found),
    PageCase("station", _show),
    PageCase("station desk", _desk),
    PageCase("station coverage", _coverage),
]
