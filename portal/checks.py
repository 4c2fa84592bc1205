"""What must hold in production and only the database can tell: `manage.py check --deploy --database default`."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
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
