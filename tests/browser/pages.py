"""Which pages are walked by `test_every_page.py`. Each app lists its own in `pages_<app>.py` as `PAGES`."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from people.models import User


@dataclass(frozen=True)
class PageCase:
    """One page: `build()` makes what it shows and returns its address and who opens it (None: a visitor)."""

    name: str
    build: Callable[[], tuple[str, User | None]]


def every_page() -> list[PageCase]:
    """Return the pages of all apps."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("pages_*.py"))
    return [case for name in names for case in import_module(f"tests.browser.{name}").PAGES]
