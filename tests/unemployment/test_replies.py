import re
from datetime import date, timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from messaging.models import Outbox
from people.middleware import SECOND_FACTOR_KEY
from people.roles import Role
from tests import factories
from tests.unemployment.conftest import TODAY, contact, registered
from unemployment import followups, replies
from unemployment.escalations import close_step
from unemployment.followups import CannotRecord
from unemployment.models import Escalation, FollowUp, ReplyLink
from unemployment.replies import CannotReply, CannotSend, Round

pytestmark = pytest.mark.django_db
GONE = "这个链接不能用了"


@pytest.fixture
def tail(registration):
    return registration.person.id_mask[-4:]


@pytest.fixture
def link(follow_up, worker):
    send([follow_up], by=worker)
    return follow_up.links.get()


def send(rows, *, by, on=TODAY):
    return replies.send_round(
        follow_up_ids=[row.pk for row in rows], address=lambda token: f"https://portal.example/r/{token}/", by=by, on=on
    )


def address(link):
    return f"/unemployment/reply/{replies.token_of(link)}/"


def answer(link, tail, *said, wish="", on=TODAY):
    return replies.answer(link_id=link.pk, tail=tail, said=said or ["seeking"], wish=wish, on=on)


def by_message(registration, worker, tail, month):
    """Let a month pass that was served by a message."""
    row = registration.follow_ups.get(month=month)
    assert send([row], by=worker, on=month + timedelta(days=9)).sent == 1
    assert answer(row.links.get(), tail, on=month + timedelta(days=9)).taken
    return row


def test_sends_a_link_for_some_days_and_names_nobody(follow_up, worker):
    assert send([follow_up], by=worker) == Round(sent=1, waiting=0, no_phone=0, call_due=0)
    row = Outbox.objects.get(template="unemployment_ask")
    assert row.channel == "sms"
    text = row.context.open()
    assert replies.token_of(follow_up.links.get()) in text
    assert follow_up.registration.person.name not in text
    link = follow_up.links.get()
    assert link.expires_at - link.sent_at == timedelta(days=7)


def test_sends_nobody_a_second_link_before_the_first_is_over(link, follow_up, worker):
    assert send([follow_up], by=worker).waiting == 1
    ReplyLink.objects.update(expires_at=timezone.now())
    assert send([follow_up], by=worker).sent == 1
    assert sorted(follow_up.links.values_list("status", flat=True)) == ["expired", "open"]


def test_sends_nothing_to_people_without_a_phone_or_already_reached(caseworker, worker):
    silent = registered(by=caseworker, person=factories.person(phone="")).follow_ups.get()
    assert send([silent], by=worker).no_phone == 1
    done = registered(by=caseworker).follow_ups.get()
    followups.record_contact(follow_up_id=done.pk, values=contact(), version=done.version, by=worker, on=TODAY)
    with pytest.raises(CannotSend, match="还没有联系上"):
        send([done], by=worker)


def test_lets_nobody_else_send(follow_up):
    stranger = factories.staff(Role.COMMUNITY_WORKER, at=factories.community(county="210202"))
    with pytest.raises(CannotSend, match="不归您"):
        send([follow_up], by=stranger)


def test_makes_the_answer_the_record_of_the_month_and_assumes_nothing(link, follow_up, tail, worker):
    assert answer(link, tail).taken
    follow_up.refresh_from_db()
    assert (follow_up.status, follow_up.channel, follow_up.reached) == (FollowUp.Status.DONE, "sms", "self")
    assert (follow_up.situation, follow_up.job) == ("seeking", "yes")
    assert (follow_up.training, follow_up.business) == ("not_asked", "not_asked")
    assert follow_up.details["training"]["reason"]
    assert follow_up.done_by == worker
    assert not Escalation.objects.exists()
    with pytest.raises(CannotReply):
        answer(link, tail)


@pytest.mark.parametrize(
    ("said", "wish", "situation"),
    [
        (["found"], "", "working"),
        (["seeking", "training"], "", "seeking"),
        (["business"], "", "other"),
        (["seeking"], "孩子没人接", "seeking"),
    ],
)
def test_hands_work_found_and_every_wish_to_a_person_and_closes_nothing(link, tail, worker, said, wish, situation):
    answer(link, tail, *said, wish=wish)
    registration = link.follow_up.registration
    assert registration.follow_ups.get().situation == situation
    matter = Escalation.objects.get()
    assert (matter.kind, matter.status) == ("reply", "open")
    assert wish in matter.about
    registration.refresh_from_db()
    assert registration.status == "active"
    assert not registration.deregistrations.exists()
    assert close_step(escalation_id=matter.pk, result="电话里问清楚了", by=worker).status == "done"


def test_refuses_two_answers_that_cannot_both_be_true(link, tail):
    with pytest.raises(CannotReply, match="只能选一个"):
        answer(link, tail, "seeking", "found")
    with pytest.raises(CannotReply, match="请选"):
        answer(link, tail, "rich")


