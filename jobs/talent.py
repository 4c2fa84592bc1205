"""Employers looking for people whose résumé is open to them: masked, counted, logged, and over the moment it is hidden."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.contrib.postgres.search import SearchQueryField
from django.db import transaction
from django.db.models import BooleanField, Exists, Func, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from core import audit
from core.errors import DomainError
from core.models import AccessLog
from jobs import applications, resumes
from jobs.asking import read
from jobs.limits import limit
from jobs.models import Intention, Posting, Resume, TalentBlock, TalentInvitation, Work
from jobs.places import Place
from messaging import outbox
from people import reference
from people.models import Organisation, User
from people.roles import Role

OPENED = "resume:open"


class _Holds(Func):
    """Whether words hold what a tsquery asks for; Django's own lookup would parse the query anew, as European text."""

    arg_joiner = " @@ "
    template = "(%(expressions)s)"
    output_field = BooleanField()


class CannotFindTalent(DomainError):
    """The résumé is not shown, or the invitation not sent."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an employer looks for; empty fields ask for nothing."""

    text: str = ""
    region: Place | None = None
    kind: str = ""
    education: str = ""
    """The lowest level (GB/T 4658) that would do."""
    pay: int = 0
    """What the employer would pay a month: whoever wants more is left out."""


def employers_of(user: User) -> list[Organisation]:
    """Return the verified organisations for which this agent may look for people."""
    ids = user.verified_organisation_ids(Role.EMPLOYER_AGENT)
    rows = Organisation.objects.verified().filter(pk__in=ids).select_related("region")
    return list(rows.order_by("pk"))


def visible_talents(user: User) -> "QuerySet[Resume]":
    """Return the résumés that are open to this agent now.

    Left out: hidden ones, those open only to employers of other cities, the agent's own, those whose owner worked for
    this employer (as the résumé names it) or said that this employer shall not find them.
    """
    employers = employers_of(user)
    if not employers:
        return Resume.objects.none()
    cities = sorted({"/".join(row.region.path.split("/")[:2]) for row in employers})
    near = Intention.objects.filter(resume=OuterRef("pk"), region__path__within=cities)
    worked = Work.objects.filter(resume=OuterRef("pk"), employer__in=[row.name for row in employers])
    blocked = TalentBlock.objects.filter(user=OuterRef("user"), organisation__in=employers)
    everywhere = Q(visibility=Resume.Visibility.PROVINCE)
    here = Q(visibility=Resume.Visibility.CITY) & Exists(near)
    rows = Resume.objects.filter(everywhere | here, user__is_active=True).exclude(user=user)
    return rows.filter(~Exists(worked), ~Exists(blocked))


def search(user: User, wanted: Wanted) -> "QuerySet[Resume]":
    """Return the open résumés that fit: words in what they look for, did or can do, under any of their names; place,
    kind, pay, education."""
    rows = visible_talents(user)
    intentions = Intention.objects.filter(resume=OuterRef("pk"))
    if wanted.region:
        intentions = intentions.filter(region__path__within=[wanted.region.path])
    if wanted.kind:
        intentions = intentions.filter(kind=wanted.kind)
    if wanted.pay:
        intentions = intentions.filter(Q(pay_min=None) | Q(pay_min__lte=wanted.pay))
    if wanted.region or wanted.kind or wanted.pay:  # an open résumé always has an intention (`jobs.resumes`)
        rows = rows.filter(Exists(intentions))
    if wanted.text:
        asked = read(wanted.text).anywhere
        rows = rows.filter(_Holds("search__words", Cast(Value(asked), SearchQueryField()))) if asked else rows.none()
    if wanted.education:
        least = reference.education_rank(wanted.education)
        codes = [code for code, _ in reference.education_choices(full=True) if reference.education_rank(code) >= least]
        rows = rows.filter(educations__level__in=codes).distinct()
    return rows


