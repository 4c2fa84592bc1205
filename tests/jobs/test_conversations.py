"""The conversation about an application: both sides, one notice a turn, bounded."""

import pytest
from django.utils import timezone

from jobs import conversations
from jobs.models import ApplicationMessage, ApplicationNote
from messaging.models import InboxMessage
from tests import factories
from tests.jobs.factories import application, posting
from tests.jobs.test_views import login

pytestmark = pytest.mark.django_db


def say(row, by, text="您好"):
    return conversations.send_message(application_id=row.pk, text=text, by=by, on=timezone.localdate())


def test_notifies_once_a_turn_and_keeps_the_words_on_the_page():
    row = application(posting=posting())
    agent = factories.agent(row.posting.organisation)
    say(row, agent, "周五能来吗")
    say(row, agent, "带身份证")
    told = InboxMessage.objects.filter(user=row.applicant)
    assert told.count() == 1
    assert "周五" not in told.get().text
    say(row, row.applicant, "能")
    say(row, agent, "好")
    assert told.count() == 2
    assert InboxMessage.objects.filter(user=agent).count() == 1


def test_stops_after_ten_lines_without_an_answer():
    row = application(posting=posting())
    for _ in range(10):
        say(row, row.applicant)
    with pytest.raises(conversations.CannotWrite, match="还没有回话"):
        say(row, row.applicant)
    say(row, factories.agent(row.posting.organisation))
    say(row, row.applicant)


@pytest.mark.parametrize("case", ["stranger", "other employer", "over", "empty"])
def test_refuses_strangers_what_is_over_and_empty_lines(case):
    row = application(posting=posting(), status="lapsed" if case == "over" else "viewed")
    who = {"stranger": factories.citizen, "other employer": lambda: factories.agent(factories.organisation())}
    with pytest.raises(conversations.CannotWrite):
        say(row, who.get(case, lambda: row.applicant)(), "  " if case == "empty" else "您好")
    assert not ApplicationMessage.objects.exists()


def test_shows_each_side_who_wrote_what_and_hides_the_employers_notes(client):
    row = application(posting=posting())
    agent = factories.agent(row.posting.organisation)
    login(client, agent)
    one = f"/employer/applications/{row.public_id}/"
    assert client.post(f"{one}message/", {"text": "<b>周五</b>能来吗"}).status_code == 302
    assert client.post(f"{one}note/", {"text": "说话实在"}).status_code == 302
    assert client.post(f"{one}note/", {"text": " "}).status_code == 422
    assert "说话实在" in client.get(one).text
    login(client, row.applicant)
    page = client.get(f"/jobs/applications/{row.public_id}/").text
    assert "&lt;b&gt;周五" in page
    assert "说话实在" not in page
    assert client.post(f"/jobs/applications/{row.public_id}/message/", {"text": "能来"}).status_code == 302
    login(client, factories.agent(factories.organisation()))
    assert client.get(one).status_code == 404
    assert not ApplicationNote.objects.visible_to(row.applicant).exists()
