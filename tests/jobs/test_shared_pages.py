import pytest
from django.test import TestCase

from jobs import postings
from people.roles import Role
from tests import factories
from tests.jobs.factories import posting
from tests.jobs.test_views import login

pytestmark = pytest.mark.django_db


def made_visible(**fields):
    with TestCase.captureOnCommitCallbacks(execute=True):
        return posting(**fields)


def test_answers_the_same_question_of_an_anonymous_visitor_without_the_database(client, django_assert_num_queries):
    made_visible(title="低压电工")
    first = client.get("/jobs/?q=电工").text
    with django_assert_num_queries(0):
        assert client.get("/jobs/?q=电工").text == first
    assert "低压电工" in first


def test_shows_a_posting_that_was_taken_down_on_no_page_from_then_on(client):
    made = made_visible(title="低压电工")
    assert "低压电工" in client.get("/jobs/?q=电工").text
    with TestCase.captureOnCommitCallbacks(execute=True):
        postings.take_down_posting(posting_id=made.pk, reason="虚假信息", by=factories.staff(Role.CASEWORKER))
    assert "低压电工" not in client.get("/jobs/?q=电工").text


def test_keeps_no_page_of_somebody_who_is_signed_in(client, django_assert_num_queries):
    made_visible(title="低压电工")
    login(client, factories.citizen(name="孙求职"))
    assert "孙求职" in client.get("/jobs/?q=电工").text
    client.cookies.clear()
    assert "孙求职" not in client.get("/jobs/?q=电工").text


def test_keeps_a_page_for_each_display_setting(client):
    made_visible(title="低压电工")
    client.get("/jobs/?q=电工")
    client.cookies["ui_size"] = "lg"
    assert 'data-size="lg"' in client.get("/jobs/?q=电工").text
