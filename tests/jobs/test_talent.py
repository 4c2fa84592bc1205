"""Talent search: only who chose it, masked, logged, over at once; a yes alone gives name and phone."""

import pytest
from django.utils import timezone

from core.models import AccessLog
from jobs import resumes, talent, talent_index
from jobs.models import Application, Posting, Resume, TalentBlock, TalentInvitation, TalentSearch, Work
from messaging.models import InboxMessage
from people.accesses import accesses_of
from people.models import GroupMembership, Organisation
from people.models.person import Group
from tests import factories
from tests.jobs.factories import posting, resume
from tests.jobs.test_views import login

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return factories.agent(factories.organisation())


def found(agent, **wanted):
    return list(talent.search(agent, talent.Wanted(**wanted)).order_by("pk"))


def test_finds_nobody_who_did_not_choose_it(agent):
    resume()
    assert found(agent) == []


def test_city_visibility_reaches_the_city_of_an_intention_only(agent):
    here, there = resume(visibility="city"), resume(visibility="city", region="2102")
    everywhere = resume(visibility="province", region="2102")
    assert found(agent) == [here, everywhere]
    other = factories.agent(factories.organisation(region=factories.region("210202")))
    assert found(other) == [there, everywhere]


@pytest.mark.parametrize("status", ["pending", "returned", "suspended"])
def test_shows_nobody_to_employers_that_are_not_verified(agent, status):
    resume(visibility="province")
    Organisation.objects.update(status=status)
    assert found(agent) == []


def test_never_shows_somebody_to_the_employer_they_worked_for_or_blocked(agent):
    worked, blocked, own = resume(visibility="province"), resume(visibility="province"), None
    employer = talent.employers_of(agent)[0]
    worked.works.update(employer=employer.name)
    TalentBlock.objects.create(user=blocked.user, organisation=employer)
    own = resume(user=agent, visibility="province")
    assert own not in found(agent)
    assert found(agent) == []


@pytest.mark.parametrize(
    ("wanted", "hits"),
    [
        ({"text": "电工"}, 1),
        ({"text": "电路图 电工"}, 1),
        ({"text": "会计"}, 0),
        ({"text": "电工师傅"}, 0),
        ({"text": "维修电气工"}, 0),
        ({"text": "图"}, 1),
        ({"text": "%'\\ ，"}, 0),
        ({"kind": "gig"}, 0),
        ({"pay": 4999}, 0),
        ({"pay": 5000}, 1),
        ({"education": "61"}, 1),
        ({"education": "21"}, 0),
    ],
)
def test_narrows_by_words_kind_pay_and_education(agent, wanted, hits):
    resume(visibility="province")
    assert len(found(agent, **wanted)) == hits


def test_finds_work_under_its_other_names_and_only_while_the_resume_is_open(agent):
    mine = resume(visibility="province")
    Work.objects.filter(resume=mine).update(title="保洁员")
    assert talent_index.out_of_step() == [mine.pk]
    talent_index.index_resumes([mine.pk])
    assert [bool(found(agent, text=word)) for word in ("保洁", "清洁工", "焊工")] == [True, True, False]
    resumes.hide(by=mine.user)
    assert found(agent, text="保洁") == []
    assert not TalentSearch.objects.exists()


def test_keeps_its_words_in_step_with_every_change_of_a_resume(agent):
    mine = resume(visibility="city")
    values = {"title": "叉车司机", "region": factories.region("2101"), "kind": "full_time", "pay_min": 5000}
    resumes.save_entry(section="intention", by=mine.user, values=values)
    assert found(agent, text="叉车司机") == [mine]
    added = mine.intentions.get(title="叉车司机")
    resumes.delete_entry(section="intention", by=mine.user, entry_id=added.pk)
    assert found(agent, text="叉车司机") == []
    resumes.save_entry(section="skill", by=mine.user, values={"name": "会开挖掘机", "grade": "good"})
    assert found(agent, text="挖掘机") == [mine]
    assert talent_index.out_of_step() == []


@pytest.mark.parametrize("wrong", ["missing", "superfluous"])
def test_names_what_is_out_of_step(wrong):
    mine = resume(visibility="province")
    if wrong == "missing":
        TalentSearch.objects.all().delete()
    else:
        Resume.objects.update(visibility="hidden")
    assert talent_index.out_of_step() == [mine.pk]
    assert talent_index.index_resumes([mine.pk]) == (wrong == "missing")
    assert talent_index.out_of_step() == []


