from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core import events
from jobs import alerting, employers, postings
from jobs.models import Alert, Posting, SavedSearch
from messaging.models import InboxMessage
from people.models import Organisation
from people.roles import Role
from tests import factories
from tests.jobs.factories import application, posting

pytestmark = pytest.mark.django_db
WHY = "收取求职者押金，已立案调查。"


@pytest.fixture
def officer():
    return factories.staff(Role.CASEWORKER)


def suspend(organisation, officer):
    return employers.suspend_employer(organisation_id=organisation.pk, reason=WHY, by=officer, on=timezone.localdate())


def test_hides_every_posting_of_a_suspended_employer_everywhere_at_once(
    client, officer, django_capture_on_commit_callbacks
):
    row = posting(title="验布工")
    assert str(row.public_id) in client.get("/sitemap-jobs.xml").content.decode()
    page, detail = f"/jobs/{row.public_id}/", f"/api/v1/jobs/{row.public_id}/"
    assert "验布工" in client.get("/jobs/?q=验布工").content.decode()
    assert client.get(page).status_code == client.get(detail).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        suspend(row.organisation, officer)
    assert row.employer_name not in client.get("/jobs/?q=验布工").content.decode()
    assert client.get("/api/v1/jobs/?q=验布工").json()["results"] == []
    assert client.get(page).status_code == 410
    assert client.get(detail).status_code == 410
    assert str(row.public_id) not in client.get("/sitemap-jobs.xml").content.decode()
    assert not Posting.objects.published(on=timezone.localdate()).filter(pk=row.pk).exists()
    employers.lift_employer(organisation_id=row.organisation_id, reason="已改正。", by=officer, on=timezone.localdate())
    assert client.get(page).status_code == 200


def test_alerts_nobody_to_a_suspended_employer_s_postings(officer):
    row = posting(title="验布工")
    user = factories.citizen()
    SavedSearch.objects.create(user=user, query="q=验布工")
    suspend(row.organisation, officer)
    alerting.match(frequency="daily", on=timezone.localdate(), now=timezone.now() + timedelta(minutes=1))
    assert not Alert.objects.exists()


def test_tells_the_applicants_who_wait_kindly_and_not_those_who_were_answered(officer):
    row = posting()
    waiting = application(posting=row)
    answered = application(posting=row, status="unsuitable", reason="招满了。")
    suspend(row.organisation, officer)
    events.run_consumers()
    told = InboxMessage.objects.get(template="employer_suspended")
    assert told.user == waiting.applicant
    assert "不是您的原因" in told.text
    assert WHY not in told.text
    assert not InboxMessage.objects.filter(user=answered.applicant).exists()
    events.run_consumers()
    assert InboxMessage.objects.filter(template="employer_suspended").count() == 1


def test_lets_a_suspended_employer_submit_nothing(officer):
    draft = posting(published=False)
    agent = factories.agent(draft.organisation)
    suspend(draft.organisation, officer)
    with pytest.raises(postings.CannotPublish, match="已被暂停"):
        postings.submit_posting(posting_id=draft.pk, by=agent, on=timezone.localdate())


class TestThePage:
    def test_shows_an_officer_the_facts_agents_postings_and_decisions(self, as_staff, officer):
        row = posting(title="验布工")
        factories.agent(row.organisation)
        desk = as_staff(officer)
        url = reverse("jobs:employer-show", args=[row.organisation.public_id])
        assert desk.post(f"{url}suspend/", {"reason": "短"}).status_code == 422
        assert desk.post(f"{url}suspend/", {"reason": WHY}).status_code == 302
        page = desk.get(url).content.decode()
        assert "验布工" in page
        assert WHY in page
        assert str(officer) in page
        assert "解除暂停" in page
        assert Organisation.objects.get(pk=row.organisation_id).status == "suspended"

    def test_corrects_a_name_there_and_on_the_employer_s_own_postings_only(self, as_staff, officer):
        row = posting(title="验布工")
        client_s = posting(organisation=row.organisation, title="缝纫工")
        Posting.objects.filter(pk=client_s.pk).update(employer_name="客户服装厂")
        url = reverse("jobs:employer-show", args=[row.organisation.public_id])
        desk = as_staff(officer)
        assert desk.post(f"{url}rename/", {"name": "", "reason": ""}).status_code == 422
        answer = desk.post(f"{url}rename/", {"name": "沈阳纺织有限公司", "reason": "照营业执照更正"}, follow=True)
        assert "由“" in answer.text
        assert set(Posting.objects.values_list("employer_name", flat=True)) == {"沈阳纺织有限公司", "客户服装厂"}

    def test_is_closed_to_another_county_and_lets_the_city_only_read(self, as_staff, officer):
        organisation = factories.organisation()
        url = reverse("jobs:employer-show", args=[organisation.public_id])
        assert as_staff(factories.staff(Role.CASEWORKER, at="210202")).get(url).status_code == 404
        city = as_staff(factories.staff(Role.CITY_SUPERVISOR, at="2101"))
        assert "隐藏全部岗位" not in city.get(url).content.decode()
        assert city.post(f"{url}suspend/", {"reason": WHY}).status_code == 403

    def test_finds_by_name_code_and_state(self, as_staff, officer):
        late = factories.organisation(name="北辰机械", verified_until=date(2026, 1, 1), recheck_since=date(2026, 1, 2))
        factories.organisation(name="同泰物业")
        desk = as_staff(officer)
        assert "同泰物业" not in desk.get("/work/employers/?q=北辰").content.decode()
        found = desk.get("/work/employers/?state=recheck").content.decode()
        assert late.name in found
        assert "同泰物业" not in found
        assert desk.get("/work/employers/?state=nonsense&q=%00").status_code == 200


def test_tells_the_agent_on_the_desk_what_is_the_matter(as_staff, client, officer):
    organisation = factories.organisation()
    agent = factories.agent(organisation)
    suspend(organisation, officer)
    client.force_login(agent)
    desk = client.get("/employer/").content.decode()
    assert WHY in desk
    page = client.get(reverse("people:organisation-recheck", args=[organisation.public_id]))
    assert "您的意见" in page.content.decode()
