"""The life of a posting: written, checked by a person, published, ended. How long it lasts: `jobs.validity`."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from jobs import newness
from jobs.checking import check
from jobs.flagging import keep_findings
from jobs.indexing import index_postings
from jobs.models import MAX_DAYS, PartnerKey, Posting
from jobs.permissions import can_edit_posting, can_review_posting
from jobs.rules import BLOCK, Finding
from jobs.trust import Trust, is_doubtful
from messaging import outbox
from people import reference
from people.models import Organisation, RoleAssignment, User
from people.roles import Role

VERIFIED = Organisation.Status.VERIFIED
HOURS_A_MONTH = 174
DAYS_A_MONTH = 21.75


NOT_FOR_OTHERS = (
    "只有取得人力资源服务许可证的机构和公共就业服务机构可以代别的单位招人（人力资源市场暂行条例第十八条）。"
    "请用您单位自己的名义发布。"
)


class CannotEditPosting(DomainError):
    """The posting stays as it is."""


class CannotPublish(DomainError):
    """The posting is not shown to the public."""


def monthly(amount: Any, period: str, months: int = 12) -> int | None:
    """Return an amount of a period as whole 元 a month (21.75 days, 174 hours; 人社厅劳社部发〔2008〕3号), None for piecework."""
    if amount is None or period == Posting.Period.PIECE or not period:
        return None
    factor = {
        Posting.Period.MONTH: 1.0,
        Posting.Period.DAY: DAYS_A_MONTH,
        Posting.Period.HOUR: HOURS_A_MONTH,
        Posting.Period.YEAR: 1 / months,
    }
    return round(float(amount) * factor[Posting.Period(period)])


def derive(posting: Posting) -> None:
    """Fill what follows from what was written: pay a month, the rank of the education, the employer's name."""
    posting.monthly_min = monthly(posting.pay_min, posting.pay_period, posting.pay_months)
    posting.monthly_max = monthly(posting.pay_max or posting.pay_min, posting.pay_period, posting.pay_months)
    posting.education_rank = reference.education_rank(posting.education) if posting.education else 0
    if posting.organisation is not None and not posting.on_behalf:
        posting.employer_name = posting.organisation.name


@transaction.atomic
def save_draft(
    *, posting: Posting | None, organisation: Organisation, values: Mapping[str, Any], version: Any = None, by: User
) -> Posting:
    """Make a draft, or change one that is not (or no longer) shown.

    :raises CannotEditPosting: it is not the user's, or it is shown or ended and must be paused or copied first.
        Or it names another employer, and the organisation is no agency with a permit.
    :raises StaleVersion: somebody changed it since the page was opened.
    """
    if posting is None:
        posting = Posting(organisation=organisation, created_by=by)
    else:
        posting = Posting.objects.select_for_update(of=("self",)).get(pk=posting.pk)
        posting.require_version(version)
        posting.bump()
    if posting.organisation_id != organisation.pk or not can_edit_posting(by, posting):
        raise CannotEditPosting("招聘中或者已经结束的岗位不能改。请先暂停，改好后再提交核验。")
    for name, value in values.items():
        setattr(posting, name, value)
    if posting.on_behalf and not organisation.may_speak_for_others:
        raise CannotEditPosting(NOT_FOR_OTHERS)
    derive(posting)
    if posting.status == Posting.Status.PAUSED:
        posting.status = Posting.Status.DRAFT
    posting.save()
    return posting


def lock(posting_id: int) -> Posting:
    """Return a posting that nobody else changes until the transaction ends."""
    return Posting.objects.select_for_update(of=("self",)).select_related("organisation", "region").get(pk=posting_id)


def shortcomings(posting: Posting, *, on: date) -> list[str]:
    """Return what keeps a posting from being published, each a sentence with its article; [] when nothing does."""
    found = []
    organisation = posting.organisation
    # A posting taken over from a source has no verified employer and says so on its page.
    unverified = posting.imported_at is None if organisation is None else organisation.status != VERIFIED
    if organisation is not None and organisation.status == Organisation.Status.SUSPENDED:
        found.append("单位已被暂停，现在不能发布岗位。请在单位页说明情况（人力资源市场暂行条例第四十三条）。")
    elif unverified:
        found.append("单位还没有通过核验，通过后才能发布岗位（人力资源市场暂行条例第二十七条）。")
    if posting.on_behalf and (organisation is None or not organisation.may_speak_for_others):
        found.append(NOT_FOR_OTHERS)
    blocks = [finding for finding in check(posting, on=on) if finding.action == BLOCK]
    return found + list(dict.fromkeys(map(sentence, blocks)))


