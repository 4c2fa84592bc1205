from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from core import events
from core.crypto import blind_index
from core.models import AccessLog, DepartmentFile, DepartmentRow, QueryLog
from messaging.models import InboxMessage, Outbox
from people import proofing
from people.models import Consent, Person, PhoneChange, User
from people.rebinding import rebind_phone
from people.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def known_to_police(number: str, name: str, state: str = "正常") -> None:
    file, _ = DepartmentFile.objects.get_or_create(
        department="police",
        dataset="identity",
        name="identity.csv",
        defaults={"as_of": TODAY - timedelta(days=1), "version": 1, "sha256": "0" * 64, "rows": 1, "rejected": 0},
        as_of=TODAY - timedelta(days=1),
        version=1,
    )
    DepartmentRow.objects.create(
        file=file,
        row=DepartmentRow.objects.count() + 1,
        subject_index=blind_index(number, purpose="person.id_number"),
        state=state,
        record={"name": name, "household_region": "210106"},
    )


@pytest.fixture
def account() -> User:
    user = factories.user(name="")
    user.set_phone(factories.phone())
    user.save()
    return user


@pytest.fixture
def number() -> str:
    made = factories.id_number(birth=date(1988, 3, 9))
    known_to_police(made, "李核验")
    return made


@pytest.fixture
def clerk() -> User:
    return factories.staff(Role.STATION_STAFF)


def prove(user: User, name: str, number: str) -> Person:
    return proofing.prove_by_police(user=user, name=name, id_number=number, on=TODAY)


class TestByPolice:
    def test_makes_the_persons_record_and_joins_it(self, account, number):
        person = prove(account, "李核验", number)
        account.refresh_from_db()
        assert account.person == person
        assert person.proof == Person.Proof.POLICE
        assert person.household_region.code == "210106"
        assert Consent.objects.filter(user=account, notice="real_name").exists()
        events.run_consumers()
        assert InboxMessage.objects.filter(user=account, template="proved").exists()

    def test_joins_the_record_that_is_there(self, account, number):
        there = factories.person(name="李核验")
        there.set_id_number(number)
        there.save()
        assert prove(account, "李核验", number) == there

    def test_logs_the_question_with_its_purpose_even_when_refused(self, account, number):
        with pytest.raises(proofing.CannotProve):
            prove(account, "别的名字", number)
        assert QueryLog.objects.filter(purpose="实名核验", dataset="identity").count() == 1
        assert AccessLog.objects.filter(action="proof:failed", subject=str(account.public_id)).count() == 1

    def test_answers_alike_whether_a_person_is_on_record_or_not(self, account):
        recorded = factories.person(name="王在册")
        sentences = set()
        for number in (recorded.id_number.open(), factories.id_number()):
            known_to_police(factories.id_number(), "旁人")
            with pytest.raises(proofing.CannotProve) as error:
                prove(account, "王在册", number)
            sentences.add(error.value.message)
        assert sentences == {proofing.NOT_PROVED}

    def test_refuses_a_record_that_the_police_have_closed(self, account):
        number = factories.id_number()
        known_to_police(number, "李核验", state="注销")
        with pytest.raises(proofing.CannotProve):
            prove(account, "李核验", number)

    def test_sends_a_second_account_to_the_counter(self, account, number):
        prove(account, "李核验", number)
        other = factories.user(name="")
        with pytest.raises(proofing.CannotProve, match="到服务站换绑"):
            prove(other, "李核验", number)

    def test_stops_after_five_failures_a_day(self, account, number):
        for _ in range(5):
            with pytest.raises(proofing.CannotProve):
                prove(account, "别的名字", number)
        with pytest.raises(proofing.CannotProve, match="今天试的次数太多"):
            prove(account, "李核验", number)

    def test_says_when_the_police_data_is_not_there(self, account):
        with pytest.raises(proofing.CannotProve, match="现在查不到"):
            prove(account, "李核验", factories.id_number())

    def test_walks_the_page_and_goes_on_where_one_was(self, client, account, number):
        client.force_login(account)
        assert "实名核验告知书" in client.get("/account/proof/?next=/account/").content.decode()
        refused = client.post("/account/proof/", {"name": "李核验", "id_number": number})
        assert refused.status_code == 422
        form = {"name": "李核验", "id_number": number, "agree": "on", "next": "/stations/"}
        assert client.post("/account/proof/", form).url == "/stations/"
        assert "李核验" in client.get("/account/").content.decode()

    def test_shows_nothing_of_the_person_before_proof(self, client, account, number):
        there = factories.person(name="李核验", phone=account.phone.open())
        client.force_login(account)
        page = client.get("/account/").content.decode()
        assert there.masked_id not in page
        assert "李核验" not in page


