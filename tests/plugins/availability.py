"""What a machine may lack: a browser, the shared data. Tests say what they need by a marker.

On a developer's machine they are skipped with one clear sentence; where `PORTAL_REQUIRE_BROWSER=1` or
`PORTAL_REQUIRE_SHARED_DATA=1` is set (CI), they fail instead.
"""

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first found drives the tests; one without windows starts and draws with less work."""
SHARED_DATA = Path(os.environ.get("PORTAL_SHARED_DATA", settings.BASE_DIR.parent / "shared" / "data"))
NO_BROWSER = (
    "no Chromium on this machine: `apt-get install chromium fonts-noto-cjk`, or set PORTAL_CHROMIUM to its path"
)
NO_SHARED_DATA = f"no data at {SHARED_DATA}: put it there, or set PORTAL_SHARED_DATA to its folder"


def chromium() -> str | None:
    """Find the browser that the tests drive."""
    named = os.environ.get("PORTAL_CHROMIUM")
    return named or next((path for name in BROWSERS if (path := shutil.which(name))), None)


def _missing() -> dict[str, tuple[str, bool]]:
    """Map each marker whose need is not met to (sentence, is it required here)."""
    missing = {}
    if chromium() is None:
        missing["browser"] = (NO_BROWSER, os.environ.get("PORTAL_REQUIRE_BROWSER") == "1")
    if not SHARED_DATA.is_dir():
        missing["shared_data"] = (NO_SHARED_DATA, os.environ.get("PORTAL_REQUIRE_SHARED_DATA") == "1")
    return missing


def pytest_configure() -> None:
    # Playwright's synchronous interface keeps an event loop in the test's own thread; queries are sound there.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = _missing()
    for item in items:
        for marker, (sentence, required) in missing.items():
            if item.get_closest_marker(marker) and not required:
                item.add_marker(pytest.mark.skip(reason=sentence))


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, (sentence, required) in _missing().items():
        if required and item.get_closest_marker(marker):
            pytest.fail(sentence, pytrace=False)


@pytest.fixture(scope="session")
def chromium_path() -> str | None:
    """The path of the browser; tests that use it carry the marker `browser`."""
    return chromium()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; tests that use it carry the marker `shared_data`."""
    return SHARED_DATA
