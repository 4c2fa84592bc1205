"""Reporting a posting, by people and by the checker, and what an officer makes of it.

A report changes nothing by itself: a person looks, and a posting goes only by `take_down_posting` with its reason.
"""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import DomainError
from jobs.models import Posting, PostingReport
from jobs.permissions import can_review_posting
from jobs.postings import take_down_posting
from messaging import outbox
from people.models import User


class CannotReport(DomainError):
    """The report was not taken."""


class CannotSettle(DomainError):
    """The report was not settled."""


@transaction.atomic
def report_posting(*, posting_id: int, reason: str, text: str, by: User | None, on: date) -> PostingReport:
    """Take somebody's report of a shown posting; who is not signed in stays unknown and hears nothing of the outcome.

    :raises CannotReport: it is not shown any more, or this person's earlier report of it is still open.
    """
    shown = Posting.objects.published(on=on).filter(pk=posting_id).first()
    if shown is None:
        raise CannotReport("这个岗位已经不展示了，不用再举报。已经交了钱的，请打 12333 或者 110。")
    try:
        with transaction.atomic():
            return PostingReport.objects.create(posting=shown, reporter=by, reason=reason, text=text.strip())
    except IntegrityError as error:
        raise CannotReport("这个岗位您已经举报过，正在核实。有新的情况，请打 12333 补充。") from error


@transaction.atomic
def settle_report(*, report_id: int, outcome: str, answer: str, by: User) -> PostingReport:
    """Say what came of a report; “属实” takes the posting down with the same words. The reporter is told, if known.

    :raises CannotSettle: it is settled already, not this officer's, or lacks the words.
    :raises CannotPublish: the posting cannot be taken down, because it is not shown any more.
    """
    rows = PostingReport.objects.select_for_update(of=("self",)).select_related("posting__region", "reporter")
    report = rows.get(pk=report_id)
    if report.settled_at is not None:
        raise CannotSettle("这条举报已经有人处理了。请刷新名单。")
    if not may_settle(by, report):
        raise CannotSettle("这条举报归岗位所在地的工作人员处理。")
    if not answer.strip():
        raise CannotSettle("请写明怎么核实的、结果怎样。登录后举报的人会看到这句话。")
    if outcome == PostingReport.Outcome.TAKEN_DOWN and report.posting.status == Posting.Status.PUBLISHED:
        take_down_posting(posting_id=report.posting_id, reason=answer, by=by)
    report.outcome, report.answer = outcome, answer.strip()
    report.settled_at, report.settled_by = timezone.now(), by
    report.bump()
    report.save()
    if report.reporter is not None:
        said = {"title": report.posting.title, "outcome": report.get_outcome_display(), "answer": report.answer}
        outbox.send(to=report.reporter, template="report_settled", context=said, key=f"report:{report.pk}")
    return report


def may_settle(user: User, report: PostingReport) -> bool:
    """Who may review the posting, and did not report it."""
    return can_review_posting(user, report.posting) and report.reporter_id != user.pk
