"""Searching by keyboard with words offered as one types; ending what is pushed unasked."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from jobs import alerting, suggesting
from jobs.models import Alert
from tests.browser.conftest import EACH_WIDTH
from tests.jobs.factories import posting, resume


@pytest.mark.parametrize("width", EACH_WIDTH)
def test_a_visitor_takes_an_offered_word_by_keyboard_alone(inside, check_accessible, width):
    for title in ("电焊工", "电焊工", "电子装配工"):
        posting(title=title)
    suggesting.collect()
    page = inside(width=width)
    page.goto("/jobs/")
    box, offered = page.get_by_role("combobox", name="想做什么"), page.get_by_role("listbox").get_by_role("option")
    box.focus()
    page.keyboard.type("dian")
    page.keyboard.press("ArrowDown")  # before the offer is there: asks at once
    expect(offered.first).to_have_text("电焊工")
    expect(page.get_by_role("status").filter(has_text="个建议，用上下键选")).to_be_attached()
    expect(box).to_have_attribute("aria-expanded", "true")
    check_accessible(page)
    page.keyboard.press("ArrowDown")
    expect(offered.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", offered.first.get_attribute("id"))
    expect(box).to_have_value("电焊工")
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value("dian")  # what was typed is a stop of its own
    page.keyboard.press("ArrowUp")
    expect(offered.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("dian")
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    expect(offered.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="找到 2 个“电焊工”岗位")).to_be_visible()
    expect(page.get_by_role("listbox")).to_be_hidden()


@pytest.mark.parametrize("width", EACH_WIDTH)
def test_a_citizen_ends_pushing_by_the_resume_with_one_click_and_the_open_list_stays(inside, check_accessible, width):
    mine, today = resume(), timezone.localdate()
    posting(title="维修电工")

    def told(*, day: int) -> int:
        now = timezone.now() + timedelta(days=day, minutes=1)
        alerting.match(frequency="weekly", on=today + timedelta(days=day), now=now)
        return Alert.objects.filter(user=mine.user).count()

    assert told(day=0) == 1  # by the intention in the résumé: nothing was saved
    page = inside(mine.user, width=width)
    page.goto(f"/jobs/alerts/{Alert.objects.get().public_id}/")
    check_accessible(page)
    page.get_by_role("button", name="关闭个性化推荐").click()
    expect(page.get_by_role("heading", name="怎么提醒我")).to_be_visible()
    expect(page.get_by_role("button", name="关闭个性化推荐")).to_have_count(0)
    posting(title="电工班长")
    assert told(day=7) == 1
    page.get_by_role("link", name="找工作").first.click()
    expect(page.get_by_role("link", name="电工班长")).to_be_visible()
