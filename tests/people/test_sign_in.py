import json
import time
from datetime import date

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from django.urls import reverse

from core.models import AccessLog
from messaging.models import Outbox
from people import second_factor
from people.forms.sign_in import NO_KEY_ADDED, NO_KEY_READ
from people.middleware import SECOND_FACTOR_KEY
from people.models import RoleAssignment, User
from people.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "Wei-Rao-2026-shan"
EMPTY_KEY = {"id": "AAAA", "rawId": "AAAA", "type": "public-key"}
NO_KEYS = [
    "",
    "x",
    "{}",
    "[1]",
    '"x"',
    '{"id": "x"}',
    '{"id": 1, "rawId": 1, "type": "public-key", "response": 1}',
    json.dumps(EMPTY_KEY),
    json.dumps(EMPTY_KEY | {"response": {}}),
    json.dumps(EMPTY_KEY | {"response": {"clientDataJSON": "e30", "authenticatorData": "AAAA", "signature": "AA"}}),
    json.dumps(EMPTY_KEY | {"response": {"clientDataJSON": "e30", "attestationObject": "oA"}}),
]


@pytest.fixture
def worker() -> User:
    account = factories.staff(Role.CASEWORKER)
    account.set_password(PASSWORD)
    account.save()
    return User.objects.get(pk=account.pk)


@pytest.fixture
def enrolled(worker: User) -> tuple[User, str]:
    return worker, second_factor.enrol_totp(worker)


def sent_code() -> str:
    return Outbox.objects.order_by("-pk").first().values()["code"]


def ask_for_code(client: Client, phone: str):
    return client.post("/account/login/", {"phone": phone})


def sign_in_by_code(client: Client, phone: str):
    ask_for_code(client, phone)
    return client.post("/account/login/code/", {"code": sent_code()})


def give_password(client: Client, user: User, password: str = PASSWORD):
    return client.post("/account/staff/", {"login": user.username, "password": password})


class TestPhoneAndCode:
    def test_makes_an_account_when_the_first_code_comes_back(self, client):
        phone = factories.phone()
        answer = sign_in_by_code(client, phone)
        assert answer.status_code == 302
        account = User.objects.get(pk=client.session["_auth_user_id"])
        assert account.phone.open() == phone
        assert account.person is None
        assert not account.has_usable_password()

    def test_makes_no_account_before(self, client):
        before = User.objects.count()
        ask_for_code(client, factories.phone())
        assert User.objects.count() == before

    def test_finds_the_account_again(self, client):
        phone = factories.phone()
        sign_in_by_code(client, phone)
        first = client.session["_auth_user_id"]
        sign_in_by_code(again := Client(), phone)
        assert again.session["_auth_user_id"] == first

    def test_answers_a_known_and_an_unknown_phone_alike(self, client):
        known = factories.phone()
        sign_in_by_code(Client(), known)
        pages = []
        for phone in (known, factories.phone()):
            other = Client()
            answer = ask_for_code(other, phone)
            pages.append((answer.status_code, answer.url, other.get(answer.url).content.decode().count("6 位数字")))
        assert pages[0] == pages[1]
        assert Outbox.objects.count() == 3

    def test_keeps_the_phone_out_of_the_session(self, client):
        phone = factories.phone()
        ask_for_code(client, phone)
        assert phone not in json.dumps(dict(client.session.items()))

    def test_refuses_a_phone_that_is_none_in_words(self, client):
        assert "手机号码应是 1 开头的 11 位数字" in ask_for_code(client, "12345").content.decode()

    def test_closes_a_phone_after_five_wrong_codes_even_with_a_new_code(self, client):
        phone = factories.phone()
        ask_for_code(client, phone)
        for _ in range(5):
            client.post("/account/login/code/", {"code": "000000x"})
        assert "暂停 30 分钟" in ask_for_code(client, phone).content.decode()
        with time_machine.travel(time.time() + 31 * 60, tick=True):
            assert ask_for_code(Client(), phone).status_code == 302

    def test_sends_at_most_three_codes_in_five_minutes(self, client):
        phone = factories.phone()
        assert [ask_for_code(Client(), phone).status_code for _ in range(4)] == [302, 302, 302, 200]

    def test_forgets_a_code_after_ten_minutes(self, client):
        ask_for_code(client, factories.phone())
        with time_machine.travel(time.time() + 11 * 60, tick=True):
            client.post("/account/login/code/", {"code": sent_code()})
        assert "_auth_user_id" not in client.session

    def test_sends_another_code_on_request(self, client):
        ask_for_code(client, factories.phone())
        old = sent_code()
        client.post("/account/login/code/", {"action": "resend"})
        assert Outbox.objects.count() == 2
        if sent_code() != old:
            assert client.post("/account/login/code/", {"code": old}).status_code == 200
        assert client.post("/account/login/code/", {"code": sent_code()}).status_code == 302

    def test_goes_on_where_the_visitor_was(self, client):
        ask = client.post("/account/login/?next=/stations/", {"phone": factories.phone(), "next": "/stations/"})
        answer = client.post(ask.url, {"code": sent_code(), "next": "/stations/"})
        assert answer.url == "/stations/"

    def test_never_goes_on_elsewhere(self, client):
        ask = client.post("/account/login/", {"phone": factories.phone(), "next": "https://evil.example/"})
        answer = client.post(ask.url, {"code": sent_code(), "next": "https://evil.example/"})
        assert answer.url == reverse("people:account")


