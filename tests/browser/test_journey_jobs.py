import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from jobs.models import Application, Placement, Posting
from people.roles import Role
from tests import factories
from tests.browser.conftest import DESKTOP, EACH_WIDTH
from tests.jobs.factories import posting, resume

WIDTHS = pytest.mark.parametrize("width", EACH_WIDTH)


@WIDTHS
@pytest.mark.parametrize("javascript", [True, False])
def test_a_visitor_searches_narrows_and_opens_a_posting(walk, width, javascript):
    posting(title="低压维修电工")
    posting(title="物业电工", pay_min=3000, pay_max=3500)
    posting(title="会计")
    page = walk(width=width, javascript=javascript)
    page.goto("/jobs/")
    page.get_by_label("想做什么").fill("电工")
    page.get_by_role("button", name="搜岗位").click()
    page.get_by_role("heading", name=re.compile("找到 2 个“电工”岗位")).wait_for()
    if width != DESKTOP and javascript:
        page.locator("summary", has_text="筛选").click()
    page.get_by_role("radio", name=re.compile("^6,000 元以上")).check()
    if not javascript:
        page.get_by_role("button", name="按这些条件看岗位").click()
    page.get_by_role("heading", name=re.compile("找到 1 个")).wait_for()
    page.get_by_role("link", name="低压维修电工").click()
    page.get_by_role("heading", name="低压维修电工", level=1).wait_for()
    expect(page.get_by_text("6,500–8,000 元/月").first).to_be_visible()


@WIDTHS
def test_a_citizen_applies_and_withdraws(walk, width):
    made, who = posting(), factories.citizen(name="钱求职")
    page = walk(who, width=width)
    page.goto(f"/jobs/{made.public_id}/")
    page.get_by_role("link", name="投简历").first.click()
    expect(page.get_by_label("姓名")).to_have_value("钱求职")
    page.get_by_label("做过什么").fill("做过两年水电维修。")
    page.get_by_role("button", name="投出去").dblclick()
    page.get_by_text("投出去了").wait_for()
    assert Application.objects.get().applicant == who
    page.get_by_role("button", name="撤回").click()
    page.get_by_text("已经撤回。").wait_for()
    assert Application.objects.get().status == Application.Status.WITHDRAWN


def test_two_tabs_send_one_application(walk):
    made, who = posting(), factories.citizen()
    first = walk(who)
    second = first.context.new_page()
    for page in (first, second):
        page.goto(f"/jobs/{made.public_id}/apply/")
    first.get_by_role("button", name="投出去").click()
    first.get_by_text("投出去了").wait_for()
    second.get_by_role("button", name="投出去").click()
    second.get_by_text("已经投过").first.wait_for()
    assert Application.objects.count() == 1


@WIDTHS
def test_an_employer_posts_an_officer_approves_and_a_visitor_finds_it(walk, width):
    employer = factories.organisation(name="演示机电厂")
    page = walk(factories.agent(employer), width=width)
    page.goto("/employer/")
    page.get_by_role("link", name="发布新岗位").click()
    page.get_by_label("岗位名称").fill("变压器装配工")
    page.get_by_label("招聘人数").fill("3")
    page.get_by_label("工资从（元）").fill("5000")
    page.get_by_label("工资到（元）").fill("6500")
    page.get_by_label("按什么算").select_option("month")
    page.get_by_label("干什么活").fill("装配和测试小型变压器，坐着干活。")
    page.get_by_role("button", name="提交核验").click()
    page.get_by_text("已提交").first.wait_for()

    officer = walk(factories.staff(Role.CASEWORKER), width=width)
    officer.goto("/work/jobs/")
    officer.get_by_role("heading", name="变压器装配工").wait_for()
    officer.get_by_role("button", name="核验通过，发布").click()
    officer.get_by_text("已发布").wait_for()

    visitor = walk(width=width)
    visitor.goto("/jobs/?q=变压器")
    visitor.get_by_role("link", name="变压器装配工").click()
    expect(visitor.get_by_text("装配和测试小型变压器")).to_be_visible()


@WIDTHS
def test_an_officer_returns_a_posting_and_the_employer_reads_why(walk, width):
    waiting = {"status": Posting.Status.SUBMITTED, "submitted_at": "2026-11-20T09:00+08:00"}
    made = posting(title="叉车司机", published=False, **waiting)
    officer = walk(factories.staff(Role.CASEWORKER), width=width)
    officer.goto("/work/jobs/")
    officer.get_by_label("退回原因").fill("请写明要不要叉车证。")
    officer.get_by_role("button", name="退回给单位").click()
    officer.get_by_text("已退回").wait_for()
    agent = walk(factories.agent(made.organisation), width=width)
    agent.goto("/employer/")
    expect(agent.get_by_text("请写明要不要叉车证。")).to_be_visible()


@WIDTHS
def test_an_employer_invites_offers_and_hires_and_the_applicant_answers_each_time(walk, width):
    mine, made = resume(), posting()
    seeker = walk(mine.user, width=width)
    seeker.goto(f"/jobs/{made.public_id}/")
    seeker.get_by_role("button", name="一键投简历").dblclick()
    seeker.get_by_text("投出去了").wait_for()
    assert Application.objects.count() == 1

    page = walk(factories.agent(made.organisation), width=width)
    page.goto("/employer/")
    page.get_by_role("link", name=re.compile("1 人")).click()
    page.get_by_role("button", name="张测试").click()
    page.get_by_text("维修车间低压电路。").wait_for()
    page.get_by_text("约面试", exact=True).click()
    page.get_by_label("哪天", exact=True).fill(f"{timezone.localdate() + timedelta(days=2)}")
    page.get_by_label("几点").fill("09:00")
    page.get_by_label("地点或号码").fill("演示路 1 号")
    page.get_by_role("button", name="发出面试邀请").click()
    page.get_by_text("面试邀请已经发给求职者。").wait_for()

    seeker.goto("/jobs/applications/")
    seeker.get_by_role("link", name="低压维修电工").click()
    seeker.get_by_text("该您了").wait_for()
    with seeker.expect_download() as calendar:
        seeker.get_by_role("link", name="存到日历").click()
    assert calendar.value.suggested_filename == "interview.ics"
    seeker.get_by_role("radio", name="去", exact=True).check()
    seeker.get_by_role("button", name="回复单位").click()
    seeker.get_by_text("回复好了").wait_for()

    page.reload()
    page.get_by_text("发录用意向", exact=True).click()
    page.get_by_label("哪天上岗").fill(f"{timezone.localdate() + timedelta(days=9)}")
    page.get_by_role("button", name="发出录用意向").click()
    page.get_by_text("录用意向已经发给求职者。").wait_for()

    seeker.reload()
    seeker.get_by_role("radio", name="接受，到时候去上岗").check()
    seeker.get_by_role("button", name="答复单位").click()
    seeker.get_by_text("接受了，单位会看到。").wait_for()

    page.reload()
    page.get_by_role("radio", name="已录用").check()
    page.get_by_role("button", name="发出答复").click()
    page.get_by_text("答复已经发给求职者。").wait_for()
    assert Placement.objects.get().starts_on == timezone.localdate() + timedelta(days=9)
