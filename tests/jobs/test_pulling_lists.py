"""Fetching postings from portals that speak formats of their own: one list, read by its source's saved columns."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from core import fetching
from jobs import pulling
from jobs.models import ImportBatch, ImportMapping, PartnerFeed, Posting
from jobs.pulling_lists import CannotReadList, table_of
from people.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
COLUMNS = "岗位名称 = name\n单位名称 = company.title\n来源编号=id\n工资 = pay\n工作地点 = where\n技能 = x"
FORM = {
    "source": "某市人才网",
    "format": "list",
    "address": "https://jobs.example.org/list.json?all=1",
    "rows_path": "data.list",
    "columns": COLUMNS.replace("\n技能 = x", ""),
    "is_full": "on",
}


def row(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"{number}号车工",
        "company": {"title": "演示机械厂"},
        "where": "沈阳-铁西区",
    } | fields


def answer(*rows: Any) -> bytes:
    return json.dumps({"code": 0, "data": {"list": rows}}, ensure_ascii=False).encode()


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch, tmp_path, settings) -> list[bytes]:
    settings.PRIVATE_ROOT = tmp_path
    given: list[bytes] = []
    monkeypatch.setattr(fetching, "fetch", lambda address, **_: given.pop(0))
    return given


@pytest.fixture
def admin(as_staff) -> Any:
    return as_staff(factories.staff(Role.SYSTEM_ADMIN, at=None))


def add(admin, **changes: str) -> Any:
    return admin.post(reverse("jobs:partner-feed-add"), FORM | changes)


def pull() -> PartnerFeed:
    PartnerFeed.objects.update(last_done_at=timezone.now() - timedelta(hours=2))
    pulling.pull(feed_id=PartnerFeed.objects.get().pk, on=TODAY())
    return PartnerFeed.objects.get()


def test_reads_a_list_of_another_format_by_its_saved_columns(admin, answers) -> None:
    assert add(admin).status_code == 302
    assert ImportMapping.objects.get().columns["company"] == "company.title"
    # The first row lacks a column that others have, and one row has no name.
    answers += [answer(row(1), row(2, pay="5-7千/月"), row(3, name=""), row(4), "乱写")]
    feed = pull()
    found = {p.source_id: p for p in Posting.objects.filter(source_site="某市人才网")}
    assert set(found) == {"1", "2", "4"}
    assert (found["2"].monthly_max, found["2"].employer_name, found["2"].region.code) == (7000, "演示机械厂", "210106")
    assert (feed.taken, feed.refused, feed.problem) == (3, 2, "")
    assert "没有岗位名称（1 行）" in feed.refusals
    assert not ImportBatch.objects.exists()

    # What the next list lacks has ended there; the same again changes nothing.
    answers += [answer(row(1), row(2, pay="6-8千/月")), answer(row(1), row(2, pay="6-8千/月"))]
    feed = pull()
    statuses = dict(Posting.objects.values_list("source_id", "status"))
    assert (statuses, feed.removed) == ({"1": "published", "2": "published", "4": "expired"}, 1)
    before = list(Posting.objects.order_by("pk").values())
    pull()
    assert list(Posting.objects.order_by("pk").values()) == before
    assert pulling.pull(feed_id=feed.pk, on=TODAY()) == 0  # within the hour nobody is asked again
    assert "没有岗位名称" not in admin.get(reverse("jobs:partner-list")).text


def test_reads_a_csv_by_its_usual_names_and_ends_nothing_of_a_part(admin, answers) -> None:
    add(admin, rows_path="", columns="", is_full="")
    answers += [
        "编号,岗位名称,单位名称\n1,车工,演示厂\n2,铣工,演示厂\n".encode("gb18030"),
        b"id,title,company\n1,a,b\n",
    ]
    assert (pull().taken, pull().removed) == (2, 0)
    assert Posting.objects.filter(status="published").count() == 2


def test_changes_how_a_list_is_read_when_it_is_entered_again(admin, answers) -> None:
    add(admin)
    assert add(admin, rows_path="rows").status_code == 302
    feed = PartnerFeed.objects.get()
    assert (feed.rows_path, feed.version) == ("rows", 2)
    assert add(admin, format="portal", address="https://x.example.org/api/v1/jobs/snapshot/").status_code == 422


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"columns": COLUMNS.replace("技能", "技能树")}, "第 6 行没有认出"),
        ({"columns": "岗位名称 = a"}, "还要写明单位名称"),
        ({"columns": "岗位名称 = a\n岗位名称 = b"}, "写了两次"),
        ({"address": "https://user:pw@jobs.example.org/x"}, "不带账号"),
        ({"format": "portal"}, "快照地址"),
    ],
)
def test_says_what_is_wrong_with_a_feed(admin, changes: dict[str, str], sentence: str) -> None:
    page = add(admin, **changes)
    assert (page.status_code, sentence in page.text) == (422, True)
    assert not PartnerFeed.objects.exists()


def test_notes_an_answer_that_holds_no_list_and_one_that_is_cut_off(admin, answers) -> None:
    add(admin)
    answers += [b'{"data": {}}', answer(*map(row, range(5))), answer(row(1)), b"\x89PNG"]
    problems = [pull().problem for _ in range(4)]
    wanted = ("不是岗位列表", "", "多半不是全部岗位", "JSON")
    assert [word in problem for word, problem in zip(wanted, problems, strict=True)] == [True, True, True, False]
    assert problems[3]
    assert Posting.objects.filter(status="published").count() == 5


def test_finds_the_list_and_makes_columns_of_inner_values() -> None:
    found = json.loads(table_of(answer({"a": {"b": {"c": 1}}}, {"d": 2}), rows_path="data.list"))
    assert found == [{"a.b.c": 1, "d": None}, {"d": 2}]
    assert table_of(b"a,b\n1,2\n", rows_path="data") == b"a,b\n1,2\n"
    with pytest.raises(CannotReadList, match=r"data\.rows"):
        table_of(b'{"data": []}', rows_path="data.rows")
