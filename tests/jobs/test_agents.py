"""A suspended employer, and an agent whose authorisation ended, deal with no applicant any more: by page and by function."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from core.errors import DomainError
from core.models import AccessLog
from jobs import applications, conversations, interviews, offers, pipeline
from jobs.models import Application, Interview
from messaging.models import InboxMessage
from people.models import Organisation, RoleAssignment, User
from people.roles import Role
from tests import factories
from tests.jobs.factories import application, interview, offer, posting, resume
from tests.jobs.test_views import login

pytestmark = pytest.mark.django_db
PHONE = "13900001234"
REASON = "岗位内容不实，多次被举报。"


def suspend(organisation: Organisation) -> None:
    Organisation.objects.filter(pk=organisation.pk).update(status="suspended", status_reason=REASON)


def fresh(user: User) -> User:
    found = User.objects.get(pk=user.pk)
    found.activate_roles()
    return found


def test_shuts_every_door_to_applicants_while_suspended_and_says_why(client):
    row, open_resume = application(posting=posting()), resume(visibility="province")
    agent = factories.agent(row.posting.organisation)
    login(client, agent)
    own = f"/employer/applications/{row.public_id}/"
    assert PHONE in client.get(own).text
    suspend(row.posting.organisation)
    for path in (
        own,
        "/employer/applications/",
        "/employer/applications/?view=board",
        "/employer/applications/month.xlsx",
        "/employer/applications/resumes.zip",
        f"/employer/postings/{row.posting.public_id}/applicants/",
        "/employer/talent/",
        f"/employer/talent/{open_resume.public_id}/",
    ):
        page = client.get(path)
        assert page.status_code == 403, path
        assert REASON in page.text
        assert "申请解除" in page.text
        assert row.name not in page.text
        assert PHONE not in page.text
    for act in ("", "open/", "interview/", "offer/", "note/", "message/"):
        assert client.post(f"{own}{act}", {"text": "你好"}).status_code == 403, act
    assert client.post("/employer/applications/answer/", {}).status_code == 403
    assert client.post(f"/employer/talent/{open_resume.public_id}/invite/", {}).status_code == 403
    assert not AccessLog.objects.filter(actor=agent.pk, action__startswith="resume").exists()


def test_refuses_each_workflow_while_suspended():
    row = application(posting=posting())
    agent, now, today = factories.agent(row.posting.organisation), timezone.now(), timezone.localdate()
    suspend(row.posting.organisation)
    given = {"application_id": row.pk, "version": row.version, "by": agent}
    day = today + timedelta(days=9)
    attempts = (
        lambda: applications.answer(status="hired", on=today, **given),
        lambda: interviews.invite(values={"starts_at": now + timedelta(days=1)}, now=now, **given),
        lambda: offers.make_offer(values={"starts_on": day, "answer_by": day, "pay_text": "x"}, on=today, **given),
        lambda: conversations.send_message(application_id=row.pk, text="您好", by=agent, on=today),
        lambda: conversations.add_note(application_id=row.pk, text="不错", by=agent),
    )
    for attempt in attempts:
        with pytest.raises(DomainError):
            attempt()
    row.refresh_from_db()
    assert row.status == "submitted"
    assert not row.messages.exists()
    with pytest.raises(conversations.CannotWrite, match="看不到留言"):
        conversations.send_message(application_id=row.pk, text="在吗", by=row.applicant, on=today)


def test_lets_a_suspended_employer_call_off_an_interview_and_the_person_turn_down_an_offer(client):
    meeting = interview(application=application(posting=posting(), name="欧阳等候"))
    waiting = offer(application=application(posting=meeting.application.posting))
    login(client, factories.agent(meeting.application.posting.organisation))
    suspend(meeting.application.posting.organisation)
    page = client.get("/employer/applications/").text
    assert "约好的面试" in page
    assert "欧阳等候" not in page
    answer = client.post(f"/employer/interviews/{meeting.public_id}/cancel/")
    assert (answer.status_code, answer["Location"]) == (302, "/employer/applications/")
    meeting.refresh_from_db()
    assert meeting.status == Interview.Status.CANCELLED
    assert InboxMessage.objects.filter(user=meeting.application.applicant).exists()
    offers.answer_offer(offer_id=waiting.pk, accept=False, by=waiting.application.applicant, on=timezone.localdate())
    waiting.application.refresh_from_db()
    assert waiting.application.status == Application.Status.DECLINED


def test_an_agent_of_two_employers_keeps_the_one_that_is_not_suspended(client):
    mine, shut = application(posting=posting(), name="看得到"), application(posting=posting(), name="看不到")
    agent = factories.agent(mine.posting.organisation)
    RoleAssignment.objects.create(
        user=agent, role=Role.EMPLOYER_AGENT, organisation=shut.posting.organisation, valid=(date(2020, 1, 1), None)
    )
    suspend(shut.posting.organisation)
    login(client, agent)
    page = client.get("/employer/applications/").text
    assert "看得到" in page
    assert ">看不到<" not in page
    assert f"{shut.posting.organisation}：已暂停" in page
    assert client.get(f"/employer/applications/{shut.public_id}/").status_code == 403
    assert client.get(f"/employer/postings/{shut.posting.public_id}/applicants/").status_code == 403
    assert client.get(f"/employer/applications/{application(posting=posting()).public_id}/").status_code == 404
    assert client.get("/employer/talent/").status_code == 200


def test_an_agent_whose_authorisation_ended_has_nothing_left(client):
    row = application(posting=posting())
    agent, yesterday = factories.agent(row.posting.organisation), timezone.localdate() - timedelta(days=1)
    login(client, agent)
    own = f"/employer/applications/{row.public_id}/"
    assert client.get(own).status_code == 200
    RoleAssignment.objects.filter(user=agent).update(valid=(date(2020, 1, 1), yesterday))
    for path in (own, "/employer/applications/resumes.zip", "/employer/talent/"):
        assert client.get(path).status_code == 403
    assert client.post(f"{own}message/", {"text": "您好"}).status_code == 403
    former = fresh(agent)
    assert not pipeline.received(former).exists()
    with pytest.raises(DomainError):
        conversations.send_message(application_id=row.pk, text="您好", by=former, on=timezone.localdate())


def test_gives_everything_back_when_the_suspension_ends(client):
    row = application(posting=posting())
    login(client, factories.agent(row.posting.organisation))
    suspend(row.posting.organisation)
    assert client.get(f"/employer/applications/{row.public_id}/").status_code == 403
    Organisation.objects.update(status="verified", status_reason="")
    assert PHONE in client.get(f"/employer/applications/{row.public_id}/").text
