"""Who does the monthly contacts: the worker of the person's cell, else of the community, and what changes hands."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from core.errors import DomainError
from people.models import Region, RoleAssignment, User
from people.roles import Role
from unemployment.models import CellWorker, FollowUp, Registration
from unemployment.permissions import can_assign

_SET_WORKERS = """
    UPDATE unemployment_registration r SET worker_id = given.worker
      FROM unnest(%s::bigint[], %s::bigint[]) AS given (registration, worker)
     WHERE r.id = given.registration
"""


class CannotAssign(DomainError):
    """The task was not given to the other worker."""


def workers_of(paths: Iterable[str], *, on: date) -> dict[str, list[int]]:
    """Return the community workers whose region is one of these or lies below or above one, by region path."""
    found: dict[str, list[int]] = defaultdict(list)
    wanted = Q(region__path__within=list(paths))
    for path in paths:
        wanted |= Q(region__path__covers=path)
    rows = RoleAssignment.objects.on(on).filter(wanted, role=Role.COMMUNITY_WORKER, user__is_active=True)
    for path, user in rows.values_list("region__path", "user"):
        found[path].append(user)
    return {path: sorted(set(users)) for path, users in found.items()}


def assign_worker(registration: Registration, *, on: date) -> User | None:
    """Return the worker of the registration's cell, else the nearest to its place with the fewest people; None for none."""
    assert registration.region is not None
    if registration.cell_id:
        held = CellWorker.objects.on(on).filter(cell=registration.cell_id).select_related("worker").first()
        if held is not None and held.worker.is_active:
            return held.worker
    candidates = _nearest(registration.region.path, workers_of([registration.region.path], on=on))
    if not candidates:
        return None
    load = dict.fromkeys(candidates, 0)
    for worker in Registration.objects.active().filter(worker__in=candidates).values_list("worker", flat=True):
        load[worker] += 1
    return User.objects.get(pk=min(candidates, key=lambda pk: (load[pk], pk)))


_FOLLOW_CELLS = """
    WITH moved AS (
        UPDATE unemployment_registration r SET worker_id = w.worker_id
          FROM unemployment_cellworker w
          JOIN unemployment_cell c ON c.id = w.cell_id
          JOIN people_region g ON g.id = c.region_id
         WHERE r.cell_id = c.id AND r.status = 'active' AND r.worker_id IS DISTINCT FROM w.worker_id
           AND c.closed_on IS NULL AND w.valid @> %(on)s::date AND w.worker_id = ANY(%(serving)s)
           AND (g.path = %(path)s OR (g.path >= %(below)s AND g.path < %(beyond)s))
        RETURNING r.id, OLD.worker_id AS before, NEW.worker_id AS now),
    told AS (
        UPDATE unemployment_followup f SET assignee_id = moved.now
          FROM moved
         WHERE f.registration_id = moved.id AND f.status = 'open' AND f.assignee_id IS NOT DISTINCT FROM moved.before)
    SELECT count(*) FROM moved
"""


def follow_cells(*, paths: Iterable[str], on: date, serving: Collection[int] | None = None) -> int:
    """Give the people of a cell, and what is open about them, to whoever works in the cell; return how many people.

    Who does a contact in place of somebody keeps it: it is not the person's standing worker whose task it was.

    :param serving: who serves in these places, where the caller knows it already.
    """
    moved = 0
    for path in paths:
        known = serving if serving is not None else _serving(workers_of([path], on=on))
        values: dict[str, Any] = {
            "on": on,
            "serving": sorted(known),
            "path": path,
            "below": f"{path}/",
            "beyond": f"{path}0",
        }
        with connection.cursor() as cursor:
            cursor.execute(_FOLLOW_CELLS, values)
            moved += cursor.fetchone()[0]
    return moved


