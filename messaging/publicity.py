"""公示: what holds for every notice: whole working days, objections that say something, findings that give reasons."""

from datetime import date

from django.utils import timezone

from core.errors import DomainError
from core.workdays import add_working_days
from messaging.models.publicity import Notice, ObjectionBase
from people.models import User

SHORTEST = 10


class CannotPublish(DomainError):
    """The notice was not posted or not taken down."""


class CannotObject(DomainError):
    """The objection was not recorded or not answered."""


def require_over(notice: Notice, *, on: date) -> None:
    """Refuse to take a notice down before its last day is over.

    :raises CannotPublish: its time is not up.
    """
    if on <= notice.ends_on:
        raise CannotPublish(f"公示到 {notice.ends_on.month} 月 {notice.ends_on.day} 日才结束，不能提前撤下。")


def close(notice: Notice) -> None:
    """Take a notice down; done twice it changes nothing."""
    if notice.closed_at is None:
        notice.closed_at = timezone.now()
        notice.save(update_fields=["closed_at"])


def fill_in(
    objection: ObjectionBase,
    *,
    notice: Notice,
    content: str,
    contact_name: str,
    contact_phone: str,
    days: int,
    on: date,
) -> None:
    """Put an objection into words that can be looked into, with the day of its answer, and save it.

    :param days: working days until the answer.
    :raises CannotObject: the notice is over, or the content says too little to look into.
    """
    if not notice.is_public(on):
        raise CannotObject("公示已经结束，不能再在网上提异议。有情况要反映，请拨打 12333。")
    if len(content.strip()) < SHORTEST:
        raise CannotObject("请把情况写清楚一些，至少 10 个字，例如“此人 7 月起在某公司上班”。")
    objection.content = content.strip()
    objection.contact_name, objection.contact_phone = contact_name.strip(), contact_phone.strip()
    objection.due_on = add_working_days(on, days)
    objection.save()


def conclude(objection: ObjectionBase, *, upheld: bool, finding: str, by: User, version: object = None) -> None:
    """Close a (locked) objection with what was found out.

    :raises CannotObject: it is answered already, or the finding is missing.
    :raises StaleVersion: the page was old.
    """
    if version is not None:
        objection.require_version(version)
    if objection.status != ObjectionBase.Status.OPEN:
        raise CannotObject("这条异议已经有结论了。请刷新页面查看。")
    if len(finding.strip()) < SHORTEST:
        raise CannotObject("请写明核查了什么、结论是什么，至少 10 个字。")
    objection.status = ObjectionBase.Status.UPHELD if upheld else ObjectionBase.Status.REJECTED
    objection.finding, objection.handled_by, objection.handled_at = finding.strip(), by, timezone.now()
    objection.bump()
    objection.save()
