"""The lists that officers work through: which views there are, how many stand in each, and who comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery

from core.months import first_day
from people.models import GroupMembership, Region, User
from unemployment.models import Attempt, Deregistration, FollowUp, Registration, Status
from unemployment.models.choices import TO_DECIDE
from unemployment.models.followup import FOLLOWERS, FollowUpQuerySet
from unemployment.models.registration import READERS

SIZE = 50


@dataclass(frozen=True, slots=True)
class View:
    """One tab of a list."""

    code: str
    label: str
    tone: str = ""
    count: int = 0


FOLLOW_UP_VIEWS = (
    View("pending", "待联系"),
    View("overdue", "已过期", "bd"),
    View("today", "今天到期", "wn"),
    View("week", "7 天内"),
    View("missed", "两次没接"),
    View("done", "已联系"),
)
REGISTRATION_VIEWS = (
    View("todo", "待办结"),
    View("late", "已超时", "bd"),
    View("today", "今天到期", "wn"),
    View("hits", "有比中"),
    View("correction", "待补正"),
    View("ends", "待注销", "wn"),
    View("active", "登记有效"),
    View("closed", "已结束"),
)


def follow_up_views(on: date) -> dict[str, Q]:
    """Return what each tab of the monthly list holds."""
    pending = Q(status=FollowUp.Status.OPEN)
    return {
        "pending": pending,
        "overdue": pending & Q(due_on__lt=on),
        "today": pending & Q(due_on=on),
        "week": pending & Q(due_on__gte=on, due_on__lt=on + timedelta(days=7)),
        "missed": pending & Q(failed_attempts__gte=2),
        "done": Q(status=FollowUp.Status.DONE),
    }


def registration_views(on: date) -> dict[str, Q]:
    """Return what each tab of the registrations holds."""
    waiting = Q(status__in=TO_DECIDE)
    hit = Registration.objects.filter(checks__verdict="hit", checks__review="").values("pk")
    ends = Deregistration.objects.filter(status=Deregistration.Status.PROPOSED).values("registration")
    return {
        "todo": waiting,
        "late": waiting & Q(decide_by__lt=on),
        "today": waiting & Q(decide_by=on),
        "hits": waiting & Q(pk__in=hit),
        "correction": Q(status=Status.CORRECTION),
        "ends": Q(status=Status.ACTIVE, pk__in=ends),
        "active": Q(status=Status.ACTIVE),
        "closed": Q(status__in=[Status.DEREGISTERED, Status.REVOKED, Status.REFUSED, Status.WITHDRAWN]),
    }


def counted(rows: QuerySet[Any], views: Iterable[View], conditions: dict[str, Q]) -> list[View]:
    """Return the tabs with how many rows stand in each. One query."""
    views = list(views)
    numbers = rows.aggregate(**{view.code: Count("pk", filter=conditions[view.code]) for view in views})
    return [View(view.code, view.label, view.tone, numbers[view.code]) for view in views]


def follow_ups(user: User, *, on: date) -> FollowUpQuerySet:
    """Return the month's list of a user."""
    return FollowUp.objects.visible_to(user).to_do_in(first_day(on))


def with_people(rows: QuerySet[FollowUp], *, on: date) -> QuerySet[FollowUp]:
    """Add what a line of the list shows: the person, their groups, the last contact."""
    last = Attempt.objects.filter(follow_up__registration=OuterRef("registration")).order_by("-at", "-pk")
    groups = GroupMembership.objects.on(on).order_by("pk")
    return (
        rows.select_related("registration__person", "region", "assignee")
        .prefetch_related(Prefetch("registration__person__groups", groups, to_attr="current_groups"))
        .annotate(last_at=Subquery(last.values("at")[:1]), last_outcome=Subquery(last.values("outcome")[:1]))
    )


def places(user: User, *, roles: Iterable[str] = FOLLOWERS) -> QuerySet[Region]:
    """Return the places by which a user may narrow a list: one level below their own."""
    paths = user.regions(*roles)
    depth = min((path.count("/") + 1 for path in paths), default=Region.Level.COMMUNITY)
    wanted = min(depth + 1, int(Region.Level.COMMUNITY))
    return Region.objects.at(wanted).within(paths).order_by("path")


def narrowed(rows: QuerySet[FollowUp], filters: dict[str, Any], *, user: User, on: date) -> QuerySet[FollowUp]:
    """Apply the filters of the list."""
    if kind := filters.get("kind"):
        rows = rows.filter(registration__person__in=GroupMembership.objects.on(on).filter(group=kind).values("person"))
    if place := filters.get("place"):
        found = Region.objects.open().filter(code=place).first()
        rows = rows.filter(region__path__within=[found.path] if found else [])
    if filters.get("mine"):
        rows = rows.filter(assignee=user)
    if name := (filters.get("q") or "").strip():
        rows = rows.filter(registration__person__name__startswith=name)
    return rows


def next_after(rows: QuerySet[FollowUp], follow_up: FollowUp) -> FollowUp | None:
    """Return who comes next in the list, or the first one when the end is reached."""
    rest = rows.filter(status=FollowUp.Status.OPEN).exclude(pk=follow_up.pk).order_by("due_on", "pk")
    after = rest.filter(Q(due_on__gt=follow_up.due_on) | Q(due_on=follow_up.due_on, pk__gt=follow_up.pk))
    return after.first() or rest.first()


def open_follow_ups(user: User, *, on: date) -> FollowUpQuerySet:
    """Return the contacts that wait in the regions of a user."""
    return follow_ups(user, on=on).pending()


def registrations(user: User) -> QuerySet[Registration]:
    """Return the registrations of a user's regions."""
    return Registration.objects.for_staff(user)


def registration_places(user: User) -> QuerySet[Region]:
    """Return the places by which the list of registrations may be narrowed."""
    return places(user, roles=READERS)
