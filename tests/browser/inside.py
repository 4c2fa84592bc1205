"""A browser whose requests this process answers inside the test's own transaction.

No commit, and so no new database for the next test: that is what makes it cheap to look at every page. A thread answers
with the connection and the audit context of the test that waits for it, one page at a time; what never changes, the
browser keeps. Journeys, which write and which may race, use a live server (`walk`).
"""

import mimetypes
import threading
from contextvars import Context, copy_context
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, Page

from tests.browser.conftest import DESKTOP, options, session_of, usual, watch


@cache
def _asset(path: str) -> tuple[bytes, str]:
    found = finders.find(path.removeprefix(settings.STATIC_URL))
    assert found, f"{path} is no static file"
    return Path(found).read_bytes(), mimetypes.guess_type(path)[0] or "application/octet-stream"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.startswith(settings.STATIC_URL):
            body, kind = _asset(self.path.split("?")[0])
            self._send(200, {"Content-Type": kind, "Cache-Control": "max-age=3600"}, body)
        else:
            self._send(*self.server.answer("GET", self.path, b"", dict(self.headers)))  # type: ignore[attr-defined]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._send(*self.server.answer("POST", self.path, body, dict(self.headers)))  # type: ignore[attr-defined]

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in ({**headers, "Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing: pages tell their own problems."""


class Inside:
    """Opens pages as somebody at some width, and remembers what they complained about. Kept for all tests."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._pages: dict[tuple[int, bool], Page] = {}
        self._context: Context | None = None
        self._one_at_a_time = threading.Lock()
        self._connection = connections["default"]
        self._connection.inc_thread_sharing()
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        server.answer = self._answer  # type: ignore[attr-defined]
        self._base = f"http://localhost:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.problems: list[str] = []

    def __call__(self, user=None, *, width: int = DESKTOP, javascript: bool = True, cookies=None) -> Page:
        """Return the page for this width, with the cookies of `user` and no others."""
        width = width or usual(user)
        if (width, javascript) not in self._pages:
            context = self._browser.new_context(**options(self._base, width, javascript=javascript))
            context.add_init_script(AXE_SCRIPT)  # sent once, not with every look
            self._pages[width, javascript] = watch(context, self.problems)
        page = self._pages[width, javascript]
        jar = dict(cookies or {})
        if user is not None:
            jar[settings.SESSION_COOKIE_NAME] = session_of(user)
        page.context.clear_cookies()
        page.context.add_cookies([{"name": k, "value": v, "url": self._base} for k, v in jar.items()])
        page.set_viewport_size({"width": width, "height": 900})
        self._context = copy_context()  # the audit context of the test that asks
        return page

    def leave(self) -> None:
        """End the test: what a page still asks for is answered with nothing."""
        with self._one_at_a_time:
            self._context = None
            self.problems.clear()

    def _answer(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        with self._one_at_a_time:
            if self._context is None:
                return 204, {}, b""
            connections["default"] = self._connection
            response = self._context.copy().run(Client().generic, method, path, body, headers=headers)
            return response.status_code, dict(response.headers), b"".join(response)
