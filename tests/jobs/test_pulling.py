"""Fetching postings from another portal: our own API on a live server stands for it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from core import audit, fetching
from jobs import partners, pulling
from jobs.indexing import index_postings
from jobs.models import PartnerFeed, Posting
from tests import factories as people
from tests.jobs import factories
from tests.jobs.mirrors import follow as read_on
from tests.jobs.mirrors import shown

TODAY = timezone.localdate
Ask = Callable[..., Any]
SAID = (
    "title",
    "employer_name",
    "kind",
    "pay_min",
    "pay_max",
    "region_id",
    "education",
    "headcount",
    "suits",
    "welfare",
)


def feed(address: str = "https://jobs.example.org/api/v1/jobs/snapshot/") -> PartnerFeed:
    return PartnerFeed.objects.create(source="邻市门户", address=address, made_by=people.user())


def mirrored() -> dict[str, tuple]:
    rows = Posting.objects.filter(source_site="邻市门户", status="published")
    return {row.source_id: tuple(getattr(row, name) for name in SAID) for row in rows}


def origin() -> dict[str, tuple]:
    rows = Posting.objects.published(on=TODAY()).filter(source_site="")
    return {str(row.public_id): tuple(getattr(row, name) for name in SAID) for row in rows}


@pytest.mark.django_db(transaction=True)
def test_mirrors_a_portal_and_follows_its_changes(horizon, live_server, settings, monkeypatch):
    settings.FEED_PRIVATE_HOSTS = ["localhost", "127.0.0.1"]
    monkeypatch.setattr(pulling, "PAGE", 2)
    rows = [factories.posting(title=f"{name}工", suits=["over_45"]) for name in "车铣刨磨镗"]
    source = feed(f"{live_server.url}/api/v1/jobs/snapshot/")

    def follow() -> PartnerFeed:
        with audit.context(channel="task"):
            pulling.pull(feed_id=source.pk, on=TODAY())
        source.refresh_from_db()
        assert source.problem == ""
        return source

    with audit.context(channel="task"):
        assert pulling.pull(feed_id=source.pk, on=TODAY(), pages=1) == 1
    assert len(mirrored()) == 2  # broken off after a page: the next run goes on there
    assert follow().last_done_at is not None
    assert mirrored() == origin()
    Posting.objects.filter(pk=rows[0].pk).update(status="filled")
    Posting.objects.filter(pk=rows[1].pk).update(title="数控铣工", headcount=7)
    factories.posting(title="钳工")
    follow()
    assert mirrored() == origin()
    Posting.objects.filter(pk=rows[0].pk).update(status="published")
    follow()
    assert (mirrored() == origin(), source.refused) == (True, 0)
    # The other portal has them from us: what it gives back is left out, so two portals may mirror each other.
    assert not Posting.objects.filter(source_site="邻市门户", source_id__in=_ids(source="邻市门户")).exists()
    # A position that the other portal has forgotten begins a new snapshot, and what is listed no more ends.
    PartnerFeed.objects.update(position=f"{live_server.url}/api/v1/jobs/changes/?since=lost")
    Posting.objects.filter(pk=rows[2].pk).delete()
    follow()
    assert mirrored() == origin()


def _ids(*, source: str) -> list[str]:
    return [str(one) for one in Posting.objects.filter(source_site=source).values_list("public_id", flat=True)]


def snapshot(*rows: Any, **more: Any) -> dict[str, Any]:
    changes = "https://jobs.example.org/api/v1/jobs/changes/?since=x"
    return {"next": None, "changes": changes, "results": list(rows)} | more


def row(number: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "title": "电工",
        "employer": "演示机电厂",
        "pay": {"min": None, "max": None, "period": ""},
        "place": {"code": "210106", "label": "沈阳市铁西区"},
        "description": "负责车间低压电路的检修。",
    } | fields


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    given: list[Any] = []
    monkeypatch.setattr(fetching, "fetch_json", lambda address: given.pop(0))
    return given


@pytest.mark.django_db
def test_leaves_out_what_the_other_portal_has_from_us(answers):
    ours = factories.posting()
    answers += [
        snapshot(row("1"), row("2", source={"site": "我们", "id": str(ours.public_id)})),
        {"results": [], "next": "https://jobs.example.org/api/v1/jobs/changes/?since=y", "more": False},
    ]
    pulling.pull(feed_id=feed().pk, on=TODAY())
    assert list(Posting.objects.filter(source_site="邻市门户").values_list("source_id", flat=True)) == ["1"]


@pytest.mark.django_db
def test_takes_what_is_lenient_and_holds_what_is_doubtful(answers):
    answers += [snapshot(row("1"), row("2", description="只招男性。"), row("3", title=""))]
    source = feed()
    pulling.pull(feed_id=source.pk, on=TODAY(), pages=1)
    found = dict(Posting.objects.filter(source_site="邻市门户").values_list("source_id", "status"))
    assert found == {"1": "published", "2": "submitted"}
    source.refresh_from_db()
    assert (source.taken, source.refused) == (2, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ([], "不是岗位快照"),
        (snapshot(next="https://evil.example.org/x"), "不在同一个网站"),
        (snapshot(changes=None), "不在同一个网站"),
        (snapshot(*[1]), "不是岗位快照"),
    ],
)
def test_notes_what_is_wrong_with_an_answer_and_takes_nothing(answers, answer, sentence):
    answers.append(answer)
    source = feed()
    assert pulling.pull(feed_id=source.pk, on=TODAY()) == 0
    source.refresh_from_db()
    assert sentence in source.problem
    assert not Posting.objects.exists()


@pytest.mark.django_db
def test_reads_nothing_of_a_source_that_is_off():
    source = feed()
    pulling.switch(feed_id=source.pk, version=1)
    assert pulling.pull(feed_id=source.pk, on=TODAY()) == 0


@pytest.mark.django_db
def test_ends_with_the_sources_word_what_it_removes(answers):
    partners.take([], source=partners.Source("邻市门户"), on=TODAY())
    answers += [
        snapshot(row("1")),
        {
            "results": [{"id": "1", "change": "removed"}, {"id": "never", "change": "removed"}],
            "next": "https://jobs.example.org/api/v1/jobs/changes/?since=y",
            "more": False,
        },
    ]
    pulling.pull(feed_id=feed().pk, on=TODAY())
    posting = Posting.objects.get()
    assert (posting.status, posting.status_reason) == ("expired", "来源已不再列出这个岗位。")


@pytest.fixture
def other(second_database: str, repository: Path) -> Iterator[Ask]:
    """`other("add", "车工")` has the other portal do something, and returns its answer."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.other_portal"],
        cwd=repository,
        env={**os.environ, "DATABASE_URL": second_database, "DJANGO_SETTINGS_MODULE": "portal.settings.test"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def ask(do: str, *args: str, **values: Any) -> Any:
        print(json.dumps({"do": do, "args": args, "values": values}), file=process.stdin, flush=True)
        return json.loads(process.stdout.readline())

    yield ask
    process.stdin.close()
    assert process.wait(timeout=20) == 0
    process.stdout.close()


@pytest.mark.django_db(transaction=True)
def test_two_portals_keep_mirrors_of_each_other_and_nothing_comes_back(horizon, live_server, settings, other):
    settings.FEED_PRIVATE_HOSTS = ["localhost", "127.0.0.1"]
    theirs = f"{other('serve')}/api/v1/jobs/snapshot/"
    ours = f"{live_server.url}/api/v1/jobs/snapshot/"
    here = [factories.posting(title=f"{name}工", suits=["over_45"]) for name in "车铣刨"]
    there = other("add", "镗工", "磨工")

    def both_read_on() -> None:
        for _ in range(2):  # the second time each sees that the other now has its own: nothing may come back
            assert (read_on(theirs), other("follow", ours)) == ("", "")
        mine, their = shown(), other("shown")
        assert mine["theirs"] == their["own"]
        assert their["theirs"] == json.loads(json.dumps(mine["own"]))

    both_read_on()
    assert (len(shown()["theirs"]), len(other("shown")["theirs"])) == (2, 3)

    Posting.objects.filter(pk=here[0].pk).update(status="filled")
    Posting.objects.filter(pk=here[1].pk).update(title="数控铣工", headcount=7)
    index_postings([here[0].pk, here[1].pk])
    other("change", there[0], status="taken_down")
    other("add", "钳工")
    both_read_on()
    assert [row[1] for row in shown()["theirs"]] == ["磨工", "钳工"]
    assert sorted(row[1] for row in other("shown")["theirs"]) == ["刨工", "数控铣工"]

    other("change", there[0], status="published")
    both_read_on()
    assert "镗工" in [row[1] for row in shown()["theirs"]]
