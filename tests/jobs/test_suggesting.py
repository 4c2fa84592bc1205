import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobs import search_words, suggesting
from jobs.models import Suggestion
from tests.jobs.factories import posting

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered():
    for title in ("低压电工", "低压电工（沈阳急招）", "电焊工", "Java开发", "会计"):
        posting(title=title)
    suggesting.collect()


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("低", "低压电工"),
        ("diya", "低压电工"),
        ("dydg", "低压电工"),
        ("DHG", "电焊工"),
        ("javak", "java开发"),
        ("焊工", "焊工"),
    ],
)
def test_offers_by_characters_pinyin_and_initials(offered, typed, first):
    assert suggesting.suggest(typed)[0] == first


@pytest.mark.parametrize("typed", ["", "%", "_", "\\", "zzz", "'", "（"])
def test_offers_nothing_for_what_nothing_begins_with(offered, typed):
    assert suggesting.suggest(typed) == []


def test_counts_a_title_once_with_and_without_remarks_in_brackets(offered):
    assert Suggestion.objects.get(word="低压电工").postings == 2


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("低压店工", "低压电工"),
        ("电汗工", "电焊工"),
        ("点焊工", "电焊工"),
        ("kuaiji", "会计"),
        ("kuai ji", "会计"),
        ("低压 店工", ""),
        ("外星人", ""),
        ("火", ""),
    ],
)
def test_says_what_may_have_been_meant(offered, typed, word):
    assert suggesting.meant(typed) == word


def test_asks_on_the_page_whether_another_word_was_meant(client, offered):
    page = client.get("/jobs/?q=低压店工&pay=3000").text
    assert "您是不是要找" in page
    assert "q=%E4%BD%8E%E5%8E%8B%E7%94%B5%E5%B7%A5&amp;pay=3000" in page


@pytest.mark.parametrize(
    "asked", ["q=外星人&region=210106&pay=15000", "q=电工 会计&region=2102", "q=低压电工会计&region=2102"]
)
def test_asks_six_times_at_most_where_nothing_is_found(client, offered, monkeypatch, asked):
    search_words.count_words()
    monkeypatch.setattr(search_words, "_kept", None)  # what earlier tests counted
    client.get("/jobs/?q=电工 焊工")  # what each process keeps is read once
    with CaptureQueriesContext(connection) as asked_for:
        page = client.get(f"/jobs/?{asked}").text
    assert "没有完全符合的岗位" in page
    assert len(asked_for) <= 6, [query["sql"][:90] for query in asked_for]


def test_answers_the_box_from_memory_the_second_time(client, offered, django_assert_num_queries):
    assert client.get("/jobs/suggest/?q=diya").json()["words"][0] == "低压电工"
    with django_assert_num_queries(0):
        answer = client.get("/jobs/suggest/?q=DIYA")
    assert answer.json()["words"][0] == "低压电工"
    assert "public" in answer["Cache-Control"]
