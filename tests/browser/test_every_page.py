import pytest

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.pages import PageCase, every_page


@pytest.mark.parametrize("case", every_page(), ids=lambda case: case.name)
def test_is_sound_for_axe_silent_never_scrolled_sideways_and_readable_without_scripts(
    case: PageCase, inside, check_accessible, check_fits, display_modes
):
    url, user = case.build()
    for number, mode in enumerate(display_modes):
        page = inside(user, width=PHONE if number % 2 else DESKTOP, cookies=mode)
        response = page.goto(url)
        assert response is not None
        assert response.status == 200
        check_accessible(page)
        check_fits(page, 320)
    page = inside(user, width=PHONE, javascript=False)
    page.goto(url)
    assert page.locator("main h1, main h2").first.is_visible()
