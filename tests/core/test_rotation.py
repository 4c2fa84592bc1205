import base64
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core.crypto import rotation
from people.identifiers import id_check_character
from people.models import Person, User

pytestmark = pytest.mark.django_db
SECOND = base64.b64encode(b"2" * 32).decode()


def person(serial):
    body = f"21990119900101{serial:03d}"
    row = Person(name=f"演示{serial}", birth_date=date(1990, 1, 1), sex="1")
    row.set_id_number(body + id_check_character(body))
    row.set_phone("13812341234")
    row.save()
    return row


@pytest.fixture
def people(settings):
    rows = [person(serial) for serial in range(1, 8)]
    account = User.objects.create_user("demo")
    settings.DATA_KEYS = settings.INDEX_KEYS = {**settings.DEVELOPMENT_KEYS, "k2": SECOND}
    settings.DATA_KEY_CURRENT = settings.INDEX_KEY_CURRENT = "k2"
    return rows, account


def tokens(column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM people_person ORDER BY id")
        return [value for (value,) in cursor.fetchall()]


def test_moves_values_and_indexes_to_the_current_keys(people, settings, capsys):
    rows, _ = people
    call_command("rotate_keys", batch=3)
    assert "7/7" in capsys.readouterr().out
    for column in ("id_number", "phone"):
        assert all(token.startswith("sm4.k2.") for token in tokens(column))
    assert all(index.startswith("k2.") for index in tokens("id_index"))
    assert set(tokens("address")) == {""}
    settings.DATA_KEYS = settings.INDEX_KEYS = {"k2": SECOND}
    number = Person.objects.get(pk=rows[0].pk).id_number.open()
    found = Person.objects.with_id_number(number).get()
    assert (found, found.phone.open()) == (rows[0], "13812341234")


def test_moves_to_another_cipher(people, settings):
    settings.DATA_CIPHER = "AES-GCM"
    call_command("rotate_keys", verbosity=0)
    assert all(token.startswith("aes.k2.") for token in tokens("phone"))


def test_goes_on_where_it_stopped(people):
    next(rotation.rotate(Person, size=3))
    assert rotation.stale(Person).count() == 4
    assert sum(batch.moved for batch in rotation.rotate(Person, size=3)) == 4
    assert list(rotation.rotate(Person)) == []


def test_finds_people_by_old_and_new_indexes_meanwhile(people):
    rows, _ = people
    next(rotation.rotate(Person, size=3))
    assert Person.objects.with_phone("13812341234").count() == len(rows)


def test_leaves_an_account_without_phone_alone(people):
    _, account = people
    call_command("rotate_keys", verbosity=0)
    account.refresh_from_db()
    assert account.phone_index is None


def test_only_counts_when_asked(people, capsys):
    call_command("rotate_keys", check=True)
    assert "待更换 7 行" in capsys.readouterr().out
    assert rotation.stale(Person).count() == 7


def test_keeps_rows_whose_key_is_gone_and_says_so(people, settings):
    before = tokens("phone")
    settings.DATA_KEYS = {"k2": SECOND}
    with pytest.raises(CommandError, match="旧密钥放回"):
        call_command("rotate_keys", verbosity=0)
    assert tokens("phone") == before
