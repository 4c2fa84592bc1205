from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from messaging import outbox
from messaging.inbox import choose_topics
from messaging.models import InboxMessage, OptOut, Outbox
from tests import factories

pytestmark = pytest.mark.django_db
ANSWER = {"title": "焊工", "employer": "某厂", "status": "约面试", "reason": "周五九点来。"}


def tell(to, key="answer:1", **options):
    outbox.send(to=to, template="application_answered", context=ANSWER, key=key, **options)


@pytest.fixture
def user():
    return factories.citizen()


def test_writes_to_the_inbox_and_queues_a_text_message(user):
    tell(user, link="/jobs/")
    message = InboxMessage.objects.get()
    assert (message.user, message.title, message.link) == (user, "投递有进展", "/jobs/")
    assert message.text == "某厂对“焊工”的答复：约面试。周五九点来。"
    row = Outbox.objects.get()
    assert (row.status, row.channel, row.values()) == ("queued", "sms", ANSWER)
    assert row.address.open() == user.person.phone.open()
    assert row.address_mask == user.person.masked_phone


def test_keeps_address_and_values_sealed_in_the_database(user):
    tell(user)
    with connection.cursor() as cursor:
        cursor.execute("SELECT address, context FROM messaging_outbox")
        stored = " ".join(cursor.fetchone())
    assert "焊工" not in stored
    assert user.person.phone.open() not in stored


def test_reaches_a_person_with_and_without_an_account(user):
    tell(user.person)
    tell(factories.person(), key="answer:2")
    assert InboxMessage.objects.get().user == user
    assert Outbox.objects.count() == 2


def test_sends_the_same_occasion_once(user):
    tell(user)
    tell(user)
    assert (InboxMessage.objects.count(), Outbox.objects.count()) == (1, 1)


def test_sends_nothing_when_the_matter_is_rolled_back(user):
    with transaction.atomic():
        tell(user)
        transaction.set_rollback(True)
    assert (InboxMessage.objects.count(), Outbox.objects.count()) == (0, 0)


def test_notes_that_there_is_no_phone():
    tell(factories.person(phone=""))
    assert Outbox.objects.get().reason == "没有登记可用的地址"


def test_respects_what_a_person_switched_off(user):
    choose_topics(by=user, wanted=["survey"])
    assert set(OptOut.objects.values_list("topic", flat=True)) == {"job_alert", "policy_news"}
    outbox.send(to=user, template="job_alert", context={"count": 3}, key="alert:1", optional=True)
    assert not InboxMessage.objects.exists()
    tell(user)
    assert InboxMessage.objects.exists()
    choose_topics(by=user, wanted=["job_alert", "survey"])
    outbox.send(to=user, template="job_alert", context={"count": 3}, key="alert:1", optional=True)
    assert InboxMessage.objects.filter(template="job_alert").exists()


def test_fails_at_once_for_a_value_that_is_missing(user):
    with pytest.raises(KeyError):
        outbox.send(to=user, template="application_answered", context={}, key="x")
    assert not Outbox.objects.exists()


@pytest.mark.parametrize("link", ["https://evil.example/", "//evil.example", "/\\evil", "jobs"])
def test_refuses_links_that_leave_the_portal(user, link):
    with pytest.raises(ValueError, match="path"):
        tell(user, link=link)


def test_sends_a_code_to_a_phone_that_belongs_to_nobody_yet():
    outbox.send_to_address(
        channel="sms",
        address="13900001111",
        template="login_code",
        context={"code": "123456", "minutes": 10},
        key="c:1",
    )
    row = Outbox.objects.get()
    assert row.is_urgent
    assert timedelta(minutes=9) < row.expires_at - timezone.now() <= timedelta(minutes=10)


@pytest.mark.django_db(transaction=True)
def test_asks_for_a_sweep_as_soon_as_a_code_is_committed(gateway):
    outbox.send_to_address(
        channel="sms",
        address="13900001111",
        template="login_code",
        context={"code": "123456", "minutes": 10},
        key="c:1",
    )
    assert "123456" in gateway.letters[0].text
    row = Outbox.objects.get()
    assert row.status == "sent"
    assert not row.context


def test_shows_no_phone_in_its_own_text(user):
    tell(user)
    assert user.person.phone.open() not in f"{Outbox.objects.get()} {Outbox.objects.get()!r}"
