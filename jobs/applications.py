"""Applying, withdrawing, answering, hiring."""

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import events
from core.errors import DomainError
from jobs import agents, callbacks
from jobs.models import Application, Interview, Offer, Placement, Posting
from jobs.permissions import can_answer_application
from jobs.resumes import Sheet
from messaging import outbox
from people import identifiers
from people.models import User

NEXT = {
    Application.Status.VIEWED: frozenset({Application.Status.SUBMITTED}),
    Application.Status.SHORTLISTED: Application.UNANSWERED,
    Application.Status.INTERVIEW: Application.OPEN - {Application.Status.INTERVIEW, Application.Status.OFFER},
    Application.Status.OFFER: Application.OPEN - {Application.Status.OFFER},
    Application.Status.HIRED: Application.OPEN,
    Application.Status.UNSUITABLE: Application.OPEN,
}
"""To each answer, the states it may follow."""


BULK = frozenset({Application.Status.VIEWED, Application.Status.SHORTLISTED, Application.Status.UNSUITABLE})
MOST_AT_ONCE = 50
"""Answers of one request: what a page shows, not a rule of law."""


class CannotApply(DomainError):
    """The application was not sent."""


class CannotAnswer(DomainError):
    """The application stays as it is."""


@transaction.atomic
def apply(
    *,
    posting_id: int,
    by: User,
    name: str,
    phone: str,
    education: str = "",
    experience: str = "",
    note: str = "",
    resume: Sheet | None = None,
    on: date,
) -> Application:
    """Send an application. Twice for the same posting is the same application: the database sees to it.

    :param resume: the copy of the résumé that goes along (`jobs.resumes.sheet`), kept as it is for good.
    :raises CannotApply: the posting is no longer open, takes no applications here, or one was sent before.
    """
    posting = Posting.objects.select_for_update(of=("self",), no_key=True).filter(pk=posting_id).first()
    if posting is None or not Posting.objects.published(on=on).filter(pk=posting.pk).exists():
        raise CannotApply("这个岗位已经不招了。可以看看差不多的岗位。")
    if posting.organisation_id is None:
        raise CannotApply(f"这个岗位来自 {posting.source_site or '其他网站'}，请按页面上的来源网址去投。")
    try:
        checked = identifiers.check_phone(phone)
    except identifiers.InvalidId as error:
        raise CannotApply(error.message) from error
    application = Application(
        posting=posting,
        applicant=by,
        name=name.strip(),
        education=education,
        experience=experience.strip(),
        note=note.strip(),
        resume=resume,
    )
    application.phone, application.phone_mask = checked, identifiers.mask_phone(checked)
    try:
        with transaction.atomic():
            application.save()
    except IntegrityError as error:
        if "application_once" not in str(error):
            raise
        raise CannotApply("这个岗位您已经投过了，在“我的投递”里能看到进展。") from error
    events.append(
        "jobs.applied",
        subject=f"user:{by.public_id}",
        payload={"application": str(application.public_id), "posting": str(posting.public_id)},
    )
    return application


def lock(application_id: int) -> Application:
    """Return the application, locked, with its posting, employer and applicant."""
    rows = Application.objects.select_for_update(of=("self",)).select_related("posting__organisation", "applicant")
    return rows.get(pk=application_id)


@transaction.atomic
def withdraw(*, application_id: int, by: User) -> Application:
    """Take one's own application back.

    :raises CannotAnswer: it is somebody else's, or was decided.
    """
    application = lock(application_id)
    if application.applicant_id != by.pk or application.status not in Application.OPEN:
        raise CannotAnswer("这份投递已经有了结果，不能再撤回。")
    if application.status in (Application.Status.INTERVIEW, Application.Status.OFFER):
        agents.tell_agents(
            application.posting,
            template="application_withdrawn",
            context={"name": application.name, "title": application.posting.title},
            key=f"application-withdrawn:{application.pk}",
            link="/employer/applications/",
            on=timezone.localdate(),
        )
    return end(application, Application.Status.WITHDRAWN)


@transaction.atomic
def withdraw_rest(*, by: User) -> int:
    """Take all of one's open applications back after a hire; return how many. Nobody does it for the person.

    :raises CannotAnswer: nobody hired this person.
    """
    mine = Application.objects.own(by)
    if not mine.filter(status=Application.Status.HIRED).exists():
        raise CannotAnswer("还没有单位录用您，投递请一份一份地撤回。")
    ids = list(mine.open().order_by("pk").values_list("pk", flat=True))
    for pk in ids:
        withdraw(application_id=pk, by=by)
    return len(ids)


