"""The transaction clock: numbers that let a reader follow a table without missing a late commit.

Row numbers cannot do that: a transaction that took number 5 may commit after number 6 was read. Rows therefore carry
the number of their transaction, and a reader takes what lies below the horizon: every transaction there has ended.
A restore into a new cluster starts PostgreSQL's counter again; the base added here keeps the numbers growing.
"""

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

_FUNCTIONS = """
    CREATE OR REPLACE FUNCTION audit_xid() RETURNS bigint
        LANGUAGE sql STABLE PARALLEL SAFE
        AS $$ SELECT pg_current_xact_id()::text::bigint + {base} $$;
    CREATE OR REPLACE FUNCTION audit_horizon() RETURNS bigint
        LANGUAGE sql STABLE PARALLEL SAFE
        AS $$ SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + {base} $$;
"""


def install(using: str = "default") -> None:
    """Create the two functions where they are missing; keep the base where they are not."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regproc('audit_xid') IS NULL")
        if cursor.fetchone()[0]:
            cursor.execute(_FUNCTIONS.format(base=0))


def horizon(connection: BaseDatabaseWrapper) -> int:
    """Return the number below which every transaction has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_horizon()")
        return cursor.fetchone()[0]
