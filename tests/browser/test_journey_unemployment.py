from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from core.models import AnsweredRequest
from core.months import add_months, first_day
from people.roles import Role
from tests import factories
from tests.browser.conftest import DESKTOP, EACH_WIDTH, PHONE
from tests.unemployment.conftest import registered
from unemployment import followups, replies
from unemployment.models import FollowUp, Registration


@pytest.fixture
def officers(db):
    worker = factories.staff(Role.COMMUNITY_WORKER, at=factories.community().parent)
    return factories.staff(Role.CASEWORKER), factories.staff(Role.CASEWORKER), worker


def apply(page):
    """Fill in the application page by page and hand it in."""
    page.goto("/unemployment/")
    page.get_by_role("button", name="开始登记").click()
    page.get_by_role("radio", name="常住地").check()
    page.get_by_role("button", name="保存并继续").click()
    page.get_by_label("社区或村").select_option(factories.community().code)
    page.get_by_role("button", name="保存并继续").click()
    page.get_by_label("从哪天开始没有工作").fill("2026-10-01")
    page.get_by_role("radio", name="用人单位失业").check()
    page.get_by_role("radio", name="不申领").check()
    page.get_by_role("button", name="保存并继续").click()
    for label, value in (("学历", "61"), ("户口性质", "50"), ("民族", "01"), ("健康状况", None)):
        field = page.get_by_label(label, exact=True)
        field.select_option(value) if value else field.select_option(index=1)
    page.get_by_role("button", name="保存并继续").click()
    for name, value in (("wants_job", "yes"), ("wants_training", "no"), ("wants_business", "no")):
        page.locator(f"input[name={name}][value={value}]").check()
    page.get_by_label("想找什么工作").fill("焊工")
    page.get_by_role("button", name="保存并继续").click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="提交登记").click()
    page.get_by_role("heading", name="已经收到，正在核验，您不用做什么").wait_for()


@pytest.mark.parametrize(("width", "javascript"), [(PHONE, True), (DESKTOP, False)])
def test_a_citizen_applies_and_reads_the_receipt(walk, officers, width, javascript):
    page = walk(factories.citizen(), width=width, javascript=javascript)
    apply(page)
    page.get_by_role("link", name="受理通知书").click()
    number = Registration.objects.get().receipt_number
    page.get_by_text(f"受理编号：{number}").wait_for()
    expect(page.get_by_alt_text("核对真伪的二维码")).to_be_visible()


@pytest.mark.parametrize("width", EACH_WIDTH)
def test_a_registration_goes_from_the_application_to_a_lawful_end(walk, officers, width):
    caseworker, colleague, worker = officers
    citizen = factories.citizen(name="周演示")
    apply(walk(citizen, width=width))

    page = walk(caseworker, width=width)
    page.goto("/work/registrations/")
    page.get_by_role("link", name="周演示").click()
    page.get_by_role("button", name="办结，登记有效").click()
    page.get_by_text("登记办好了").wait_for()
    registration = Registration.objects.get()
    assert registration.status == Registration.Status.ACTIVE

    month = add_months(first_day(timezone.localdate()), 1)
    assert followups.open_month(region_id=factories.region("210106").pk, month=month) == 1
    page = walk(worker, width=width)
    page.goto("/work/followups/")
    page.get_by_role("link", name="周演示").click()
    page.locator("#panel").get_by_text(citizen.person.phone.open()).wait_for()
    record(page)
    page.get_by_text("本月联系记好了").wait_for()
    task = registration.follow_ups.get(is_first=True)
    assert (task.status, task.job, task.details["job"]) == (FollowUp.Status.DONE, "yes", {"trade": "焊工"})

    keep_the_place(page, task)

    page = walk(caseworker, width=width)
    page.goto(f"/work/registrations/{registration.public_id}/end/")
    expect(page.get_by_text("绝不能简单以连续3次拒绝")).to_be_visible()
    expect(page.get_by_role("radio", name="拒绝")).to_have_count(0)
    page.get_by_role("radio", name="被用人单位录用").check()
    page.get_by_label("这件事是哪天发生的").fill(timezone.localdate().isoformat())
    page.get_by_label("证据和核实经过").fill("单位参保记录，电话问本人属实")
    page.get_by_role("button", name="提出注销，交另一位决定").click()
    page.get_by_text("要由另一位工作人员决定").wait_for()
    decision = page.url
    page = walk(citizen, width=width)
    page.goto(f"/unemployment/{registration.public_id}/")
    page.get_by_role("button", name="我没有意见").click()
    page.get_by_text("记下了：您没有意见。").wait_for()
    page = walk(colleague, width=width)
    page.goto(decision)
    page.get_by_role("button", name="同意，注销登记").click()
    page.get_by_text("决定作出了").wait_for()
    page.get_by_role("link", name="打印注销失业登记决定书").click()
    page.get_by_role("heading", name="注销失业登记决定书").wait_for()
    registration.refresh_from_db()
    assert registration.status == Registration.Status.DEREGISTERED
    assert registration.follow_ups.get(month=month).cancel_reason == "登记已注销：被用人单位录用"


def keep_the_place(page, task):
    """At the door: ask first, then let the phone say where it is."""
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 41.805123, "longitude": 123.431987, "accuracy": 12})
    page.goto(f"/work/followups/{task.public_id}/visit/")
    page.get_by_role("button", name="用手机定位").click()
    page.get_by_text("先问本人同意不同意，同意了勾上再定位").wait_for()
    page.get_by_label("本人同意留下位置或照片").check()
    page.get_by_role("button", name="用手机定位").click()
    page.get_by_text("误差大约 12 米").wait_for()
    page.get_by_role("button", name="留下").click()
    page.get_by_text("走访的位置、照片留好了").wait_for()
    kept = task.proofs.get()
    assert (str(kept.lat), str(kept.lng)) == ("41.805123", "123.431987")


