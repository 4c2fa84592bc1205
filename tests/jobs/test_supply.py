"""The monthly supply lists: what is in them, made once for each region and month, open to everybody."""

from datetime import date, datetime, time

import pytest
from django.test import Client
from django.utils import timezone

from core.xlsx import read_rows
from jobs import supply, tasks
from jobs.models import Posting, SupplyList
from jobs.structured import job_posting
from people.models import Region
from tests import factories as people
from tests.jobs import factories

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def make(code: str = "210106") -> SupplyList:
    return supply.build_list(region_id=people.region(code).pk, month=TODAY(), on=TODAY())


def test_lists_the_vacancies_of_a_region_with_the_demand():
    factories.posting(title="低压电工", headcount=5)
    factories.posting(
        title="=公式", headcount=None, organisation=None, imported_at=timezone.now(), source_site="某网站"
    )
    factories.posting(title="大连的岗位", region=people.region("210202"))
    factories.posting(title="没有发布", published=False)
    made = make()
    assert (made.postings, made.headcount, made.month.day, made.as_of) == (2, 6, 1, TODAY())
    with made.file.open("rb") as file:
        header, *rows = read_rows(file)
    assert header[:2] == ["岗位名称", "单位名称"]
    assert {row[0]: row[4] for row in rows} == {"低压电工": "5", "=公式": ""}


def test_dates_a_posting_by_the_local_day():
    early = timezone.make_aware(datetime.combine(TODAY(), time(0, 30)))
    row = factories.posting()
    Posting.objects.filter(pk=row.pk).update(posted_at=early)
    row.refresh_from_db()
    with make().file.open("rb") as file:
        header, shown = read_rows(file)
    assert shown[header.index("发布日期")].startswith(f"{TODAY():%Y-%m-%d}")
    assert job_posting(row, url="")["datePosted"] == f"{TODAY():%Y-%m-%d}"


def test_counts_demand_by_occupation_pay_and_source():
    names = supply.Occupations()
    assert names.name("", "诚聘养老护理员（夜班）") == "养老护理员"
    assert names.name("", "外星人") == supply.UNNAMED
    assert [supply.pay_band(*pay) for pay in ((1500, None), (6500, 8000), (None, 15000), (None, None))] == [
        "2,000 元以下",
        "6,000–8,000 元",
        "15,000 元以上",
        "薪资未标明",
    ]
    demand = supply.Demand()
    for key, wanted in (("a", 1), ("b", 5), ("a", 2)):
        demand.add(key, wanted)
    assert list(demand.rows()) == [("b", 1, 5), ("a", 2, 3)]


def test_makes_each_list_once():
    first = make()
    factories.posting()
    assert make() == first
    assert first.pk not in {row.pk for row in SupplyList.objects.exclude(pk=first.pk)}


def test_catches_up_every_region_that_has_none_this_month(monkeypatch):
    asked: list[int] = []
    monkeypatch.setattr(tasks.list_region_supply, "delay", lambda *, region_id, month: asked.append(region_id))
    done = make().region_id
    tasks.list_supply()
    wanted = Region.objects.open().filter(level__in=(Region.Level.CITY, Region.Level.COUNTY))
    assert sorted([*asked, done]) == sorted(wanted.values_list("pk", flat=True))
    tasks.list_region_supply(region_id=asked[0], month=f"{TODAY():%Y-%m-01}")
    assert SupplyList.objects.count() == 2


def test_shows_every_list_to_everybody(client: Client):
    factories.posting()
    for code in ("2101", "210106"):
        make(code)
    page = client.get("/jobs/supply/").content.decode()
    assert ("沈阳市" in page, "铁西区" in page) == (True, True)
    made = SupplyList.objects.get(region__code="2101")
    answer = client.get(f"/jobs/supply/{made.public_id}.xlsx")
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert "filename*=utf-8''" in answer["Content-Disposition"]
    assert client.get("/jobs/supply/?month=1999-01").status_code == 200


def test_groups_counties_under_their_city():
    for code in ("210106", "2101", "2102"):
        make(code)
    found = [(city.region.code, [row.region.code for row in rows]) for city, rows in supply.groups(make().month)]
    assert found == [("2101", ["210106"]), ("2102", [])]


def test_needs_few_queries_for_a_list(django_assert_max_num_queries):
    for number in range(6):
        factories.posting(title=f"岗位{number}")
    with django_assert_max_num_queries(10):
        supply.build_list(region_id=people.region("2101").pk, month=date(2026, 11, 9), on=TODAY())
