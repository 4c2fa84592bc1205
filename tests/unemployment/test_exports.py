import gc
import tracemalloc
from datetime import date, timedelta

import pytest
import time_machine

from core import xlsx
from core.bulk import copy_rows
from core.models import AccessLog
from core.storage import PrivateFileStorage
from people.roles import Role
from stations.models import ServiceLog
from tests import factories
from tests.unemployment.conftest import TODAY, registered
from tests.unemployment.test_figures import service, station
from unemployment import exports
from unemployment.exports import CannotExport
from unemployment.models import Export

pytestmark = pytest.mark.django_db
MONTH = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel(f"{TODAY}T10:00:00+08:00", tick=True):
        yield


def ask(by, *, kind="figure", code="policy", region="210106"):
    return exports.ask(kind=kind, code=code, region=factories.region(region), month=MONTH, by=by, on=TODAY)


def made(by, **values):
    export = ask(by, **values)
    exports.run(export_id=export.pk)
    export.refresh_from_db()
    return export, list(xlsx.read_rows(export.file.open("rb")))


def test_makes_the_rows_of_a_figure_masked_and_on_record(caseworker):
    person = factories.person(name="王保密")
    service("policy", person=person)
    export, rows = made(caseworker)
    assert (export.status, export.done, export.total) == ("done", 1, 1)
    assert rows[1][:3] == ["2026-11-03", person.masked_name, person.masked_id]
    assert "王保密" not in str(rows)
    assert AccessLog.objects.filter(action="export:figure", actor=caseworker.pk).exists()
    exports.run(export_id=export.pk)
    assert Export.objects.get().file.name == export.file.name


def test_makes_the_ledger_of_a_place_masked(registration, worker):
    street = factories.community().parent
    export, rows = made(worker, kind="ledger", code="", region=street.code)
    assert (export.total, len(rows)) == (1, 2)
    assert rows[1][0] == registration.person.masked_name
    assert rows[1][-1] == "待联系"
    assert registration.person.phone.open() not in str(rows)


def test_refuses_what_is_not_the_users_and_the_same_table_twice(caseworker, worker):
    with pytest.raises(CannotExport, match="没有这个指标"):
        ask(caseworker, code="nothing")
    with pytest.raises(CannotExport, match="不能导出"):
        ask(worker)
    with pytest.raises(CannotExport, match="不能导出"):
        ask(factories.staff(Role.LEADER))
    ask(caseworker)
    with pytest.raises(CannotExport, match="正在生成"):
        ask(caseworker)


def test_a_role_that_was_lost_meanwhile_gets_no_rows(registration, caseworker):
    export = ask(caseworker, kind="ledger", code="")
    assert export.total == 1
    caseworker.role_assignments.all().delete()
    exports.run(export_id=export.pk)
    export.refresh_from_db()
    assert (export.status, export.total) == ("done", 0)


def test_needs_the_same_memory_for_four_times_the_rows(caseworker, monkeypatch, tmp_path):
    place, person, clerk = station(), factories.person(), factories.staff(Role.STATION_STAFF)

    def peak(rows):
        copy_rows(
            ServiceLog,
            [
                ServiceLog(
                    station=place, person=person, kind="policy", function="policy", served_on=TODAY, served_by=clerk
                )
                for _ in range(rows)
            ],
        )
        export = ask(caseworker)
        tracemalloc.start()
        try:
            exports.run(export_id=export.pk)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    monkeypatch.setattr(exports, "STEP", 100)
    # The tests' own storage keeps files in memory.
    monkeypatch.setattr(Export._meta.get_field("file"), "storage", PrivateFileStorage(str(tmp_path)))
    usual = gc.get_threshold()
    gc.set_threshold(700, 10, 10)  # Python's own: the tests let unreachable cycles lie longer
    few, many = peak(400), peak(1_200)
    gc.set_threshold(*usual)
    assert Export.objects.filter(status="done").order_by("-pk").first().done == 1_600
    # A row that is kept takes 2.5 KB; the finished file passes through a buffer of 64 KB.
    assert many - few < 600_000, (few, many)


def test_a_worker_that_died_leaves_the_table_to_the_next(caseworker, monkeypatch):
    registered(by=caseworker)
    export = ask(caseworker, kind="ledger", code="")
    with monkeypatch.context() as patch:
        patch.setattr(exports, "header", lambda export: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            exports.run(export_id=export.pk)
    assert exports.waiting() == [export.pk]
    exports.run(export_id=export.pk)
    assert exports.waiting() == []


def test_removes_old_files_and_keeps_the_record_of_the_export(caseworker, enter):
    service("policy", person=factories.person())
    export, _ = made(caseworker)
    days, name = exports.keep_days(on=TODAY), export.file.name
    address = f"/work/figures/tables/{export.public_id}"
    client = enter(caseworker)
    assert "文件保留到" in client.get(f"{address}/").content.decode()
    assert exports.remove_old(on=TODAY + timedelta(days=days)) == 0
    assert [exports.remove_old(on=TODAY + timedelta(days=days + 1)) for _ in range(2)] == [1, 0]
    export.refresh_from_db()
    assert (export.status, export.file.name or "", export.total) == ("gone", "", 1)
    assert not Export._meta.get_field("file").storage.exists(name)
    assert AccessLog.objects.filter(action="export:figure", actor=caseworker.pk).exists()
    assert "已经清除" in client.get(f"{address}/").content.decode()
    assert client.get(f"{address}.xlsx").status_code == 404