def record(page):
    """Write the contact down in the panel."""
    panel = page.locator("#panel")
    panel.get_by_role("radio", name="电话").check(force=True)
    panel.get_by_role("radio", name="联系上本人").check(force=True)
    panel.get_by_label("现在的情况").select_option("seeking")
    panel.locator("input[name=job][value=yes]").check(force=True)
    panel.get_by_label("想做什么").first.fill("焊工")
    panel.locator("input[name=training][value=no]").check(force=True)
    panel.locator("input[name=business][value=no]").check(force=True)
    page.get_by_role("button", name="保存，下一位").click()


def test_the_queue_works_by_keyboard_and_keeps_a_draft(walk, officers):
    caseworker, _, worker = officers
    first, second = (registered(by=caseworker, on=timezone.localdate()) for _ in range(2))
    page = walk(worker)
    page.goto("/work/followups/")
    page.locator("tr.is-current a.name").focus()
    page.keyboard.press("j")
    # Settled: only then does htmx listen to what the panel's fields do.
    page.locator(f'#panel:not(.htmx-settling) [data-panel-key="{second.follow_ups.get().public_id}"]').wait_for()
    page.keyboard.press("3")
    expect(page.locator("input[name=outcome][value=no_answer]")).to_be_checked()
    page.get_by_text("已自动存").wait_for()
    assert second.follow_ups.get().draft["outcome"] == "no_answer"
    page.locator("input[name=channel][value=phone]").check(force=True)
    page.keyboard.press("Control+Enter")
    page.get_by_text("这次没联系上").wait_for()
    assert second.follow_ups.get().failed_attempts == 1
    assert first.follow_ups.get().status == FollowUp.Status.OPEN


def test_an_autosave_leaves_the_token_to_the_real_submit(walk, officers):
    caseworker, _, worker = officers
    task = registered(by=caseworker, on=timezone.localdate()).follow_ups.get()
    page = walk(worker)
    page.goto("/work/followups/")
    page.locator("#panel").get_by_label("备注").fill("先记一半")
    with page.expect_request("**/draft/") as sent:
        page.get_by_text("已自动存").wait_for()
    assert "_once" not in sent.value.post_data
    assert not AnsweredRequest.objects.exists()
    record(page)
    page.get_by_text("本月联系记好了").wait_for()
    task.refresh_from_db()
    assert (task.status, task.note) == (FollowUp.Status.DONE, "先记一半")
    assert AnsweredRequest.objects.get().path == f"POST /work/followups/{task.public_id}/"


def test_the_panel_opens_and_saves_without_scripts(walk, officers):
    caseworker, _, worker = officers
    registration = registered(by=caseworker, on=timezone.localdate())
    page = walk(worker, width=PHONE, javascript=False)
    page.goto("/work/followups/")
    page.get_by_role("link", name=registration.person.name).click()
    record(page)
    page.get_by_text("本月联系记好了").wait_for()
    assert registration.follow_ups.get().status == FollowUp.Status.DONE


def test_three_refusals_and_silence_leave_the_person_registered(walk, officers):
    caseworker, _, worker = officers
    registration = registered(by=caseworker, on=date(2026, 3, 2), unemployed_on=date(2026, 2, 1))
    page = walk(worker)
    task = registration.follow_ups.get()
    for _ in range(3):
        page.goto(f"/work/followups/?id={task.public_id}")
        page.locator("input[name=channel][value=phone]").check(force=True)
        page.locator("input[name=outcome][value=declined]").check(force=True)
        page.get_by_role("button", name="保存", exact=True).click()
        page.get_by_text("这次没联系上").wait_for()
    page.get_by_text("正在找人").wait_for()
    registration.refresh_from_db()
    assert registration.status == Registration.Status.ACTIVE
    page = walk(caseworker)
    page.goto(f"/work/registrations/{registration.public_id}/end/")
    expect(page.get_by_text("绝不能简单以连续3次拒绝")).to_be_visible()
    grounds = page.get_by_role("group", name="法定情形").inner_text()
    assert "拒绝" not in grounds
    assert "无法取得联系" not in grounds


@pytest.mark.parametrize(("width", "javascript"), [(PHONE, True), (DESKTOP, False)])
def test_a_link_in_a_message_is_shown_by_whoever_opens_it_and_answered_by_the_person(walk, officers, width, javascript):
    caseworker, _, worker = officers
    task = registered(by=caseworker, on=timezone.localdate()).follow_ups.get()
    replies.send_round(follow_up_ids=[task.pk], address=lambda token: token, by=worker, on=timezone.localdate())
    link, person = task.links.get(), task.registration.person
    page = walk(None, width=width, javascript=javascript)
    address = f"/unemployment/reply/{replies.token_of(link)}/"
    for _ in range(2):  # a scanner of links opens it first
        page.goto(address)
        expect(page.get_by_role("heading", name="这个月您找工作的情况怎么样？")).to_be_visible()
    assert person.name not in page.content()
    link.refresh_from_db()
    assert link.status == "open"
    page.get_by_label("找到工作了").check()
    page.get_by_label("证件号码后四位").fill(person.id_mask[-4:])
    page.get_by_role("button", name="提交回答").click()
    page.wait_for_url("**/unemployment/reply/thanks/")
    task.refresh_from_db()
    task.registration.refresh_from_db()
    assert (task.status, task.channel) == (FollowUp.Status.DONE, "sms")
    assert task.registration.status == Registration.Status.ACTIVE
    page = walk(worker, width=width, javascript=javascript)
    page.goto("/work/registrations/matters/?kind=reply")
    expect(page.get_by_text("找到工作了")).to_be_visible()
