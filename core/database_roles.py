"""Two database roles: the owner changes the schema, the application only its rows.

What the application may do to a table is fixed when the owner creates it (default privileges), so that narrower
rights given afterwards, such as "only SELECT" on history tables, are never widened again by the next upgrade.
"""

from typing import Any

from django.conf import settings
from psycopg2 import sql

APPLICATION_RIGHTS = (
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {app}",
    "GRANT USAGE ON SCHEMA public TO {app}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
)


def application_role() -> str:
    """Return the name of the role that web and worker processes connect as (the user of `DATABASE_URL`)."""
    return settings.APPLICATION_ROLE


def grant_application_rights(cursor: Any, role: str) -> None:
    """Let `role` read and change rows of whatever the owner creates from now on. Run as the owner, before migrating."""
    for statement in APPLICATION_RIGHTS:
        cursor.execute(sql.SQL(statement).format(app=sql.Identifier(role)).as_string(cursor.cursor))
