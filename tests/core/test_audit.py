import threading
from io import StringIO

import psycopg2
import pytest
from django.conf import settings
from django.db import IntegrityError, ProgrammingError, connection, transaction

from core import audit
from tests.audited.models import Mass, Note

NoteHistory = Note.pgh_event_model
MassHistory = Mass.pgh_event_model

pytestmark = pytest.mark.django_db


class Person:
    def __init__(self, pk, audit_name="王某"):
        self.pk = pk
        self.audit_name = audit_name


def history(model=NoteHistory):
    return list(model.objects.order_by("pgh_id"))


def test_keeps_insert_update_and_delete_with_the_author():
    with audit.context(channel="web", actor=Person(7), role="casework", request_id="r-1", reason="登记"):
        note = Note.objects.create(text="a")
        note.text = "b"
        note.save()
        note.delete()
    assert [(h.pgh_label, h.text) for h in history()] == [("insert", "a"), ("update", "b"), ("delete", "b")]
    assert history()[0].pgh_context == {
        "actor": 7,
        "actor_name": "王某",
        "role": "casework",
        "channel": "web",
        "request_id": "r-1",
        "reason": "登记",
    }


def test_copies_no_secret_but_says_that_it_changed():
    note = Note.objects.create(text="a", secret="s", phone_index="i")
    note.secret, note.phone_index = "t", "j"
    note.save()
    names = {field.name for field in NoteHistory._meta.fields}
    assert not names & {"secret", "phone_index", "views", "shouted"}
    assert history()[-1].pgh_context["hidden"] == ["phone_index", "secret"]


def test_makes_no_event_of_an_ignored_column():
    note = Note.objects.create(text="a")
    Note.objects.filter(pk=note.pk).update(views=5)
    assert len(history()) == 1


@pytest.mark.no_audit_context
@pytest.mark.parametrize("model", [Note, Mass])
def test_refuses_a_write_outside_a_context(model):
    with pytest.raises(audit.MissingContext, match="outside an audit context"), transaction.atomic():
        model(number=1).save() if model is Mass else model(text="a").save()
    assert not model.objects.exists()


@pytest.mark.no_audit_context
def test_refuses_a_write_after_leaving_the_context_in_the_same_transaction():
    with audit.context(channel="test"):
        Note.objects.create(text="a")
    with pytest.raises(audit.MissingContext), transaction.atomic():
        Note.objects.create(text="b")


@pytest.mark.no_audit_context
def test_clears_the_setting_for_statements_that_bypass_django():
    with audit.context(channel="test"):
        Note.objects.create(text="a")
    with connection.connection.cursor() as raw, pytest.raises(psycopg2.IntegrityError), transaction.atomic():
        raw.execute("INSERT INTO audited_note (text, secret, phone_index, views) VALUES ('x', '', '', 0)")


def test_restores_the_outer_context():
    with audit.context(channel="web", reason="outer"):
        with audit.context(channel="import", reason="inner"):
            Note.objects.create(text="inner")
        Note.objects.create(text="outer")
    assert [h.pgh_context["reason"] for h in history()] == ["inner", "outer"]


def test_survives_a_savepoint_rolled_back():
    def fail():
        with audit.context(channel="web", reason="lost"), transaction.atomic():
            Note.objects.create(text="lost")
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        fail()
    Note.objects.create(text="kept")
    assert [(h.text, h.pgh_context["channel"]) for h in history()] == [("kept", "test")]


def test_carries_the_context_into_copy():
    with audit.context(channel="import", reason="copy"), transaction.atomic(), connection.cursor() as cursor:
        audit.set_for_copy(cursor)
        cursor.copy_expert("COPY audited_mass (number, text, secret) FROM STDIN", StringIO("1\ta\tx\n2\tb\ty\n"))
    assert [(h.number, h.pgh_context["reason"]) for h in history(MassHistory)] == [(1, "copy"), (2, "copy")]


