import re

import pytest
from django.urls import resolve
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, FULL, PHONE
from tests.browser.pages import PageCase, every_page
from tests.portal.pages import visits
from tests.portal.stage import Stage

HEADING = re.compile(r"<h[12]\b")
AS_CHOSEN = """(mode) => {
  for (const name of ["size", "contrast"]) delete document.documentElement.dataset[name];
  Object.assign(document.documentElement.dataset, mode);
}"""
"""What a display setting changes on a page; that the setting does so, test_journey_display.py shows."""


LEFT = () if FULL else ("color-contrast",)
"""Larger letters need less contrast, not more: of the usual two modes the first finds what is too pale."""


@pytest.mark.parametrize("case", every_page(), ids=lambda case: case.name)
def test_is_sound_for_axe_silent_never_scrolled_sideways_and_readable_without_scripts(
    case: PageCase, inside, check_accessible, check_fits, display_modes
):
    url, user = case.build()
    page = inside(user, width=DESKTOP)
    response = page.goto(url)
    assert response is not None
    assert response.status == 200
    assert HEADING.search(response.text().partition("<main")[2])
    check_accessible(page)
    for number, mode in enumerate(display_modes[1:]):
        page.set_viewport_size({"width": DESKTOP if number % 2 else PHONE, "height": 900})
        page.evaluate(AS_CHOSEN, {name.removeprefix("ui_"): value for name, value in mode.items()})
        check_accessible(page, *LEFT)
    check_fits(page, 320)
    if FULL:
        page = inside(user, width=PHONE, javascript=False)
        page.goto(url)
        expect(page.locator("main h1, main h2").first).to_be_visible()


WALKED_ELSEWHERE = {
    "admin:index": "Django's own page",
    "mfa_view_recovery_codes": "test_journey_people.py, right after a password",
}


def test_leaves_no_page_out(inside):
    walked = set(WALKED_ELSEWHERE)
    stage = Stage()
    for case in every_page():
        with stage.scene():
            url, _ = case.build()
            walked.add(resolve(url.split("?")[0]).view_name)
    pages = set()
    for _, actor, path in visits(stage):
        if resolve(path).view_name in walked:
            continue
        with stage.scene():
            response = stage.client(actor).get(path)
        if response.status_code == 200 and response.get("Content-Type", "").startswith("text/html"):
            pages.add(resolve(path).view_name)  # several names may share an address
    assert sorted(pages - walked) == []
