"""The conversation about one application, and what the employer notes for itself."""

from datetime import date

from django.db import transaction

from core.errors import DomainError
from jobs import agents, applications
from jobs.limits import limit
from jobs.models import Application, ApplicationMessage, ApplicationNote
from jobs.permissions import can_deal_with
from messaging import outbox
from people.models import User

TALKING = Application.OPEN | {Application.Status.HIRED}


class CannotWrite(DomainError):
    """The message or note was not kept."""


def may_talk(application: Application) -> bool:
    """Whether lines may be written: not after the end, and not to an employer that cannot read them now."""
    employer = application.posting.organisation
    return application.status in TALKING and employer is not None and employer.is_verified


@transaction.atomic
def send_message(*, application_id: int, text: str, by: User, on: date) -> ApplicationMessage:
    """Write a line to the other side. They get one notice until they answer, however many lines there are.

    :raises CannotWrite: not one's own, over, nothing said, or too many lines.
    """
    application = applications.lock(application_id)
    from_applicant = application.applicant_id == by.pk
    if not from_applicant and not can_deal_with(by, application):
        raise CannotWrite("这不是您的投递，或者您的单位现在不能联系求职者。")
    if application.status not in TALKING:
        raise CannotWrite("这份投递已经结束，不能再留言。")
    if not may_talk(application):
        raise CannotWrite("这家单位现在暂停招聘，看不到留言。请等它恢复，或者先看看别的岗位。")
    if not text.strip():
        raise CannotWrite("请写下要说的话再发。")
    told = list(application.messages.order_by("-id").values_list("by_employer", "pk"))
    if len(told) >= limit("messages_in_thread", on=on):
        raise CannotWrite("留言已经很多了，请打电话说。")
    last_theirs = next((n for n, (employer, _) in enumerate(told) if employer == from_applicant), len(told))
    if last_theirs >= limit("messages_in_a_row", on=on):
        raise CannotWrite("对方还没有回话，先等一等，或者打电话。")
    message = ApplicationMessage.objects.create(
        application=application, author=by, by_employer=not from_applicant, text=text.strip()
    )
    turn = told[last_theirs][1] if last_theirs < len(told) else 0
    _notify(application, from_applicant=from_applicant, turn=turn, on=on)
    return message


def _notify(application: Application, *, from_applicant: bool, turn: int, on: date) -> None:
    """Tell the other side that something waits; what was said stays on the page.

    :param turn: the other side's last line: until there is a newer one, the key stays and so does the one notice.
    """
    posting = application.posting
    key = f"application-message:{application.pk}:{'a' if from_applicant else 'e'}:{turn}"
    if from_applicant:
        context = {"who": application.name, "title": posting.title}
        link = f"/employer/applications/{application.public_id}/"
        agents.tell_agents(posting, template="application_message", context=context, key=key, link=link, on=on)
        return
    outbox.send(
        to=application.applicant,
        template="application_message",
        context={"who": posting.employer_name, "title": posting.title},
        key=key,
        channels=("inbox",),
        link=f"/jobs/applications/{application.public_id}/",
    )


@transaction.atomic
def add_note(*, application_id: int, text: str, by: User) -> ApplicationNote:
    """Note something for one's own organisation.

    :raises CannotWrite: it was not sent to this organisation, or nothing is written.
    """
    application = applications.lock(application_id)
    if not can_deal_with(by, application):
        raise CannotWrite("这不是投给您单位的，或者您的单位现在不能看投递，不能写备注。")
    if not text.strip():
        raise CannotWrite("请写下备注再存。")
    return ApplicationNote.objects.create(application=application, author=by, text=text.strip())