def test_narrows_by_place_from_the_address_and_leaves_nonsense_out(client, agent):
    resume(visibility="province", region="2102")
    login(client, agent)
    assert "没有找到" in client.get("/employer/talent/?region=2101").text
    assert "没有找到" not in client.get("/employer/talent/?region=2102").text
    assert "没有找到" not in client.get("/employer/talent/?region=x&pay=-1&edu=zz").text


def test_hides_name_phone_number_and_group_and_leaves_a_record_each_time(client, agent):
    mine = resume(visibility="province", user=factories.citizen(name="欧阳公开"))
    person = mine.user.person
    GroupMembership.objects.create(person=person, group=Group.RELEASED, valid=("2020-01-01", None), source="司法")
    login(client, agent)
    path = f"/employer/talent/{mine.public_id}/"
    for page in (client.get("/employer/talent/?q=电工").text, client.get(path).text):
        assert "欧*" in page
        for hidden in ("欧阳公开", person.phone.open(), person.id_mask, "刑满"):
            assert hidden not in page
    client.get(path)
    assert AccessLog.objects.filter(action="resume:open", actor=agent.pk).count() == 2
    assert {access.what for access in accesses_of(mine.user)} == {"看了您公开的简历"}


def test_is_over_the_moment_it_is_hidden(client, agent):
    mine = resume(visibility="province")
    login(client, agent)
    path = f"/employer/talent/{mine.public_id}/"
    assert client.get(path).status_code == 200
    resumes.hide(by=mine.user)
    assert client.get(path).status_code == 404
    assert client.post(f"{path}invite/").status_code == 404


def test_stops_after_so_many_views_a_day(client, agent, monkeypatch):
    mine = resume(visibility="province")
    monkeypatch.setattr(talent, "limit", lambda code, on: 1)
    login(client, agent)
    path = f"/employer/talent/{mine.public_id}/"
    assert client.get(path).status_code == 200
    assert "请明天再看" in client.get(path, follow=True).text


def test_invites_once_and_a_yes_gives_name_and_phone(client, agent):
    mine = resume(visibility="province")
    made = posting(organisation=talent.employers_of(agent)[0])
    login(client, agent)
    path = f"/employer/talent/{mine.public_id}/invite/"
    assert client.post(path, {"posting": "x", "text": ""}).status_code == 422
    assert client.post(path, {"posting": made.public_id, "text": "想请您来"}).status_code == 302
    assert "已经邀请过" in client.post(path, {"posting": made.public_id, "text": ""}).text
    assert "邀请您应聘" in InboxMessage.objects.get(user=mine.user).text
    login(client, mine.user)
    assert "想请您来" in client.get("/jobs/invitations/").text
    row = TalentInvitation.objects.get()
    assert client.post(f"/jobs/invitations/{row.public_id}/answer/", {"choice": "apply"}).status_code == 302
    sent = Application.objects.get()
    assert (sent.posting, sent.applicant) == (made, mine.user)
    assert talent.visible_talents(agent).get() == mine
    login(client, agent)
    assert sent.name in client.get(f"/employer/applications/{sent.public_id}/").text


def test_a_no_for_good_keeps_the_employer_away(client, agent):
    mine = resume(visibility="province")
    made = posting(organisation=talent.employers_of(agent)[0])
    row = TalentInvitation.objects.create(user=mine.user, posting=made, invited_by=agent)
    login(client, factories.citizen())
    path = f"/jobs/invitations/{row.public_id}/answer/"
    assert client.post(path, {"choice": "apply"}).status_code == 404
    login(client, mine.user)
    assert client.post(path, {"choice": "block"}).status_code == 302
    assert found(agent) == []
    assert "已经答复过" in client.post(path, {"choice": "apply"}, follow=True).text


def test_refuses_to_invite_for_a_posting_that_is_over_or_anothers(agent):
    mine = resume(visibility="province")
    for wrong in (posting(), posting(organisation=talent.employers_of(agent)[0], published=False)):
        with pytest.raises(talent.CannotFindTalent, match="本单位岗位"):
            talent.invite(resume=mine, posting_id=wrong.pk, text="", by=agent, on=timezone.localdate())
    assert Posting.objects.count() == 2
