"""Inviting to an interview, and the applicant's answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from jobs import agents, applications
from jobs.calendars import Appointment
from jobs.models import Application, Interview
from jobs.permissions import can_answer_application, can_call_off
from people.models import User

REPLIES = {
    "accept": Interview.Status.ACCEPTED,
    "other": Interview.Status.OTHER_TIME,
    "decline": Interview.Status.DECLINED,
}


class CannotInvite(DomainError):
    """The interview stays as it was."""


@transaction.atomic
def invite(*, application_id: int, values: Mapping[str, Any], version: object, by: User, now: datetime) -> Interview:
    """Invite an applicant, or give the interview that is still to come another time or place; both are told.

    :param values: starts_at, minutes, mode, place, contact, bring.
    :raises CannotInvite: not the employer's agent, already decided, or the time has passed.
    :raises StaleVersion: somebody answered since the page was opened.
    """
    application = applications.lock(application_id)
    application.require_version(version)
    if not can_answer_application(by, application):
        raise CannotInvite("这份投递不能再约面试，可能已经撤回或者有了结果。请刷新页面。")
    if application.status == Application.Status.OFFER:
        raise CannotInvite("已经发了录用意向，不用再约面试。")
    if values["starts_at"] <= now:
        raise CannotInvite("面试时间已经过了，请选以后的时间。")
    live = application.interviews.filter(status__in=Interview.LIVE).first()
    if live is not None and live.starts_at <= now:
        live.status = Interview.Status.HELD
        live.save()
        live = None
    interview = live or Interview(application=application, invited_by=by)
    if live is not None:
        interview.sequence, interview.status, interview.reply = live.sequence + 1, Interview.Status.PROPOSED, ""
    for name, value in values.items():
        setattr(interview, name, value)
    interview.save()
    application.status, application.reason = Application.Status.INTERVIEW, summary(interview)
    application.answered_at, application.answered_by = now, by
    application.bump()
    application.save()
    applications.tell_applicant(application)
    return interview


@transaction.atomic
def cancel(*, interview_id: int, by: User) -> Interview:
    """Call an interview off, also while the employer is suspended; the applicant is told, the application goes on.

    :raises CannotInvite: it is not live any more, or not the agent's.
    """
    application, interview = _lock(interview_id)
    if not can_call_off(by, application) or not interview.is_live:
        raise CannotInvite("这次面试已经取消或者过了。请刷新页面。")
    interview.status, interview.sequence = Interview.Status.CANCELLED, interview.sequence + 1
    interview.save()
    application.reason = "原定的面试取消了，单位会再联系您。"
    application.answered_at = timezone.now()
    application.bump()
    application.save()
    applications.tell_applicant(application)
    return interview


@transaction.atomic
def reply(*, interview_id: int, choice: str, text: str = "", by: User, now: datetime) -> Interview:
    """Say whether one comes, or which other time would do; the employer's agents are told.

    :param choice: "accept", "other" (then `text` says when) or "decline".
    :raises CannotInvite: somebody else's, over, called off, or another time without saying which.
    """
    application, interview = _lock(interview_id)
    if application.applicant_id != by.pk or not application.is_open or not interview.is_live:
        raise CannotInvite("这次面试已经取消或者有了别的安排。请刷新页面看最新的。")
    if interview.starts_at <= now:
        raise CannotInvite("面试时间已经过了。没去成的话，给单位留言说明一下。")
    if choice == "other" and not text.strip():
        raise CannotInvite("请写您什么时候方便，例如“周三下午或者周四全天”。")
    interview.status, interview.reply = REPLIES[choice], text.strip()
    interview.save()
    agents.tell_agents(
        application.posting,
        template="interview_replied",
        context={
            "name": application.name,
            "title": application.posting.title,
            "status": interview.get_status_display(),
            "reply": interview.reply,
        },
        key=f"interview:{interview.pk}:{interview.sequence}:{now:%Y%m%dT%H%M%S%f}",
        link=f"/employer/applications/{application.public_id}/",
        on=timezone.localdate(now),
    )
    return interview


def _lock(interview_id: int) -> tuple[Application, Interview]:
    """Lock the application first, as everybody does, then read its interview."""
    owner = Interview.objects.values_list("application_id", flat=True).get(pk=interview_id)
    return applications.lock(owner), Interview.objects.get(pk=interview_id)


def summary(interview: Interview) -> str:
    """Return the invitation in one sentence, for the message and the list."""
    when = timezone.localtime(interview.starts_at)
    extra = [f"找{interview.contact}" if interview.contact else "", f"带{interview.bring}" if interview.bring else ""]
    where = f"{interview.get_mode_display()}，{interview.place}"
    told = "，".join([f"{when.month} 月 {when.day} 日 {when:%H:%M} 面试", where, *filter(None, extra)])
    return f"{told}。"[:300]


def appointment(interview: Interview) -> Appointment:
    """Return the entry for a calendar."""
    posting = interview.application.posting
    return Appointment(
        uid=str(interview.public_id),
        starts_at=interview.starts_at,
        minutes=interview.minutes,
        summary=f"面试：{posting.title}（{posting.employer_name}）",
        place=interview.place,
        description=summary(interview),
        made_at=interview.invited_at,
        sequence=interview.sequence,
        is_cancelled=not interview.is_live and interview.status != Interview.Status.HELD,
    )