class TestAtTheCounter:
    def test_joins_the_account_that_shows_the_code(self, account, clerk):
        code = proofing.show_counter_code(account)
        number = factories.id_number()
        person = proofing.prove_at_counter(code=code, id_number=number, name="赵窗口", by=clerk, on=TODAY)
        account.refresh_from_db()
        assert account.person == person
        assert person.proof == Person.Proof.COUNTER
        assert AccessLog.objects.filter(action="proof:counter", actor=clerk.pk).exists()

    def test_refuses_a_wrong_or_old_code(self, account, clerk):
        proofing.show_counter_code(account)
        with pytest.raises(proofing.CannotProve, match="核验码不对"):
            proofing.prove_at_counter(code="x", id_number=factories.id_number(), name="赵窗口", by=clerk, on=TODAY)

    def test_stops_an_officer_who_guesses(self, clerk):
        for _ in range(10):
            with pytest.raises(proofing.CannotProve, match="核验码不对"):
                proofing.account_behind("nope", by=clerk)
        with pytest.raises(proofing.CannotProve, match="过 10 分钟再试"):
            proofing.account_behind("nope", by=clerk)

    def test_refuses_another_name_than_on_record(self, account, clerk):
        there = factories.person(name="孙登记")
        code = proofing.show_counter_code(account)
        with pytest.raises(proofing.CannotProve, match="姓名和证件上的不一样"):
            proofing.prove_at_counter(code=code, id_number=there.id_number.open(), name="孙别名", by=clerk, on=TODAY)

    def test_is_closed_to_other_roles(self, account):
        code = proofing.show_counter_code(account)
        with pytest.raises(proofing.CannotProve, match="不能办实名核验"):
            proofing.prove_at_counter(
                code=code,
                id_number=factories.id_number(),
                name="赵窗口",
                by=factories.staff(Role.SUBSIDY_REVIEWER),
                on=TODAY,
            )

    def test_walks_the_pages_of_both(self, client, account, clerk):
        client.force_login(account)
        code = client.post("/account/proof/code/").context["code"]
        desk = Client()
        desk.force_login(clerk)
        session = desk.session
        session["second_factor_at"] = timezone.now().timestamp()
        session.save()
        form = {"id_number": factories.id_number(), "name": "赵窗口", "code": code, "card_seen": "on"}
        assert desk.post("/work/people/proof/", form).status_code == 302
        account.refresh_from_db()
        assert account.person is not None


class TestRebinding:
    @pytest.fixture
    def owner(self) -> User:
        person = factories.person(name="周换绑")
        user = factories.user(name="周换绑", person=person)
        user.set_phone("13900001111")
        user.save()
        return user

    def test_gives_the_new_phone_and_ends_old_sessions(self, account, owner, clerk):
        old = Client()
        old.force_login(owner)
        assert old.get("/account/").status_code == 200
        phone = account.phone.open()
        code = proofing.show_counter_code(account)
        change = rebind_phone(
            code=code, id_number=owner.person.id_number.open(), reason="原手机丢失", by=clerk, on=TODAY
        )
        owner.refresh_from_db()
        account.refresh_from_db()
        assert owner.phone.open() == phone
        assert (account.is_active, bool(account.phone)) == (False, False)
        assert old.get("/account/").status_code == 302
        assert change.old_mask == "139****1111"

    def test_tells_both_phones(self, account, owner, clerk):
        code = proofing.show_counter_code(account)
        rebind_phone(code=code, id_number=owner.person.id_number.open(), reason="原手机丢失", by=clerk, on=TODAY)
        events.run_consumers()
        sent = {row.template: row.address.open() for row in Outbox.objects.all()}
        assert sent["phone_rebound_old"] == "13900001111"
        assert sent["phone_rebound"] == User.objects.get(pk=owner.pk).phone.open()

    def test_never_takes_a_phone_from_a_proved_account(self, owner, clerk):
        other = factories.citizen()
        code = proofing.show_counter_code(other)
        with pytest.raises(proofing.CannotProve, match="别人的"):
            rebind_phone(code=code, id_number=owner.person.id_number.open(), reason="原手机丢失", by=clerk, on=TODAY)

    def test_asks_for_a_reason(self, account, owner, clerk):
        code = proofing.show_counter_code(account)
        with pytest.raises(proofing.CannotProve, match="原因"):
            rebind_phone(code=code, id_number=owner.person.id_number.open(), reason=" ", by=clerk, on=TODAY)
        assert not PhoneChange.objects.exists()
        assert cache.get(f"proof.counter:{code}") == account.pk
