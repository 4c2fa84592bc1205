import pytest
from playwright.sync_api import expect

from people.roles import Role
from stations.models import ServiceLog
from tests import factories
from tests.browser.conftest import EACH_WIDTH, PHONE
from tests.browser.pages_stations import station


@pytest.mark.parametrize("width", EACH_WIDTH)
def test_staff_find_a_walk_in_by_id_number_and_log_a_service(walk, width):
    station()
    clerk, person = factories.staff(Role.STATION_STAFF), factories.person(name="赵演示")
    page = walk(clerk, width=width)
    page.goto("/work/station/")
    page.get_by_label("身份证号或手机号").fill(person.id_number.open())
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="政策讲解").check()
    page.get_by_role("button", name="记下这笔服务").click()
    page.get_by_text("记好了：赵*").wait_for()
    assert person.id_number.open() not in page.url
    assert ServiceLog.objects.get().person == person


def test_a_double_click_logs_one_service(walk):
    station()
    clerk, person = factories.staff(Role.STATION_STAFF), factories.person()
    page = walk(clerk)
    page.goto("/work/station/")
    page.get_by_label("身份证号或手机号").fill(person.phone.open())
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="政策讲解").check()
    page.get_by_role("button", name="记下这笔服务").dblclick()
    page.get_by_text("记好了").wait_for()
    assert ServiceLog.objects.count() == 1


@pytest.mark.parametrize("javascript", [True, False])
def test_a_visitor_finds_the_nearest_station_by_place(walk, javascript):
    station()
    page = walk(width=PHONE, javascript=javascript)
    page.goto("/stations/")
    page.get_by_label("在哪里").fill("铁西区")
    page.get_by_role("button", name="找服务站").click()
    page.get_by_role("link", name="兴华街道舒心就业服务站").click()
    expect(page.get_by_role("heading", name="兴华街道舒心就业服务站")).to_be_visible()
    expect(page.get_by_text("演示路 27 号").first).to_be_visible()
