import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from core import audit
from core.errors import StaleVersion
from people.roles import Role
from tests import factories
from tests.unemployment.conftest import TODAY, page, registered
from unemployment import assignment, cells, followups, transfers
from unemployment.cells import CannotKeepCell
from unemployment.models import Cell, CellWorker, FollowUp, Registration

pytestmark = pytest.mark.django_db
DECEMBER = date(2026, 12, 1)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def place():
    return factories.community()


@pytest.fixture
def second(place):
    return factories.staff(Role.COMMUNITY_WORKER, at=place.parent)


@pytest.fixture
def county():
    return factories.region("210106")


def cell_of(place, by, worker=None, code="01"):
    return cells.open_cell(region_id=place.pk, code=code, name="东院", worker=worker, by=by, on=TODAY)


def put(by, *rows, code="01"):
    ids = FollowUp.objects.filter(registration__in=rows).values_list("pk", flat=True)
    return cells.put_in_cell(follow_up_ids=ids, code=code, by=by, on=TODAY)


def whose(row):
    row.refresh_from_db()
    return row.worker, row.follow_ups.order_by("month").last().assignee


def test_opens_a_month_by_cell_first_and_spreads_the_rest(caseworker, supervisor, worker, second, place, county):
    inside, outside = [[registered(by=caseworker) for _ in range(2)] for _ in range(2)]
    Registration.objects.update(worker=None)
    cell_of(place, supervisor, second)
    assert put(supervisor, *inside) == 2
    followups.open_month(region_id=county.pk, month=DECEMBER)
    assert [whose(row) for row in inside] == [(second, second)] * 2
    assert {whose(row)[1] for row in outside} == {worker, second}


def test_gives_the_people_and_what_is_open_about_them_to_a_cells_new_worker(
    caseworker, supervisor, worker, second, place, county
):
    rows = [registered(by=caseworker) for _ in range(3)]
    cell = cell_of(place, supervisor, worker)
    put(supervisor, *rows)
    stands_in = factories.staff(Role.COMMUNITY_WORKER, at=place)
    assignment.reassign(follow_up_ids=[rows[2].follow_ups.get().pk], worker_id=stands_in.pk, by=supervisor, on=TODAY)
    assert whose(rows[2]) == (worker, stands_in)
    cell.refresh_from_db()
    cells.set_worker(cell_id=cell.pk, worker=second, since=TOMORROW, version=cell.version, by=supervisor, on=TODAY)
    assert whose(rows[0]) == (worker, worker)
    assignment.hand_over(region_id=county.pk, on=TOMORROW)
    assert [whose(row) for row in rows] == [(second, second), (second, second), (second, stands_in)]
    assert [str(row.valid) for row in cell.workers.order_by("valid")] == [
        str(DateRange(TODAY, TOMORROW)),
        str(DateRange(TOMORROW, None)),
    ]


def test_falls_back_on_the_community_where_the_cells_worker_left(caseworker, supervisor, worker, second, place, county):
    row = registered(by=caseworker)
    cell_of(place, supervisor, second)
    put(supervisor, row)
    assert whose(row) == (second, second)
    second.role_assignments.update(valid=(date(2020, 1, 1), TODAY))
    assignment.hand_over(region_id=county.pk, on=TODAY)
    assert whose(row) == (worker, worker)


def test_refuses_what_is_not_in_order_and_moves_nobody(caseworker, supervisor, worker, place):
    row = registered(by=caseworker)
    cell = cell_of(place, supervisor, worker)
    stranger = factories.staff(Role.COMMUNITY_WORKER, at=factories.community(county="210202"))
    change = {"cell_id": cell.pk, "since": TODAY, "version": cell.version, "by": supervisor, "on": TODAY}
    with pytest.raises(CannotKeepCell, match="编码是“01”的网格"):
        cell_of(place, supervisor)
    with pytest.raises(CannotKeepCell, match="点开一个社区"):
        cell_of(place.parent, supervisor)
    with pytest.raises(CannotKeepCell, match="不归您管"):
        cell_of(place, factories.staff(Role.CASEWORKER, at="210202"))
    with pytest.raises(CannotKeepCell, match="不负责"):
        cells.set_worker(worker=stranger, **change)
    with pytest.raises(CannotKeepCell, match="过去的不改"):
        cells.set_worker(worker=worker, **change | {"since": TODAY - timedelta(days=1)})
    with pytest.raises(StaleVersion):
        cells.set_worker(worker=worker, **change | {"version": 99})
    with pytest.raises(CannotKeepCell, match="没有编码是“99”的网格"):
        put(supervisor, row, code="99")
    with pytest.raises(CannotKeepCell, match="不归您管"):
        put(factories.staff(Role.CASEWORKER, at="210202"), row)
    row.refresh_from_db()
    assert (row.cell, cell.workers.get().worker) == (None, worker)


