from datetime import timedelta

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs.finding import Criteria, find, similar
from jobs.hits import Point
from jobs.indexing import index_postings, out_of_step
from jobs.models import Posting, PostingSearch
from jobs.search_words import count_words, forget
from people.models import Organisation
from tests import factories
from tests.jobs.factories import posting

pytestmark = pytest.mark.django_db


def titles(**criteria) -> list[str]:
    return [p.title for p in find(Criteria(**criteria), on=timezone.localdate()).postings]


def test_finds_a_word_inside_a_chinese_title_and_puts_title_hits_first():
    posting(title="仓库管理员", description="要懂一点焊工活。")
    posting(title="高级焊工技师")
    posting(title="会计")
    assert titles(text="焊工") == ["高级焊工技师", "仓库管理员"]


def test_finds_by_one_character():
    posting(title="焊工")
    assert titles(text="焊") == ["焊工"]


def test_narrows_by_region_pay_education_and_kind():
    posting(title="甲", pay_min=3000, pay_max=3500, education="31")
    posting(title="乙", region=factories.region("210202"))
    posting(title="丙", kind="part_time", education="61")
    assert titles(region=factories.region("2102")) == ["乙"]
    assert set(titles(pay=4000)) == {"乙", "丙"}
    assert set(titles(kinds=("part_time",))) == {"丙"}
    assert "甲" not in titles(education=2)


def test_counts_by_next_lower_region_and_kind():
    posting(title="甲")
    posting(title="乙", region=factories.region("210202"))
    found = find(Criteria(), on=timezone.localdate())
    assert found.total == 2
    assert dict(found.facets["areas"]) == {"2101": 1, "2102": 1}
    below = find(Criteria(region=factories.region("2101")), on=timezone.localdate())
    assert dict(below.facets["areas"]) == {"210106": 1}


def test_says_what_loosening_a_filter_would_bring():
    posting(title="电工", pay_min=3000, pay_max=3000)
    posting(title="电工", region=factories.region("210202"), pay_min=9000, pay_max=9500)
    asked = Criteria(text="电工", pay=9000, region=factories.region("2101"))
    found = find(asked, on=timezone.localdate())
    assert found.total == 0
    assert found.loosened == [("region", 1), ("pay", 1)]


def test_counts_each_filter_without_itself():
    posting(title="甲", suits=["over_45"])
    posting(title="乙", kind="part_time", pay_min=3000, pay_max=3500, education="31")
    found = find(Criteria(kinds=("part_time",)), on=timezone.localdate())
    assert found.total == 1
    assert dict(found.facets["kinds"]) == {"full_time": 1, "part_time": 1}
    assert found.facets["pay"] == [(2000, 1), (3000, 1)]
    assert dict(found.facets["education"]) == {4: 1, 5: 1, 6: 1, 7: 1}
    assert found.facets["suits"] == []


def test_keeps_the_counts_of_the_whole_list_until_a_posting_changes(django_assert_num_queries):
    first = posting(title="甲")
    find(Criteria(), on=timezone.localdate())
    with django_assert_num_queries(2):
        assert find(Criteria(), on=timezone.localdate()).total == 1
    Posting.objects.filter(pk=first.pk).update(status=Posting.Status.PAUSED)
    with TestCase.captureOnCommitCallbacks(execute=True):
        index_postings([first.pk])
    assert find(Criteria(), on=timezone.localdate()).total == 0


def test_leaves_out_what_has_expired_and_the_postings_of_a_suspended_employer():
    posting(title="到期", valid_until=timezone.localdate() - timedelta(days=1))
    hidden = posting(title="暂停单位")
    Organisation.objects.filter(pk=hidden.organisation_id).update(status="suspended")
    assert titles() == []


def test_offers_postings_of_like_titles_those_of_the_city_first():
    ended = posting(title="低压电工")
    shares_a_word = posting(title="高压电工")
    far = posting(title="低压电工", region=factories.region("210202"))
    near = posting(title="急招低压电工", region=factories.region("210102"))
    posting(title="高压电工", region=factories.region("210202"))
    assert similar(ended, on=timezone.localdate()) == [near, far, shares_a_word]