def open_talent(*, resume: Resume, by: User, on: date) -> resumes.Sheet:
    """Return what an open résumé says, and leave a record that its owner sees. The name stays masked, the phone away.

    :param resume: one of `visible_talents(by)`.
    :raises CannotFindTalent: this agent has opened as many today as one may.
    """
    most = limit("talent_views_a_day", on=on)
    today = timezone.make_aware(datetime.combine(on, time.min))
    if AccessLog.objects.filter(actor=by.pk, action=OPENED, recorded_at__gte=today).count() >= most:
        raise CannotFindTalent(f"今天已经看了 {most} 份公开简历，请明天再看。")
    employers = "、".join(row.name for row in employers_of(by))
    audit.record_access(
        actor=by, action=OPENED, subject=resume.user.person or resume.user, reason=f"人才搜索：{employers}"
    )
    return resumes.sheet(resume)


@transaction.atomic
def invite(*, resume: Resume, posting_id: int, text: str, by: User, on: date) -> TalentInvitation:
    """Ask somebody to apply to a posting; it goes to their inbox alone.

    :raises CannotFindTalent: hidden in the meantime, not one's posting or not shown, asked before, or too many today.
    """
    found = visible_talents(by).select_for_update(of=("self",)).filter(pk=resume.pk).first()
    if found is None:
        raise CannotFindTalent("这个人已经不公开简历了，不能再邀请。")
    posting = Posting.objects.owned_by(by).published(on=on).filter(pk=posting_id).first()
    if posting is None:
        raise CannotFindTalent("请选一个正在招人的本单位岗位。")
    most = limit("talent_invitations_a_day", on=on)
    sent = TalentInvitation.objects.filter(posting__organisation=posting.organisation_id, invited_at__date=on)
    if sent.count() >= most:
        raise CannotFindTalent(f"今天已经邀请了 {most} 个人，请明天再邀请。")
    if TalentInvitation.objects.filter(user=found.user, posting=posting).exists():
        raise CannotFindTalent("这个岗位已经邀请过这个人，请等本人答复。")
    if found.user.applications.standing().filter(posting=posting).exists():
        raise CannotFindTalent("这个人已经投了这个岗位，在“应聘的人”里就能看到。")
    made = TalentInvitation.objects.create(user=found.user, posting=posting, text=text.strip(), invited_by=by)
    outbox.send(
        to=found.user,
        template="talent_invited",
        context={"employer": posting.employer_name, "title": posting.title},
        key=f"talent-invitation:{made.pk}",
        channels=("inbox",),
        link="/jobs/invitations/",
    )
    return made


@transaction.atomic
def answer_invitation(*, invitation_id: int, choice: str, by: User, on: date) -> TalentInvitation:
    """Apply with one's résumé, say no, or say no and not be found by this employer again.

    :param choice: "apply", "decline" or "block".
    :raises CannotFindTalent: somebody else's, answered before, or the résumé lacks a name or a phone.
    :raises jobs.applications.CannotApply: the posting is over.
    """
    row = TalentInvitation.objects.select_for_update(of=("self",)).select_related("posting").get(pk=invitation_id)
    if row.user_id != by.pk or row.status != TalentInvitation.Status.SENT:
        raise CannotFindTalent("这个邀请已经答复过了。")
    if choice == "apply":
        ready: dict[str, Any] | None = resumes.to_send(by)
        if ready is None:
            raise CannotFindTalent("简历还缺姓名、电话或内容，请先补上再投。")
        row.application = applications.apply(posting_id=row.posting_id, by=by, on=on, **ready)
    if choice == "block" and row.posting.organisation_id:
        block = TalentBlock(user=by, organisation_id=row.posting.organisation_id)
        TalentBlock.objects.bulk_create([block], ignore_conflicts=True)
    row.status = TalentInvitation.Status.ACCEPTED if choice == "apply" else TalentInvitation.Status.DECLINED
    row.answered_at = timezone.now()
    row.save()
    return row
