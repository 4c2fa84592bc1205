from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from jobs import postings, tasks
from jobs.models import Application, Posting, PostingSearch
from messaging.models import InboxMessage
from people.roles import Role
from tests import factories
from tests.jobs.factories import application, posting, resume

pytestmark = pytest.mark.django_db


@pytest.mark.no_audit_context
def test_expires_in_a_context_of_its_own(db):
    from core import audit

    with audit.context(channel="test"):
        late = posting(valid_until=timezone.localdate() - timedelta(days=1))
        kept = posting(valid_until=timezone.localdate())
    tasks.expire()
    late.refresh_from_db()
    kept.refresh_from_db()
    assert (late.status, kept.status) == (Posting.Status.EXPIRED, Posting.Status.PUBLISHED)
    assert not PostingSearch.objects.filter(pk=late.pk).exists()


def test_the_command_names_and_mends_what_is_out_of_step():
    row = posting()
    out = StringIO()
    call_command("check_search", stdout=out)
    assert "一致" in out.getvalue()
    Posting.objects.filter(pk=row.pk).update(title="别的")
    resume(visibility="province").skills.update(name="别的")
    with pytest.raises(CommandError, match="1 个岗位、1 份简历"):
        call_command("check_search")
    call_command("check_search", "--mend", stdout=out)
    call_command("check_search", stdout=out)
    assert out.getvalue().count("检索和岗位、公开简历一致") == 2


@pytest.mark.no_audit_context
def test_closes_all_batches_in_a_context_of_its_own(db, monkeypatch):
    from core import audit

    with audit.context(channel="test"):
        for _ in range(3):
            application(posting=posting())
        Application.objects.update(submitted_at=timezone.now() - timedelta(days=40))
    monkeypatch.setattr(tasks, "BATCH", 2)
    assert tasks.close_unanswered() == 3
    assert tasks.close_unanswered() == 0


def test_pauses_the_postings_of_employers_who_answer_nobody():
    employer = factories.organisation()
    agent = factories.agent(employer)
    silent = posting(title="没人答复", organisation=employer)
    answering, fresh = posting(title="有人答复"), posting(title="刚有人投")
    long_ago = timezone.now() - timedelta(days=40)
    Posting.objects.update(posted_at=long_ago - timedelta(days=1))
    for row in (silent, answering, fresh):
        application(posting=row)
    Application.objects.exclude(posting=fresh).update(submitted_at=long_ago, status=Application.Status.LAPSED)
    application(posting=answering, status="viewed", answered_at=timezone.now())
    tasks.pause_silent()
    assert list(Posting.objects.filter(status="paused").values_list("title", flat=True)) == ["没人答复"]
    assert "暂停展示" in Posting.objects.get(title="没人答复").status_reason
    assert not PostingSearch.objects.filter(posting=silent).exists()
    assert "暂停展示" in InboxMessage.objects.get(user=agent).text
    tasks.pause_silent()
    tasks.group_copies()
    assert Posting.objects.filter(status="published").count() == 2
    # Handed in again unchanged it keeps its date, and still starts afresh.
    row = postings.submit_posting(posting_id=silent.pk, by=agent, on=timezone.localdate())
    postings.publish_posting(posting_id=row.pk, by=factories.staff(Role.CASEWORKER), on=timezone.localdate())
    tasks.pause_silent()
    row.refresh_from_db()
    assert (row.status, row.posted_at) == ("published", long_ago - timedelta(days=1))
