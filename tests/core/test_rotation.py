import base64
import re
from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.management import CommandError, call_command
from django.db import connection

from core.crypto import decrypt, encrypt, rotation
from core.models import AnsweredRequest, DepartmentFile, DepartmentRow
from core.models.department import Department
from people import second_factor
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


class TestSecondFactors:
    @pytest.fixture
    def enrolled(self):
        account = User.objects.create_user("enrolled")
        secret = second_factor.enrol_totp(account)
        return account, secret, RecoveryCodes.activate(account).generate_codes()

    def test_open_without_the_old_key(self, enrolled, people, settings):
        account, secret, codes = enrolled
        call_command("rotate_keys", verbosity=0)
        settings.DATA_KEYS = settings.INDEX_KEYS = {"k2": SECOND}
        app, recovery = Authenticator.objects.filter(user=account).order_by("-type")
        assert app.data["secret"].startswith("sm4.k2.")
        assert recovery.data["seed"].startswith("sm4.k2.")
        assert app.wrap().validate_code(second_factor.code_of(secret))
        assert recovery.wrap().generate_codes() == codes

    def test_keep_what_was_used(self, enrolled, people):
        account, _, codes = enrolled
        row = Authenticator.objects.get(user=account, type=Authenticator.Type.RECOVERY_CODES)
        assert row.wrap().validate_code(codes[0])
        call_command("rotate_keys", verbosity=0)
        row.refresh_from_db()
        assert codes[0] not in row.wrap().get_unused_codes()

    def test_are_counted_and_done_once(self, enrolled, people, capsys):
        call_command("rotate_keys", check=True)
        assert "第二道验证：待更换 2 行" in capsys.readouterr().out
        call_command("rotate_keys", batch=1)
        assert "第二道验证：待更换 2 行\n  1/2\n  2/2" in capsys.readouterr().out
        call_command("rotate_keys", check=True)
        out = capsys.readouterr().out
        assert "待更换 0 行" in out
        assert not re.search(r"待更换 [1-9]", out)

    def test_stay_as_they_are_when_the_key_is_gone(self, enrolled, people, settings, capsys):
        before = list(Authenticator.objects.order_by("pk").values_list("data", flat=True))
        settings.DATA_KEYS = {"k2": SECOND}
        with pytest.raises(CommandError, match="旧密钥放回"):
            call_command("rotate_keys", verbosity=0)
        assert list(Authenticator.objects.order_by("pk").values_list("data", flat=True)) == before

    def test_leave_a_passkey_alone(self, people):
        Authenticator.objects.create(
            user=people[1], type=Authenticator.Type.WEBAUTHN, data={"name": "钥匙", "credential": {}}
        )
        assert not rotation.stale(Authenticator).exists()


def test_moves_kept_answers(people, settings):
    settings.DATA_KEY_CURRENT = "dev"
    aad = "core_answeredrequest.answer:user 1:t"
    row = AnsweredRequest.objects.create(owner="user 1", key="t", path="POST /", answer=encrypt("{}", aad=aad))
    settings.DATA_KEY_CURRENT = "k2"
    call_command("rotate_keys", verbosity=0)
    row.refresh_from_db()
    assert row.answer.startswith("sm4.k2.")
    assert decrypt(row.answer, aad=aad) == "{}"


def test_tells_of_department_rows_that_keep_the_old_index(people, capsys):
    listed = {"department": Department.TAX, "dataset": "x", "name": "x.csv", "sha256": "0" * 64}
    file = DepartmentFile.objects.create(**listed, as_of=date(2026, 1, 1), version=1, rows=1, rejected=0)
    DepartmentRow.objects.create(file=file, row=2, subject_index="dev.00")
    call_command("rotate_keys", check=True)
    assert "1 行只能用旧索引密钥查到" in capsys.readouterr().out