def _is_withheld(posting: Posting) -> bool:
    """Whether the organisation whose system handed it over is suspended."""
    keys = PartnerKey.objects.filter(source=posting.source_site, organisation__status=Organisation.Status.SUSPENDED)
    return bool(posting.source_id) and keys.exists()


def sentence(finding: Finding) -> str:
    """Say a finding in one line: the words, how to put it, the article."""
    words = f"“{finding.words}”：" if finding.words else ""
    return f"{words}{finding.advice.rstrip('。')}（{finding.article}）。"


def submit_posting(*, posting_id: int, by: User, on: date) -> Posting:
    """Hand a draft in: what is clean and comes from an employer one can trust is shown, the rest waits for an officer.

    What the law wants told is kept for the officers (`jobs.flagging`), above all when the posting is refused.

    :raises CannotPublish: something the law requires is missing; the message lists everything at once.
    """
    try:
        return _submit(posting_id, by=by, on=on)
    except CannotPublish:
        keep_findings(Posting.objects.select_related("organisation", "region").get(pk=posting_id), on=on)
        raise


@transaction.atomic
def _submit(posting_id: int, *, by: User, on: date) -> Posting:
    posting = lock(posting_id)
    if not can_edit_posting(by, posting):
        raise CannotPublish("这个岗位现在不能提交。")
    if problems := shortcomings(posting, on=on):
        raise CannotPublish("".join(problems))
    posting.bump()
    return hand_over(posting, on=on)


def hand_over(posting: Posting, *, on: date) -> Posting:
    """Show what may be shown, leave the rest to an officer. The caller has locked the posting and found it lawful."""
    posting.submitted_at, posting.status_reason, posting.decided_by = timezone.now(), "", None
    if not needs_a_look(posting, on=on):
        return _approve(posting, on=on)
    posting.status = Posting.Status.SUBMITTED
    posting.save()
    return posting


def needs_a_look(posting: Posting, *, on: date) -> bool:
    """Whether a person must see a posting before it is shown.

    Always when the checker is in doubt, when it is a public-welfare post, and while the officers do not know the
    employer well enough (`jobs.trust`).
    """
    if posting.organisation is None or is_doubtful(posting, check(posting, on=on)):
        return True
    return not Trust(posting.organisation, on=on).covers(posting)


def _approve(posting: Posting, *, on: date) -> Posting:
    """Show a posting that may be shown, or keep it until the time its employer chose."""
    if posting.publish_at and posting.publish_at > timezone.now():
        posting.status = Posting.Status.SCHEDULED
        posting.save()
        _tell_agents(posting, "posting_scheduled", {"title": posting.title, "at": posting.publish_at})
        return posting
    return _show(posting, on=on)


def _show(posting: Posting, *, on: date, days: int | None = None) -> Posting:
    posting.status = Posting.Status.PUBLISHED
    posting.posted_at = newness.date_of(posting, on=on, now=timezone.now())
    posting.valid_until = on + timedelta(days=min(days or posting.valid_days, MAX_DAYS))
    posting.save()
    index_postings([posting.pk])
    _tell_agents(posting, "posting_published", {"title": posting.title, "until": posting.valid_until})
    return posting


@transaction.atomic
def publish_posting(*, posting_id: int, by: User, on: date, days: int | None = None, mistaken: str = "") -> Posting:
    """Approve a submitted posting: it is shown, now or at its time. Whoever wrote it cannot be the one who approves it.

    :param days: how long it is shown; as long as the employer asked for when left out.
    :param mistaken: why the officer holds the checker's findings on an imported posting to be wrong. Its words cannot be
        mended here; an employer's own posting goes back to be mended instead.
    :raises CannotPublish: it does not wait for review, is not the officer's, or is no longer lawful.
    """
    posting = lock(posting_id)
    if posting.status != Posting.Status.SUBMITTED or not can_review_posting(by, posting):
        raise CannotPublish("这个岗位不在您的待核验名单里，可能已经有人处理了。请刷新名单。")
    if posting.organisation_id is None and _is_withheld(posting):
        raise CannotPublish("推送这个岗位的单位已被暂停，解除以后才能发布。")
    mistaken = mistaken.strip() if posting.imported_at is not None else ""
    if not mistaken and (problems := shortcomings(posting, on=on)):
        raise CannotPublish("".join(problems))
    posting.decided_by, posting.status_reason = by, mistaken
    posting.bump()
    if days is not None:
        posting.valid_days = min(days, MAX_DAYS)
    return _approve(posting, on=on)


