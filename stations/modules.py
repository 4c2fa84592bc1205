"""What the stations add to the portal's pages."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from core import registry
from people.models import Person, User
from people.roles import Role
from stations.coverage import SUPERVISORS
from stations.models import ServiceLog, Station
from stations.services import LOGGERS

SHOWN = 3


def _home(request: HttpRequest) -> dict[str, object] | None:
    today, now = timezone.localdate(), timezone.localtime()
    stations = Station.objects.open(on=today).select_related("region").prefetch_related("hours")
    total = Station.objects.open(on=today).count()
    first = stations.order_by("region__path", "name", "pk")[:SHOWN]
    return {"rows": [{"station": s, "opening": s.opening(now)} for s in first], "total": total} if total else None


def _person(user: User, person: Person) -> dict[str, object] | None:
    services = ServiceLog.objects.visible_to(user).filter(person=person).select_related("station")
    return {"services": services.order_by("-served_on", "-pk")[:10]}


def _own_services(user: User) -> "QuerySet[ServiceLog]":
    rows = ServiceLog.objects.filter(person=user.person_id) if user.person_id else ServiceLog.objects.none()
    return rows.select_related("station").order_by("pk")


registry.register(
    registry.Search(
        code="walk-in",
        label="谁来了",
        placeholder="身份证号或手机号",
        url_name="stations:walk-in-find",
        roles=frozenset({Role.STATION_STAFF}),
        field="who",
        order=10,
    ),
    registry.Module(
        code="station-desk",
        label="窗口服务",
        icon="user-check",
        url_name="stations:desk",
        roles=frozenset(LOGGERS),
        order=30,
        description="来了人，记一笔服务",
    ),
    registry.Module(
        code="station-coverage",
        label="站点覆盖",
        icon="map",
        url_name="stations:coverage",
        roles=frozenset(SUPERVISORS),
        group="看",
        order=60,
        description="哪些县区还没有服务站",
    ),
    registry.Link("stations", "服务站", "stations:station-list", ("main", "matters"), order=50),
    registry.Tile(
        code="stations",
        label="找服务站",
        hint="家门口就能办",
        icon="map-pin",
        url_name="stations:station-list",
        order=90,
    ),
)
registry.home_section(registry.Section("stations", "stations/_home.html", _home, column="pair", order=50))
registry.person_section(registry.Section("stations", "stations/_person.html", _person, order=80))
registry.register(
    registry.OwnRows("services", "服务站服务", _own_services, ("station", "kind", "note", "served_on")),
)
