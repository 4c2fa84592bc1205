"""What a month brings to the registered people of a bench: contacts, services at stations, new jobs, hard cases."""

from datetime import date

from benches.registering.people import as_owner, rest

_FOLLOW_UPS = """
INSERT INTO unemployment_followup ({columns}, registration_id, region_id, month, due_on, status, assignee_id,
  channel, reached, situation, job, training, business, services, done_by_id, done_at)
SELECT {values}, r.id, r.region_id, %(month)s, %(month)s + 24, CASE WHEN done THEN 'done' ELSE 'open' END, worker,
  CASE WHEN done THEN 'phone' ELSE '' END, CASE WHEN done THEN 'self' ELSE '' END,
  CASE WHEN done THEN 'seeking' ELSE '' END, CASE WHEN done THEN 'yes' ELSE '' END,
  CASE WHEN done THEN 'no' ELSE '' END, CASE WHEN done THEN 'no' ELSE '' END,
  CASE WHEN NOT done THEN '[]'::jsonb
       WHEN r.id %% 3 = 0 THEN '[{{"kind": "placement", "declined": ""}}]'
       WHEN r.id %% 10 = 1 THEN '[{{"kind": "training", "declined": ""}}]'
       WHEN r.id %% 20 = 2 THEN '[{{"kind": "business", "declined": ""}}]' ELSE '[]' END,
  CASE WHEN done THEN worker END, CASE WHEN done THEN %(month)s + (r.id %% 25)::int * interval '1 day' END
  FROM unemployment_registration r
  JOIN people_roleassignment a ON a.region_id = r.region_id AND a.role = 'community_worker'
  CROSS JOIN LATERAL (SELECT r.id %% 10 < 8 AS done, a.user_id AS worker) said
 WHERE r.registered_on < (%(month)s + interval '1 month')::date
"""
_ATTEMPTS = """
INSERT INTO unemployment_attempt ({columns}, follow_up_id, at, channel, outcome, by_id)
SELECT {values}, f.id, f.month + (f.id %% 25)::int * interval '1 day', 'phone',
       CASE WHEN n = 1 AND f.status = 'done' THEN 'self' ELSE 'no_answer' END, f.assignee_id
  FROM unemployment_followup f, generate_series(1, 2) n
 WHERE f.month = %(month)s AND (n = 1 OR f.id %% 4 = 0)
"""
_STATIONS = """
INSERT INTO stations_station ({columns}, name, region_id, address, functions, opened_on)
SELECT {values}, '演示站', id, '演示', '{{handling}}', '2020-01-01'
  FROM people_region WHERE level = 5 AND closed_on IS NULL AND id %% 20 = 0
"""
_SERVICES = """
INSERT INTO stations_servicelog ({columns}, station_id, person_id, kind, function, served_on, served_at, served_by_id)
SELECT {values}, s.id, p.id, (ARRAY['registration', 'placement', 'training', 'startup', 'policy'])[1 + p.id %% 5],
       'handling', %(month)s + (p.id %% 28)::int, now(), a.user_id
  FROM stations_station s JOIN people_region g ON g.id = s.region_id
  JOIN people_person p ON p.residence_region_id BETWEEN g.id AND g.id + 9
  JOIN people_roleassignment a ON a.region_id = g.id AND a.role = 'community_worker'
"""
_HARD_CASES = """
INSERT INTO people_groupmembership ({columns}, person_id, "group", valid, source)
SELECT {values}, id, 'hardship', daterange('2026-01-01', NULL), '演示' FROM people_person WHERE id %% 10 = 0
"""
_EMPLOYMENTS = """
INSERT INTO unemployment_employment ({columns}, person_id, kind, work_place, region_id, home_region_id, registration_id,
  started_on, reported_on, channel, number)
SELECT {values}, r.person_id, 'flexible', '演示', r.region_id, r.region_id, r.id, %(month)s + (r.id %% 28)::int,
       %(month)s + (r.id %% 28)::int, 'counter', 'B' || r.id
  FROM unemployment_registration r WHERE r.id %% 20 = 0
"""
_ROWS = (
    ("unemployment_followup", _FOLLOW_UPS),
    ("unemployment_attempt", _ATTEMPTS),
    ("stations_station", _STATIONS),
    ("stations_servicelog", _SERVICES),
    ("people_groupmembership", _HARD_CASES),
    ("unemployment_employment", _EMPLOYMENTS),
)


def seed_month(month: date, *, earlier: date) -> dict[str, int]:
    """Write a month, and the contacts of one before it, which must not count; return the rows of each table."""
    made: dict[str, int] = {}
    with as_owner() as cursor:
        for table, statement in _ROWS:
            given = statement.partition("(")[2].partition(")")[0].replace("{columns},", "").replace('"', "")
            columns, values = rest(table, given)
            wanted = [month, earlier] if table in ("unemployment_followup", "unemployment_attempt") else [month]
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for each in wanted:
                # A table whose every column is given or has a default needs no filler.
                lines = statement.replace("{columns}, ", "").replace("{values}, ", "") if not columns else statement
                cursor.execute(lines.format(columns=columns, values=values), {"month": each})
                made[table] = made.get(table, 0) + cursor.rowcount
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("ANALYZE")
    return made
