"""What the application's database role may do, set by the owner after every migration.

A model says so in `app_privileges`; without one the role may read and write rows. Nobody but the owner may change the
schema, truncate a table or disable a trigger.
"""

from collections import defaultdict
from typing import Any

from django.apps import apps
from django.db import connections

from core.database_roles import application_role

DEFAULT_PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE")


def privileges() -> dict[str, tuple[str, ...]]:
    """Return each table of a model with the rights of the application's role."""
    return {
        model._meta.db_table: getattr(model, "app_privileges", DEFAULT_PRIVILEGES)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }


def apply(using: str = "default", **kwargs: Any) -> None:
    """Grant and revoke; a receiver of `post_migrate`. Does nothing where the owner is the only role."""
    connection = connections[using]
    role = application_role()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)", [role])
        current_user, exists = cursor.fetchone()
        if not exists or current_user == role:
            return
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        present = {name for (name,) in cursor.fetchall()}
        wanted = privileges()
        groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for table in present:
            groups[wanted.get(table, ("SELECT",))].append(table)
        to = connection.ops.quote_name(role)
        # Large writes gather their rows in temporary tables, which are the session's own.
        database = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"GRANT TEMPORARY ON DATABASE {database} TO {to}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {to}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {to}, PUBLIC")
        for rights, tables in groups.items():
            names = ", ".join(connection.ops.quote_name(name) for name in sorted(tables))
            cursor.execute(f"GRANT {', '.join(rights)} ON {names} TO {to}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {to}")
