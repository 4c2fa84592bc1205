from people.models import User
from people.roles import Role
from subsidies.models import Claim, Programme
from tests import factories
from tests.browser.pages import PageCase
from tests.jobs import factories as made
from unemployment.models import Registration


def _public(path: str) -> PageCase:
    return PageCase(path, lambda: (path, None))


def _work() -> tuple[str, User | None]:
    return "/work/", factories.staff(Role.STATION_STAFF)


def _home() -> tuple[str, User | None]:
    """The home page of somebody who applied for jobs, and began a registration and a claim."""
    user = factories.citizen()
    for title in ("电工", "养老护理员"):
        made.application(posting=made.posting(title=title), applicant=user)
    Registration.objects.create(person=user.person)
    programme = Programme.objects.get(code="flexible_insurance")
    Claim.objects.create(person=user.person, programme=programme, region=factories.region("210106"))
    return "/", user


PAGES = [
    *map(_public, ("/", "/display/", "/about/accessibility/", "/about/privacy/", "/about/safety/", "/about/report/")),
    PageCase("home of a citizen", _home),
    PageCase("workbench", _work),
]
