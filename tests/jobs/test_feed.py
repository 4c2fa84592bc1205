"""The snapshot and the change feed: together they are what is published, whoever commits late, whatever happens meanwhile."""

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import audit, clock
from jobs import feed
from jobs.models import Posting
from people.models import Organisation
from tests import factories as people
from tests.jobs import factories

TODAY = timezone.localdate
SNAPSHOT, CHANGES = "/api/v1/jobs/snapshot/", "/api/v1/jobs/changes/"


@pytest.fixture
def within(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[Any]:
    """For tests that never commit: `within()` lets the feed see what this transaction has done so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_xid()")
        (own,) = cursor.fetchone()
    monkeypatch.setattr(clock, "horizon", lambda connection: own)
    return lambda: monkeypatch.setattr(clock, "horizon", lambda connection: own + 1)


class Mirror:
    """A city's site that follows the portal over HTTP."""

    def __init__(self, client: Client, *, limit: int) -> None:
        self.client, self.limit = client, limit
        self.rows: dict[str, dict] = {}
        self._page: str | None = f"{SNAPSHOT}?limit={limit}"
        self._changes = ""

    def read(self) -> bool:
        """Take one page; tell whether there is more."""
        page = self.client.get(self._page or self._changes).json()
        if "changes" in page:
            self.rows |= {row["id"]: row for row in page["results"]}
            self._changes = self._changes or f"{page['changes']}&limit={self.limit}"
            self._page = page["next"]
            return True
        for row in page["results"]:
            if row["change"] == "shown":
                self.rows[row["id"]] = row["posting"]
            else:
                assert row["reason"]
                self.rows.pop(row["id"], None)
        self._changes = page["next"]
        return page["more"]

    def catch_up(self) -> None:
        while self.read():
            pass


def published() -> dict[str, str]:
    return {str(row.public_id): row.title for row in Posting.objects.published(on=TODAY())}


def test_walks_the_snapshot_and_tells_where_changes_begin(within, client: Client):
    wanted = {str(factories.posting(title=f"岗位{n}").public_id) for n in range(5)}
    factories.posting(published=False)
    mirror = Mirror(client, limit=2)
    for _ in range(3):
        mirror.read()
    assert mirror.rows.keys() == wanted
    assert mirror._page is None


def test_tells_why_a_posting_is_not_shown_any_more(within, client: Client):
    rows = {status: factories.posting(title=status) for status in ("filled", "taken_down", "paused")}
    rows["suspended"] = factories.posting(title="suspended")
    rows["merged"] = factories.posting(title="merged", organisation=None, imported_at=timezone.now())
    shown, draft = factories.posting(title="shown"), factories.posting(published=False)
    start = client.get(SNAPSHOT).json()["changes"]
    for status in ("filled", "taken_down", "paused"):
        Posting.objects.filter(pk=rows[status].pk).update(status=status, status_reason="内部意见")
    Organisation.objects.filter(pk=rows["suspended"].organisation_id).update(status="suspended")
    Posting.objects.filter(pk=rows["merged"].pk).update(canonical=shown)
    deleted = str(factories.posting(title="deleted").public_id)
    Posting.objects.filter(public_id=deleted).delete()
    within()
    answer = client.get(start)
    told = {row["id"]: row for row in answer.json()["results"]}
    assert {name: told[str(row.public_id)]["reason"] for name, row in rows.items()} == {name: name for name in rows}
    assert told[str(rows["merged"].public_id)]["shown_as"] == str(shown.public_id)
    assert told[deleted]["reason"] == "deleted"
    assert told[str(shown.public_id)]["posting"]["title"] == "shown"
    assert str(draft.public_id) not in told
    assert "内部意见" not in answer.content.decode()


def test_keeps_a_mirror_of_one_region_and_tells_what_left_it(within, client: Client, django_assert_max_num_queries):
    here = {name: factories.posting(title=name) for name in ("stays", "moves", "ends", "leaves and ends")}
    there = {name: factories.posting(title=name, region=people.region("210202")) for name in ("comes", "other")}
    mirror = Mirror(client, limit=2)
    mirror._page = f"{SNAPSHOT}?limit=2&region=2101"
    for _ in range(2):
        mirror.read()
    assert {row["title"] for row in mirror.rows.values()} == set(here)

    Posting.objects.filter(pk__in=[here["moves"].pk, here["leaves and ends"].pk]).update(region=people.region("210202"))
    Posting.objects.filter(pk__in=[here["ends"].pk, here["leaves and ends"].pk]).update(status="filled")
    Posting.objects.filter(pk=there["comes"].pk).update(region=people.region("210102"))
    Posting.objects.filter(pk=there["other"].pk).update(title="changed elsewhere")
    deleted = factories.posting(region=people.region("210202"))
    Posting.objects.filter(pk=deleted.pk).delete()
    within()
    told: dict[str, str] = {}
    following = mirror._changes
    while following:
        with django_assert_max_num_queries(6):
            page = client.get(following).json()
        told |= {row["id"]: row["reason"] for row in page["results"]}
        following = page["next"] if page["more"] else ""
    wanted = {"stays": None, "moves": "moved", "ends": "filled", "leaves and ends": "filled"}
    assert {name: told[str(row.public_id)] for name, row in here.items()} == wanted
    assert told[str(there["comes"].public_id)] is None
    assert not {str(there["other"].public_id), str(deleted.public_id)} & told.keys()
    mirror.catch_up()
    assert {row["title"] for row in mirror.rows.values()} == {"stays", "comes"}


def test_needs_four_queries_however_many_changes(within, client: Client, django_assert_max_num_queries):
    start = client.get(SNAPSHOT).json()["changes"]
    for number in range(8):
        factories.posting(title=f"岗位{number}")
    within()
    with django_assert_max_num_queries(4):
        assert len(client.get(start).json()["results"]) == 8
    with django_assert_max_num_queries(3):
        client.get(SNAPSHOT)


def test_answers_304_while_nothing_changes(within, client: Client):
    start = client.get(SNAPSHOT).json()["changes"]
    within()
    following = client.get(start).json()["next"]
    first = client.get(following)
    again = client.get(following, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (CHANGES, "请从快照重新开始"),
        (f"{CHANGES}?since=x", "请从快照重新开始"),
        (f"{SNAPSHOT}?cursor=x", "请从快照重新开始"),
        (f"{SNAPSHOT}?limit=501", "1 到 500"),
        (f"{SNAPSHOT}?since=1", "不认识的参数"),
        (f"{SNAPSHOT}?region=99x", "没有代码为“99x”的地区"),
    ],
)
def test_refuses_a_position_it_did_not_give(db, client: Client, address: str, sentence: str):
    answer = client.get(address)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


