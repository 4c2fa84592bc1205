import pytest
from playwright.sync_api import expect

from people.roles import Role
from tests import factories
from tests.browser.conftest import PHONE


def test_large_type_acts_at_once_and_is_remembered(walk):
    page = walk()
    page.goto("/about/safety/")
    switch = page.get_by_role("button", name="大字版")
    assert switch.get_attribute("aria-pressed") == "false"
    switch.focus()
    page.keyboard.press("Space")
    assert switch.get_attribute("aria-pressed") == "true"
    page.goto("/stations/")
    assert page.locator("html").get_attribute("data-size") == "lg"
    page.get_by_role("button", name="大字版").click()
    page.reload()
    assert page.locator("html").get_attribute("data-size") is None


def test_display_can_be_set_without_scripts(walk):
    page = walk(width=PHONE, javascript=False)
    page.goto("/about/safety/")
    page.get_by_role("link", name="高对比").click()
    page.get_by_label("高对比，黑字白底，边框加重").check()
    page.get_by_role("button", name="保存，回到刚才那页").click()
    page.wait_for_url("**/about/safety/")
    assert page.locator("html").get_attribute("data-contrast") == "more"


@pytest.mark.parametrize("javascript", [True, False])
def test_the_workbench_can_be_used_on_a_phone(walk, javascript):
    page = walk(factories.staff(Role.STATION_STAFF), width=PHONE, javascript=javascript)
    page.goto("/work/")
    menu = page.get_by_role("navigation", name="工作台导航")
    if javascript:
        expect(menu).to_be_hidden()
        page.get_by_text("全部业务").click()
    menu.get_by_role("link", name="窗口服务").click()
    page.wait_for_url("**/work/station/")
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/")


def test_a_page_prints_without_its_navigation(walk):
    page = walk()
    page.goto("/about/safety/")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="主导航")).to_be_hidden()
    expect(page.get_by_role("heading", name="谨防招聘骗局")).to_be_visible()
