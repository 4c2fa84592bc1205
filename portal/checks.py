"""What must hold in production and only the database can tell: `manage.py check --deploy --database default`."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import checks
from django.db import connections


@checks.register(checks.Tags.database, deploy=True)
def check_no_superuser(databases: list[str] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Rights come from dated roles only: an account that skips them all must not exist."""
    found = get_user_model()._default_manager.filter(is_superuser=True).exists() if databases else False
    message = "There is a superuser. Take its is_superuser away: the portal's rights come from roles only."
    return [checks.Error(message, id="portal.E001")] if found else []


@checks.register(checks.Tags.database, deploy=True)
def check_lesser_role(databases: list[str] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """The running portal must not be able to rewrite its own history."""
    found = []
    for alias in [] if settings.AS_OWNER else databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper OR EXISTS (SELECT 1 FROM pg_tables WHERE tableowner = current_user)"
                " FROM pg_roles WHERE rolname = current_user"
            )
            if cursor.fetchone()[0]:
                message = "DATABASE_URL names the owner of the tables or a superuser; it must name the lesser role."
                found.append(checks.Error(message, id="portal.E002"))
    return found