def test_names_the_postings_whose_search_row_is_out_of_step():
    kept, changed, missing = posting(title="甲"), posting(title="乙"), posting(title="丙")
    Posting.objects.filter(pk=changed.pk).update(title="丁")
    PostingSearch.objects.filter(pk=missing.pk).delete()
    assert out_of_step() == sorted([changed.pk, missing.pk])
    assert kept.pk not in out_of_step()


def test_pages_without_repeating_or_losing_a_row():
    made = {posting(title=f"电工{n}").pk for n in range(7)}
    seen, cursor = [], None
    while True:
        found = find(Criteria(text="电工"), on=timezone.localdate(), cursor=cursor, size=3)
        seen += [p.pk for p in found.postings]
        cursor = found.page.next
        if cursor is None:
            break
    assert len(seen) == 7
    assert set(seen) == made


@pytest.mark.parametrize(
    ("query", "queries"),
    [
        ("", 3),
        ("q=电工", 4),
        ("q=电工&region=2101&area=210106&pay=3000&edu=31&kind=full_time&sort=new", 4),
        ("q=高压维修电工", 6),
        ("q=高压水枪电工", 6),
        ("q=高压水枪电工&pay=8000", 6),
        ("q=高压水枪电工&pay=8000&region=2102", 6),
    ],
)
def test_answers_a_results_page_with_few_queries(client, django_assert_num_queries, query, queries):
    for n in range(25):
        posting(title=f"电工{n}")
    count_words()
    forget()
    client.get("/jobs/?region=2102&q=某种电工")  # the names of places and how common words are is kept in memory
    with django_assert_num_queries(queries, exact=False):
        page = client.get(f"/jobs/?{query}")
    assert page.status_code == 200
    assert "找到" in page.text


def test_reads_all_hits_of_words_by_one_statement_on_the_search_table_alone():
    posting()
    with CaptureQueriesContext(connection) as queries:
        find(Criteria(text="电工"), on=timezone.localdate())
    assert "enable_seqscan" in queries[0]["sql"]
    asked = [query["sql"] for query in queries if "s.words @@" in query["sql"]]
    assert len(asked) == 1
    assert "JOIN" not in asked[0].partition(" WHERE ")[0]


def test_orders_hits_by_pay_and_turns_pages_both_ways():
    made = [posting(title=f"电工{pay}", pay_min=pay, pay_max=pay).pk for pay in (3000, 9000, 5000, 7000)]
    criteria, day = Criteria(text="电工", order="pay"), timezone.localdate()
    first = find(criteria, on=day, size=3)
    assert [p.pk for p in first.postings] == [made[1], made[3], made[2]]
    second = find(criteria, on=day, cursor=first.page.next, size=3)
    assert [p.pk for p in second.postings] == [made[0]]
    assert [p.pk for p in find(criteria, on=day, cursor=second.page.previous, size=3).postings] == [
        p.pk for p in first.postings
    ]


@pytest.mark.parametrize(
    "query",
    ["region=999&pay=abc&edu=%27&kind=x&suits=y&sort=z&cursor=broken&area=1", "q=%00%27%5C%3A*", "q=" + "长" * 500],
)
def test_leaves_out_what_makes_no_sense(client, query):
    posting()
    assert client.get(f"/jobs/?{query}").status_code == 200


def test_finds_within_a_radius_and_sorts_by_distance():
    here = Point(lng=123.4, lat=41.8)
    posting(title="近", lng="123.41", lat="41.80")
    posting(title="远", lng="123.60", lat="41.80")
    posting(title="中", lng="123.40", lat="41.85")
    assert titles(point=here, order="near")[:3] == ["近", "中", "远"]
    assert titles(point=here, within=10, order="near") == ["近", "中"]
    found = find(Criteria(point=here, within=2, pay=4000), on=timezone.localdate())
    assert [p.title for p in found.postings] == ["近"]
    assert found.total == 1


