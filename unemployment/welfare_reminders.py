"""Whose time in a 公益性岗位 is nearly over: told to the holder in plain words, and put on the county's list, once."""

from datetime import date, timedelta

from django.db import transaction

from core import terms
from messaging import outbox
from people.models import Region, RoleAssignment
from people.roles import Role
from unemployment.models import WelfarePlacement

ALL_ENDING = "/work/posts/?view=ending"


def days_before(*, on: date) -> int:
    """Return how many days before the last day people are told (示例，待地方确认)."""
    return int(terms.value("welfare_post.remind_days", on=on, region="21"))


@transaction.atomic
def remind(*, region_id: int, on: date) -> int:
    """Tell the holders of a county's posts whose last day is near, and the county's caseworkers; return how many.

    Each placement is told of once: run again, or by two workers at once, it tells nobody twice.
    """
    county = Region.objects.get(pk=region_id)
    rows = WelfarePlacement.objects.ending(on=on, days=days_before(on=on)).filter(
        reminded_on=None, post__region__path__within=[county.path]
    )
    found = list(
        rows.select_for_update(of=("self",), skip_locked=True)
        .select_related("person__account", "post__organisation")
        .order_by("pk")
    )
    for row in found:
        outbox.send(
            to=row.person,
            template="welfare_ending",
            context={"unit": row.post.organisation.name, "post": row.post.title, "until": row.last_day},
            key=f"welfare_ending:{row.post.public_id}:{row.person.public_id}:{row.last_day}",
            link="/jobs/",
        )
        row.reminded_on = on
        row.save(update_fields=["reminded_on"])
    if found:
        _tell_office(county, len(found), on)
    return len(found)


def _tell_office(county: Region, count: int, on: date) -> None:
    offices = RoleAssignment.objects.on(on).filter(
        region__path__within=[county.path], role__in=[Role.CASEWORKER, Role.COUNTY_SUPERVISOR]
    )
    users = {row.user_id: row.user for row in offices.select_related("user__person")}
    for user in users.values():
        outbox.send(
            to=user,
            template="welfare_ending_office",
            context={"county": county.name, "count": count, "until": on + timedelta(days=days_before(on=on))},
            key=f"welfare_ending:{county.code}:{on.isoformat()}:{user.public_id}",
            channels=("inbox",),
            link=ALL_ENDING,
        )