def test_ends_the_link_after_three_wrong_tries(link, tail):
    wrong = "0000" if tail != "0000" else "1111"
    assert [answer(link, wrong).left for _ in range(3)] == [2, 1, 0]
    link.refresh_from_db()
    assert link.status == ReplyLink.Status.LOCKED
    with pytest.raises(CannotReply):
        answer(link, tail)


def test_takes_a_message_for_two_months_running_and_then_wants_a_call(registration, worker, tail):
    county, months = factories.region("210106"), [date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]
    for month in months:
        followups.open_month(region_id=county.pk, month=month)
    for month, day in ((date(2026, 11, 1), TODAY), (months[0], months[0] + timedelta(days=9))):
        with time_machine.travel(day, tick=False):
            by_message(registration, worker, tail, month)
    january = registration.follow_ups.get(month=months[1])
    assert send([january], by=worker, on=months[1]) == Round(sent=0, waiting=0, no_phone=0, call_due=1)
    with pytest.raises(CannotRecord, match="要打电话"):
        followups.record_contact(
            follow_up_id=january.pk,
            values=contact(channel="sms"),
            version=january.version,
            by=worker,
            on=months[1],
        )
    late = ReplyLink.objects.create(follow_up=january, sent_by=worker, expires_at=timezone.now() + timedelta(days=1))
    assert answer(late, tail, on=months[1]).taken
    january.refresh_from_db()
    assert january.status == FollowUp.Status.OPEN
    assert "要打电话" in Escalation.objects.get(kind="reply").about
    followups.record_contact(
        follow_up_id=january.pk, values=contact(), version=january.version, by=worker, on=months[1]
    )
    assert send([registration.follow_ups.get(month=months[2])], by=worker, on=months[2]).sent == 1


def test_changes_nothing_when_a_scanner_opens_the_link(client, link):
    page = client.get(address(link))
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert "noindex" in page["X-Robots-Tag"]
    text = page.content.decode()
    assert link.follow_up.registration.person.name not in text
    assert "checked" not in text
    client.head(address(link))
    link.refresh_from_db()
    assert (link.status, link.wrong_tries) == ("open", 0)


def test_takes_the_answer_without_signing_in_and_once(client, link, tail):
    sent = {"said": ["seeking", "training"], "wish": "想学电工", "tail": tail.lower()}
    answered = client.post(address(link), sent)
    assert (answered.status_code, answered["Location"]) == (302, "/unemployment/reply/thanks/")
    assert "收到您的回答" in client.get("/unemployment/reply/thanks/").content.decode()
    for again in (client.get(address(link)), client.post(address(link), sent)):
        assert again.status_code == 410
        assert GONE in again.content.decode()


def test_counts_wrong_numbers_over_the_web(client, link, tail):
    sent = {"said": ["seeking"], "tail": "0000" if tail != "0000" else "1111"}
    first = client.post(address(link), sent)
    assert first.status_code == 422
    assert "还可以试 2 次" in first.content.decode()
    client.post(address(link), sent)
    assert client.post(address(link), sent).status_code == 410
    assert client.post(address(link), {**sent, "tail": tail}).status_code == 410


def test_answers_a_made_up_or_old_link_with_a_sentence(client, link):
    token = replies.token_of(link)
    for made_up in (token[:-1], f"x{token}", "x", "A" * 22 + ":x"):
        page = client.get(f"/unemployment/reply/{made_up}/")
        assert page.status_code == 404
        assert GONE in page.content.decode()
    ReplyLink.objects.update(expires_at=timezone.now())
    assert client.get(address(link)).status_code == 410


@pytest.mark.parametrize(
    "sent", [{}, {"said": ["seeking"], "tail": "12"}, {"said": ["seeking", "found"], "tail": "1234"}]
)
def test_says_what_is_missing_and_counts_no_try(client, link, sent):
    assert client.post(address(link), sent).status_code == 422
    link.refresh_from_db()
    assert link.wrong_tries == 0


def test_sends_the_round_from_the_list_and_says_who_got_none(client, caseworker, worker):
    rows = [registered(by=caseworker, on=timezone.localdate()).follow_ups.get() for _ in range(2)]
    rows += [registered(by=caseworker, on=timezone.localdate(), person=factories.person(phone="")).follow_ups.get()]
    client.force_login(worker, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session[SECOND_FACTOR_KEY] = timezone.now().timestamp()
    session.save()
    answered = client.post("/work/followups/messages/", {"pick": [str(row.public_id) for row in rows]}, follow=True)
    text = answered.content.decode()
    assert "给 2 人发了短信；1 人没发：没有登记手机号。" in text
    shown = client.get(f"/work/followups/?id={rows[0].public_id}").content.decode()
    assert re.search(r"短信 \d\d-\d\d \d\d:\d\d 发出，等回答", shown)
    sent = Outbox.objects.filter(template="unemployment_ask").first()
    assert "http://testserver/unemployment/reply/" in sent.context.open()
