"""The same vacancy from several sources: found, grouped, one of them shown, and passed on when that one ends."""

from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from jobs.copies import regroup, settle
from jobs.indexing import index_postings, out_of_step
from jobs.models import Posting, PostingPrint, PostingSearch
from jobs.prints import Said, are_copies, city_of, district_of, employer_core, title_core
from jobs.tokens import piece_set
from jobs.validity import expire_postings
from tests.jobs.factories import posting
from tests.jobs.test_imports import run, write

TEXT = (
    "负责车间低压电路的日常检修和维护，按计划巡检配电柜、照明和电机；处理突发故障并填写检修记录；"
    "配合设备部完成技改项目的接线和调试；遵守安全操作规程，持低压电工作业证上岗，能适应倒班。"
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("沈阳演示机械有限公司", "沈阳演示机械（集团）有限责任公司"),
        ("沈阳演示机械有限公司", "沈阳演示机械有限公司（铁西分公司）"),
        ("演示科技(大连)股份有限公司", "演示科技（大连）股份有限公司"),
    ],
)
def test_knows_an_employer_under_its_other_spellings(one: str, other: str) -> None:
    assert employer_core(one) == employer_core(other)


def test_tells_apart_employers_that_only_begin_alike() -> None:
    assert employer_core("沈阳演示机械有限公司") != employer_core("沈阳演示食品有限公司")


@pytest.mark.parametrize(
    ("one", "other"), [("【急聘】维修电工（双休）", "维修电工"), ("JAVA 开发工程师", "Java开发工程师(五险一金)")]
)
def test_looks_at_the_core_of_a_title(one: str, other: str) -> None:
    assert title_core(one) == title_core(other)


def said(number: int = 1, **fields: object) -> Said:
    values: dict[str, object] = {
        "id": number,
        "source": f"站{number}",
        "employer": "演示机械",
        "city": "2101",
        "county": "",
        "title": "维修电工",
        "length": len(TEXT),
        "pay": (5000, 7000),
        "own": False,
        "canonical": None,
    } | fields
    text = str(values.pop("text", TEXT))
    pieces = {"pieces": frozenset(piece_set(text)), "title_pieces": frozenset(piece_set(str(values["title"])))}
    return Said(**(values | pieces))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({}, True),
        ({"title": "低压维修电工"}, True),
        ({"text": TEXT.replace("能适应倒班", "住宿免费")}, True),
        ({"text": TEXT[:70] + "另外招普工。"}, False),
        ({"title": "钳工"}, False),
        ({"city": "2102"}, False),
        ({"county": "210106"}, True),
        ({"employer": "别的机械"}, False),
        ({"length": 0, "text": ""}, True),
        ({"length": 0, "text": "", "pay": (12000, 15000)}, False),
        ({"source": "站1"}, True),
        ({"source": "站1", "pay": (5000, 8000)}, False),
        ({"pay": (5000, 8000)}, True),
        ({"source": "站1", "text": TEXT.replace("按计划巡检配电柜", "每天巡检变电站的设备")}, False),
        ({"source": "站1", "length": 0, "text": ""}, False),
    ],
)
def test_believes_what_says_the_same_and_nothing_else(other: dict[str, object], same: bool) -> None:
    assert are_copies(said(), said(2, **other)) is same


@pytest.mark.parametrize(
    ("path", "place", "city", "district"),
    [
        ("21/2101/210106/210106001", "沈阳-铁西区", "2101", "210106"),
        ("21/2101", "沈阳", "2101", ""),
        ("", "青岛-崂山区", "青岛", "崂山"),
        ("", "上海市", "上海", ""),
    ],
)
def test_compares_places_inside_and_outside_the_province(path: str, place: str, city: str, district: str) -> None:
    assert (city_of(path, place), district_of(path, place)) == (city, district)


HEADER = ["job_id", "source_site", "title", "company", "location_raw", "salary_text", "description", "url"]