@pytest.mark.no_audit_context
def test_refuses_copy_after_the_context_was_left():
    with audit.context(channel="import"), connection.cursor() as cursor:
        audit.set_for_copy(cursor)
    with connection.cursor() as cursor, pytest.raises(psycopg2.IntegrityError), transaction.atomic():
        cursor.copy_expert("COPY audited_mass (number, text, secret) FROM STDIN", StringIO("1\ta\tx\n"))


def test_reads_through_a_named_cursor():
    Note.objects.create(text="a")
    assert [note.text for note in Note.objects.iterator(chunk_size=1)] == ["a"]


def test_does_not_reach_into_another_thread():
    seen = []
    thread = threading.Thread(target=lambda: seen.append(audit.current()))
    thread.start()
    thread.join()
    assert seen == [None]


def test_escapes_whatever_a_name_holds():
    with audit.context(channel="web", actor=Person(1, "O'Brien \\ 100% %s \" 王"), reason="'); DROP TABLE x; --"):
        Note.objects.create(text="100% %s")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE audited_note SET text = '50%'")
            cursor.executemany("INSERT INTO audited_mass (number, text, secret) VALUES (%s, '%%', '')", [(1,), (2,)])
    assert {h.pgh_context["actor_name"] for h in history()} == {"O'Brien \\ 100% %s \" 王"}
    assert [h.text for h in history()] == ["100% %s", "50%"]
    assert MassHistory.objects.count() == 2


def test_refuses_an_unknown_channel():
    with pytest.raises(ValueError, match="channel"), audit.context(channel="pigeon"):
        pass


def test_keeps_history_of_bulk_statements():
    Mass.objects.bulk_create([Mass(number=n) for n in range(50)])
    Mass.objects.filter(number__lt=10).update(text="x")
    Mass.objects.filter(number__lt=10).update(text="x")  # changes nothing
    Mass.objects.filter(number=1).update(secret="y")
    Mass.objects.filter(number__gte=45).delete()
    labels = [h.pgh_label for h in history(MassHistory)]
    assert [labels.count(label) for label in ("insert", "update", "delete")] == [50, 11, 5]
    assert MassHistory.objects.get(pgh_context__hidden=["secret"]).number == 1


def test_tells_inserts_from_updates_in_one_statement():
    mass = Mass.objects.create(number=1)
    Mass.objects.bulk_create(
        [Mass(pk=mass.pk, number=2), Mass(number=3)],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["number"],
    )
    rows = sorted((h.pgh_label, h.number) for h in history(MassHistory))
    assert rows == [("insert", 1), ("insert", 3), ("update", 2)]


def test_plans_a_large_update_anew_after_a_small_one():
    Mass.objects.bulk_create([Mass(number=n) for n in range(20_000)])
    Mass.objects.filter(number=1).update(text="x")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '5s'")  # a kept nested loop would take minutes
        cursor.execute("UPDATE audited_mass SET text = 'y'")
    assert MassHistory.objects.filter(pgh_label="update").count() == 20_001


def test_keeps_history_when_a_bulk_update_changes_the_key():
    mass = Mass.objects.create(number=1)
    Mass.objects.filter(pk=mass.pk).update(id=mass.pk + 1000)
    assert history(MassHistory)[-1].pgh_obj_id == mass.pk + 1000


FORGERIES = [
    "INSERT INTO audited_notehistory (id, text, pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid)"
    " VALUES (1, 'forged', now(), 'insert', 1, '{}', 1)",
    "UPDATE audited_notehistory SET text = 'forged'",
    "DELETE FROM audited_notehistory",
    "TRUNCATE audited_notehistory",
    "ALTER TABLE audited_note DISABLE TRIGGER ALL",
    "DROP TRIGGER pgtrigger_history_insert_390ca ON audited_note",
    "SET session_replication_role = replica",
    "UPDATE core_accesslog SET reason = 'forged'",
    "DELETE FROM core_accesslog",
    "CREATE OR REPLACE FUNCTION audit_xid() RETURNS bigint LANGUAGE sql AS 'SELECT 1'",
]


