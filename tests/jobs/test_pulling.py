"""Fetching postings from another portal: our own API on a live server stands for it."""

from typing import Any

import pytest
from django.utils import timezone

from core import audit, fetching
from jobs import partners, pulling
from jobs.models import PartnerFeed, Posting
from tests import factories as people
from tests.jobs import factories

TODAY = timezone.localdate
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
