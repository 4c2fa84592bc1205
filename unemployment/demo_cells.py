"""Cells for the demo's own street: two in each community, most people in one of them."""

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from people.models import Region, User
from people.roles import Role
from unemployment.models import Cell, CellWorker, Registration

NAMES = (("01", "东院 1 至 6 号楼"), ("02", "西院和沿街"))


def build_cells(*, worker: User, on: date) -> int:
    """Divide the communities that the demo's worker serves; return how many people are in a cell."""
    paths = worker.regions(Role.COMMUNITY_WORKER) or [
        row.region.path for row in worker.role_assignments.select_related("region") if row.region
    ]
    places = Region.objects.communities().within(paths).order_by("code")
    cells = Cell.objects.bulk_create(
        Cell(region=place, code=code, name=name) for place in places for code, name in NAMES
    )
    valid = DateRange(on.replace(day=1), None)
    CellWorker.objects.bulk_create(CellWorker(cell=cell, worker=worker, valid=valid) for cell in cells[::2])
    by_place: dict[int, list[Cell]] = {}
    for cell in cells:
        by_place.setdefault(cell.region_id, []).append(cell)
    rows = list(Registration.objects.active().filter(region__in=by_place).order_by("pk"))
    for number, row in enumerate(rows):
        if number % 5:
            row.cell = by_place[row.region_id or 0][number % 2]
    Registration.objects.bulk_update(rows, ["cell"], batch_size=2000)
    return len(rows)
