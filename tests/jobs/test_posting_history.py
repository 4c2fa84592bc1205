from datetime import timedelta

import pytest
from django.utils import timezone

from core import audit
from jobs import posting_history, postings, tasks, validity
from jobs.models import Posting, PostingSearch
from people.models import Organisation
from people.roles import Role
from tests import factories
from tests.jobs.factories import posting

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return factories.staff(Role.CASEWORKER)


def draft(employer, **fields) -> Posting:
    return posting(organisation=employer, published=False, **fields)


def trusted(employer, officer, count=3):
    for number in range(count):
        posting(organisation=employer, title=f"焊工 {number}", decided_by=officer)


def submit(row, agent) -> Posting:
    return postings.submit_posting(posting_id=row.pk, by=agent, on=timezone.localdate())


class TestChecked:
    def test_publishes_what_is_clean_from_an_employer_whose_first_postings_officers_approved(
        self, employer, agent, officer
    ):
        trusted(employer, officer, 2)
        assert submit(draft(employer), agent).status == Posting.Status.SUBMITTED
        trusted(employer, officer, 1)
        row = submit(draft(employer), agent)
        assert row.status == Posting.Status.PUBLISHED
        assert row.valid_until == timezone.localdate() + timedelta(days=30)
        assert PostingSearch.objects.filter(pk=row.pk).exists()

    @pytest.mark.parametrize(
        "doubt",
        [
            {"requirement": "35 岁以下优先"},
            {"kind": "public_welfare"},
        ],
    )
    def test_leaves_to_a_person_what_the_checker_doubts(self, employer, agent, officer, doubt):
        trusted(employer, officer)
        assert submit(draft(employer, **doubt), agent).status == Posting.Status.SUBMITTED

    def test_leaves_to_a_person_all_of_an_employer_that_was_taken_down_or_waits_for_its_recheck(
        self, employer, agent, officer
    ):
        trusted(employer, officer)
        first = Posting.objects.filter(organisation=employer).first()
        Posting.objects.filter(pk=first.pk).update(status="taken_down", status_reason="不实。")
        assert submit(draft(employer), agent).status == Posting.Status.SUBMITTED
        Posting.objects.filter(pk=first.pk).update(status="filled", status_reason="")
        Organisation.objects.filter(pk=employer.pk).update(recheck_since=timezone.localdate())
        assert submit(draft(employer), agent).status == Posting.Status.SUBMITTED

    def test_lets_public_welfare_posts_name_their_groups_but_not_others(self, employer, agent):
        words = "限本地户籍的就业困难人员，女 40 周岁、男 50 周岁以上。"
        with pytest.raises(postings.CannotPublish, match="户籍"):
            submit(draft(employer, requirement=words), agent)
        row = submit(draft(employer, requirement=words, kind="public_welfare"), agent)
        assert row.status == Posting.Status.SUBMITTED

    def test_takes_a_fair_for_disabled_people_or_veterans_for_what_it_is(self, employer, agent):
        for words in ("残疾人专场：仅招残疾人。", "退役军人专场，只面向退役军人。"):
            assert submit(draft(employer, requirement=words), agent).status == Posting.Status.SUBMITTED


