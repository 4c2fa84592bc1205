from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from core import audit
from jobs.flagging import keep_findings
from jobs.models import Posting, PostingReport
from jobs.postings import CannotPublish, submit_posting
from jobs.reports import CannotReport, CannotSettle, report_posting, settle_report
from messaging.models import InboxMessage
from people.roles import Role
from tests import factories
from tests.jobs.factories import posting
from tests.jobs.test_views import login

pytestmark = pytest.mark.django_db


def reported(made, by=None, **values) -> PostingReport:
    values = {"reason": "money", "text": "要先交 300 元押金"} | values
    return report_posting(posting_id=made.pk, by=by, on=timezone.localdate(), **values)


def test_takes_a_report_of_somebody_who_is_not_signed_in_and_thanks(client):
    made = posting()
    answer = client.post(f"/jobs/{made.public_id}/report/", {"reason": "fake", "text": "打电话是别的公司"}, follow=True)
    assert "工作人员会核实" in answer.text
    assert PostingReport.objects.get().source == "没有登录的人"


def test_asks_for_a_reason_and_keeps_what_was_typed(client):
    answer = client.post(f"/jobs/{posting().public_id}/report/", {"text": "要交钱"})
    assert answer.status_code == 422
    assert "请选一项" in answer.text
    assert "要交钱" in answer.text
    assert not PostingReport.objects.exists()


def test_takes_one_open_report_a_person_and_says_so():
    made, who = posting(), factories.citizen()
    reported(made, by=who)
    with pytest.raises(CannotReport, match="已经举报过"):
        reported(made, by=who)
    reported(made)
    assert PostingReport.objects.open().count() == 2


def test_takes_no_report_of_what_is_not_shown():
    with pytest.raises(CannotReport, match="不展示"):
        reported(posting(published=False))


def test_takes_the_posting_down_when_the_report_is_true_and_tells_the_reporter():
    made, who = posting(), factories.citizen()
    report = reported(made, by=who)
    officer = factories.staff(Role.CASEWORKER)
    settle_report(report_id=report.pk, outcome="taken_down", answer="电话核实，确实收押金。", by=officer)
    made.refresh_from_db()
    assert (made.status, made.decided_by) == (Posting.Status.TAKEN_DOWN, officer)
    assert "确实收押金" in InboxMessage.objects.get(user=who).text
    with pytest.raises(CannotSettle, match="已经有人处理"):
        settle_report(report_id=report.pk, outcome="unfounded", answer="没有。", by=officer)


def test_leaves_the_posting_when_nothing_was_found():
    made = posting()
    settle_report(
        report_id=reported(made).pk, outcome="unfounded", answer="看了现场。", by=factories.staff(Role.CASEWORKER)
    )
    made.refresh_from_db()
    assert made.status == Posting.Status.PUBLISHED


def test_shows_an_officer_the_reports_of_the_own_county_alone(client):
    reported(posting())
    reported(posting(title="远处的岗位", region=factories.region("210202")))
    login(client, factories.staff(Role.CASEWORKER))
    page = client.get("/work/jobs/reports/").text
    assert "要先交 300 元押金" in page
    assert "远处的岗位" not in page


def test_tells_the_second_tab_that_somebody_was_quicker(client):
    other, report = reported(posting(title="别的岗位")), reported(posting())
    login(client, factories.staff(Role.CASEWORKER))
    settle_report(report_id=report.pk, outcome="unfounded", answer="看了现场。", by=factories.staff(Role.CASEWORKER))
    for sent in ({"outcome": "taken_down", "answer": "确实收押金。"}, {}):
        page = client.post(f"/work/jobs/reports/{report.public_id}/settle/", sent, follow=True).text
        assert "已经有人处理" in page
    other.refresh_from_db()
    assert other.settled_at is None


def test_shows_what_lacks_beside_the_report_that_was_meant(client):
    reported(posting(title="先来的岗位"))
    report = reported(posting(title="后来的岗位"), text="第二条")
    login(client, factories.staff(Role.CASEWORKER))
    page = client.post(f"/work/jobs/reports/{report.public_id}/settle/", {"outcome": "unfounded"})
    assert page.status_code == 422
    assert "请写明怎么核实的" in page.text
    assert "第二条" in page.text


def test_lets_nobody_settle_the_own_report():
    officer = factories.staff(Role.CASEWORKER)
    report = reported(posting(), by=officer)
    with pytest.raises(CannotSettle, match="归岗位所在地"):
        settle_report(report_id=report.pk, outcome="unfounded", answer="没事。", by=officer)


def test_keeps_what_the_law_wants_told_when_the_posting_is_refused():
    draft = posting(published=False, requirement="入职先交押金 500 元。")
    agent = factories.agent(draft.organisation)
    for _ in range(2):
        with pytest.raises(CannotPublish):
            submit_posting(posting_id=draft.pk, by=agent, on=timezone.localdate())
    report = PostingReport.objects.get()
    assert (report.rule, report.reason, report.source) == ("deposit", "money", "系统检查")


def test_reports_nothing_of_what_is_only_worth_a_warning():
    assert keep_findings(posting(requirement="35 岁以下优先。"), on=timezone.localdate()) == 0


def test_settles_only_with_an_outcome_and_words():
    report = reported(posting())
    with pytest.raises(IntegrityError), transaction.atomic():
        PostingReport.objects.filter(pk=report.pk).update(settled_at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_two_tabs_of_one_person_make_one_report():
    made, who = posting(), factories.citizen()

    def tab(_: int) -> bool:
        try:
            with audit.context(channel="test"):
                reported(made, by=who)
        except CannotReport:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(tab, range(4))) == [False, False, False, True]