def end(application: Application, status: str) -> Application:
    """End an application without an answer of the employer, and what is still open around it."""
    application.status = status
    application.bump()
    application.save()
    for interview in application.interviews.filter(status__in=Interview.LIVE):
        past = interview.starts_at <= timezone.now()
        interview.status = Interview.Status.HELD if past else Interview.Status.CANCELLED
        interview.sequence += 1
        interview.save()
    application.offers.filter(status=Offer.Status.OPEN).update(status=Offer.Status.REPLACED)
    return application


@transaction.atomic
def answer(
    *,
    application_id: int,
    status: str,
    reason: str = "",
    starts_on: date | None = None,
    version: object,
    by: User,
    on: date,
) -> Application:
    """Answer an application and tell the applicant; a hire makes a placement and the event `jobs.hired`.

    :param reason: for 不合适 required, and read by the applicant.
    :raises CannotAnswer: not the agent's, decided before, or the answer does not follow the present state.
    :raises StaleVersion: somebody answered since the page was opened.
    """
    application = lock(application_id)
    application.require_version(version)
    if not can_answer_application(by, application):
        raise CannotAnswer("这份投递不能再答复，可能已经撤回或者有了结果。请刷新页面。")
    if application.status not in NEXT.get(Application.Status(status), frozenset()):
        raise CannotAnswer("不能这样改状态，请刷新页面看最新进展。")
    if status == Application.Status.UNSUITABLE and not reason.strip():
        raise CannotAnswer("请写一句不合适的原因，求职者会看到，例如“这个岗位要电工证”。")
    application.status, application.reason = status, reason.strip()
    application.answered_at, application.answered_by = timezone.now(), by
    application.bump()
    application.save()
    if status == Application.Status.HIRED:
        application.interviews.filter(status__in=Interview.LIVE).update(status=Interview.Status.HELD)
        _place(application, starts_on or on)
    if status == Application.Status.UNSUITABLE:
        application.interviews.filter(status__in=Interview.LIVE).update(status=Interview.Status.CANCELLED)
        application.offers.filter(status=Offer.Status.OPEN).update(status=Offer.Status.REPLACED)
    if status != Application.Status.VIEWED:
        tell_applicant(application)
    return application


def answer_many(
    *, chosen: Sequence[tuple[int, object]], status: str, reason: str = "", by: User, on: date
) -> tuple[int, list[str]]:
    """Give several applications the same answer, each by itself: what cannot be answered is left as it is.

    :param chosen: (application, version that the page showed).
    :returns: how many were answered, and the sentences of those that were not, each sentence once.
    :raises CannotAnswer: none was chosen or too many, or the answer is one that needs its own words.
    """
    if status not in BULK:
        raise CannotAnswer("约面试和录用要一个一个来，写明时间和约定。")
    if not chosen:
        raise CannotAnswer("还没有勾选。请先勾选要一起答复的人。")
    if len(chosen) > MOST_AT_ONCE:
        raise CannotAnswer(f"一次最多勾选 {MOST_AT_ONCE} 个人，请分几次答复。")
    done, refused = 0, []
    for pk, version in chosen:
        try:
            with transaction.atomic():
                answer(application_id=pk, status=status, reason=reason, version=version, by=by, on=on)
        except DomainError as error:
            refused.append(error.message)
        else:
            done += 1
    return done, list(dict.fromkeys(refused))


def _place(application: Application, starts_on: date) -> None:
    person = application.applicant.person
    placement = Placement.objects.create(
        application=application, posting=application.posting, person=person, starts_on=starts_on
    )
    callbacks.plan_call_backs(placement)
    _offer_to_withdraw(application)
    events.append(
        "jobs.hired",
        subject=f"person:{person.public_id}" if person else f"user:{application.applicant.public_id}",
        payload={
            "placement": str(placement.public_id),
            "person": str(person.public_id) if person else None,
            "starts_on": starts_on.isoformat(),
        },
    )


def _offer_to_withdraw(application: Application) -> None:
    """Tell somebody who was hired what of theirs is still open; they take it back themselves, or not."""
    rest = Application.objects.own(application.applicant).open().count()
    if rest:
        outbox.send(
            to=application.applicant,
            template="hired_rest",
            context={"employer": application.posting.employer_name, "rest": rest},
            key=f"hired-rest:{application.pk}",
            channels=("inbox",),
            link="/jobs/applications/",
        )


def tell_applicant(application: Application) -> None:
    """Tell the applicant where it stands and what the employer said."""
    context = {
        "title": application.posting.title,
        "employer": application.posting.employer_name,
        "status": application.get_status_display(),
        "reason": application.reason or "请留意电话。",
    }
    key = f"application:{application.pk}:{application.version}"
    link = f"/jobs/applications/{application.public_id}/"
    outbox.send(to=application.applicant, template="application_answered", context=context, key=key, link=link)
