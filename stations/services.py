"""Logging what a station did for somebody who walked in."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from core import audit
from core.errors import DomainError
from people import identifiers
from people.models import Person, User
from people.roles import Role
from stations.models import ServiceLog, Station

LOGGERS = (Role.STATION_STAFF, Role.COMMUNITY_WORKER, Role.CASEWORKER, Role.ADVISER)


class CannotLogService(DomainError):
    """The service was not written down."""


@dataclass(frozen=True)
class WalkIn:
    """Somebody at the counter, as the page may show them."""

    person: Person
    is_ours: bool


def find_walk_in(text: str, *, by: User, reason: str) -> list[WalkIn]:
    """Find who stands at the counter by a full ID number (whole province) or a phone number (one's own regions).

    A phone may be shared, so several people may answer. Each search leaves a record.

    :raises CannotLogService: the text is neither a full ID number nor a phone number.
    """
    cleaned = "".join(text.split()).upper()
    if len(cleaned) in (15, 18):
        return _by_id_number(cleaned, by, reason)
    if len(cleaned) == 11:
        return _by_phone(cleaned, by, reason)
    raise CannotLogService("请输入完整的身份证号（18 位）或手机号（11 位）。刷身份证也可以。")


def _by_id_number(number: str, by: User, reason: str) -> list[WalkIn]:
    try:
        checked = identifiers.check_id_number(number)
    except identifiers.InvalidId as error:
        raise CannotLogService(error.message) from error
    found = list(Person.objects.with_id_number(checked.number).select_related("residence_region"))
    audit.record_access(actor=by, action="lookup:id_number", subject=found[0] if found else "", reason=reason)
    ours = set(Person.objects.visible_to(by).filter(pk__in=[p.pk for p in found]).values_list("pk", flat=True))
    return [WalkIn(person, person.pk in ours) for person in found]


def _by_phone(text: str, by: User, reason: str) -> list[WalkIn]:
    try:
        phone = identifiers.check_phone(text)
    except identifiers.InvalidId as error:
        raise CannotLogService(error.message) from error
    found = Person.objects.visible_to(by).with_phone(phone).select_related("residence_region").order_by("pk")[:10]
    audit.record_access(actor=by, action="lookup:phone", subject="", reason=reason)
    return [WalkIn(person, True) for person in found]


def usual_station(user: User) -> int | None:
    """Return the station a member of staff is most likely at: the last one they logged for, else their first one."""
    serving = Station.objects.serving(user).filter(closed_on=None)
    last = (
        ServiceLog.objects.filter(served_by=user, station__in=serving).order_by("-pk").values_list("station", flat=True)
    )
    return last.first() or serving.order_by("name", "pk").values_list("pk", flat=True).first()


@transaction.atomic
def log_service(*, station_id: int, person_id: int, kind: str, note: str = "", by: User, on: date) -> ServiceLog:
    """Write down one service at a station.

    :raises CannotLogService: the station is closed or not one the user serves, or the kind is unknown.
    """
    station = Station.objects.serving(by).open(on=on).filter(pk=station_id).first()
    if station is None or not by.has_role(*LOGGERS):
        raise CannotLogService("您不在这个服务站值班，或者它已经撤销。请换一个站点。")
    if kind not in ServiceLog.Kind.values:
        raise CannotLogService("请选一项服务内容。")
    return ServiceLog.objects.create(
        station=station,
        person_id=person_id,
        kind=kind,
        function=ServiceLog.FUNCTION_OF[ServiceLog.Kind(kind)],
        note=note.strip(),
        served_on=on,
        served_by=by,
    )