def fill_workers(*, paths: list[str], on: date) -> int:
    """Give people in a cell to its worker, and everybody without a serving worker one of the community's, spread evenly.

    Return how many got another one.
    """
    workers = workers_of(paths, on=on)
    serving = _serving(workers)
    moved = follow_cells(paths=paths, on=on, serving=serving)
    rows = (
        Registration.objects.active()
        .filter(region__path__within=paths)
        .exclude(worker__in=serving)
        .order_by("region__path", "pk")
    )
    changed: dict[int, int] = {}
    for number, (pk, path, old) in enumerate(rows.values_list("pk", "region__path", "worker")):
        candidates = _nearest(path, workers)
        new = candidates[number % len(candidates)] if candidates else None
        if new is not None and new != old:
            changed[pk] = new
    if changed:
        # One statement for the county: each statement on this table costs the writing of its history once.
        with connection.cursor() as cursor:
            cursor.execute(_SET_WORKERS, [list(changed), list(changed.values())])
    return moved + len(changed)


_HAND_OVER = """
    UPDATE unemployment_followup f SET assignee_id = r.worker_id
      FROM unemployment_registration r, people_region g
     WHERE r.id = f.registration_id AND g.id = f.region_id AND f.status = 'open'
       AND (g.path = %(path)s OR (g.path >= %(below)s AND g.path < %(beyond)s))
       AND r.worker_id IS NOT NULL AND f.assignee_id IS DISTINCT FROM r.worker_id
       AND (f.assignee_id IS NULL OR f.assignee_id <> ALL(%(serving)s))
"""


@transaction.atomic
def hand_over(*, region_id: int, on: date) -> int:
    """Give what nobody does any more to those who serve there now; return how many open contacts changed hands.

    Somebody left, moved or joined: people without a serving worker get one of their community's, spread evenly, and
    their open contacts follow. What somebody who still serves has in hand stays there.
    """
    county = Region.objects.get(pk=region_id)
    fill_workers(paths=[county.path], on=on)
    serving = sorted({pk for users in workers_of([county.path], on=on).values() for pk in users})
    path = {"path": county.path, "below": f"{county.path}/", "beyond": f"{county.path}0"}
    with connection.cursor() as cursor:
        cursor.execute(_HAND_OVER, {**path, "serving": serving})
        return int(cursor.rowcount)


@transaction.atomic
def reassign(*, follow_up_ids: Iterable[int], worker_id: int, by: User, on: date) -> int:
    """Give open tasks, and the people behind them, to another worker of the same place; return how many.

    People in a cell stay with its worker: of theirs only this task is done by the other one.

    :raises CannotAssign: not the user's to give, or the worker does not serve the place.
    """
    rows = list(
        FollowUp.objects.select_for_update(of=("self",)).filter(pk__in=list(follow_up_ids)).select_related("region")
    )
    worker = User.objects.get(pk=worker_id)
    for row in rows:
        if not can_assign(by, row):
            raise CannotAssign("有的人不归您管，没有改。请只选您负责地区的人。")
        if worker.pk not in _nearest(row.region.path, workers_of([row.region.path], on=on)):
            raise CannotAssign(f"{worker} 不负责{row.region.name}，请另选一位。")
    open_ids = [row.pk for row in rows if row.status == FollowUp.Status.OPEN]
    FollowUp.objects.filter(pk__in=open_ids).update(assignee=worker)
    in_cells = CellWorker.objects.on(on).values("cell")
    standing = Registration.objects.filter(pk__in=[row.registration_id for row in rows]).exclude(cell__in=in_cells)
    standing.update(worker=worker)
    return len(open_ids)


def _serving(workers: Mapping[str, list[int]]) -> set[int]:
    return {pk for users in workers.values() for pk in users}


def _nearest(path: str, workers: Mapping[str, list[int]]) -> list[int]:
    """Return the workers of the smallest place that holds this one."""
    while path:
        if found := workers.get(path):
            return found
        path = path.rpartition("/")[0]
    return []
