"""Two database roles: the owner changes the schema, the application only its rows (see `core.grants`)."""

from typing import Any

from django.conf import settings
from psycopg2 import sql


def application_role() -> str:
    """Return the name of the role that web and worker processes connect as (the user of `DATABASE_URL`)."""
    return settings.APPLICATION_ROLE


def close_schema(cursor: Any, role: str) -> None:
    """Let nobody but the owner make anything in the schema. Run as the owner."""
    statement = sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC, {}").format(sql.Identifier(role))
    cursor.execute(statement.as_string(cursor.cursor))
