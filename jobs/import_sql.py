"""The statements of an import: a chunk of rows is copied to a temporary table and merged into the postings."""

from jobs.import_rows import COLUMNS

LOCK = 0x6A6F6273
"""Advisory lock: one import at a time, so that a row is looked for and added without a race."""

_NULLABLE = frozenset({"headcount", "pay_min", "pay_max", "monthly_min", "monthly_max", "region_id", "experience_max"})
_NULLABLE |= {"valid_until", "probation_months", "probation_pay", "lng", "lat"}
_TYPES = {
    "headcount": "integer",
    "pay_min": "numeric(12,2)",
    "pay_max": "numeric(12,2)",
    "pay_months": "smallint",
    "monthly_min": "integer",
    "monthly_max": "integer",
    "region_id": "bigint",
    "education_rank": "smallint",
    "experience_min": "smallint",
    "experience_max": "smallint",
    "welfare": "varchar[]",
    "suits": "varchar[]",
    "posted_at": "timestamptz",
    "findings": "jsonb",
    "valid_until": "date",
    "probation_months": "smallint",
    "probation_pay": "numeric(12,2)",
    "skills": "varchar[]",
    "lng": "numeric(9,6)",
    "lat": "numeric(9,6)",
}
COPIED = (*COLUMNS, "status", "findings")
"""What a line of the copy holds: what the source says, and what the checker decided."""

SEE = "CREATE TEMPORARY TABLE IF NOT EXISTS import_seen (source_site text, source_id text)"
FORGET = "DROP TABLE IF EXISTS import_seen"
SEEN = "INSERT INTO import_seen SELECT source_site, source_id FROM posting_import"

CREATE = (
    "CREATE TEMPORARY TABLE posting_import ("
    + ", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in COPIED)
    + ") ON COMMIT DROP"
)
_TEXTS = ", ".join(name for name in COPIED if name not in _NULLABLE)
COPY = f"COPY posting_import ({', '.join(COPIED)}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({_TEXTS}))"
# What only shows at the end of the transaction must show here, where the row at fault can still be told.
DONE = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED; DROP TABLE posting_import"
_MATCH = "p.source_site = s.source_site AND p.source_id = s.source_id AND p.source_id <> ''"
_SAID = [name for name in COLUMNS if name not in ("source_site", "source_id", "valid_until")]
_DIFFERS = (
    f"(({', '.join(f'p.{name}' for name in _SAID)}) IS DISTINCT FROM ({', '.join(f's.{name}' for name in _SAID)}))"
)
KNOWN = f"""
    SELECT p.source_site, p.source_id, p.status = ANY(%(open)s) FROM posting_import s JOIN jobs_posting p ON {_MATCH}
"""  # noqa: S608
# A new text is decided anew. Where nothing changed, what an officer let pass stays: only what expired by itself is
# judged again. `canonical_id` is left to the grouping.
_STATUS = f"""CASE WHEN {_DIFFERS} THEN s.status
                   WHEN p.status = 'expired' THEN CASE WHEN p.decided_by_id IS NULL THEN s.status ELSE 'published' END
                   ELSE p.status END"""
UPDATE = f"""
    WITH next AS (
        SELECT p.id, {_STATUS} AS status, {_DIFFERS} AS differs
          FROM posting_import s JOIN jobs_posting p ON {_MATCH}
         WHERE p.status = ANY(%(open)s) AND ({_DIFFERS} OR p.status = 'expired'
            OR CASE WHEN s.valid_until IS NULL THEN p.valid_until < %(half_way)s ELSE p.valid_until <> s.valid_until END))
    UPDATE jobs_posting p
       SET {", ".join(f"{name} = s.{name}" for name in _SAID)},
           findings = s.findings, status = next.status, status_reason = '',
           decided_by_id = CASE WHEN next.differs THEN NULL ELSE p.decided_by_id END,
           submitted_at = CASE WHEN next.status <> 'submitted' THEN p.submitted_at
                               WHEN p.status = 'submitted' THEN p.submitted_at ELSE %(now)s END,
           imported_at = %(now)s, valid_until = coalesce(s.valid_until, %(until)s), version = p.version + 1
      FROM next, posting_import s
     WHERE p.id = next.id AND {_MATCH}
 RETURNING p.id, p.source_site, p.source_id, p.status
"""  # noqa: S608
_CONSTANTS = {
    "status": "s.status",
    "findings": "s.findings",
    "shown_at": "CASE WHEN s.status = 'published' THEN %(now)s::timestamptz END",
    "submitted_at": "CASE WHEN s.status = 'submitted' THEN %(now)s::timestamptz END",
    "status_reason": "''",
    "view_count": "0",
    "is_demo": "false",
    "imported_at": "%(now)s",
    "created_at": "%(now)s",
}
_GIVEN = {"valid_until": "coalesce(s.valid_until, %(until)s)"}
# In the order of the file, whatever the plan: of postings that say the same, the first is shown.
INSERT = f"""
    INSERT INTO jobs_posting ({", ".join([*COLUMNS, *_CONSTANTS])})
    SELECT {", ".join(_GIVEN.get(name, f"s.{name}") for name in COLUMNS)}, {", ".join(_CONSTANTS.values())}
      FROM posting_import s
     WHERE NOT EXISTS (SELECT 1 FROM jobs_posting p WHERE {_MATCH})
     ORDER BY s.ctid
 RETURNING id, source_site, source_id, status
"""  # noqa: S608
# Of the sources that were seen: what they listed before and list no more.
MISSED = """
      FROM jobs_posting p
     WHERE p.source_site IN (SELECT DISTINCT source_site FROM import_seen) AND p.source_id <> ''
       AND p.imported_at IS NOT NULL AND p.status = ANY(%(open)s)
"""
COUNT_GONE = f"""
    SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (
        SELECT 1 FROM import_seen s WHERE s.source_site = p.source_site AND s.source_id = p.source_id)) {MISSED}
"""  # noqa: S608
END_GONE = f"""
    UPDATE jobs_posting SET status = 'expired', status_reason = %(reason)s, version = version + 1
     WHERE id IN (SELECT p.id {MISSED} AND NOT EXISTS (
        SELECT 1 FROM import_seen s WHERE s.source_site = p.source_site AND s.source_id = p.source_id))
 RETURNING id
"""  # noqa: S608