class TestScheduled:
    def approved(self, employer, agent, officer, **fields) -> Posting:
        row = draft(employer, publish_at=timezone.now() + timedelta(hours=2), **fields)
        submit(row, agent)
        return postings.publish_posting(posting_id=row.pk, by=officer, on=timezone.localdate())

    def test_appears_at_its_time_after_approval_and_not_before(self, employer, agent, officer):
        row = self.approved(employer, agent, officer, valid_days=60)
        assert row.status == Posting.Status.SCHEDULED
        assert not PostingSearch.objects.exists()
        assert postings.publish_due(now=timezone.now()) == 0
        later = timezone.now() + timedelta(days=3)
        assert postings.publish_due(now=later) == 1
        assert postings.publish_due(now=later) == 0
        row.refresh_from_db()
        assert row.status == Posting.Status.PUBLISHED
        assert row.valid_until == timezone.localdate(later) + timedelta(days=60)

    def test_is_shown_at_once_when_its_time_passed_while_it_waited(self, employer, agent, officer):
        row = draft(employer, publish_at=timezone.now() - timedelta(minutes=1))
        submit(row, agent)
        assert (
            postings.publish_posting(posting_id=row.pk, by=officer, on=timezone.localdate()).status
            == Posting.Status.PUBLISHED
        )

    def test_goes_back_with_reasons_when_it_became_unlawful_meanwhile(self, employer, agent, officer):
        row = self.approved(employer, agent, officer)
        Posting.objects.filter(pk=row.pk).update(pay_min=100, pay_max=200)
        assert postings.publish_due(now=timezone.now() + timedelta(days=1)) == 0
        row.refresh_from_db()
        assert row.status == Posting.Status.RETURNED
        assert "最低工资" in row.status_reason

    def test_waits_while_its_employer_is_suspended(self, employer, agent, officer):
        row = self.approved(employer, agent, officer)
        Organisation.objects.filter(pk=employer.pk).update(status="suspended")
        assert postings.publish_due(now=timezone.now() + timedelta(days=1)) == 0
        row.refresh_from_db()
        assert row.status == Posting.Status.SCHEDULED

    def test_can_be_held_back_and_changed(self, employer, agent, officer):
        row = self.approved(employer, agent, officer)
        assert postings.pause_posting(posting_id=row.pk, by=agent).is_editable

    @pytest.mark.no_audit_context
    def test_is_published_by_a_task_in_a_context_of_its_own(self, db):
        with audit.context(channel="test"):
            employer, officer = factories.organisation(), factories.staff(Role.CASEWORKER)
            row = self.approved(employer, factories.agent(employer), officer)
            Posting.objects.filter(pk=row.pk).update(publish_at=timezone.now() - timedelta(days=2))
        tasks.publish_scheduled()
        row.refresh_from_db()
        assert row.status == Posting.Status.PUBLISHED


def test_renews_by_the_span_that_was_chosen(employer, agent):
    row = posting(organisation=employer, valid_days=60)
    validity.renew_posting(posting_id=row.pk, by=agent, on=timezone.localdate())
    row.refresh_from_db()
    assert row.valid_until == timezone.localdate() + timedelta(days=60)


def test_shows_its_employer_every_step_with_who_and_why(client, employer, agent, officer):
    with audit.context(channel="web", actor=agent, role="employer_agent"):
        row = draft(employer)
        submit(row, agent)
    with audit.context(channel="web", actor=officer, role="caseworker"):
        postings.return_posting(posting_id=row.pk, reason="请写明上班地点。", by=officer)
    with audit.context(channel="web", actor=agent, role="employer_agent"):
        row.refresh_from_db()
        values = {"address": "演示路 1 号"}
        postings.save_draft(posting=row, organisation=employer, values=values, version=row.version, by=agent)
        submit(row, agent)
    with audit.context(channel="web", actor=officer, role="caseworker"):
        postings.publish_posting(posting_id=row.pk, by=officer, on=timezone.localdate())
    Posting.objects.filter(pk=row.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
    with audit.context(channel="task"):
        validity.expire_postings(on=timezone.localdate())
    found = posting_history.steps(row)
    assert [(step.status, step.who) for step in found if step.status != "published"] == [
        ("expired", "系统"),
        ("submitted", "本单位经办人"),
        ("returned", "就业服务机构工作人员"),
        ("submitted", "本单位经办人"),
        ("draft", "本单位经办人"),
    ]
    client.force_login(agent)
    page = client.get(f"/employer/postings/{row.public_id}/history/").content.decode()
    assert "请写明上班地点。" in page
    assert str(officer) not in page
