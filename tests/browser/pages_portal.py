from people.models import User
from people.roles import Role
from tests import factories
from tests.browser.pages import PageCase


def _public(path: str) -> PageCase:
    return PageCase(path, lambda: (path, None))


def _work() -> tuple[str, User | None]:
    return "/work/", factories.staff(Role.STATION_STAFF)


PAGES = [
    *map(_public, ("/", "/display/", "/about/accessibility/", "/about/privacy/", "/about/safety/", "/about/report/")),
    PageCase("workbench", _work),
]
