from types import SimpleNamespace

import pytest

from core.audit import MissingContext, WriteInSafeRequest
from core.models import AccessLog
from tests.audited.models import Note

NoteHistory = Note.pgh_event_model

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.audited.urls")]


@pytest.mark.no_audit_context
def test_writes_in_the_name_of_the_user(client, django_user_model):
    from core import audit

    with audit.context(channel="test"):
        user = django_user_model.objects.create(username="u")
    client.force_login(user)
    response = client.post("/write", {"text": "a"}, headers={"X-Request-ID": "abcdef-123"})
    context = NoteHistory.objects.get().pgh_context
    assert (context["actor"], context["channel"], context["request_id"]) == (user.pk, "web", "abcdef-123")
    assert response["X-Request-ID"] == "abcdef-123"


def test_names_the_api_as_channel_and_makes_a_request_id(client):
    response = client.post("/api/write/json", headers={"X-Request-ID": "<script>"})
    context = NoteHistory.objects.get().pgh_context
    assert (context["actor"], context["channel"], context["request_id"]) == (None, "api", response["X-Request-ID"])
    assert len(response["X-Request-ID"]) == 36


@pytest.mark.parametrize(("then", "kept"), [("redirect", 1), ("invalid", 1), ("broken", 0), ("lost", 0), ("denied", 0)])
def test_keeps_or_undoes_a_request_as_a_whole(client, then, kept):
    client.post(f"/write/{then}")
    assert Note.objects.count() == kept


def test_undoes_a_request_that_crashed(client):
    client.raise_request_exception = False
    assert client.post("/write/nonsense").status_code == 500
    assert not Note.objects.exists()


def test_undoes_an_api_call_that_a_rule_refused(client):
    response = client.post("/api/refusing")
    assert (response.status_code, response.json()) == (409, {"detail": "这一步还不能做。"})
    assert not Note.objects.exists()


@pytest.mark.parametrize("path", ["/write", "/cte"])
def test_refuses_to_write_in_get(client, path):
    with pytest.raises(WriteInSafeRequest):
        client.get(path)


def test_reads_in_get(client):
    assert client.get("/read").content == b"0"


def test_lets_get_write_the_access_log(client):
    assert client.get("/look").content == b"looked"
    row = AccessLog.objects.get()
    assert (row.action, row.channel, row.actor) == ("look", "web", None)
    assert row.request_id


def test_names_the_roles_that_count(client, django_user_model, monkeypatch):
    roles = [SimpleNamespace(role="inspector"), SimpleNamespace(role="caseworker")]
    monkeypatch.setattr(django_user_model, "assignments", lambda user: roles)
    client.force_login(django_user_model.objects.create(username="u"))
    client.post("/write")
    assert NoteHistory.objects.get().pgh_context["role"] == "caseworker,inspector"


@pytest.mark.no_audit_context
def test_runs_each_task_in_its_own_context():
    from celery import shared_task

    @shared_task(name="tests.write_note")
    def write_note():
        Note.objects.create(text="by a task")

    write_note.delay()
    context = NoteHistory.objects.get().pgh_context
    assert (context["channel"], context["task"]) == ("task", "tests.write_note")
    with pytest.raises(MissingContext):
        Note.objects.create(text="outside")
