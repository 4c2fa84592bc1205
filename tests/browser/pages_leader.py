from people.models import User
from people.roles import Role
from tests import factories
from tests.browser.pages import PageCase
from tests.jobs.factories import posting


def _province() -> tuple[str, User | None]:
    posting()
    return "/work/leader/", factories.staff(Role.LEADER, at="21")


def _city() -> tuple[str, User | None]:
    return "/work/leader/", factories.staff(Role.CITY_SUPERVISOR, at="2101")


PAGES = [PageCase("leader, province", _province), PageCase("leader, city", _city)]
