from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from redis.exceptions import ConnectionError as NoRedis

from core import audit
from jobs import tasks, view_counts
from jobs.models import Posting, ViewFlush
from people.roles import Role
from tests import factories
from tests.jobs.factories import posting

pytestmark = pytest.mark.django_db


def views(row) -> int:
    return Posting.objects.values_list("view_count", flat=True).get(pk=row.pk)


def test_counts_a_visitor_s_look_without_writing_to_the_database(client):
    row = posting()
    for _ in range(3):
        assert client.get(f"/jobs/{row.public_id}/").status_code == 200
    assert views(row) == 0
    assert view_counts.flush_views() == 3
    assert views(row) == 3
    assert view_counts.flush_views() == 0


def test_counts_neither_the_employer_s_own_looks_nor_the_officers_nor_what_is_not_shown(client, as_staff):
    row, draft = posting(), posting(published=False)
    client.force_login(factories.agent(row.organisation))
    client.get(f"/jobs/{row.public_id}/")
    as_staff(factories.staff(Role.CASEWORKER)).get(f"/jobs/{row.public_id}/")
    client.get(f"/jobs/{draft.public_id}/")
    assert view_counts.flush_views() == 0


def test_writes_all_postings_in_one_statement():
    rows = [posting(title=f"电工 {n}") for n in range(4)]
    for row in rows:
        view_counts.count_view(row.pk)
    with CaptureQueriesContext(connection) as asked:
        view_counts.flush_views()
    assert sum("UPDATE jobs_posting" in each["sql"] for each in asked.captured_queries) == 1
    assert [views(row) for row in rows] == [1, 1, 1, 1]


@pytest.mark.parametrize("where", ["before the transaction", "inside it", "after it"])
def test_loses_nothing_and_counts_nothing_twice_wherever_a_flush_is_killed(where, monkeypatch):
    row = posting()
    view_counts.count_view(row.pk)
    with monkeypatch.context() as killed:
        if where == "before the transaction":
            killed.setattr(view_counts, "_add", lambda *_: 1 / 0)
        elif where == "inside it":
            killed.setattr(view_counts, "_ADD", "SELECT 1 / 0 WHERE %s::bigint[] IS NOT NULL AND %s IS NOT NULL")
        else:
            killed.setattr(view_counts, "_FORGET", "return redis.error_reply('killed')")
        with pytest.raises(Exception):  # noqa: B017, PT011 -- whatever kills it
            view_counts.flush_views()
    view_counts.count_view(row.pk)
    view_counts.flush_views()
    assert views(row) == 2
    view_counts.flush_views()
    assert views(row) == 2


@pytest.mark.django_db(transaction=True)
def test_counts_once_when_two_flush_at_the_same_time():
    row = posting()
    for _ in range(50):
        view_counts.count_view(row.pk)

    def flush(_: int) -> int:
        with audit.context(channel="test"):
            try:
                return view_counts.flush_views()
            finally:
                connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(flush, range(4))) == 50
    assert views(row) == 50


def test_shows_the_page_when_redis_is_gone(client, monkeypatch):
    row = posting()

    def gone():
        raise NoRedis

    monkeypatch.setattr(view_counts, "_client", gone)
    assert client.get(f"/jobs/{row.public_id}/").status_code == 200


@pytest.mark.no_audit_context
def test_is_flushed_by_a_task_and_keeps_no_batch_for_ever(db):
    with audit.context(channel="test"):
        row = posting()
    view_counts.count_view(row.pk)
    tasks.flush_views()
    assert views(row) == 1
    assert ViewFlush.objects.count() == 1


def test_shows_the_employer_how_many_looked_and_applied(client):
    row = posting()
    view_counts.count_view(row.pk)
    view_counts.flush_views()
    client.force_login(factories.agent(row.organisation))
    assert '<td class="num">1</td><td class="num">0</td>' in client.get("/employer/").content.decode()
