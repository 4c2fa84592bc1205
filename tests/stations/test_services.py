from datetime import date

import pytest

from core.models import AccessLog
from people.roles import Role
from stations.models import Function, ServiceLog, Station
from stations.services import CannotLogService, find_walk_in, log_service
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture
def station():
    return Station.objects.create(
        name="测试站",
        region=factories.community(),
        address="演示路 1 号",
        functions=["policy"],
        opened_on=date(2025, 1, 1),
    )


@pytest.fixture
def clerk():
    return factories.staff(Role.STATION_STAFF)


def test_finds_a_walk_in_of_another_county_by_full_id_number_and_leaves_a_record(clerk):
    outsider = factories.person(residence_region=factories.community(county="210202"))
    [hit] = find_walk_in(outsider.id_number.open(), by=clerk, reason="窗口服务")
    assert hit.person == outsider
    assert not hit.is_ours
    assert AccessLog.objects.filter(actor=clerk.pk, action="lookup:id_number").count() == 1


def test_finds_by_phone_only_the_people_of_its_own_regions(clerk):
    phone = factories.phone()
    ours = factories.person(phone=phone)
    factories.person(phone=phone, residence_region=factories.community(county="210202"))
    assert [hit.person for hit in find_walk_in(phone, by=clerk, reason="窗口服务")] == [ours]


@pytest.mark.parametrize("text", ["", "123", "210106", "21990019800517001", "219900198005170011"])
def test_answers_a_number_that_is_none_with_a_sentence(clerk, text):
    with pytest.raises(CannotLogService, match="请"):
        find_walk_in(text, by=clerk, reason="窗口服务")


def test_logs_a_service_under_the_function_it_belongs_to(clerk, station):
    person = factories.person()
    log = log_service(station_id=station.pk, person_id=person.pk, kind="placement", by=clerk, on=TODAY)
    assert log.function == Function.SUPPLY
    assert ServiceLog.objects.visible_to(clerk).get() == log


def test_refuses_a_station_outside_ones_regions(station):
    other = factories.staff(Role.STATION_STAFF, at="210202")
    with pytest.raises(CannotLogService, match="值班"):
        log_service(station_id=station.pk, person_id=factories.person().pk, kind="policy", by=other, on=TODAY)


def test_refuses_a_station_that_is_closed(clerk, station):
    station.closed_on = date(2026, 1, 1)
    station.save()
    with pytest.raises(CannotLogService, match="撤销"):
        log_service(station_id=station.pk, person_id=factories.person().pk, kind="policy", by=clerk, on=TODAY)


def test_keeps_service_logs_from_other_counties_and_shows_a_person_their_own(clerk, station):
    citizen = factories.citizen()
    log = log_service(station_id=station.pk, person_id=citizen.person_id, kind="policy", by=clerk, on=TODAY)
    assert not ServiceLog.objects.visible_to(factories.staff(Role.STATION_STAFF, at="210202")).exists()
    assert ServiceLog.objects.visible_to(citizen).get() == log
    assert not ServiceLog.objects.visible_to(factories.citizen()).exists()
