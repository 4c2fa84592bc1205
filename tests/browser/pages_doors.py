"""Pages that need no scene of their own: opened by the first of those people who may open them."""

from collections.abc import Callable

from django.urls import reverse

from people.models import User
from tests.browser.pages import PageCase
from tests.portal.objects import address_of
from tests.portal.pages import people_of
from tests.portal.routes import every_route
from tests.portal.stage import Stage

NAMES = (
    "account_reauthenticate",
    "messaging:message-list",
    "messaging:message-show",
    "messaging:settings-edit",
    "mfa_list_webauthn",
    "mfa_reauthenticate",
    "unemployment:office-paper",
)


def _through_the_door(name: str) -> Callable[[], tuple[str, User | None]]:
    def build() -> tuple[str, User | None]:
        stage = Stage()
        route = next(route for route in every_route() if route.name == name)
        actor, door = people_of(name, route.audience, has_parameters=bool(route.parameters))[0]
        return reverse(name, kwargs=address_of(stage, door) if door else {}), stage.actor(actor)

    return build


PAGES = [PageCase(name, _through_the_door(name)) for name in NAMES]
