"""The main journey: a citizen applies with what is known already, six offices decide, the money arrives."""

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import expect

from core.workdays import add_working_days
from subsidies.models import Claim, PaymentBatch, Step
from subsidies.tasks import end_publicities
from tests.browser.conftest import EACH_WIDTH
from tests.subsidies.world import World


def shot(page, name):
    """Keep a picture when somebody asks for one (PORTAL_SHOTS=folder)."""
    import os

    if folder := os.environ.get("PORTAL_SHOTS"):
        page.screenshot(path=f"{folder}/{name}-{page.viewport_size['width']}.png", full_page=True)


def press(page, name):
    page.get_by_role("button", name=name).first.click()


@pytest.mark.parametrize("width", EACH_WIDTH)
def test_a_claim_goes_from_the_citizen_to_the_money(walk, width, tmp_path: Path):
    world = World(on=timezone.localdate())
    user = world.citizen(name="张演示")
    page = walk(user, width=width)
    _apply(page)
    walk.problems[:] = [told for told in walk.problems if "422" not in told]  # the card number that was too short
    claim = Claim.objects.get()
    assert claim.status == Claim.Status.SUBMITTED
    assert claim.amount == Decimal("1986.00")

    _decide(walk, world.intake, width, "受理，下一份", "已受理")
    _decide(walk, world.reviewer, width, "初审通过，下一份", "初审通过")
    _decide(walk, world.second, width, "复核通过，下一份", "复核通过")

    page = walk(world.second, width=width)
    page.goto("/work/claims/publicity/")
    press(page, "发布这份公示")
    page.get_by_text("已发布").wait_for()

    page = walk(user, width=width)
    page.goto(f"/subsidies/claims/{claim.public_id}/")
    page.get_by_role("link", name="看公示").click()
    expect(page.get_by_text("张*").first).to_be_visible()
    assert "张演示" not in page.content().replace("<b>", "").split("<main")[1]

    later = add_working_days(world.on, 5) + timedelta(days=1)
    end_publicities(on=later.isoformat())
    with time_machine.travel(f"{later}T10:00:00+08:00", tick=True):
        _decide(walk, world.approver, width, re.compile("批准 1,986.00 元"), "已批准")
        _pay(walk, world, width, tmp_path, later)
        page = walk(user, width=width)
        page.goto(f"/subsidies/claims/{claim.public_id}/")
        expect(page.get_by_role("heading", name="钱已经打到您的卡上")).to_be_visible()
        shot(page, "paid")
    claim.refresh_from_db()
    assert claim.status == Claim.Status.PAID
    actors = Step.objects.filter(claim=claim).exclude(office="").values_list("office", "actor").distinct()
    assert len({actor for _, actor in actors}) == len({office for office, _ in actors}) == 7


def _apply(page):
    page.goto("/subsidies/")
    page.get_by_role("link", name=re.compile("看我能不能领")).first.click()
    press(page, "查一查")
    page.get_by_role("heading", name="看起来您能领").wait_for()
    shot(page, "check")
    press(page, "现在申请")
    page.get_by_label("现在做什么工作").fill("跑外卖")
    page.get_by_label("从哪个月开始做").fill("2025-03")
    shot(page, "work")
    press(page, "保存并继续")
    page.get_by_role("heading", name="要申请哪几个月？").wait_for()
    expect(page.locator("input[type=checkbox]:checked")).to_have_count(3)
    shot(page, "months")
    press(page, "保存并继续")
    page.get_by_label("开户银行").select_option("盛京银行")
    page.get_by_label("银行卡号").fill("6210 8107 3000 420")
    press(page, "保存并继续")
    page.get_by_role("alert").get_by_text("您填了 15 位").wait_for()
    shot(page, "account")
    page.get_by_label("银行卡号").fill("6210 8107 3000 4206 208")
    press(page, "保存并继续")
    page.get_by_role("heading", name="核对一下，没错就交").wait_for()
    shot(page, "confirm")
    page.get_by_label(re.compile("我承诺")).check()
    press(page, "提交申请")
    page.get_by_role("heading", name="已经交了，等工作人员受理").wait_for()
    shot(page, "status")


def _decide(walk, officer, width, button, told):
    page = walk(officer, width=width)
    page.goto("/work/claims/")
    page.get_by_role("button", name=button).scroll_into_view_if_needed()
    press(page, button)
    page.get_by_text(told).first.wait_for()


def _pay(walk, world, width, folder, day):
    page = walk(world.payer, width=width)
    page.goto("/work/claims/payments/")
    press(page, "做成一个批次")
    page.get_by_text("批次做好了").wait_for()
    batch = PaymentBatch.objects.get()
    address = f"/work/claims/payments/{batch.public_id}/"
    agreed = walk(world.finance, width=width)
    agreed.goto(address)
    press(agreed, re.compile("同意拨付"))
    agreed.get_by_text("可以送银行了").wait_for()
    page.goto(address)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 CSV").click()
    sent = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert sent[1].split(",")[5] == "1986.00"
    press(page, "文件已送银行")
    page.get_by_text("已标记为送银行").wait_for()
    answer = folder / "huidan.csv"
    answer.write_text(
        "批次号,序号,金额,结果,到账日期,流水号,原因\n" + f"{batch.number},1,1986.00,成功,{day},LS0001,\n", "utf-8"
    )
    page.get_by_label("银行回单文件").set_input_files(answer)
    press(page, "上传并登记回单")
    page.get_by_text("回单登记好了").wait_for()
    shot(page, "batch")


def test_a_reviewer_opens_claims_by_keyboard_and_sees_differences_first(walk):
    world = World(on=timezone.localdate())
    first = world.accepted()
    user = world.citizen(name="李演示")
    world.say(("market_regulation", "registrations"), user.person, state="存续", since=world.on, name="演示小吃店")
    world.accepted(user)
    page = walk(world.reviewer)
    page.goto("/work/claims/")
    page.get_by_role("heading", name=re.compile(first.person.masked_name.replace("*", r"\*"))).wait_for()
    page.keyboard.press("j")
    page.get_by_role("heading", name=re.compile(r"李\*")).wait_for()
    expect(page.locator(".compare li").first.get_by_text("不一致")).to_be_visible()
    page.get_by_text("不予补贴（由您决定").click()
    page.get_by_role("radio", name=re.compile("名下没有营业执照")).check()
    page.get_by_label("告诉申请人的话").fill("您名下有正在营业的演示小吃店，这项补贴不给经营者。")
    press(page, "作出不予补贴决定")
    page.get_by_text("已作出不予补贴的决定").wait_for()
    assert Claim.objects.get(person=user.person).decision["rule"] == "no_licence"
