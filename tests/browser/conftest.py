"""Walking pages in a real Chromium: every page opened here must be silent, reachable by keyboard and sound for axe."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cache import SessionStore
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import HttpRequest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, TimeoutError, expect, sync_playwright

from people.middleware import SECOND_FACTOR_KEY
from people.models import User

PHONE, DESKTOP = 390, 1440
PATIENCE = 20_000
"""Milliseconds until what is expected counts as missing; a machine with other work is slow."""
expect.set_options(timeout=PATIENCE)
USUAL = 0
"""Everybody's own: whoever works here at a desk, all others on a phone."""
FULL = bool(os.environ.get("PORTAL_FULL"))
EACH_WIDTH = [PHONE, DESKTOP] if FULL else [USUAL]
"""How a journey is walked: as people usually do; with `--full` wholly on a phone, and wholly at a desk."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
MODES = ({}, {"ui_size": "lg"}, {"ui_contrast": "more"}, {"ui_size": "lg", "ui_contrast": "more"})
# The elements beyond the right edge that no scrolling box of their own holds, innermost last.
STICKING_OUT = """() => {
  const held = (e) => e && (/(auto|scroll|hidden)/.test(getComputedStyle(e).overflowX) || held(e.parentElement));
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5 && !held(e.parentElement))
    .map((e) => `${Math.round(e.getBoundingClientRect().right)} px: ${e.outerHTML.slice(0, 140)}`).slice(-6);
}"""
VIOLATIONS = """(leave) => axe.run({
  resultTypes: ["violations"], rules: Object.fromEntries(leave.map((rule) => [rule, { enabled: false }])),
}).then((found) => found.violations)"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WATCH = """document.addEventListener("securitypolicyviolation", function (e) {
  console.error("CSP " + e.violatedDirective + " " + e.blockedURI);
});"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction="inside" not in item.fixturenames))


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """One browser for the whole process."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)


def usual(user: User | None) -> int:
    """Return the width of the window in which somebody sees the portal."""
    return DESKTOP if user is not None and user.role_assignments.exists() else PHONE


def options(base: str, width: int, *, javascript: bool) -> dict[str, Any]:
    """Return what a fresh browser profile of a person here is like."""
    return {
        "base_url": base,
        "viewport": {"width": width, "height": 900},
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "java_script_enabled": javascript,
        "reduced_motion": "reduce",
        "has_touch": width < 600,
    }


def watch(context: BrowserContext, problems: list[str]) -> Page:
    """Return a page of this profile that notes everything it complains about."""
    context.add_init_script(WATCH)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("console", lambda m: problems.append(f"console: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda e: problems.append(f"script: {e}"))
    page.on("requestfailed", lambda r: problems.append(f"failed: {r.url} {r.failure}") if _counts(r) else None)
    return page


class Walker:
    """Opens pages as somebody, at some width, and remembers everything a page complained about."""

    def __init__(self, browser: Browser, base: str, stack: ExitStack) -> None:
        self._browser, self._base, self._stack = browser, base, stack
        self.problems: list[str] = []

    def __call__(
        self,
        user: User | None = None,
        *,
        width: int = DESKTOP,
        javascript: bool = True,
        cookies: dict[str, str] | None = None,
    ) -> Page:
        """Return a fresh page of a fresh browser profile, signed in as `user`."""
        width = width or usual(user)
        context = self._browser.new_context(**options(self._base, width, javascript=javascript))
        self._stack.callback(context.close)
        jar = dict(cookies or {})
        if user is not None:
            jar[settings.SESSION_COOKIE_NAME] = session_of(user)
        context.add_cookies([{"name": k, "value": v, "url": self._base} for k, v in jar.items()])
        return watch(context, self.problems)


def _counts(request: object) -> bool:
    # A page that is left while an image still loads aborts it: that is no fault.
    return "ERR_ABORTED" not in str(getattr(request, "failure", ""))


def session_of(user: User) -> str:
    """Begin a session as `user`, with the second factor given, and return its cookie."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[SECOND_FACTOR_KEY] = timezone.now().timestamp()
    session.create()
    return str(session.session_key)


@pytest.fixture(scope="session", autouse=True)
def _kept_files() -> Iterator[None]:
    """Let browsers keep what never changes, as the real server does: a page asks for a dozen files."""
    serve = StaticFilesHandler.serve

    def keep(handler: StaticFilesHandler, request: HttpRequest) -> Any:
        response = serve(handler, request)
        response["Cache-Control"] = "max-age=3600"
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", keep)
        yield


@pytest.fixture
def walk(browser: Browser, live_server: object) -> Iterator[Walker]:
    """`walk(user, width=390)` opens a page; after the test nothing may have been complained about."""
    with ExitStack() as stack:
        walker = Walker(browser, str(live_server), stack)
        yield walker
    assert not walker.problems, "\n".join(walker.problems)


@pytest.fixture(scope="session")
def _inside(browser: Browser) -> object:
    from tests.browser.inside import Inside

    return Inside(browser)


@pytest.fixture
def inside(_inside: Any, db: None) -> Iterator[Any]:
    """`inside(user, width=390)` opens pages that this process answers in the test's transaction."""
    yield _inside
    problems = list(_inside.problems)
    _inside.leave()
    assert not problems, "\n".join(problems)


@pytest.fixture(scope="session")
def display_modes() -> list[dict[str, str]]:
    """The display settings under which each page is checked: two in a normal run, all four with `--full`."""
    return list(MODES if FULL else MODES[:2])


@pytest.fixture
def check_accessible() -> Callable[..., None]:
    """Fail on any violation that axe finds on the page as it stands, but for the rules that are named."""

    def check(page: Page, *leave: str) -> None:
        if page.evaluate("!window.axe"):
            page.evaluate(AXE_SCRIPT)
        found = page.evaluate(VIOLATIONS, leave)
        told = [f"{v['id']}: {v['help']}\n   " + "\n   ".join(n["html"][:200] for n in v["nodes"][:4]) for v in found]
        assert not found, f"{page.url}\n" + "\n".join(told)

    return check


@pytest.fixture
def check_fits() -> Callable[[Page, int], None]:
    """Fail when the page has to be scrolled sideways at a width."""

    def check(page: Page, width: int) -> None:
        page.set_viewport_size({"width": width, "height": 800})
        with suppress(TimeoutError):  # the layout follows the new width a moment later
            page.wait_for_function(f"innerWidth === {width} && {TOO_WIDE} <= 0", timeout=1500)
        wide = page.evaluate(TOO_WIDE)
        told = "\n".join(page.evaluate(STICKING_OUT)) if wide > 0 else ""
        assert wide <= 0, f"{page.url} is {wide} px too wide at {width} px:\n{told}"

    return check