def row(number: int, site: str, **fields: str) -> list[str]:
    values = {
        "title": f"岗位{number}维修工",
        "company": f"沈阳演示{number}机械有限公司",
        "location_raw": "沈阳-铁西区",
        "salary_text": "5-7千/月",
        "description": f"{TEXT}第{number}车间。",
        "url": f"https://{site}.example/{number}",
    } | fields
    return [f"{number}", site, *(values[name] for name in HEADER[2:])]


@pytest.mark.django_db
def test_finds_planted_copies_across_sources(tmp_path: Path) -> None:
    """Of 300 postings, 100 come again from a second source with other spelling, calls, pay words and a changed end."""
    first = [row(number, "a") for number in range(300)]
    again = [
        row(
            number,
            "b",
            title=f"【急聘】岗位{number}维修工（双休）",
            company=f"沈阳演示{number}机械（集团）有限公司",
            location_raw="沈阳市",
            salary_text="5000-7000元/月",
            description=f"岗位职责：\n{TEXT}第{number}车间，欢迎投递。",
        )
        for number in range(100)
    ]
    run(write(tmp_path / "a.csv", *first, header=HEADER), write(tmp_path / "b.csv", *again, header=HEADER))
    copies = Posting.objects.filter(canonical__isnull=False).select_related("canonical")
    right = sum(copy.source_id == copy.canonical.source_id for copy in copies)
    assert (len(copies), right) == (100, 100)
    assert {copy.source_site for copy in copies} == {"b"}
    assert PostingSearch.objects.count() == 300
    assert out_of_step() == []


def _pair() -> tuple[Posting, Posting]:
    shown = {"imported_at": timezone.now(), "employer_name": "沈阳演示机械有限公司", "description": TEXT}
    one = posting(title="维修电工", source_site="甲站", source_id="1", **shown)
    other = posting(title="维修电工", source_site="乙站", source_id="9", source_url="https://b.example/9", **shown)
    assert regroup() == 1
    other.refresh_from_db()
    assert other.canonical == one
    return one, other


@pytest.mark.django_db
def test_shows_one_and_says_where_else_it_stands(client) -> None:
    one, other = _pair()
    assert [row.pk for row in Posting.objects.published(on=timezone.localdate())] == [one.pk]
    page = client.get(reverse("jobs:posting-show", args=[one.public_id]))
    assert "也发布在" in page.text
    assert "https://b.example/9" in page.text
    assert client.get(reverse("jobs:posting-show", args=[other.public_id])).url.endswith(f"{one.public_id}/")
    api = client.get(reverse("jobs:api-posting-detail", args=[other.public_id]))
    assert str(one.public_id) in api.text


@pytest.mark.django_db
def test_lets_a_copy_take_the_place_of_what_ended() -> None:
    one, other = _pair()
    Posting.objects.filter(pk=one.pk).update(valid_until=date(2020, 1, 1))
    expire_postings(on=timezone.localdate())
    other.refresh_from_db()
    assert other.canonical is None
    assert PostingSearch.objects.filter(posting=other).exists()
    assert out_of_step() == []


@pytest.mark.django_db
def test_shows_an_employers_own_posting_before_any_other() -> None:
    one, _ = _pair()
    own = posting(title="维修电工", description=TEXT)
    Posting.objects.filter(pk=own.pk).update(employer_name=one.employer_name)
    regroup()
    one.refresh_from_db()
    assert one.canonical == own
    assert Posting.objects.get(pk=own.pk).canonical is None


@pytest.mark.django_db
def test_parts_what_no_longer_says_the_same() -> None:
    _, other = _pair()
    Posting.objects.filter(pk=other.pk).update(title="会计")
    PostingPrint.objects.filter(posting=other).delete()
    index_postings([other.pk])
    regroup()
    other.refresh_from_db()
    assert other.canonical is None
    assert settle([]) == 0
