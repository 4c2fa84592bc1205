import threading
from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import ProgrammingError, connection, connections
from django.utils import timezone

from core import audit, clock, events
from core.models import ConsumerCursor, Delivery, Event
from tests.audited.models import Note

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def consumers(monkeypatch):
    monkeypatch.setattr(events, "_consumers", {})


@pytest.fixture
def seen():
    texts: list[str] = []

    @events.consumer("test.listen", names=["jobs.hired"])
    def listen(event):
        Note.objects.create(text=event.payload["text"])
        if event.payload.get("fail"):
            raise ValueError("no")
        texts.append(event.payload["text"])

    return texts


def append(text="a", *, subject="person:1", name="jobs.hired", **more):
    return events.append(name, subject=subject, payload={"text": text, **more})


def pass_time():
    Delivery.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))


def test_hands_each_event_to_each_consumer_once(seen):
    append("a")
    append("b", name="jobs.fired")
    append("c")
    assert events.run_consumers() == 2
    assert events.run_consumers() == 0
    assert seen == ["a", "c"]
    assert [note.text for note in Note.objects.order_by("pk")] == ["a", "c"]


def test_names_the_event_and_the_first_request_in_the_history(seen):
    with audit.context(channel="web", request_id="request-1"):
        event = append()
    events.run_consumers()
    context = Note.pgh_event_model.objects.get().pgh_context
    assert (context["event"], context["request_id"], context["channel"]) == (event.pk, "request-1", "task")
    assert context["consumer"] == "test.listen"


def test_tries_again_later_and_lets_other_subjects_pass(seen):
    append("bad", fail=True)
    append("after bad")
    append("other", subject="person:2")
    events.run_consumers()
    assert seen == ["other"]
    assert not Note.objects.filter(text="bad").exists()
    failed = Delivery.objects.get(attempts=1, status="pending")
    assert failed.error == "ValueError: no"
    assert failed.next_try_at > timezone.now() + timedelta(seconds=5)


def test_sets_a_poisonous_event_aside_and_goes_on_with_its_subject(seen):
    append("bad", fail=True)
    append("after bad")
    for _ in range(len(events.PAUSES) + 1):
        assert seen == []
        pass_time()
        events.run_consumers()
    assert seen == ["after bad"]
    assert [delivery.consumer for delivery in events.parked()] == ["test.listen"]
    assert "core.W003" in {message.id for message in run_checks(tags=["database"], databases=["default"])}
    call_command("retry_events", verbosity=0)
    assert events.parked() == []


def test_refuses_two_consumers_of_one_code(seen):
    with pytest.raises(ValueError, match="two consumers"):

        @events.consumer("test.listen", names=["x"])
        def other(event):
            pass


@pytest.mark.parametrize("statement", ["UPDATE core_event SET name = 'x'", "DELETE FROM core_event"])
def test_never_changes_an_event(statement):
    append()
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute(statement)


def test_asks_a_worker_once_for_each_transaction(settings, monkeypatch, django_capture_on_commit_callbacks):
    settings.EVENTS_KICK = True
    sent = []
    monkeypatch.setattr(events.current_app, "send_task", lambda name, **options: sent.append(name))
    with django_capture_on_commit_callbacks(execute=True):
        append("a")
        append("b")
    assert sent == ["core.tasks.run_consumers"]


def test_does_without_a_broker(settings, monkeypatch, django_capture_on_commit_callbacks, caplog):
    settings.EVENTS_KICK = True

    def fail(name, **options):
        raise events.OperationalError("refused")

    monkeypatch.setattr(events.current_app, "send_task", fail)
    with django_capture_on_commit_callbacks(execute=True):
        append("a")
    assert "the broker does not answer" in caplog.text


def committed() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_xid()")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_waits_for_an_event_that_commits_late(seen):
    late = connection.copy()
    try:
        late.set_autocommit(False)
        with late.cursor() as cursor:
            cursor.execute(
                "INSERT INTO core_event (name, subject, payload, context)"
                " VALUES ('jobs.hired', 'person:1', '{\"text\": \"late\"}', '{}')"
            )
        append("early bird")
        events.run_consumers()
        assert seen == []
        late.commit()
    finally:
        late.close()
    position = ConsumerCursor.objects.get().position
    assert position <= Event.objects.get(payload__text="late").xid


@pytest.mark.django_db(transaction=True)
@pytest.mark.no_audit_context
def test_delivers_once_with_two_workers_at_work(monkeypatch):
    monkeypatch.setattr(clock, "horizon", lambda connection: committed())

    @events.consumer("test.slow", names=["jobs.hired"])
    def slow(event):
        Note.objects.create(text=event.payload["text"])

    with audit.context(channel="test"):
        for number in range(20):
            append(str(number), subject=f"person:{number % 3}")
    start = threading.Barrier(2)

    def work():
        try:
            start.wait()
            events.run_consumers()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events.run_consumers()
    texts = [note.text for note in Note.objects.order_by("pk")]
    assert sorted(texts, key=int) == [str(n) for n in range(20)]
    for person in range(3):
        own = [int(text) for text in texts if int(text) % 3 == person]
        assert own == sorted(own)
