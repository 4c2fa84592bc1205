"""A list takes as many queries for many rows as for few, no more than was agreed, and the very ones that were reviewed."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import audit
from tests.plugins.cache import forget_cached
from tests.portal import statements
from tests.portal.lists import LISTS, NOT_PAGED
from tests.portal.routes import every_route
from tests.portal.stage import TODAY, Stage

FEW, MANY = 3, 23 if os.environ.get("PORTAL_FULL") else 8
SOUNDS_LIKE_A_LIST = ("list", "queue", "desk", "applicants", "payments", "coverage")


@pytest.fixture
def stage(db: None) -> Iterator[Stage]:
    with time_machine.travel(f"{TODAY}T10:00:00+08:00", tick=True), audit.context(channel="test"):
        yield Stage()


def _queries(stage: Stage, name: str) -> list[str]:
    page = LISTS[name]
    route = next(route for route in every_route() if route.name == name)
    path = reverse(
        name, kwargs={"public_id": stage.thing("the posting", lambda _: None).public_id} if route.parameters else {}
    )
    forget_cached()
    client = stage.client(page.actor)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(f"{path}{page.query}")
    assert response.status_code == 200, f"{path} answers {response.status_code} {getattr(response, 'exc_info', '')}"
    return [query["sql"] for query in queries.captured_queries]


@pytest.mark.parametrize("name", LISTS)
def test_asks_no_more_for_more_rows(stage: Stage, name: str):
    page = LISTS[name]
    for number in range(FEW):
        page.add(stage, number)
    few = _queries(stage, name)
    for number in range(FEW, MANY):
        page.add(stage, number)
    many = _queries(stage, name)
    assert len(many) <= len(few), "more rows, more queries:\n" + _repeated(many)
    assert len(few) <= page.queries, f"{len(few)} queries, agreed were {page.queries}:\n" + "\n".join(
        sql[:160] for sql in few
    )
    asked = statements.asked(many)
    if statements.WRITES:
        statements.write(name, asked, LISTS)
    assert statements.difference(name, asked) == [], f"{name} asks something else than {statements.FOLDER.name}/ says"


def _repeated(queries: list[str]) -> str:
    starts = [sql.split(" WHERE ")[0][:160] for sql in queries]
    return "\n".join(f"{starts.count(sql)} × {sql}" for sql in dict.fromkeys(starts) if starts.count(sql) > 1)


def test_knows_every_page_that_lists():
    names: set[Any] = {route.name for route in every_route() if route.name.split(":")[-1].endswith(SOUNDS_LIKE_A_LIST)}
    assert sorted(names - set(LISTS) - NOT_PAGED - {"unemployment:visiting-list"}) == []


def test_reviewed_no_page_that_is_gone():
    assert sorted(statements.reviewed_routes()) == sorted(LISTS)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (
            """SELECT "a"."id", "a"."name" FROM "a" WHERE ("a"."on" >= '2026-11-23'::date AND "a"."id" IN (3, 4, -5))""",
            """SELECT … FROM "a" WHERE ("a"."on" >= ? AND "a"."id" IN (?))""",
        ),
        (
            """SELECT "a"."id", EXISTS(SELECT 1 AS "a" FROM "b" U0 WHERE U0."x" = 'it''s, FROM' LIMIT 1) AS "y" FROM "a" LIMIT 21""",
            """SELECT …, EXISTS(SELECT ? AS "a" FROM "b" U0 WHERE U0."x" = ? LIMIT 1) AS "y" FROM "a" LIMIT 21""",
        ),
        ("""SELECT COUNT(*) AS "__count" FROM "a2" T4""", """SELECT COUNT(*) AS "__count" FROM "a2" T4"""),
        (
            """SELECT DISTINCT "a"."id", "a"."b" AS "c" FROM "a" WHERE "a"."b" IN (SELECT U0."id", U0."n" FROM "b" U0)""",
            """SELECT DISTINCT … FROM "a" WHERE "a"."b" IN (SELECT … FROM "b" U0)""",
        ),
    ],
)
def test_tells_a_statement_without_its_values(sql: str, said: str):
    assert statements.told(sql) == said
