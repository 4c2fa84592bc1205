"""Inviting to an interview, and the applicant's answer."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from core.errors import StaleVersion
from jobs import interviews
from jobs.models import Interview
from messaging.models import InboxMessage
from tests import factories
from tests.jobs.factories import application, interview, posting
from tests.jobs.test_views import login

pytestmark = pytest.mark.django_db


def values(**more):
    start = timezone.now() + timedelta(days=2)
    return {
        "starts_at": start,
        "minutes": 30,
        "mode": "onsite",
        "place": "演示路 1 号",
        "contact": "",
        "bring": "",
    } | more


def invite(row, agent, **more):
    return interviews.invite(
        application_id=row.pk, values=values(**more), version=row.version, by=agent, now=timezone.now()
    )


def test_tells_the_applicant_time_and_place():
    row = application(posting=posting())
    invite(row, factories.agent(row.posting.organisation), bring="身份证")
    row.refresh_from_db()
    assert row.status == "interview"
    told = InboxMessage.objects.get(user=row.applicant)
    assert "演示路 1 号" in told.text
    assert "带身份证" in told.text
    assert told.link == f"/jobs/applications/{row.public_id}/"


def test_moves_the_same_interview_so_that_calendars_follow():
    row = application(posting=posting())
    agent = factories.agent(row.posting.organisation)
    first = invite(row, agent)
    interviews.reply(interview_id=first.pk, choice="accept", by=row.applicant, now=timezone.now())
    row.refresh_from_db()
    second = invite(row, agent, place="演示路 2 号")
    assert (second.pk, second.sequence, second.status) == (first.pk, 1, "proposed")


@pytest.mark.parametrize(
    ("who", "sentence"), [("past", "已经过了"), ("other employer", "不能再约"), ("old page", "刚被别人改过")]
)
def test_refuses_the_past_strangers_and_old_pages(who, sentence):
    row = application(posting=posting())
    agent = factories.agent(factories.organisation() if who == "other employer" else row.posting.organisation)
    start = {"starts_at": timezone.now() - timedelta(hours=1)} if who == "past" else {}
    row.version += who == "old page"
    with pytest.raises((interviews.CannotInvite, StaleVersion), match=sentence):
        invite(row, agent, **start)
    assert not Interview.objects.exists()


def test_hears_another_time_and_tells_the_employer():
    found = interview(application=application(posting=posting()))
    who = found.application.applicant
    with pytest.raises(interviews.CannotInvite, match="什么时候方便"):
        interviews.reply(interview_id=found.pk, choice="other", by=who, now=timezone.now())
    interviews.reply(interview_id=found.pk, choice="other", text="周三下午", by=who, now=timezone.now())
    assert "周三下午" in InboxMessage.objects.get(user=found.invited_by).text
    with pytest.raises(interviews.CannotInvite):
        interviews.reply(interview_id=found.pk, choice="accept", by=factories.citizen(), now=timezone.now())


def test_is_called_off_when_the_applicant_withdraws_or_the_employer_says_so(client):
    found = interview(application=application(posting=posting()))
    login(client, found.application.applicant)
    assert client.post(f"/jobs/applications/{found.application.public_id}/withdraw/").status_code == 302
    found.refresh_from_db()
    assert found.status == "cancelled"
    other = interview(application=application(posting=posting()))
    login(client, other.invited_by)
    assert client.post(f"/employer/interviews/{other.public_id}/cancel/").status_code == 302
    other.refresh_from_db()
    assert (other.status, other.sequence) == ("cancelled", 1)


def test_hands_out_a_calendar_file_to_both_sides_and_nobody_else(client):
    found = interview(application=application(posting=posting()))
    path = f"/jobs/interviews/{found.public_id}/calendar.ics"
    for who, status in ((found.application.applicant, 200), (found.invited_by, 200), (factories.citizen(), 404)):
        login(client, who)
        answer = client.get(path)
        assert answer.status_code == status
    login(client, found.invited_by)
    answer = client.get(path)
    assert answer["Content-Type"].startswith("text/calendar")
    assert f"UID:{found.public_id}" in answer.text


def test_a_form_without_a_time_says_so_and_saves_nothing(client):
    row = application(posting=posting())
    login(client, factories.agent(row.posting.organisation))
    path = f"/employer/applications/{row.public_id}/interview/"
    refused = client.post(
        path, {"day": "2026-02-30", "time": "", "mode": "onsite", "place": "", "version": row.version}
    )
    assert refused.status_code == 422
    for sentence in ("请选面试时间。", "请写面试地点", "日期请写成"):
        assert sentence in refused.text
    tomorrow = timezone.localdate() + timedelta(days=1)
    typed = {"day": tomorrow.isoformat(), "time": "09:30", "minutes": "30", "mode": "onsite", "place": "演示路 1 号"}
    assert client.post(path, typed | {"version": row.version}).status_code == 302
    start = timezone.localtime(Interview.objects.get().starts_at)
    assert start.replace(tzinfo=None) == datetime.combine(tomorrow, datetime.min.time()) + timedelta(hours=9.5)
