"""An employer comes to the portal: it signs up, the county checks its papers, and it hands in its first posting."""

import re

import pytest
from playwright.sync_api import expect

from core.models import AccessLog
from jobs.models import Posting
from people.identifiers import credit_check_character
from people.models import Organisation
from people.roles import Role
from tests import factories
from tests.browser.conftest import EACH_WIDTH

BODY = "91219900MA1TE5T00"
PAPER = {"mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}


@pytest.mark.parametrize("width", EACH_WIDTH)
def test_an_employer_signs_up_is_verified_by_the_county_and_posts(inside, width):
    agent, officer = factories.user(name=""), factories.staff(Role.CASEWORKER)
    number = factories.id_number()
    page = inside(agent, width=width)
    page.goto("/account/organisation/")
    page.get_by_label("统一社会信用代码").fill(BODY + credit_check_character(BODY))
    page.get_by_label("单位名称").fill("沈阳演示机械有限公司")
    page.get_by_label("所在区县").select_option(label=factories.region().full_name)
    page.get_by_label("地址", exact=True).fill("铁西区演示路 1 号")
    page.get_by_label("营业执照").set_input_files({"name": "执照.pdf", **PAPER})
    page.get_by_label("授权书").set_input_files({"name": "授权.pdf", **PAPER})
    page.get_by_label("经办人姓名").fill("吴经办")
    page.get_by_label("经办人身份证号").fill(number)
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("listitem").filter(has_text="沈阳演示机械有限公司")).to_contain_text("待核验")

    page = inside(officer, width=width)
    page.goto("/work/organisations/")
    expect(page.get_by_text(number)).to_have_count(0)
    page.get_by_text("看全", exact=False).first.click()
    page.get_by_label("查看原因").fill("核对授权书")
    page.get_by_role("button", name="看全并记录").click()
    expect(page.get_by_text(number)).to_be_visible()
    page.get_by_label("材料相符，通过").check()
    page.get_by_role("button", name="保存核验结果").click()
    expect(page.get_by_text("本辖区没有等着核验的单位。")).to_be_visible()
    assert AccessLog.objects.filter(action="reveal:agent_id", actor=officer.pk, reason="核对授权书").count() == 1
    assert Organisation.objects.get(name="沈阳演示机械有限公司").status == Organisation.Status.VERIFIED

    page = inside(agent, width=width)
    page.goto("/employer/")
    page.get_by_role("link", name="发布新岗位").click()
    page.get_by_label("岗位名称").fill("数控车工")
    page.get_by_label("招聘人数").fill("2")
    page.get_by_label("工资从（元）").fill("6000")
    page.get_by_label("工资到（元）").fill("7500")
    page.get_by_label("按什么算").select_option("month")
    page.get_by_label("干什么活").fill("操作数控车床，加工法兰盘。")
    page.get_by_role("button", name="提交核验").click()
    expect(page.get_by_role("row", name=re.compile("数控车工.*待核验"))).to_be_visible()
    assert Posting.objects.get(title="数控车工").status == Posting.Status.SUBMITTED
