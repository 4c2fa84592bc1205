"""System checks of the ground floor."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections


@register(Tags.database)
def application_role_is_no_owner(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn when the connected application role could disable triggers (`check --database default`)."""
    if "default" not in (databases or []) or settings.AS_OWNER:
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR EXISTS (SELECT 1 FROM pg_class c WHERE c.relname = 'core_accesslog'"
            " AND pg_has_role(c.relowner, 'MEMBER')) FROM pg_roles WHERE rolname = current_user"
        )
        (owns,) = cursor.fetchone()
    if not owns:
        return []
    return [
        Warning(
            "The application connects as the owner of the tables (or a superuser): it could switch history off.",
            hint="Let DATABASE_URL name a lesser role and run `manage.py prepare_database` as the owner.",
            id="core.W002",
        )
    ]


@register(Tags.database)
def no_event_was_set_aside(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn about domain events that a consumer failed on again and again (`check --database default`)."""
    if "default" not in (databases or []):
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT to_regclass('core_delivery') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return []
        cursor.execute("SELECT consumer, count(*) FROM core_delivery WHERE status = 'parked' GROUP BY 1 ORDER BY 1")
        return [
            Warning(
                f"{count} domain events were set aside: {consumer} keeps failing on them.",
                hint="See core_delivery.error; after the fix run `manage.py retry_events`.",
                id="core.W003",
            )
            for consumer, count in cursor.fetchall()
        ]
