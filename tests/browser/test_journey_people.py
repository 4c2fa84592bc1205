import re

import pytest
from playwright.sync_api import expect

from core.models import AccessLog
from people import second_factor
from people.models import User
from people.roles import Role
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE

PASSWORD = "Wei-Rao-2026-shan"


@pytest.fixture
def worker() -> User:
    account = factories.staff(Role.STATION_STAFF)
    account.set_password(PASSWORD)
    account.save()
    return account


def test_signs_a_citizen_up_by_phone_and_code(walk, check_accessible, settings, tmp_path):
    settings.OUTBOX_DIR = tmp_path
    page = walk(width=PHONE)
    page.goto("/account/login/")
    page.get_by_label("手机号").fill(factories.phone())
    page.get_by_role("button", name="发验证码").click()
    check_accessible(page)
    # The code is wiped from the outbox once it is sent; the file gateway of a developer's machine has it.
    code = re.search(r"验证码 (\d{6})", (tmp_path / "sms.jsonl").read_text())[1]
    page.get_by_label("短信里的 6 位数字").fill(code)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/account/")
    expect(page.get_by_role("link", name="现在核验")).to_be_visible()


def test_enrols_a_worker_and_opens_the_role_at_the_next_sign_in(walk, worker, check_accessible):
    page = walk(width=DESKTOP)
    page.goto("/account/staff/")
    page.get_by_label("登录名").fill(worker.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/second-factor/app/")
    check_accessible(page)
    secret = page.locator(".secret").inner_text()
    page.get_by_label("验证器里现在显示的 6 位数字").fill(second_factor.code_of(secret))
    page.get_by_role("button", name="绑定", exact=True).click()
    page.get_by_role("button", name="生成并显示").click()
    check_accessible(page)
    recovery = page.locator(".codes li").first.inner_text()
    page.get_by_role("link", name="存好了").click()
    page.get_by_role("button", name="退出登录").click()
    page.get_by_label("登录名").fill(worker.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    check_accessible(page)
    page.get_by_label("验证器里的 6 位数字").fill(recovery)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/work/")
    page.goto("/work/station/")
    expect(page.get_by_role("heading", name="窗口服务")).to_be_visible()


def plug_in_key(page):
    """Give a page an authenticator with a fingerprint that always fits; return how to ask the browser about it."""
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    options |= {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    key = browser.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return lambda name, **more: browser.send(f"WebAuthn.{name}", {**key, **more})


def give_password(page, worker):
    page.goto("/account/staff/")
    page.get_by_label("登录名").fill(worker.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()


def test_takes_a_passkey_as_the_second_factor_and_opens_the_role(walk, worker, check_accessible):
    secret = second_factor.enrol_totp(worker)
    page = walk(width=DESKTOP)
    key = plug_in_key(page)
    give_password(page, worker)
    page.get_by_label("验证器里的 6 位数字").fill(second_factor.code_of(secret))
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/work/")

    page.goto("/account/second-factor/")
    page.get_by_role("link", name="添加通行密钥").click()
    page.get_by_label("名称").fill("办公室电脑")
    check_accessible(page)
    page.get_by_role("button", name="添加", exact=True).click()
    page.wait_for_url("**/second-factor/codes/")
    page.goto("/account/second-factor/")
    expect(page.get_by_role("link", name=re.compile("移除.*办公室电脑"))).to_be_visible()
    assert len(key("getCredentials")["credentials"]) == 1
    page.goto("/account/second-factor/keys/add/")
    page.get_by_role("button", name="添加", exact=True).click()
    page.get_by_text("这台设备已经添加过了").wait_for()
    page.goto("/account/second-factor/")
    page.get_by_role("button", name="退出登录").click()

    give_password(page, worker)
    page.get_by_role("button", name="用通行密钥").click()
    page.wait_for_url("**/work/")
    page.goto("/work/station/")
    expect(page.get_by_role("heading", name="窗口服务")).to_be_visible()
    sign_in = AccessLog.objects.filter(actor=worker.pk, action__startswith="sign-in:")
    assert list(sign_in.values_list("action", flat=True)) == ["sign-in:password+second-factor"] * 2


def test_says_what_to_do_when_a_passkey_is_not_read(walk, worker, check_accessible):
    second_factor.enrol_totp(worker)
    page = walk(width=PHONE)
    plug_in_key(page)
    give_password(page, worker)
    page.get_by_role("button", name="用通行密钥").click()
    page.get_by_text("就用验证器里的 6 位数字").wait_for()
    check_accessible(page)


def test_says_that_a_passkey_was_refused(walk, worker):
    second_factor.enrol_totp(worker)
    page = walk(width=PHONE)
    give_password(page, worker)
    page.locator("#key-form [name=credential]").evaluate("e => { e.value = '{}'; e.form.submit(); }")
    page.get_by_role("alert").get_by_text("没有读到通行密钥").wait_for()


def test_opens_a_phone_for_a_reason(walk):
    person = factories.person()
    page = walk(factories.staff(Role.CASEWORKER), width=DESKTOP)
    page.goto(f"/work/people/{person.public_id}/")
    row = page.locator("#sealed-phone")
    row.get_by_text("看全", exact=True).click()
    row.get_by_label("查看原因").fill("电话核对材料")
    row.get_by_role("button", name="看全并记录").click()
    row.get_by_text(person.phone.open()).wait_for()
    assert person.phone.open() not in page.url
