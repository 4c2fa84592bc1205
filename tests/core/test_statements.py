import pytest

from core.statements import may_write_rows, only_reads

READS = [
    "SELECT 1",
    "  (SELECT 1) UNION (SELECT 2)",
    "-- why\n/* and\nhow */ select 'insert into x'",
    "WITH m AS MATERIALIZED (SELECT 1) SELECT * FROM m FOR UPDATE",
    "SET LOCAL enable_seqscan = off",
    'SAVEPOINT "s1"',
    "EXPLAIN SELECT 1",
]
WRITES = [
    "INSERT INTO x VALUES (1)",
    "\n update x set a = 1",
    "/* hint */ DELETE FROM x",
    "WITH gone AS (DELETE FROM x RETURNING *) SELECT * FROM gone",
    "with u as (update only x as y set a = 1 returning 1) select 1",
    "WITH u AS (UPDATE x SET a = 1) SELECT 1",
    "MERGE INTO x USING y ON true WHEN MATCHED THEN DELETE",
    "TRUNCATE x",
    "CREATE TABLE x ()",
    "CALL f()",
    "DO $$ BEGIN END $$",
    "REFRESH MATERIALIZED VIEW x",
]


@pytest.mark.parametrize("sql", READS)
def test_lets_a_reading_statement_pass(sql):
    assert only_reads(sql)


@pytest.mark.parametrize("sql", WRITES)
def test_sees_a_writing_statement(sql):
    assert not only_reads(sql)


@pytest.mark.parametrize("sql", [s for s in WRITES if not s.startswith(("TRUNCATE", "CREATE", "REFRESH"))])
def test_gives_the_context_to_whatever_writes_rows(sql):
    assert may_write_rows(sql)


def test_leaves_plain_queries_alone():
    assert not may_write_rows("SELECT 1")