@pytest.mark.parametrize("statement", FORGERIES)
def test_refuses_a_forgery_by_the_application(statement):
    Note.objects.create(text="a")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('audit.retention', 'on', true)")
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            cursor.execute(statement)


def test_refuses_to_lend_its_function_to_a_forger():
    function = "pgtrigger_history_insert_390ca()"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE fake (LIKE audited_note)")
        with pytest.raises(ProgrammingError, match="permission denied for function"):
            cursor.execute(f"CREATE TRIGGER forge AFTER INSERT ON fake FOR EACH ROW EXECUTE FUNCTION {function}")


def test_ignores_a_table_that_shadows_the_history():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE audited_notehistory (LIKE public.audited_notehistory)")
        cursor.execute("SET LOCAL search_path = pg_temp, public")
        Note.objects.create(text="a")
        cursor.execute("SELECT count(*) FROM public.audited_notehistory")
        assert cursor.fetchone() == (1,)


def test_cannot_be_switched_off_by_a_session_variable():
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{pgtrigger_history_insert_390ca}', true)")
    Note.objects.create(text="a")
    assert len(history()) == 1


@pytest.mark.parametrize("content", ["{}", '{"actor": 1}'])
def test_refuses_a_context_that_says_nothing(content):
    with connection.connection.cursor() as raw:
        raw.execute("SELECT set_config('audit.context', %s, true)", [content])
        with pytest.raises(psycopg2.IntegrityError):
            raw.execute("INSERT INTO audited_note (text, secret, phone_index, views) VALUES ('x', '', '', 0)")


def test_has_no_foreign_key_on_history():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text ~ 'history$'"
        )
        assert cursor.fetchall() == []


@pytest.mark.django_db(transaction=True)
def test_refuses_the_owner_too_unless_a_retention_run_is_announced(owner_connection):
    Note.objects.create(text="a")
    with owner_connection.cursor() as cursor:
        for statement in ("UPDATE audited_notehistory SET text = 'x'", "TRUNCATE audited_notehistory"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="it only grows"):
                cursor.execute(statement)
        cursor.execute("SET audit.retention = 'on'; DELETE FROM audited_notehistory")


def test_writes_the_access_log():
    note = Note.objects.create(text="a")
    audit.record_access(actor=Person(3), action="reveal.phone", subject=note, reason="本人任务")
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor, actor_name, action, subject_type, subject, reason, channel FROM core_accesslog")
        assert cursor.fetchone() == (3, "王某", "reveal.phone", "audited.note", str(note.public_id), "本人任务", "test")


def test_takes_time_and_transaction_from_the_database_alone():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_accesslog (recorded_at, xid, action, reason, actor_name, role, channel, subject_type,"
            " subject, request_id) VALUES ('2001-01-01', 1, 'x', 'x', '', '', '', '', '', '')"
            " RETURNING recorded_at > now() - interval '1 minute', xid = audit_xid()"
        )
        assert cursor.fetchone() == (True, True)


def test_refuses_an_access_without_a_reason():
    with pytest.raises(IntegrityError, match="core_access_says_why"):
        audit.record_access(actor=Person(3), action="reveal", subject="x", reason="")


def test_grants_the_application_what_each_model_says():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, string_agg(privilege_type, ' ' ORDER BY privilege_type) FROM"
            " information_schema.role_table_grants WHERE grantee = %s GROUP BY 1",
            [settings.APPLICATION_ROLE],
        )
        rights = dict(cursor.fetchall())
    assert rights["audited_notehistory"] == "SELECT"
    assert rights["core_accesslog"] == "INSERT SELECT"
    assert rights["audited_note"] == "DELETE INSERT SELECT UPDATE"
    assert rights["django_migrations"] == "SELECT"
