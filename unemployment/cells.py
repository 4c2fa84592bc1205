"""网格: who keeps the cells of a community, whose the people in them are, and what changes hands with a cell."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core.errors import DomainError
from people.models import Region, User
from unemployment.assignment import follow_cells, workers_of
from unemployment.models import Cell, CellWorker, FollowUp, Registration
from unemployment.models.registration import OFFICERS
from unemployment.permissions import can_assign


class CannotKeepCell(DomainError):
    """The cell stays as it is."""


def can_keep(user: User, region: Region) -> bool:
    """Say whether this user keeps the cells of a place: those who decide on its registrations."""
    return user.serves(region.path, *OFFICERS)


def workers_for(region: Region, *, on: date) -> QuerySet[User]:
    """Return those who may work in the cells of a community: its workers, and those of its street."""
    serving = {pk for pks in workers_of([region.path], on=on).values() for pk in pks}
    return User.objects.filter(pk__in=serving).order_by("name", "pk")


def kept(user: User, region: Region, *, on: date) -> list[dict[str, Any]]:
    """Return the cells of a community, or of those below a street: who works there now, who next, how many people."""
    rows = Cell.objects.visible_to(user).open().filter(region__path__within=[region.path])
    people = Registration.objects.active().filter(cell=OuterRef("pk")).order_by().values("cell").annotate(n=Count("pk"))
    rows = rows.annotate(people=Coalesce(Subquery(people.values("n")), 0)).select_related("region")
    workers = CellWorker.objects.filter(Q(valid__endswith__gt=on) | Q(valid__endswith=None)).select_related("worker")
    return [
        {
            "cell": cell,
            "now": next((row.worker for row in cell.workers.all() if row.valid.lower <= on), None),
            "next": next((row for row in cell.workers.all() if row.valid.lower > on), None),
        }
        for cell in rows.prefetch_related(Prefetch("workers", workers.order_by("valid"))).order_by(
            "region__path", "code"
        )
    ]


@transaction.atomic
def open_cell(*, region_id: int, code: str, name: str, worker: User | None, by: User, on: date) -> Cell:
    """Add a cell to a community, with who works in it from today.

    :raises CannotKeepCell: not the user's place, no community, the code is taken, or the worker does not serve there.
    """
    region = Region.objects.get(pk=region_id)
    if not can_keep(by, region):
        raise CannotKeepCell("这个社区的网格不归您管。")
    if region.level != Region.Level.COMMUNITY or not region.is_open:
        raise CannotKeepCell("网格要建在社区或村下面，请先点开一个社区。")
    try:
        with transaction.atomic():
            cell = Cell.objects.create(region=region, code=code.strip(), name=name.strip())
    except IntegrityError as error:
        if "cell_code_once" not in str(error):
            raise
        raise CannotKeepCell(f"{region.name}已经有编码是“{code.strip()}”的网格，请换一个编码。") from error
    if worker is not None:
        _take_over(cell, worker, since=on, on=on)
    return cell


@transaction.atomic
def set_worker(*, cell_id: int, worker: User | None, since: date, version: Any, by: User, on: date) -> Cell:
    """Give a cell to another worker from a day on, or to nobody; what was planned from that day on is replaced.

    The people of the cell go along on that day, with what is open about them: at once when it is today, else by the
    hand-over of that morning. Who does a contact for somebody else keeps it.

    :raises CannotKeepCell: not the user's, taken away, a day that is past, or the worker does not serve there.
    :raises StaleVersion: the page was old.
    """
    cell = _locked(cell_id, by)
    cell.require_version(version)
    if since < on:
        raise CannotKeepCell("只能从今天或者以后的日子起换人，过去的不改。")
    _end_workers(cell, since)
    if worker is not None:
        _take_over(cell, worker, since=since, on=on)
    cell.bump()
    cell.save()
    return cell


@transaction.atomic
def close_cell(*, cell_id: int, version: Any, by: User, on: date) -> Cell:
    """Take a cell away: its people are the community's again and keep their worker.

    :raises CannotKeepCell: not the user's, or taken away before.
    :raises StaleVersion: the page was old.
    """
    cell = _locked(cell_id, by)
    cell.require_version(version)
    _end_workers(cell, on)
    Registration.objects.filter(cell=cell).update(cell=None)
    cell.closed_on = on
    cell.bump()
    cell.save()
    return cell


@transaction.atomic
def put_in_cell(*, follow_up_ids: Iterable[int], code: str, by: User, on: date) -> int:
    """Put the people behind these contacts into the cell of this code in their own community; without a code, into none.

    :raises CannotKeepCell: not all are the user's, or one of the communities has no such cell; nobody is moved then.
    """
    rows = list(FollowUp.objects.filter(pk__in=list(follow_up_ids)).select_related("region", "registration__region"))
    if not all(can_assign(by, row) for row in rows):
        raise CannotKeepCell("有的人不归您管，没有改。请只选您负责地区的人。")
    registrations = Registration.objects.select_for_update(of=("self",)).active()
    found = list(registrations.filter(pk__in={row.registration_id for row in rows}).select_related("region"))
    code = code.strip()
    cells = {cell.region_id: cell for cell in Cell.objects.open().filter(code=code).select_for_update()} if code else {}
    lacking = sorted({str(row.region.name) for row in found if row.region and code and row.region_id not in cells})
    if lacking:
        raise CannotKeepCell(f"{'、'.join(lacking[:3])}没有编码是“{code}”的网格，没有改。请先建网格，或者分社区来放。")
    for region in {row.region_id for row in found}:
        ids = [row.pk for row in found if row.region_id == region]
        Registration.objects.filter(pk__in=ids).update(cell=cells.get(region or 0))
    follow_cells(paths=[cell.region.path for cell in cells.values()], on=on)
    return len(found)


def _locked(cell_id: int, by: User) -> Cell:
    cell = Cell.objects.select_for_update(of=("self",)).select_related("region").get(pk=cell_id)
    if not can_keep(by, cell.region):
        raise CannotKeepCell("这个社区的网格不归您管。")
    if cell.closed_on is not None:
        raise CannotKeepCell("这个网格已经撤了。请刷新页面再看。")
    return cell


def _end_workers(cell: Cell, day: date) -> None:
    """Let nobody work in the cell from a day on."""
    for row in cell.workers.select_for_update():
        if row.valid.lower >= day:
            row.delete()
        elif row.valid.upper is None or row.valid.upper > day:
            row.valid = DateRange(row.valid.lower, day)
            row.save()


def _take_over(cell: Cell, worker: User, *, since: date, on: date) -> None:
    if not workers_for(cell.region, on=on).filter(pk=worker.pk).exists():
        raise CannotKeepCell(f"{worker} 不负责{cell.region.name}，请另选一位。")
    try:
        with transaction.atomic():
            CellWorker.objects.create(cell=cell, worker=worker, valid=DateRange(since, None))
    except IntegrityError as error:
        if "cell_one_worker_at_a_time" not in str(error):
            raise
        raise CannotKeepCell("刚才有人给这个网格定了网格员。请刷新页面再看。") from error
    if since <= on:
        follow_cells(paths=[cell.region.path], on=on)