def test_takes_no_snapshot_position_for_one_of_the_changes(within, client: Client):
    for number in range(2):
        factories.posting(title=f"岗位{number}")
    following = client.get(f"{SNAPSHOT}?limit=1").json()["next"].split("cursor=")[1].split("&")[0]
    assert client.get(f"{CHANGES}?since={following}").status_code == 400


def _other_connection() -> "psycopg2.extensions.connection":
    return psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})


def _retitle(session: "psycopg2.extensions.connection", posting: Posting, title: str) -> None:
    with session.cursor() as cursor:
        cursor.execute("SELECT set_config('audit.context', '{\"channel\": \"test\"}', true)")
        cursor.execute("UPDATE jobs_posting SET title = %s WHERE id = %s", [title, posting.pk])


@pytest.mark.django_db(transaction=True)
def test_loses_no_change_of_a_transaction_that_commits_late(horizon, client: Client):
    early, late = factories.posting(title="一"), factories.posting(title="二")
    mirror = Mirror(client, limit=1)
    mirror.catch_up()
    slow, quick = _other_connection(), _other_connection()
    try:
        _retitle(slow, late, "二改")  # takes the lower number, commits last
        _retitle(quick, early, "一改")
        quick.commit()
        mirror.catch_up()
        slow.commit()
        mirror.catch_up()
    finally:
        slow.close()
        quick.close()
    assert {id: row["title"] for id, row in mirror.rows.items()} == published()
    assert sorted(published().values()) == ["一改", "二改"]


STATUSES = [status for status in Posting.Status if status != Posting.Status.DRAFT]
MOVES = st.one_of(
    st.tuples(st.just("status"), st.integers(0, 3), st.sampled_from(STATUSES)),
    st.tuples(st.just("title"), st.integers(0, 3), st.sampled_from(["焊工", "钳工"])),
    st.tuples(st.just("employer"), st.integers(0, 1), st.sampled_from(["suspended", "verified"])),
    st.tuples(st.just("merge"), st.integers(0, 3), st.booleans()),
    st.tuples(st.just("new"), st.integers(0, 1), st.none()),
    st.tuples(st.just("delete"), st.integers(0, 3), st.none()),
    st.tuples(st.just("read"), st.none(), st.none()),
)


def _move(kind: str, which: int | None, value: Any, employers: list[Organisation]) -> None:
    rows = Posting.objects.order_by("-pk")
    chosen = rows[which : which + 1].first() if which is not None else None
    if kind == "employer":
        Organisation.objects.filter(pk=employers[which or 0].pk).update(status=value)
    elif kind == "new":
        factories.posting(organisation=employers[which or 0], title="新岗位")
    elif chosen is None:
        return
    elif kind == "delete":
        Posting.objects.filter(canonical=chosen).update(canonical=None)
        Posting.objects.filter(pk=chosen.pk).delete()
    elif kind == "merge":
        other = rows.exclude(pk=chosen.pk).first() if value else None
        Posting.objects.filter(pk=chosen.pk).update(canonical=other)
    else:
        timed = {"publish_at": timezone.now()} if value == Posting.Status.SCHEDULED else {}
        Posting.objects.filter(pk=chosen.pk).update(**{kind: value}, **timed)


@pytest.mark.django_db(transaction=True)
def test_mirrors_what_is_published_whatever_happens_meanwhile(horizon, client: Client):
    employers = [people.organisation(), people.organisation()]
    for number in range(4):
        factories.posting(organisation=employers[number % 2], title=f"岗位{number}")

    @settings(max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(moves=st.lists(MOVES, max_size=14), limit=st.integers(1, 4))
    def follow(moves: list[tuple], limit: int) -> None:
        mirror = Mirror(client, limit=limit)
        for kind, which, value in moves:
            if kind == "read":
                mirror.read()
            else:
                with audit.context(channel="test"):
                    _move(kind, which, value, employers)
        mirror.catch_up()
        assert {id: row["title"] for id, row in mirror.rows.items()} == published()

    follow()


def test_says_in_the_page_it_is_read_from_what_the_feed_gives(within, client: Client):
    posting = factories.posting(address="演示路 1 号", occupation="6-31-01-03")
    (row,) = client.get(SNAPSHOT).json()["results"]
    assert row["page"] == f"http://testserver/jobs/{posting.public_id}/"
    assert row["occupation"] == "6-31-01-03"
    assert feed.REASONS.keys() >= {str(status) for status in Posting.ENDED}
