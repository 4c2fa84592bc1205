"""The figures of the leader's page, drawn from the live tables: what is due, what is done, where it is late."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth

from core import terms
from core.months import add_months, first_day, last_day
from core.workdays import is_working_day, working_days_between
from jobs.models import Placement, Posting
from people.models import Region, User
from people.roles import Role
from people.totals import add_up
from stations.models import ServiceLog, Station
from subsidies.models import Claim
from unemployment.models import FollowUp, Household, Registration

VIEWERS = (Role.LEADER, Role.CITY_SUPERVISOR, Role.COUNTY_SUPERVISOR)
TREND_MONTHS = 12


@dataclass(frozen=True)
class UnitFigures:
    """One line of the table: a city, a zone, or a county below the viewer's own city."""

    region: Region
    registered: int
    due: int
    done: int
    overdue: int
    postings: int
    hired: int
    stations: int
    services: int
    paid: Decimal
    late_claims: int
    households: int
    """零就业家庭 that are not cleared."""

    @property
    def rate(self) -> float:
        """Follow-ups done, in percent of those due this month; 100 when none is due."""
        return round(self.done / self.due * 100, 1) if self.due else 100.0


@dataclass(frozen=True)
class Board:
    """Everything on the leader's page."""

    units: list[UnitFigures]
    pace: float
    """Working days passed this month, in percent: where the follow-ups should be by now."""
    levels: dict[str, str]
    """Per unit path: ok, wn or bd (蓝色安全区, 黄色风险区, 红色高危区)."""
    months: list[date]
    registered_by_month: list[int]
    placed_by_month: list[int]

    def total(self, name: str) -> Any:
        """Sum one column of the units."""
        return sum(getattr(unit, name) for unit in self.units)

    @property
    def rate(self) -> float:
        """Follow-ups done of those due, in percent, over all units."""
        due = self.total("due")
        return round(self.total("done") / due * 100, 1) if due else 100.0


def units_for(user: User) -> list[Region]:
    """Return the lines a viewer sees: the province's cities and zones, or the counties of the viewer's city."""
    paths = user.regions(*VIEWERS)
    provinces = set(Region.objects.provinces().values_list("path", flat=True))
    if provinces & set(paths):
        return list(Region.objects.reporting_units().order_by("path"))
    return list(Region.objects.counties().within(paths).order_by("path"))


def board(*, user: User, on: date) -> Board:
    """Return the figures of everything this user leads, as of a day. The number of queries does not grow with rows."""
    units = units_for(user)
    paths = [unit.path for unit in units]
    month = first_day(on)

    def by_unit(rows: QuerySet[Any], path: str = "region__path", figure: Any = None) -> Counter[str]:
        narrowed = rows.filter(**{f"{path}__within": paths}).order_by().values_list(path)
        return add_up(narrowed.annotate(figure=figure or Count("pk")), paths)

    tasks = FollowUp.objects.of_month(month).exclude(status=FollowUp.Status.CANCELLED)
    found = {
        "registered": by_unit(Registration.objects.active()),
        "due": by_unit(tasks),
        "done": by_unit(tasks.filter(status=FollowUp.Status.DONE)),
        "overdue": by_unit(FollowUp.objects.overdue(on=on)),
        "postings": by_unit(Posting.objects.published(on=on)),
        "hired": by_unit(Placement.objects.filter(starts_on__range=(month, last_day(on))), "posting__region__path"),
        "stations": by_unit(Station.objects.open(on=on)),
        "services": by_unit(ServiceLog.objects.filter(served_on__range=(month, on)), "station__region__path"),
        "paid": by_unit(Claim.objects.filter(paid_on__year=on.year), figure=Sum("amount")),
        "late_claims": by_unit(Claim.objects.live().filter(due_on__lt=on)),
        "households": by_unit(Household.objects.open()),
    }
    lines = [
        UnitFigures(region=unit, **{name: counts[unit.path] for name, counts in found.items()})  # type: ignore[arg-type]
        for unit in units
    ]
    pace = pace_of_month(on)
    months = [add_months(month, -back) for back in range(TREND_MONTHS - 1, -1, -1)]
    registrations = Registration.objects.filter(registered_on__gte=months[0], region__path__within=paths)
    placements = Placement.objects.filter(starts_on__gte=months[0], posting__region__path__within=paths)
    return Board(
        units=lines,
        pace=pace,
        levels=_levels(lines, pace, on),
        months=months,
        registered_by_month=_per_month(registrations, "registered_on", months),
        placed_by_month=_per_month(placements, "starts_on", months),
    )


def pace_of_month(on: date) -> float:
    """Return the working days of the month passed by the end of a day, in percent of all of them."""
    start, end = first_day(on), last_day(on)
    days = working_days_between(start, end) + is_working_day(start)
    passed = working_days_between(start, on) + is_working_day(start)
    return round(passed / days * 100, 1) if days else 100.0


def _levels(lines: Iterable[UnitFigures], pace: float, on: date) -> dict[str, str]:
    red = float(terms.value("leader.followup.red_points", on=on))
    yellow = float(terms.value("leader.followup.yellow_points", on=on))
    behind = {line.region.path: pace - line.rate if line.due else 0.0 for line in lines}
    return {path: "bd" if gap > red else "wn" if gap > yellow else "ok" for path, gap in behind.items()}


def _per_month(rows: QuerySet[Any], field: str, months: list[date]) -> list[int]:
    counts = dict(rows.order_by().annotate(month=TruncMonth(field)).values_list("month").annotate(n=Count("pk")))
    return [counts.get(month, 0) for month in months]
