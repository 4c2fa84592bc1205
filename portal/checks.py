"""What must hold in production: `manage.py check --deploy --database default`."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import checks


@checks.register(checks.Tags.database, deploy=True)
def check_no_superuser(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Rights come from dated roles only: an account that skips them all must not exist."""
    found = get_user_model()._default_manager.filter(is_superuser=True).exists() if databases else False
    message = "There is a superuser. Take its is_superuser away: the portal's rights come from roles only."
    return [checks.Error(message, id="portal.E001")] if found else []


@checks.register(checks.Tags.database, deploy=True)
def check_no_demo_account(databases: list[str] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Demo accounts have passwords that were printed: none may be left where real people work."""
    found = get_user_model()._default_manager.filter(is_demo=True, is_active=True).exists() if databases else False
    message = "There are demo accounts. This database was built for a demonstration: begin with an empty one."
    return [checks.Error(message, id="portal.E002")] if found else []


@checks.register(deploy=True)
def check_text_messages_leave(**kwargs: Any) -> list[checks.CheckMessage]:
    """Sign-in codes go by text message: a gateway that writes to a file or the console would shut everybody out."""
    name = settings.MESSAGE_GATEWAYS["sms"]
    if name == "http" and settings.SMS_HTTP_URL.startswith(("http://", "https://")) and settings.SMS_HTTP_SECRET:
        return []
    return [
        checks.Error(
            f"Text messages would not reach anybody: the gateway is {name!r}.",
            hint="Set SMS_GATEWAY=http, SMS_HTTP_URL to the gateway's address and SMS_HTTP_SECRET to the shared secret.",
            id="portal.E004",
        )
    ]


@checks.register(checks.Tags.security)
def check_every_route_names_its_audience(**kwargs: Any) -> list[checks.CheckMessage]:
    """A route without an audience answers nobody (people.middleware.DefaultDenyMiddleware): say so at once."""
    from portal.public import undeclared

    return [
        checks.Error(
            f"The route {name} names no audience.",
            hint="Use people.access.route() (or admit() for another package's routes).",
            id="portal.E003",
        )
        for name in undeclared()
    ]