@transaction.atomic
def publish_due(*, now: datetime, size: int = 200) -> int:
    """Show the approved postings whose time has come; returns how many. Beat: every five minutes, late ones catch up.

    Each is checked once more: a wage that fell under a new minimum, or an employer who is no longer verified, goes back for
    its employer's correction instead. A suspended employer's postings stay as they are until the suspension ends.
    """
    rows = Posting.objects.select_for_update(of=("self",), skip_locked=True).select_related("organisation", "region")
    due = rows.filter(status=Posting.Status.SCHEDULED, publish_at__lte=now)
    due = due.exclude(organisation__status=Organisation.Status.SUSPENDED).order_by("publish_at", "pk")
    on, shown = timezone.localdate(now), 0
    for posting in due[:size]:
        posting.bump()
        if problems := shortcomings(posting, on=on):
            posting.status, posting.status_reason = Posting.Status.RETURNED, "".join(problems)[:500]
            posting.save()
            _tell_agents(posting, "posting_returned", {"title": posting.title, "reason": posting.status_reason})
        else:
            _show(posting, on=on)
            shown += 1
    return shown


@transaction.atomic
def return_posting(*, posting_id: int, reason: str, by: User) -> Posting:
    """Send a submitted posting back with the reason, which is the sentence the employer reads.

    :raises CannotPublish: no reason, or it does not wait for this officer.
    """
    posting = lock(posting_id)
    if posting.status != Posting.Status.SUBMITTED or not can_review_posting(by, posting):
        raise CannotPublish("这个岗位不在您的待核验名单里，可能已经有人处理了。请刷新名单。")
    if not reason.strip():
        raise CannotPublish("请写明退回原因，单位会看到这句话。")
    posting.status, posting.status_reason, posting.decided_by = Posting.Status.RETURNED, reason.strip(), by
    posting.bump()
    posting.save()
    _tell_agents(posting, "posting_returned", {"title": posting.title, "reason": posting.status_reason})
    return posting


def _change(posting_id: int, by: User, *, froms: frozenset[str], to: str, reason: str = "") -> Posting:
    posting = lock(posting_id)
    owner = posting.organisation_id in by.organisation_ids(Role.EMPLOYER_AGENT)
    if not owner or posting.status not in froms:
        raise CannotEditPosting("这个岗位现在不能这样改，可能已经有人改过了。请刷新页面。")
    posting.status, posting.status_reason = to, reason
    posting.bump()
    posting.save()
    index_postings([posting.pk])
    return posting


@transaction.atomic
def pause_posting(*, posting_id: int, by: User) -> Posting:
    """Hide a published posting for a while, or hold one back that waits for an officer or its time, to change it."""
    froms = frozenset({Posting.Status.PUBLISHED, Posting.Status.SCHEDULED, Posting.Status.SUBMITTED})
    return _change(posting_id, by, froms=froms, to=Posting.Status.PAUSED)


@transaction.atomic
def fill_posting(*, posting_id: int, by: User) -> Posting:
    """End a posting because everybody wanted was found."""
    shown = frozenset({Posting.Status.PUBLISHED, Posting.Status.PAUSED})
    return _change(posting_id, by, froms=shown, to=Posting.Status.FILLED)


@transaction.atomic
def withdraw_posting(*, posting_id: int, by: User) -> Posting:
    """Take one's own posting back, at any time before it ended."""
    return _change(posting_id, by, froms=frozenset(Posting.Status) - Posting.ENDED, to=Posting.Status.WITHDRAWN)


@transaction.atomic
def take_down_posting(*, posting_id: int, reason: str, by: User) -> Posting:
    """Take a shown posting away (untrue, unlawful, reported): an officer's act, with the reason.

    :raises CannotPublish: it is not shown, not the officer's, or no reason was given.
    """
    posting = lock(posting_id)
    if posting.status != Posting.Status.PUBLISHED or not can_review_posting(by, posting) or not reason.strip():
        raise CannotPublish("只能下架本地区招聘中的岗位，并且要写明原因。")
    posting.status, posting.status_reason, posting.decided_by = Posting.Status.TAKEN_DOWN, reason.strip(), by
    posting.bump()
    posting.save()
    index_postings([posting.pk])
    _tell_agents(posting, "posting_returned", {"title": posting.title, "reason": posting.status_reason})
    return posting


def _tell_agents(posting: Posting, template: str, context: Mapping[str, Any]) -> None:
    if posting.organisation_id is None:
        return
    agents = RoleAssignment.objects.on(timezone.localdate()).filter(
        role=Role.EMPLOYER_AGENT, organisation=posting.organisation_id
    )
    for assignment in agents.select_related("user"):
        key = f"{template}:{posting.pk}:{posting.version}:{assignment.user_id}"
        outbox.send(to=assignment.user, template=template, context=context, key=key)
