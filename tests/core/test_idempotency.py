import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from core import audit, idempotency
from core.models import AnsweredRequest
from tests.audited.models import Note

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.audited.urls")]


@pytest.fixture
def user(django_user_model):
    return django_user_model.objects.create(username="u")


@pytest.fixture
def browser(client, user):
    client.force_login(user)
    return client


def test_answers_the_same_form_once(browser):
    first = browser.post("/write", {"text": "a", "_once": "t1"})
    assert browser.get("/said").content.decode() == "已保存"
    again = browser.post("/write", {"text": "a", "_once": "t1", "csrfmiddlewaretoken": "other"})
    assert Note.objects.count() == 1
    assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert again["Idempotent-Replay"] == "true"
    assert browser.get("/said").content.decode() == "已保存"


def test_says_so_when_the_form_was_changed_after_it_was_sent(browser):
    first = browser.post("/write", {"text": "a", "_once": "t1"})
    again = browser.post("/write", {"text": "b", "_once": "t1"})
    assert again["Location"] == first["Location"]
    assert browser.get("/said").content.decode().endswith(idempotency.SENT_BEFORE)
    assert Note.objects.get().text == "a"


def test_answers_the_same_api_call_once(browser):
    calls = [browser.post("/api/write/json", {"text": "a"}, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert calls[0].json() == calls[1].json()
    assert [call.status_code for call in calls] == [201, 201]
    assert Note.objects.count() == 1


@pytest.mark.parametrize(("path", "text"), [("/api/write/json", "b"), ("/api/write/redirect", "a")])
def test_refuses_a_key_used_for_something_else(browser, path, text):
    browser.post("/api/write/json", {"text": "a"}, headers={"Idempotency-Key": "k"})
    refused = browser.post(path, {"text": text}, headers={"Idempotency-Key": "k"})
    assert refused.status_code == 422
    assert refused.json() == {"detail": idempotency.USED}


@pytest.mark.parametrize("then", ["invalid", "page", "broken", "lost"])
def test_lets_a_failed_form_be_mended_and_sent_again(browser, then):
    browser.post(f"/write/{then}", {"text": "bad", "_once": "t1"})
    assert not AnsweredRequest.objects.exists()
    assert browser.post("/write", {"text": "good", "_once": "t1"}).status_code == 302
    assert Note.objects.filter(text="good").count() == 1


def test_keeps_each_persons_tokens_apart(browser, django_user_model):
    browser.post("/write", {"text": "a", "_once": "t1"})
    other = Client()
    other.force_login(django_user_model.objects.create(username="v"))
    assert other.post("/write", {"text": "a", "_once": "t1"}).get("Idempotent-Replay") is None
    assert Note.objects.count() == 2


def test_refuses_an_endless_key(browser):
    assert browser.post("/api/write/json", headers={"Idempotency-Key": "k" * 81}).status_code == 400


def test_keeps_the_answer_sealed(browser):
    browser.post("/api/write/json", {"text": "a"}, headers={"Idempotency-Key": "k"})
    assert "201" not in AnsweredRequest.objects.get().answer


def test_tells_a_person_why_nothing_was_sent(browser):
    refused = browser.post("/write", {"_once": "k" * 81})
    assert refused.status_code == 400
    assert "最长 80 个字符" in refused.content.decode()


def test_forgets_answers_after_two_days(browser):
    browser.post("/write", {"_once": "old"})
    AnsweredRequest.objects.update(created_at=timezone.now() - timedelta(days=3))
    browser.post("/write", {"_once": "new"})
    assert idempotency.forget_old_answers() == 1
    assert AnsweredRequest.objects.get().key == "new"


@pytest.mark.django_db(transaction=True)
@pytest.mark.no_audit_context
def test_lets_two_posts_at_the_same_moment_write_once(django_user_model):
    with audit.context(channel="test"):
        user = django_user_model.objects.create(username="u")
    start, answers = threading.Barrier(2), []

    def send():
        try:
            client = Client()
            client.force_login(user)
            start.wait()
            answers.append(client.post("/write", {"text": "a", "slow": "1", "_once": "t1"}))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Note.objects.count() == 1
    assert {(a.status_code, a["Location"]) for a in answers} == {(302, f"/notes/{Note.objects.get().pk}")}
    assert sum(a.get("Idempotent-Replay") == "true" for a in answers) == 1


@pytest.mark.django_db(transaction=True)
def test_asks_to_wait_when_the_first_request_takes_too_long(user):
    holder = connection.copy()
    try:
        holder.set_autocommit(False)
        with holder.cursor() as cursor:
            cursor.execute(
                "INSERT INTO core_answeredrequest (owner, key, path, fingerprint, answer) VALUES (%s, 't1', '', '', '')",
                [f"user {user.pk}"],
            )
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        client = Client()
        client.force_login(user)
        refused = client.post("/api/write/json", headers={"Idempotency-Key": "t1"})
        assert (refused.status_code, refused.json()) == (409, {"detail": idempotency.BUSY})
    finally:
        holder.close()
