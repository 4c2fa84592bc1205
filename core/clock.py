"""The transaction clock: numbers that let a reader follow a table without missing a late commit.

Row numbers cannot do that: a transaction that took number 5 may commit after number 6 was read. Rows therefore carry
the number of their transaction, and a reader takes what lies below the horizon: every transaction there has ended.
A restore into a new cluster starts PostgreSQL's counter again; the base added here keeps the numbers growing.
"""

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

_FUNCTIONS = """
    CREATE OR REPLACE FUNCTION audit_xid() RETURNS bigint
        LANGUAGE sql STABLE PARALLEL SAFE
        AS $$ SELECT pg_current_xact_id()::text::bigint + {base} $$;
    CREATE OR REPLACE FUNCTION audit_horizon() RETURNS bigint
        LANGUAGE sql STABLE PARALLEL SAFE
        AS $$ SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + {base} $$;
"""


def install(using: str = "default") -> None:
    """Create the two functions where they are missing, and set them right after a restore. Runs as the owner."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regproc('audit_xid') IS NULL")
        if cursor.fetchone()[0]:
            cursor.execute(_FUNCTIONS.format(base=0))
        else:
            set_right(cursor)


def set_right(cursor: CursorWrapper) -> None:
    """Let the numbers go on after the highest one in the database, if they fell behind the last seal."""
    if _went_back(cursor):
        highest = _highest_number(cursor)
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        cursor.execute(_FUNCTIONS.format(base=highest + 1 - cursor.fetchone()[0]))


def horizon(connection: BaseDatabaseWrapper) -> int:
    """Return the number below which every transaction has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_horizon()")
        return cursor.fetchone()[0]


def _went_back(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT to_regclass('core_seal') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return False
    cursor.execute("SELECT coalesce(max(to_xid), 0) > audit_horizon() FROM core_seal")
    return cursor.fetchone()[0]


def _highest_number(cursor: CursorWrapper) -> int:
    """Return the highest transaction number that any row carries (rows after the last seal count as well)."""
    cursor.execute(
        "SELECT format('SELECT coalesce(max(%I), 0) FROM %I.%I', column_name, table_schema, table_name)"
        " FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'bigint'"
        " AND column_name IN ('xid', 'pgh_xid', 'to_xid')"
    )
    highest = 0
    for (query,) in cursor.fetchall():
        cursor.execute(query)
        highest = max(highest, cursor.fetchone()[0])
    return highest
