from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.finding import Criteria, find, loosened, similar
from jobs.indexing import out_of_step
from jobs.models import Posting, PostingSearch
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
    assert set(titles(kind="part_time")) == {"丙"}
    assert "甲" not in titles(education=2)


def test_counts_by_next_lower_region_and_kind():
    posting(title="甲")
    posting(title="乙", region=factories.region("210202"))
    found = find(Criteria(), on=timezone.localdate())
    assert found.total == 2
    assert dict(found.facets["region"]) == {"2101": 1, "2102": 1}
    below = find(Criteria(region=factories.region("2101")), on=timezone.localdate())
    assert dict(below.facets["region"]) == {"210106": 1}


def test_says_what_loosening_a_filter_would_bring():
    posting(title="电工", pay_min=3000, pay_max=3000)
    asked = Criteria(text="电工", pay=9000, region=factories.region("2101"))
    assert find(asked, on=timezone.localdate()).total == 0
    assert loosened(asked, on=timezone.localdate()) == [("pay", 1)]


def test_leaves_out_what_has_expired_and_the_postings_of_a_suspended_employer():
    posting(title="到期", valid_until=timezone.localdate() - timedelta(days=1))
    hidden = posting(title="暂停单位")
    Organisation.objects.filter(pk=hidden.organisation_id).update(status="suspended")
    assert titles() == []


def test_offers_similar_postings_without_the_ended_one():
    ended = posting(title="低压电工")
    other = posting(title="高压电工")
    assert similar(ended, on=timezone.localdate()) == [other]


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


def test_answers_a_results_page_with_at_most_six_queries(client, django_assert_max_num_queries):
    for n in range(25):
        posting(title=f"电工{n}")
    client.get("/jobs/?q=电工")
    with django_assert_max_num_queries(6):
        assert client.get("/jobs/?q=电工&pay=3000").status_code == 200