def test_shows_what_holds_most_of_the_words_when_nothing_holds_all():
    posting(title="低压维修电工")
    posting(title="会计", description="记账。")
    found = find(Criteria(text="高压维修电工"), on=timezone.localdate())
    assert found.total == 0
    assert [p.title for p in found.near] == ["低压维修电工"]


def test_lists_what_says_most_of_the_words_in_its_title_before_what_says_all_of_them_in_passing():
    passing = posting(title="杂工", description="扫地搬货，有时帮忙渔网编织修补。" + "打扫车间，整理仓库。" * 30)
    fitting = posting(title="渔网修补", description="修补渔网，编织渔网。")
    found = find(Criteria(text="渔网编织修补"), on=timezone.localdate())
    assert [p.pk for p in found.listed] == [fitting.pk, passing.pk]
    assert (found.total, [p.pk for p in found.near]) == (1, [fitting.pk])


def test_marks_what_says_only_a_part_of_the_words(client):
    posting(title="高压维修电工")
    posting(title="低压维修电工")
    page = client.get("/jobs/?q=高压维修电工").text
    assert "另有" in page
    assert page.count(">符合一部分词<") == 1
    assert page.index("高压维修电工</a>") < page.index("低压维修电工</a>")


def test_ranks_the_title_first_and_repeated_words_above_passing_ones():
    posting(title="行政", description="偶尔配合数据分析工作。" + "打印文件，安排会议。" * 20)
    posting(title="研究员", description="数据分析，数据分析报告，数据分析模型。")
    posting(title="数据分析员", description="做表。")
    assert titles(text="数据分析") == ["数据分析员", "研究员", "行政"]


def test_puts_the_name_that_was_typed_before_other_names_of_the_thing_and_then_the_newest_first():
    posting(title="电焊工甲")
    posting(title="电焊工乙")
    posting(title="氩弧焊工")
    assert titles(text="电焊工") == ["电焊工乙", "电焊工甲", "氩弧焊工"]


def test_lists_the_newest_first_when_the_best_all_have_the_words_in_their_title(monkeypatch):
    monkeypatch.setattr("jobs.nearness.BEST", 3)
    made = [posting(title=f"数据分析员{n}").title for n in range(4)]
    posting(title="研究员", description="数据分析，数据分析报告。")
    assert titles(text="数据分析") == [*reversed(made), "研究员"]
    with TestCase.captureOnCommitCallbacks(), CaptureQueriesContext(connection) as asked:
        find(Criteria(text="数据分析"), on=timezone.localdate())
    assert not any("p.description" in query["sql"] for query in asked.captured_queries), "texts were read for nothing"


def test_finds_by_another_name_and_by_a_place_that_the_posting_does_not_say():
    posting(title="焊接工", description="干活。")
    assert titles(text="电焊工") == ["焊接工"]
    assert titles(text="沈阳电焊工") == ["焊接工"]
    assert titles(text="大连电焊工") == []


def test_turns_pages_forwards_and_back_through_ranked_and_dated_parts(monkeypatch):
    monkeypatch.setattr("jobs.nearness.BEST", 5)
    made = {posting(title=f"维修电工{n}").pk for n in range(6)} | {
        posting(title="杂工", description=f"帮维修电工干活{n}。").pk for n in range(5)
    }
    criteria, day = Criteria(text="维修电工"), timezone.localdate()
    pages, cursor = [], None
    while True:
        found = find(criteria, on=day, cursor=cursor, size=3)
        pages.append([p.pk for p in found.postings])
        cursor = found.page.next
        if cursor is None:
            break
    assert sorted(pk for page in pages for pk in page) == sorted(made)
    back = [pages[-1]]
    cursor = found.page.previous
    while cursor:
        found = find(criteria, on=day, cursor=cursor, size=3)
        back.insert(0, [p.pk for p in found.postings])
        cursor = found.page.previous
    assert back == pages
