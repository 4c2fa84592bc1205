"""Photograph pages of a running portal, on a phone and on a desk, as a visitor or signed in as a demo account.

    script/server                                   in one terminal (it prints the address)
    .venv/bin/python script/screens.py              every page of the README, into docs/screenshots/
    .venv/bin/python script/screens.py queue=/work/followups/@community_worker --full

A page is NAME=PATH or NAME=PATH@ROLE; the role is a code of people.roles, or "citizen". The session is made in the
portal's own session store, its second factor given: run it with the same DATABASE_URL and REDIS_URL as the server.
"""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.local")

WIDTHS = {"phone": (390, 844), "desktop": (1440, 900)}
PAGES = [
    "home=/",
    "jobs=/jobs/",
    "stations=/stations/",
    "workbench=/work/@caseworker",
    "followups=/work/followups/@community_worker",
    "claims=/work/claims/@subsidy_reviewer",
    "leader=/work/leader/@leader",
]


def session_key(role: str) -> str:
    """Begin a session of the demo account with a role and return its cookie."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.utils.module_loading import import_string

    from people.middleware import SECOND_FACTOR_KEY
    from people.models import User

    user = User.objects.filter(username=f"demo_{role}").order_by("pk").first()
    if user is None:
        raise SystemExit(f"there is no demo account demo_{role}; build the demo province first (script/server does)")
    session = import_string(f"{settings.SESSION_ENGINE}.SessionStore")()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[SECOND_FACTOR_KEY] = time.time()
    session.create()
    return str(session.session_key)


def photograph(browser: Any, base: str, page: str, out: Path, *, full: bool, cookies: dict[str, str]) -> None:
    """Write NAME-phone.png and NAME-desktop.png of one page."""
    name, _, address = page.partition("=")
    path, _, role = address.partition("@")
    jar = {**cookies, **({"sessionid": session_key(role)} if role else {})}
    for kind, (width, height) in WIDTHS.items():
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai",
            device_scale_factor=1, reduced_motion="reduce",
        )  # fmt: skip
        context.add_cookies([{"name": k, "value": v, "url": base} for k, v in jar.items()])
        tab = context.new_page()
        tab.on("console", lambda m: print(f"   {name}: {m.text}") if m.type in ("error", "warning") else None)
        response = tab.goto(base + path, wait_until="networkidle")
        tab.screenshot(path=out / f"{name}-{kind}.png", full_page=full)
        print(f"{name}-{kind}.png  {response.status if response else '?'}  {path}")
        context.close()


def main() -> None:
    """Entry of the command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pages", nargs="*", metavar="NAME=PATH[@ROLE]", default=PAGES)
    parser.add_argument("--base", default="http://127.0.0.1:8000", help="address of the running portal")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--full", action="store_true", help="the whole page, not only the first screen")
    parser.add_argument("--large", action="store_true", help="large type")
    parser.add_argument("--contrast", action="store_true", help="high contrast")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    given = parser.parse_args()

    import django
    from playwright.sync_api import sync_playwright

    django.setup()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in this thread
    cookies = {**({"ui_size": "lg"} if given.large else {}), **({"ui_contrast": "more"} if given.contrast else {})}
    given.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given.chromium, args=["--no-sandbox", "--disable-gpu"])
        for page in given.pages:
            photograph(browser, given.base, page, given.out, full=given.full, cookies=cookies)
        browser.close()


if __name__ == "__main__":
    main()
