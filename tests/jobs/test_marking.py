"""Where the checker found something: marked in the texts, and shown with the words around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.checking import check
from jobs.marking import BULLETS, _lines, excerpts, marked
from jobs.models import Posting
from jobs.rules import Finding
from tests import factories
from tests.jobs.factories import TODAY, posting
from tests.jobs.test_views import login

pytestmark = pytest.mark.django_db
TEXT = "• 负责收货。\n\n• 年龄18-45岁，五官端正，能上夜班。\n"


def test_marks_the_words_in_their_line():
    row = posting(requirement=TEXT, skills=["限女性", "叉车证"])
    texts = marked(row, check(row, on=TODAY))
    assert [[(p.text, p.why) for p in line] for line in texts["requirement"]] == [
        [("负责收货。", "")],
        [("年龄18-45岁", "年龄要求"), ("，", ""), ("五官端正", "身高相貌要求"), ("，能上夜班。", "")],
    ]
    assert [(p.text, p.why) for p in texts["skills"][0]] == [("限女性", "限定性别"), (" 叉车证", "")]


def test_shows_a_finding_with_the_words_around_it():
    row = posting(requirement=TEXT)
    shown = {e.finding.code: e for e in excerpts(row, check(row, on=TODAY))}
    looks = shown["appearance"]
    assert (looks.label, looks.before, looks.after) == ("要什么人", "年龄18-45岁，", "，能上夜班。")


@given(
    st.text(alphabet="岁男女• -\n\r字", max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4),
)
def test_loses_and_doubles_no_character(text: str, spans: list[tuple[int, int]]):
    found = [Finding("x", "某规则", "warn", "", "", "title", text[a:b], a, min(b, len(text))) for a, b in spans]
    shown = ["".join(piece.text for piece in line) for line in _lines(text, found)]
    wanted = [line for raw in text.splitlines() if (line := raw.strip().lstrip(BULLETS))]
    assert shown == wanted


def test_shows_the_employer_what_was_found_right_after_handing_in_and_the_officer_where(client, asked):
    agent = factories.agent(factories.organisation())
    client.force_login(agent)
    answer = client.post("/employer/postings/new/", asked | {"requirement": "35岁以下优先。"}, follow=True)
    page = answer.content.decode()
    row = Posting.objects.get()
    assert answer.redirect_chain[-1][0] == f"/employer/postings/{row.public_id}/history/"
    assert "有 1 处提醒" in page
    assert "<mark>35岁以下优先</mark>" in page
    login(client, factories.staff())
    assert '<mark title="年龄要求">35岁以下优先</mark>' in client.get("/work/jobs/").content.decode()
    client.force_login(agent)
    client.post(f"/employer/postings/{row.public_id}/pause/")
    assert "<mark>35岁以下优先</mark>" in client.get(f"/employer/postings/{row.public_id}/").content.decode()
