from datetime import date

import pytest
from playwright.sync_api import expect

from core.months import add_months, first_day
from people.roles import Role
from tests import factories
from tests.browser.conftest import EACH_WIDTH
from tests.unemployment.conftest import registered
from unemployment import signoff
from unemployment.models import MonthReport


def sign(page, region, month):
    page.goto(f"/work/reports/?region={region.code}&month={month:%Y-%m}")
    page.get_by_role("button", name="签字，定住这些数").click()


@pytest.mark.parametrize("width", EACH_WIDTH)
def test_a_month_is_signed_from_the_community_up_corrected_and_reopened(walk, db, width):
    community = factories.community()
    street, month = community.parent, add_months(first_day(date.today()), -1)  # noqa: DTZ011
    worker, caseworker = factories.staff(Role.COMMUNITY_WORKER, at=street), factories.staff(Role.CASEWORKER)
    registered(by=caseworker, on=month)

    page = walk(worker, width=width)
    page.goto("/work/returns/")
    page.get_by_role("link", name="去签字").click()
    expect(page.get_by_role("heading", name="下级签了没有")).to_be_visible()
    expect(page.get_by_role("row", name=community.name).get_by_text("没签")).to_be_visible()

    sign(page, community, month)
    expect(page.get_by_text("签好了。数字从现在起不变")).to_be_visible()
    registered(by=caseworker, on=month)
    page.reload()
    expect(page.get_by_role("heading", name="签了以后变了的")).to_be_visible()
    page.get_by_label("为什么变了").first.fill("补录了一份登记")
    page.get_by_role("button", name="记作调整：求职登记").click()
    expect(page.get_by_text("下一期月报会带上")).to_be_visible()

    page = walk(caseworker, width=width)
    report = MonthReport.objects.get()
    page.goto(f"/work/reports/{report.public_id}/")
    page.get_by_label("为什么退回").fill("少报了一份登记")
    page.get_by_role("button", name="退回重签").click()
    expect(page.get_by_text("已经退回，下级可以重签")).to_be_visible()

    page = walk(worker, width=width)
    sign(page, community, month)
    expect(page.get_by_text("第 2 稿")).to_be_visible()
    page.get_by_role("link", name="打印").click()
    expect(page.get_by_text("单位负责人：")).to_be_visible()
    assert signoff.signed_report(community, month).edition == 2
