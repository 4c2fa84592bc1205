import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core import audit, clock, seal
from core.models import Seal
from core.seal_verification import verify
from tests.audited.models import Mass, Note

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def heads(settings, tmp_path):
    settings.AUDIT_HEADS_FILE = tmp_path / "audit" / "heads.log"
    return settings.AUDIT_HEADS_FILE


ALL_TABLES = seal.sealed_tables


@pytest.fixture(autouse=True)
def few_tables(monkeypatch):
    """Leave the history of the reference data alone."""
    few = [t for t in ALL_TABLES() if t.name.startswith("audited_") or t.name == "core_accesslog"]
    monkeypatch.setattr(seal, "sealed_tables", lambda: few)


@pytest.fixture
def tamper(owner_connection):
    """Do what only an owner can: change rows behind the triggers' back."""

    def run(statement: str) -> None:
        with owner_connection.cursor() as cursor:
            table = "core_seal" if "core_seal" in statement else "audited_notehistory"
            cursor.execute(
                f"ALTER TABLE {table} DISABLE TRIGGER ALL; {statement}; ALTER TABLE {table} ENABLE TRIGGER ALL"
            )

    return run


def far() -> int:
    """Return a horizon above everything committed so far (other databases of the server hold the real one back)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_xid()")
        return cursor.fetchone()[0]


def write(*texts: str) -> None:
    for text in texts:
        Note.objects.create(text=text)
    seal.seal(horizon=far())


def test_seals_and_verifies(heads):
    write("a", "b")
    audit.record_access(actor=None, action="look", subject="x", reason="y")
    write("c")
    verdict = verify()
    assert verdict.broken is None
    assert verdict.rows == 4
    assert {link.table for link in Seal.objects.all()} == {"audited_notehistory", "core_accesslog"}
    noted = [json.loads(line) for line in heads.read_text().splitlines()]
    assert noted[-1]["hash"] == Seal.objects.order_by("number").last().hash
    assert len(noted) == 2


def test_seals_the_history_of_every_app(monkeypatch):
    monkeypatch.setattr(seal, "sealed_tables", ALL_TABLES)
    names = {table.name for table in ALL_TABLES()}
    assert {"audited_masshistory", "core_accesslog", "core_event"} < names
    assert "core_seal" not in names
    write("a")
    assert verify().broken is None


def test_writes_nothing_when_nothing_happened(heads):
    write("a")
    assert seal.seal(horizon=far()) == 0
    assert len(heads.read_text().splitlines()) == 1


def test_leaves_what_may_still_change_its_neighbours_to_the_next_run():
    late = connection.copy()
    try:
        late.set_autocommit(False)
        with late.cursor() as cursor:
            cursor.execute("SELECT set_config('audit.context', '{\"channel\": \"test\"}', true)")
            cursor.connection.cursor().execute(
                "INSERT INTO audited_note (text, secret, phone_index, views) VALUES ('late', '', '', 0)"
            )
        Note.objects.create(text="committed after it")
        assert seal.seal() == 0
        late.commit()
    finally:
        late.close()
    assert seal.seal(horizon=far()) == 1
    assert Seal.objects.get().count == 2
    assert verify().broken is None


def test_cuts_a_large_transaction_into_links(monkeypatch):
    monkeypatch.setattr(seal, "BLOCK", 100)
    Mass.objects.bulk_create([Mass(number=n) for n in range(250)])
    assert seal.seal(horizon=far()) == 3
    assert [link.count for link in Seal.objects.order_by("number")] == [100, 100, 50]
    assert verify().broken is None


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE audited_notehistory SET text = 'x' WHERE text = 'c'", "altered"),
        ("UPDATE audited_notehistory SET pgh_context = '{\"channel\": \"x\"}' WHERE text = 'c'", "altered"),
        ("DELETE FROM audited_notehistory WHERE text = 'c'", "missing"),
        ("DELETE FROM audited_notehistory WHERE text IN ('c', 'd', 'e')", "missing"),
        (
            "INSERT INTO audited_notehistory (id, text, pgh_created_at, pgh_label, pgh_obj_id, pgh_context, pgh_xid)"
            " SELECT id, 'forged', pgh_created_at, 'update', pgh_obj_id, pgh_context, pgh_xid"
            " FROM audited_notehistory WHERE text = 'c'",
            "never sealed",
        ),
    ],
)
def test_names_the_link_that_the_owner_broke(tamper, statement, what):
    write("a", "b")
    write("c", "d", "e")
    write("f")
    tamper(statement)
    broken = verify().broken
    assert (broken.seal, broken.table) == (2, "audited_notehistory")
    assert what in broken.what


def test_names_the_row(tamper):
    write("a", "b", "c")
    row = Note.pgh_event_model.objects.get(text="b")
    tamper("UPDATE audited_notehistory SET text = 'x' WHERE text = 'b'")
    assert verify().broken.row == row.pk
    with pytest.raises(CommandError, match=f"seal 1, table audited_notehistory, row {row.pk}: it was altered") as error:
        call_command("verify_audit")
    assert error.value.returncode == 1


@pytest.mark.parametrize(
    ("statement", "number", "what"),
    [
        ("UPDATE core_seal SET first_id = 0 WHERE number = 2", 2, "does not fit"),
        ("UPDATE core_seal SET hash = 'x' WHERE number = 1", 1, "does not fit"),
        ("DELETE FROM core_seal WHERE number = 2", 2, "missing"),
        ("DELETE FROM core_seal WHERE number = 3", 3, "gone"),
    ],
)
def test_notices_a_chain_that_was_changed(tamper, statement, number, what):
    for text in "abc":
        write(text)
    tamper(statement)
    broken = verify().broken
    assert (broken.seal, what in broken.what) == (number, True)


def test_notices_a_chain_that_was_rewritten_as_a_whole(tamper, heads):
    write("a")
    write("b")
    link = Seal.objects.get(number=2)
    tamper("UPDATE audited_notehistory SET text = 'x' WHERE text = 'b'")
    (table,) = [table for table in seal.sealed_tables() if table.name == link.table]
    with connection.cursor():
        link.digests = b"".join(d for _, _, d in seal.read_rows(table, table.columns, link.from_xid, link.to_xid))
    link.hash = seal.hash_of(link)
    tamper(f"UPDATE core_seal SET hash = '{link.hash}', digests = '\\x{link.digests.hex()}' WHERE number = 2")
    assert "another hash" in verify().broken.what
    heads.unlink()
    assert "missing" in verify().broken.what
    assert verify(with_heads=False).broken is None


def test_reads_old_rows_with_the_columns_they_were_sealed_with(owner_connection):
    write("a")
    with owner_connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audited_notehistory ADD COLUMN colour text NOT NULL DEFAULT 'red'")
    assert verify().broken is None
    with owner_connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audited_notehistory DROP COLUMN text")
    assert verify().broken.what == "columns were dropped since: text"


def test_does_not_pass_over_a_table_that_nobody_knows_any_more(monkeypatch):
    write("a")
    monkeypatch.setattr(seal, "sealed_tables", list)
    assert "cannot be checked" in verify().broken.what


def test_makes_up_for_a_head_that_was_not_noted(heads):
    write("a")
    heads.write_text("")
    seal.seal(horizon=far())
    assert json.loads(heads.read_text())["number"] == 1


def test_stops_when_the_clock_went_back():
    write("a")
    with pytest.raises(seal.ClockWentBack, match="prepare_database"):
        seal.seal(horizon=1)


def test_sets_the_clock_right_after_a_restore(owner_connection):
    write("a")
    ahead = Seal.objects.get().to_xid + 1_000_000
    with owner_connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_seal DISABLE TRIGGER ALL")
        cursor.execute(f"UPDATE core_seal SET to_xid = {ahead}")
        clock.set_right(cursor)
    assert far() > ahead
    with owner_connection.cursor() as cursor:
        before = far()
        clock.set_right(cursor)
    assert far() < before + 100