def test_the_database_holds_one_worker_at_a_time_and_cells_to_their_community(caseworker, supervisor, worker, place):
    cell = cell_of(place, supervisor, worker)
    with pytest.raises(IntegrityError, match="cell_one_worker_at_a_time"), transaction.atomic():
        CellWorker.objects.create(cell=cell, worker=worker, valid=DateRange(TOMORROW, None))
    row = registered(by=caseworker)
    other = Cell.objects.create(region=factories.community(county="210202"), code="01", name="别处")
    with pytest.raises(IntegrityError, match="another community"), transaction.atomic():
        Registration.objects.filter(pk=row.pk).update(cell=other)


def test_takes_people_out_of_their_cell_when_it_goes_or_they_move(caseworker, supervisor, worker, place):
    rows = [registered(by=caseworker) for _ in range(2)]
    cell = cell_of(place, supervisor, worker)
    put(supervisor, *rows)
    target = factories.community(county="210202")
    receiver = factories.staff(Role.CASEWORKER, at="210202")
    asked = transfers.request_transfer(
        registration_id=rows[0].pk, target=target, reason="搬家", by=caseworker, on=TODAY
    )
    transfers.accept_transfer(transfer_id=asked.pk, version=asked.version, by=receiver, on=TODAY)
    rows[0].refresh_from_db()
    assert (rows[0].region, rows[0].cell) == (target, None)
    cells.close_cell(cell_id=cell.pk, version=cell.version, by=supervisor, on=TODAY)
    assert whose(rows[1]) == (worker, worker)
    assert (rows[1].cell, cell.workers.count()) == (None, 0)


@pytest.mark.django_db(transaction=True)
def test_lets_one_of_two_supervisors_change_the_worker_at_the_same_moment(supervisor, worker, second, place):
    cell = cell_of(place, supervisor)
    change = {"cell_id": cell.pk, "since": TODAY, "version": cell.version, "by": supervisor, "on": TODAY}
    barrier, outcomes = threading.Barrier(2), []

    def set_to(user):
        barrier.wait()
        try:
            with audit.context(channel="test"):
                cells.set_worker(worker=user, **change)
                outcomes.append("set")
        except StaleVersion:
            outcomes.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=set_to, args=(user,)) for user in (worker, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["set", "stale"]
    assert CellWorker.objects.filter(cell=cell).count() == 1


def test_keeps_cells_on_the_page_of_the_community(enter, supervisor, worker, place, caseworker):
    row = registered(by=caseworker)
    client = enter(supervisor)
    address = f"/work/returns/?region={place.code}"
    assert "加一个网格" in page(client.get(address))
    new = f"/work/returns/cells/?region={place.code}"
    assert "请写网格名称" in page(client.post(new, {"code": "01"}, follow=True))
    sent = {"code": "01", "name": "东院", "worker": str(worker.public_id)}
    assert "01 东院 建好了" in page(client.post(new, sent, follow=True))
    cell = Cell.objects.get()
    picked = {"pick": str(row.follow_ups.get().public_id), "cell": "01"}
    assert "1 个人放进网格 01" in page(client.post("/work/followups/cell/", picked, follow=True))
    change = f"/work/returns/cells/{cell.public_id}/"
    assert "请写从哪天起" in page(client.post(change, {"version": cell.version, "worker": ""}, follow=True))
    answer = page(client.post(change, {"version": cell.version, "go": "close"}, follow=True))
    assert "撤了" in answer
    assert enter(worker).post(change, {"go": "close"}).status_code == 403
