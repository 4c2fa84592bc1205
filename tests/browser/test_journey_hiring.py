"""A person is found and hired only as far as they say yes; an officer takes away what must not be seen; an employer keeps up."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from jobs.models import Application, Posting, SavedPosting, SavedSearch
from people.roles import Role
from tests import factories
from tests.browser.conftest import EACH_WIDTH
from tests.browser.pages_stations import station
from tests.jobs.factories import application, posting

WIDTHS = pytest.mark.parametrize("width", EACH_WIDTH)


@WIDTHS
def test_a_citizen_writes_a_resume_is_found_and_gives_the_phone_by_saying_yes(inside, width):
    who, made = factories.citizen(name="孙求职"), posting(title="低压维修电工")
    agent = factories.agent(made.organisation)
    page = inside(who, width=width)
    page.goto("/jobs/resume/")
    page.get_by_role("link", name="加一条 工作经历").click()
    page.get_by_label("岗位").fill("维修电工")
    page.get_by_label("单位").fill("演示机床厂")
    page.get_by_label("从哪个月").fill("2019-03")
    page.get_by_role("button", name="存好，回到简历").click()
    page.get_by_role("link", name="加一条 求职意向").click()
    page.get_by_label("想做什么").fill("电工")
    page.get_by_label("想在哪里干").select_option(label="沈阳市")
    page.get_by_role("button", name="存好，回到简历").click()
    page.get_by_role("link", name="改谁能找到我").click()
    page.get_by_role("radio", name=re.compile("全省核验过的单位")).check()
    page.get_by_role("button", name="存好").click()
    expect(page.get_by_role("button", name="马上关掉，不让单位找到我")).to_be_visible()

    page.goto("/jobs/?q=电工")
    page.get_by_role("link", name="保存这次搜索").click()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="怎么提醒我")).to_be_visible()
    page.goto(f"/jobs/{made.public_id}/")
    page.get_by_role("button", name="收藏").click()
    expect(page.get_by_role("button", name="已收藏")).to_be_visible()
    assert (SavedSearch.objects.get().user, SavedPosting.objects.get().posting) == (who, made)

    page = inside(agent, width=width)
    page.goto("/employer/talent/?q=电工")
    page.get_by_role("link", name="孙*").click()
    expect(page.get_by_text("演示机床厂")).to_be_visible()
    expect(page.get_by_text(who.person.phone.open())).to_have_count(0)
    page.get_by_label("邀请应聘哪个岗位").select_option(label="低压维修电工")
    page.get_by_role("button", name="发出邀请").click()
    expect(page.get_by_role("heading", name="找人才")).to_be_visible()

    page = inside(who, width=width)
    page.goto("/jobs/invitations/")
    page.get_by_role("button", name="投简历").click()
    expect(page.get_by_text("投了简历")).to_be_visible()

    page = inside(agent, width=width)
    page.goto("/employer/applications/")
    page.get_by_role("button", name="孙求职").click()
    expect(page.get_by_role("link", name=who.person.phone.open())).to_be_visible()


@WIDTHS
def test_a_visitor_finds_work_around_a_station_until_an_officer_takes_it_away(inside, width):
    near = {"lng": 123.36, "lat": 41.81}
    bad, false = posting(title="附近装配工", **near), posting(title="附近理货员", **near)
    posting(title="附近保洁员", **near)
    posting(title="远处装配工", lng=123.36, lat=42.3)
    place, officer = station(), factories.staff(Role.CASEWORKER)
    page = inside(width=width)
    page.goto(f"/stations/{place.public_id}/")
    page.get_by_role("link", name="看 5 公里内的岗位").click()
    expect(page.get_by_role("heading", name=re.compile("3 个"))).to_be_visible()
    expect(page.get_by_role("link", name="远处装配工")).to_have_count(0)
    around = page.url

    page = inside(officer, width=width)
    page.goto("/work/employers/")
    page.get_by_role("link", name=bad.organisation.name).click()
    page.get_by_label("暂停的原因和依据").fill("收取求职者押金，已经立案。")
    page.get_by_role("button", name="暂停，隐藏全部岗位").click()
    expect(page.get_by_role("button", name="解除暂停")).to_be_visible()
    page.goto(f"/jobs/{false.public_id}/")
    page.get_by_role("link", name="内容不实或者不合法，下架").click()
    page.get_by_label("下架原因").fill("工作地点和写的不一样。")
    page.get_by_role("button", name="下架这个岗位").click()
    expect(page.get_by_role("button", name="下架这个岗位")).to_have_count(0)

    page = inside(width=width)
    page.goto(f"{around}&q=附近")
    expect(page.get_by_role("link", name="附近保洁员")).to_be_visible()
    for gone in (bad, false):
        expect(page.get_by_role("link", name=gone.title)).to_have_count(0)
        assert page.request.get(f"/jobs/{gone.public_id}/").status in (404, 410)


@WIDTHS
def test_an_employer_renews_and_copies_a_posting_and_answers_several_at_once(inside, width):
    today = timezone.localdate()
    made = posting(title="缝纫工", valid_until=today + timedelta(days=2))
    for name in ("周一", "吴二", "郑三"):
        application(posting=made, name=name)
    agent = factories.agent(made.organisation)
    page = inside(agent, width=width)
    page.goto("/employer/")
    page.get_by_role("button", name="续期 ：缝纫工").click()
    long = (today + timedelta(days=30)).strftime("%m-%d")
    expect(page.get_by_role("row", name=re.compile(f"缝纫工.*{long}"))).to_be_visible()
    page.get_by_role("link", name="经过 ：缝纫工").click()
    page.get_by_role("link", name="照这个再发一个").click()
    expect(page.get_by_label("岗位名称")).to_have_value("缝纫工")
    page.get_by_label("岗位名称").fill("缝纫组长")
    page.get_by_role("button", name="提交核验").click()
    expect(page.get_by_role("row", name=re.compile("缝纫组长"))).to_be_visible()
    assert Posting.objects.get(title="缝纫组长").pay_min == made.pay_min

    page.get_by_role("link", name=re.compile("3 人.*缝纫工")).click()
    for name in ("周一", "吴二"):
        page.get_by_role("checkbox", name=f"勾选{name}").check()
    page.get_by_label("勾选的人").select_option(label="初选通过")
    page.get_by_role("button", name="一起答复").click()
    expect(page.get_by_role("row", name=re.compile("初选通过"))).to_have_count(2)
    page.get_by_role("link", name="看板").click()
    stage = page.get_by_role("region", name="初选通过")
    expect(stage.get_by_role("link")).to_have_count(2)
    expect(page.get_by_role("region", name="新投递").get_by_role("button", name="郑三")).to_be_visible()
    assert Application.objects.filter(status="shortlisted").count() == 2
