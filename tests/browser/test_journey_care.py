from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories
from tests.browser.conftest import EACH_WIDTH
from tests.unemployment.care import Street
from unemployment import hardship_publicity
from unemployment.models import HardshipNotice, HardshipRecognition


def step(page, public_id, note, button):
    """Take the step that the page offers."""
    page.goto(f"/work/hardship/{public_id}/")
    page.get_by_label("核实情况和意见").fill(note)
    page.get_by_role("button", name=button, exact=True).click()


@pytest.mark.parametrize("width", EACH_WIDTH)
def test_somebody_in_hardship_is_recognised(walk, db, width):
    street, citizen = Street(on=timezone.localdate()), factories.citizen()
    page = walk(citizen, width=width)
    page.goto("/unemployment/hardship/")
    page.get_by_role("radio", name="城市低保家庭成员").check()
    page.get_by_label("说说您的情况").fill("低保家庭，去年 9 月起没有工作。")
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_text("收到了。社区会在")).to_be_visible()
    row = HardshipRecognition.objects.get()
    assert row.status == "community"

    page = walk(street.worker, width=width)
    page.goto("/work/hardship/")
    page.get_by_role("link", name=citizen.person.name).click()
    page.get_by_label("核实情况和意见").fill("已上门核实，低保在册。")
    page.get_by_role("button", name="核实属实，交街道").click()
    expect(page.get_by_text("核实记好了")).to_be_visible()

    page = walk(street.reviewer, width=width)
    step(page, row.public_id, "民政名册已核对。", "初审通过，去公示")
    expect(page.get_by_text("初审通过，可以发公示了")).to_be_visible()
    page.goto("/work/hardship/notices/")
    page.get_by_role("button", name="发布这份公示").click()
    expect(page.get_by_text("已发布，公示到")).to_be_visible()

    notice = HardshipNotice.objects.get()
    page = walk(None, width=width)
    page.goto(f"/unemployment/publicity/{notice.public_id}/")
    expect(page.get_by_role("cell", name=citizen.person.masked_name, exact=True)).to_be_visible()
    body = page.content()
    assert citizen.person.name not in body
    assert "低保" not in body
    assert citizen.person.masked_id not in body

    hardship_publicity.end(notice_id=notice.pk, on=notice.ends_on + timedelta(days=1))
    page = walk(street.supervisor, width=width)
    step(page, row.public_id, "同意认定。", "认定")
    expect(page.get_by_text("已认定，已告知本人")).to_be_visible()
    page = walk(citizen, width=width)
    page.goto(f"/unemployment/hardship/{row.public_id}/")
    expect(page.get_by_text("编号 KN210106")).to_be_visible()
