"""Half a million registered people for a bench: spread over every community, each community with its own worker."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_WORKERS = """
WITH made AS (
    INSERT INTO people_user (public_id, username, name, password, email, phone, is_superuser, is_active, is_demo,
      must_change_password, session_number, date_joined)
    SELECT uuidv7(), 'bench' || id, '', '!', '', '', false, true, true, false, 0, now()
      FROM people_region WHERE level = 5 AND closed_on IS NULL
    RETURNING id, username)
INSERT INTO people_roleassignment (user_id, role, region_id, valid)
SELECT id, 'community_worker', substr(username, 6)::bigint, daterange('2026-01-01', NULL) FROM made
"""
_PEOPLE = """
WITH place AS (SELECT id, row_number() OVER (ORDER BY path) - 1 AS n
                 FROM people_region WHERE level = 5 AND closed_on IS NULL)
INSERT INTO people_person ({columns}, name, sex, birth_date, id_index, residence_region_id)
SELECT {values}, '演示', '1', '1985-01-01', 'bench' || g, place.id
  FROM generate_series(1, %s) g JOIN place ON place.n = (g * 7919::bigint) %% (SELECT count(*) FROM place)
"""
_REGISTRATIONS = """
INSERT INTO unemployment_registration ({columns}, person_id, region_id, status, worker_id, registered_on,
  submitted_at, pledged_at, receipt_number, cell_id)
SELECT {values}, p.id, p.residence_region_id, 'active', CASE WHEN p.id %% 50 > 0 THEN a.user_id END,
       DATE '2026-11-28' - (p.id %% 400)::int, now(), now(), 'B' || p.id, CASE WHEN p.id %% 3 > 0 THEN c.id END
  FROM people_person p JOIN people_roleassignment a ON a.region_id = p.residence_region_id
  JOIN unemployment_cell c ON c.region_id = p.residence_region_id
"""
_CELLS = """
WITH made AS (
    INSERT INTO unemployment_cell (region_id, code, name)
    SELECT id, '01', '网格' FROM people_region WHERE level = 5 AND closed_on IS NULL
    RETURNING id, region_id)
INSERT INTO unemployment_cellworker (cell_id, worker_id, valid)
SELECT made.id, a.user_id, a.valid FROM made JOIN people_roleassignment a ON a.region_id = made.region_id
"""


@contextmanager
def as_owner() -> Iterator[Any]:
    """Give a cursor of the owner, who may switch triggers off; each statement is a transaction of its own."""
    import psycopg2

    connection = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def rest(table: str, given: str) -> tuple[str, str]:
    """Return the other columns that must have a value, and a plain one for each."""
    from django.db import connection

    plain = {"boolean": "false", "jsonb": "'[]'", "uuid": "uuidv7()", "timestamp with time zone": "now()"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO'"
            " AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER' AND NOT column_name = ANY(%s)",
            [table, given.replace(",", " ").split()],
        )
        found = cursor.fetchall()
    numbers = ("integer", "smallint", "bigint")
    values = ["1" if kind in numbers else plain.get(kind, "'{}'" if kind == "ARRAY" else "''") for _, kind in found]
    for place, (column, _) in enumerate(found):
        if column in ("corrections", "retirement_shift_months"):
            values[place] = "0"
    return ", ".join(column for column, _ in found), ", ".join(values)


def seed(people: int) -> None:
    """Write the people and their registrations; without triggers, since nobody asks for the history of these."""
    tables = (
        *("people_user", "people_roleassignment", "people_person"),
        *("unemployment_cell", "unemployment_cellworker", "unemployment_registration"),
    )
    with as_owner() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(_WORKERS)
        columns, values = rest("people_person", "name sex birth_date id_index residence_region_id")
        cursor.execute(_PEOPLE.format(columns=columns, values=values), [people])
        cursor.execute(_CELLS)
        given = "person_id region_id status worker_id registered_on submitted_at pledged_at receipt_number"
        columns, values = rest("unemployment_registration", given)
        cursor.execute(_REGISTRATIONS.format(columns=columns, values=values), [])
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("ANALYZE")  # as autovacuum has done by the 1st of a month
