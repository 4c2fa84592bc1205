"""Nobody waits for ever: what the employer does not go on with ends kindly, and a sign of life counts."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from jobs import applications, closing, conversations, freshness, offers
from jobs.models import Application, Interview, Offer, Posting
from messaging.models import InboxMessage
from tests import factories
from tests.jobs.factories import application, interview, offer, posting
from tests.jobs.test_views import login

TODAY = date(2026, 11, 23)
LATE = datetime(2026, 10, 23, 23, 59, tzinfo=timezone.get_default_timezone())
"""The last minute of the day that lies one term before today."""
FORM = {"name": "张应聘", "phone": "13900001234"}

pytestmark = pytest.mark.django_db


def waiting(status: str = "submitted", **fields: object) -> Application:
    """Return an application sent, and answered, as long ago as is too long."""
    row = application(posting=posting(), status=status)
    Application.objects.filter(pk=row.pk).update(**({"submitted_at": LATE, "answered_at": LATE} | fields))
    row.refresh_from_db()
    return row


def statuses(*rows: Application) -> list[str]:
    return [Application.objects.get(pk=row.pk).status for row in rows]


def test_closes_what_nobody_went_on_with_in_batches_and_once():
    made = posting()
    agent = factories.agent(made.organisation)
    late = [application(posting=made) for _ in range(3)]
    seen, fresh = application(posting=made, status="viewed"), application(posting=made)
    Application.objects.update(submitted_at=LATE)
    Application.objects.filter(pk=fresh.pk).update(submitted_at=LATE + timedelta(minutes=1))
    Application.objects.filter(pk=seen.pk).update(answered_at=timezone.now())
    assert [closing.close_unanswered(on=TODAY, size=3) for _ in range(3)] == [3, 1, 0]
    assert statuses(*late, seen, fresh) == ["lapsed"] * 4 + ["submitted"]
    assert "这不代表您不合适" in InboxMessage.objects.get(user=late[0].applicant).text
    assert InboxMessage.objects.filter(user=agent).count() == 1
    assert applications.apply(posting_id=made.pk, by=late[0].applicant, on=timezone.localdate(), **FORM)


def test_closes_what_stopped_later_on_the_way_and_calls_no_past_interview_cancelled():
    short, met = waiting("shortlisted"), waiting()
    meeting = interview(application=met, starts_at=LATE, status="accepted")
    assert closing.close_unanswered(on=TODAY) == 2
    assert statuses(short, met) == ["lapsed", "lapsed"]
    meeting.refresh_from_db()
    assert meeting.status == Interview.Status.HELD
    assert "没有下一步" in InboxMessage.objects.get(user=short.applicant).text


def test_counts_every_sign_of_the_employer_but_not_the_applicant_s_own_words():
    talked, asked, invited, answered = (waiting(s) for s in ("viewed", "viewed", "submitted", "shortlisted"))
    agent = factories.agent(talked.posting.organisation)
    conversations.send_message(application_id=talked.pk, text="下周给您回话", by=agent, on=TODAY)
    conversations.send_message(application_id=asked.pk, text="有消息吗", by=asked.applicant, on=TODAY)
    interview(application=invited)
    Application.objects.filter(pk=answered.pk).update(answered_at=LATE + timedelta(days=1))
    called_off = interview(application=waiting(), status="cancelled").application
    assert closing.close_unanswered(on=TODAY) == 2
    assert statuses(talked, asked, invited, answered, called_off) == [
        "viewed", "lapsed", "interview", "shortlisted", "lapsed",
    ]  # fmt: skip


def test_a_conversation_keeps_its_posting_from_being_paused_as_silent():
    row = waiting("viewed")
    Posting.objects.update(posted_at=LATE - timedelta(days=1))
    agent = factories.agent(row.posting.organisation)
    conversations.send_message(application_id=row.pk, text="下周给您回话", by=agent, on=TODAY)
    assert freshness.pause_silent(on=TODAY) == 0
    row.messages.all().delete()
    assert freshness.pause_silent(on=TODAY) == 1


def test_lets_an_offer_lapse_after_its_day_tells_both_and_ends_the_application_a_term_later(client):
    row = waiting()
    agent = factories.agent(row.posting.organisation)
    sent = offer(application=row, answer_by=TODAY - timedelta(days=1), starts_on=TODAY + timedelta(days=9))
    other = offer(application=waiting(), answer_by=TODAY, starts_on=TODAY)
    assert [closing.lapse_offers(on=TODAY) for _ in range(2)] == [1, 0]
    assert closing.close_unanswered(on=TODAY) == 0
    assert list(Offer.objects.order_by("pk").values_list("status", flat=True)) == ["lapsed", "open"]
    assert statuses(row, other.application) == ["offer", "offer"]
    assert "请单位重新发一份" in InboxMessage.objects.get(user=row.applicant).text
    assert "重新发" in InboxMessage.objects.get(user=agent).text
    with pytest.raises(offers.CannotOffer, match="重新发一份"):
        offers.answer_offer(offer_id=sent.pk, accept=True, by=row.applicant, on=TODAY)
    login(client, row.applicant)
    assert "您没有答复" in client.get(f"/jobs/applications/{row.public_id}/").text
    assert closing.close_unanswered(on=TODAY + timedelta(days=30)) == 1
    assert "录用意向过期没有答复" in client.get(f"/jobs/applications/{row.public_id}/").text
    assert statuses(row, other.application) == ["lapsed", "offer"]


def test_asks_once_about_an_accepted_offer_and_decides_nothing():
    row = waiting()
    agent = factories.agent(row.posting.organisation)
    began = TODAY - timedelta(days=31)
    offer(application=row, status="accepted", answer_by=began, starts_on=began)
    assert closing.ask_about_hires(on=TODAY - timedelta(days=1)) == 0
    assert [closing.ask_about_hires(on=TODAY + timedelta(days=late)) for late in (0, 1)] == [1, 1]
    assert closing.close_unanswered(on=TODAY + timedelta(days=60)) == 0
    assert statuses(row) == ["offer"]
    assert InboxMessage.objects.filter(user=row.applicant).count() == 1
    assert "请点“录用”" in InboxMessage.objects.get(user=agent).text


def test_says_until_when_an_application_waits(client):
    row = waiting("shortlisted", answered_at=datetime(2026, 11, 2, 10, 0, tzinfo=timezone.get_default_timezone()))
    login(client, row.applicant)
    assert "12 月 2 日前还没有，系统会替您结束" in client.get(f"/jobs/applications/{row.public_id}/").text
