"""A browser whose requests this process answers inside the test's own transaction.

No server, no commit, and so no new database for the next test: that is what makes it cheap to look at every page.
Journeys, which write and which may race, use a live server (`walk`).
"""

import mimetypes
from contextvars import Context, copy_context
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Page, Route

from tests.browser.conftest import DESKTOP, options, session_of, watch

HOST = "http://localhost"


@cache
def _asset(path: str) -> tuple[bytes, str]:
    found = finders.find(path.removeprefix(settings.STATIC_URL))
    assert found, f"{path} is no static file"
    return Path(found).read_bytes(), mimetypes.guess_type(path)[0] or "application/octet-stream"


class Inside:
    """Opens pages as somebody at some width, and remembers what they complained about. Kept for all tests."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._pages: dict[tuple[int, bool], Page] = {}
        self._context: Context
        self.problems: list[str] = []

    def __call__(self, user=None, *, width: int = DESKTOP, javascript: bool = True, cookies=None) -> Page:
        """Return the page for this width, with the cookies of `user` and no others."""
        if (width, javascript) not in self._pages:
            self._pages[width, javascript] = self._new(width, javascript=javascript)
        page = self._pages[width, javascript]
        jar = dict(cookies or {})
        if user is not None:
            jar[settings.SESSION_COOKIE_NAME] = session_of(user)
        page.context.clear_cookies()
        page.context.add_cookies([{"name": k, "value": v, "url": HOST} for k, v in jar.items()])
        page.set_viewport_size({"width": width, "height": 900})
        self._context = copy_context()  # the connection and the audit context of the test that asks
        return page

    def _new(self, width: int, *, javascript: bool) -> Page:
        context = self._browser.new_context(**options(HOST, width, javascript=javascript))
        context.route("**/*", lambda route: self._context.copy().run(self._answer, route))
        return watch(context, self.problems)

    def _answer(self, route: Route) -> None:
        request = route.request
        path = request.url.removeprefix(HOST)
        if path.startswith(settings.STATIC_URL):
            body, kind = _asset(path.split("?")[0])
            route.fulfill(body=body, content_type=kind)
            return
        headers = {name: value for name, value in request.all_headers().items() if not name.startswith(":")}
        response = Client().generic(request.method, path, request.post_data_buffer or b"", headers=headers)
        route.fulfill(status=response.status_code, headers=dict(response.headers), body=b"".join(response))
