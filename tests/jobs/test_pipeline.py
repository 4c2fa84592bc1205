"""The employer's pipeline: stages, bulk answers, and the files that say who took them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobs import pipeline
from jobs.models import Application, Posting
from tests import factories
from tests.jobs.factories import application, posting
from tests.jobs.test_views import login

pytestmark = pytest.mark.django_db


def test_opening_a_new_application_shows_the_applicant_that_it_was_seen(client):
    row = application(posting=posting())
    login(client, factories.agent(row.posting.organisation))
    assert "没有人" not in client.get("/employer/applications/").text
    assert client.post(f"/employer/applications/{row.public_id}/open/").status_code == 302
    row.refresh_from_db()
    assert row.status == "viewed"
    assert client.post(f"/employer/applications/{row.public_id}/open/").status_code == 302


def test_the_board_takes_two_queries_and_shows_the_newest_of_each_stage():
    made = posting()
    agent = factories.agent(made.organisation)
    for number in range(pipeline.CARDS + 2):
        application(posting=made, name=f"新{number}")
    application(posting=made, status="hired")
    application(posting=made, status="withdrawn")
    agent.organisation_ids()
    with CaptureQueriesContext(connection) as queries:
        columns = {column.status: column for column in pipeline.board(pipeline.received(agent))}
    assert len(queries) == 2
    assert (columns["submitted"].count, len(columns["submitted"].cards)) == (22, 20)
    assert (columns["hired"].count, columns["unsuitable"].count) == (1, 0)


def test_answers_the_ticked_ones_and_says_who_was_left(client):
    made = posting()
    rows = [application(posting=made) for _ in range(3)]
    stranger = application(posting=posting())
    login(client, factories.agent(made.organisation))
    stale = f"{rows[2].public_id}.{rows[2].version + 5}"
    chosen = [f"{row.public_id}.{row.version}" for row in (*rows[:2], stranger)] + [stale, "x.1", "nonsense"]
    typed = {"chosen": chosen, "status": "unsuitable", "reason": "岗位招满了。", "posting": made.public_id}
    page = client.post("/employer/applications/answer/", typed, follow=True)
    assert "答复了 2 个人" in page.text
    assert "刚被别人改过" in page.text
    assert Application.objects.filter(status="unsuitable").count() == 2
    stranger.refresh_from_db()
    assert stranger.status == "submitted"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [({"status": "viewed"}, "还没有勾选"), ({"status": "hired"}, "请选列出来的一项答复")],
)
def test_refuses_to_answer_nobody_or_to_hire_in_bulk(client, typed, sentence):
    made = posting()
    application(posting=made)
    login(client, factories.agent(made.organisation))
    assert sentence in client.post("/employer/applications/answer/", typed, follow=True).text


def test_lists_by_posting_and_stage(client):
    one, employer = posting(title="电工"), None
    employer = one.organisation
    two = posting(title="保洁员", organisation=employer)
    application(posting=one, name="投电工")
    application(posting=two, name="投保洁", status="shortlisted")
    login(client, factories.agent(employer))
    page = client.get(f"/employer/applications/?posting={two.public_id}").text
    assert "投保洁" in page
    assert "投电工" not in page
    assert "投保洁" not in client.get("/employer/applications/?status=submitted").text
    assert Posting.objects.count() == 2