class TestStaff:
    def test_opens_roles_after_password_and_second_factor(self, client, enrolled):
        user, secret = enrolled
        assert give_password(client, user).url == reverse("mfa_authenticate")
        assert "_auth_user_id" not in client.session
        answer = client.post(reverse("mfa_authenticate"), {"code": second_factor.code_of(secret)})
        assert answer.url == reverse("portal:work")
        assert client.session[SECOND_FACTOR_KEY]
        assert AccessLog.objects.filter(action="sign-in:password+second-factor", actor=user.pk).exists()

    def test_refuses_a_wrong_second_factor(self, client, enrolled):
        user, _ = enrolled
        give_password(client, user)
        answer = client.post(reverse("mfa_authenticate"), {"code": "not-it"})
        assert "验证码不对" in answer.content.decode()
        assert "_auth_user_id" not in client.session

    def test_takes_a_code_only_once(self, client, enrolled):
        user, secret = enrolled
        code = second_factor.code_of(secret)
        for browser in (client, again := Client()):
            give_password(browser, user)
            browser.post(reverse("mfa_authenticate"), {"code": code})
        assert "_auth_user_id" in client.session
        assert "_auth_user_id" not in again.session

    def test_gives_a_new_session_key(self, client, enrolled):
        user, secret = enrolled
        give_password(client, user)
        before = client.session.session_key
        client.post(reverse("mfa_authenticate"), {"code": second_factor.code_of(secret)})
        assert client.session.session_key != before

    def test_leads_the_unenrolled_to_enrolment_and_nowhere_else(self, client, worker):
        assert give_password(client, worker).url == reverse("mfa_activate_totp")
        assert client.get("/work/").url == reverse("mfa_activate_totp")
        assert client.get(reverse("people:account")).url == reverse("mfa_activate_totp")
        assert client.get(reverse("mfa_activate_totp")).status_code == 200
        assert client.get(reverse("people:totp-qr"))["Content-Type"] == "image/svg+xml"

    def test_opens_no_role_in_the_session_that_enrolled(self, client, worker):
        give_password(client, worker)
        client.get(reverse("mfa_activate_totp"))
        secret = client.session["mfa.totp.secret"]
        client.post(reverse("mfa_activate_totp"), {"code": second_factor.code_of(secret)})
        row = Authenticator.objects.get(user=worker, type="totp")
        assert secret not in json.dumps(row.data)
        assert SECOND_FACTOR_KEY not in client.session
        assert client.get(reverse("stations:desk")).status_code == 403

    def test_asks_the_unenrolled_for_the_password_again_when_it_is_old(self, client, worker):
        give_password(client, worker)
        with time_machine.travel(time.time() + 10 * 60, tick=True):
            assert client.get(reverse("mfa_activate_totp")).url.startswith(reverse("account_reauthenticate"))

    @pytest.mark.parametrize("answer", NO_KEYS)
    def test_takes_nothing_unreadable_for_a_passkey(self, client, enrolled, answer):
        give_password(client, enrolled[0])
        page = client.post(reverse("mfa_authenticate"), {"credential": answer})
        assert NO_KEY_READ in page.content.decode()
        assert "_auth_user_id" not in client.session

    @pytest.mark.parametrize("answer", NO_KEYS)
    def test_adds_nothing_unreadable_as_a_passkey(self, client, worker, answer):
        give_password(client, worker)
        client.get(reverse("mfa_add_webauthn"))
        page = client.post(reverse("mfa_add_webauthn"), {"credential": answer})
        assert NO_KEY_ADDED in page.content.decode()
        assert not Authenticator.objects.filter(user=worker).exists()

    def test_opens_no_role_by_code(self, client, worker):
        phone = factories.phone()
        worker.set_phone(phone)
        worker.save()
        sign_in_by_code(client, phone)
        answer = client.get(reverse("mfa_activate_totp"))
        assert answer.url.startswith(reverse("account_reauthenticate"))

    def test_opens_no_role_by_code_and_second_factor(self, client, enrolled):
        user, secret = enrolled
        phone = factories.phone()
        user.set_phone(phone)
        user.save()
        sign_in_by_code(client, phone)
        client.post(reverse("mfa_authenticate"), {"code": second_factor.code_of(secret)})
        assert client.session["_auth_user_id"] == str(user.pk)
        assert SECOND_FACTOR_KEY not in client.session
        assert client.get(reverse("people:account")).status_code == 200

    def test_locks_a_login_name_for_half_an_hour_after_five_failures(self, client, enrolled):
        user, _ = enrolled
        for _ in range(5):
            assert "登录名或密码不对" in give_password(client, user, "wrong").content.decode()
        assert "暂停 30 分钟" in give_password(client, user).content.decode()
        with time_machine.travel(time.time() + 31 * 60, tick=True):
            assert give_password(client, user).status_code == 302

    def test_answers_an_unknown_login_name_like_a_wrong_password(self, client):
        answer = client.post("/account/staff/", {"login": "nobody", "password": "x"})
        assert "登录名或密码不对" in answer.content.decode()

    def test_ends_a_session_after_half_an_hour_idle(self, client, enrolled):
        user, secret = enrolled
        give_password(client, user)
        client.post(reverse("mfa_authenticate"), {"code": second_factor.code_of(secret)})
        with time_machine.travel(time.time() + (settings.STAFF_IDLE_MINUTES + 1) * 60, tick=True):
            assert client.get("/work/").url.startswith("/account/staff/")

    def test_takes_a_recovery_code_once(self, client, enrolled):
        user, secret = enrolled
        give_password(client, user)
        client.post(reverse("mfa_authenticate"), {"code": second_factor.code_of(secret)})
        page = client.post(reverse("mfa_view_recovery_codes"))
        code = page.context["codes"][0]
        give_password(other := Client(), user)
        assert other.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
        give_password(third := Client(), user)
        assert third.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200

    def test_lets_an_employers_agent_in_by_password_alone(self, client):
        agent = factories.agent(factories.organisation())
        agent.set_password(PASSWORD)
        agent.save()
        assert give_password(client, agent).url == reverse("portal:work")

    def test_makes_the_first_password_be_changed(self, client, worker):
        worker.must_change_password = True
        worker.save()
        give_password(client, worker)
        assert client.get("/work/").url == reverse("account_change_password")
        new = "Qing-Shan-7788-lv"
        form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        assert client.post(reverse("account_change_password"), form).status_code == 302
        worker.refresh_from_db()
        assert worker.check_password(new)
        assert not worker.must_change_password

    @pytest.mark.parametrize("weak", ["Short-1a", "123456789012", "abcdefghijklmn", "password123456"])
    def test_refuses_a_weak_password(self, client, worker, weak):
        give_password(client, worker)
        form = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
        assert client.post(reverse("account_change_password"), form).status_code == 200

    def test_lets_a_role_that_has_ended_open_nothing(self, client, enrolled):
        user, secret = enrolled
        RoleAssignment.objects.filter(user=user).update(valid=(date(2020, 1, 1), date(2021, 1, 1)))
        give_password(client, user)
        client.post(reverse("mfa_authenticate"), {"code": second_factor.code_of(secret)})
        assert client.get(reverse("stations:desk")).status_code == 403
