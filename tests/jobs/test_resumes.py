"""Résumés: written line by line, hidden until their owner says otherwise, sent as a copy that stays as it was."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from core import audit
from core.errors import StaleVersion
from jobs import resumes
from jobs.models import Application, Intention, Resume, Skill
from people.models import GroupMembership
from people.models.person import Group
from tests import factories
from tests.jobs.factories import posting, resume
from tests.jobs.test_views import login

pytestmark = pytest.mark.django_db
HEAD = {"headline": "", "region": None}


def intention(user, **more):
    values = {"title": "保洁", "region": factories.region("2101"), "kind": "full_time", "pay_min": None}
    return resumes.save_entry(section="intention", by=user, values=values | more)


def test_begins_with_the_first_line_and_is_hidden():
    who = factories.citizen()
    resumes.save_entry(section="skill", by=who, values={"name": "开叉车", "grade": "good"})
    assert Resume.objects.get(user=who).visibility == "hidden"


def test_takes_five_intentions_and_refuses_the_sixth_also_in_the_database():
    who = factories.citizen()
    rows = [intention(who) for _ in range(5)]
    with pytest.raises(resumes.CannotWriteResume, match="最多写 5 条"):
        intention(who)
    resumes.delete_entry(section="intention", by=who, entry_id=rows[1].pk)
    assert intention(who).position == 2
    mine, place = Resume.objects.get(user=who), factories.region("2101")
    with pytest.raises(IntegrityError), transaction.atomic():
        Intention.objects.create(resume=mine, position=6, title="第六个", region=place)


def test_names_the_occupation_of_an_intention_when_the_title_says_it():
    found = resumes.occupation_called("养老护理员")
    assert found is not None
    assert intention(factories.citizen(), title="养老护理员").occupation == found
    assert intention(factories.citizen(), title="随便干点啥").occupation is None


@pytest.mark.parametrize("text", ["我的电话 13900001234", "210106198005170012", "微信号 abc12345", "a@b.cn"])
def test_refuses_numbers_and_accounts_in_its_texts(text):
    with pytest.raises(resumes.CannotWriteResume, match="不要写"):
        resumes.save_entry(section="skill", by=factories.citizen(), values={"name": text, "grade": "good"})
    assert not Skill.objects.exists()


def test_is_found_only_with_an_intention_and_hidden_at_once():
    who = factories.citizen()
    with pytest.raises(resumes.CannotWriteResume, match="求职意向"):
        resumes.save_profile(by=who, values=HEAD | {"visibility": "province"}, version="")
    row = intention(who)
    mine = Resume.objects.get(user=who)
    resumes.save_profile(by=who, values=HEAD | {"visibility": "province"}, version=mine.version)
    mine.refresh_from_db()
    assert mine.is_open
    assert mine.visible_since
    resumes.delete_entry(section="intention", by=who, entry_id=row.pk)
    mine.refresh_from_db()
    assert not mine.is_open


def test_tells_a_stale_page():
    mine = resume()
    resumes.save_profile(by=mine.user, values=HEAD | {"visibility": "hidden"}, version=mine.version)
    with pytest.raises(StaleVersion):
        resumes.save_profile(by=mine.user, values=HEAD | {"visibility": "hidden"}, version=mine.version)


@pytest.mark.django_db(transaction=True)
def test_gives_parallel_lines_different_positions():
    who, place = factories.citizen(), factories.region("2101")
    values = {"title": "保洁", "region": place, "kind": "full_time", "pay_min": None}

    def add(_: int) -> int:
        try:
            with audit.context(channel="test"):
                return resumes.save_entry(section="intention", by=who, values=values).position
        except resumes.CannotWriteResume:
            return 0
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(add, range(6))) == [0, 1, 2, 3, 4, 5]


def test_leaves_the_copy_of_an_application_as_it_was_sent(client):
    mine, made = resume(), posting()
    login(client, mine.user)
    assert client.post(f"/jobs/{made.public_id}/apply/", {"quick": "1", "note": "随时能上班"}).status_code == 302
    mine.works.update(title="改过的岗位")
    sent = Application.objects.get()
    assert sent.note == "随时能上班"
    assert sent.resume["works"][0]["title"] == "维修电工"
    assert sent.education == "47"


def test_sends_only_the_parts_that_were_chosen(client):
    mine, made = resume(), posting()
    login(client, mine.user)
    typed = {"name": "张某", "phone": "13900001234", "parts": ["skill"], "note": ""}
    assert client.post(f"/jobs/{made.public_id}/apply/", typed).status_code == 302
    sent = Application.objects.get()
    assert [row["name"] for row in sent.resume["skills"]] == ["看电路图"]
    assert sent.resume["works"] == sent.resume["educations"] == []
    assert (sent.education, sent.experience) == ("", "")


def test_one_tap_without_a_resume_leads_to_the_form(client):
    made = posting()
    login(client, factories.citizen())
    page = client.post(f"/jobs/{made.public_id}/apply/", {"quick": "1"}, follow=True)
    assert "请在这里补上再投" in page.text
    assert not Application.objects.exists()


def test_shows_an_employer_neither_number_nor_group(client):
    mine, made = resume(), posting()
    person = mine.user.person
    GroupMembership.objects.create(person=person, group=Group.DISABLED, valid=(date(2020, 1, 1), None), source="残联")
    login(client, mine.user)
    client.post(f"/jobs/{made.public_id}/apply/", {"quick": "1"})
    login(client, factories.agent(made.organisation))
    page = client.get(f"/employer/applications/{Application.objects.get().public_id}/").text
    assert "看电路图" in page
    for hidden in ("残疾", person.id_mask, person.id_number.open()):
        assert hidden not in page


def test_strangers_lines_are_nowhere(client):
    mine = resume()
    login(client, factories.citizen())
    path = f"/jobs/resume/work/{mine.works.get().public_id}/"
    assert client.get(path).status_code == 404
    assert client.post(f"{path}delete/").status_code == 404
    assert client.get("/jobs/resume/nothing/new/").status_code == 404


def test_saves_a_line_by_its_form_and_asks_again_for_what_is_wrong(client):
    who = factories.citizen()
    login(client, who)
    typed = {"title": "电工", "employer": "演示厂", "started": "2021-09", "ended": "2020-01", "duties": ""}
    refused = client.post("/jobs/resume/work/new/", typed)
    assert refused.status_code == 422
    assert "不能早于开始的月份" in refused.text
    assert client.post("/jobs/resume/work/new/", typed | {"ended": ""}).status_code == 302
    page = client.get("/jobs/resume/").text
    assert "2021.9 至今" in page
    assert client.get("/jobs/resume/print/").status_code == 200
