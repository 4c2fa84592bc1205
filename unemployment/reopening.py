"""恢复登记: a decision that ended a registration is overturned, and the person is on the register as before."""

from datetime import date

from django.db import IntegrityError, transaction

from core import events
from core.errors import DomainError
from core.months import first_day
from people.models import User
from unemployment import papers
from unemployment.letters import tell
from unemployment.models import Deregistration, FollowUp, Registration
from unemployment.permissions import can_reopen


class CannotReopen(DomainError):
    """The registration stays ended."""


@transaction.atomic
def reopen(*, proposal_id: int, reason: str, version: object, by: User, on: date) -> Registration:
    """Overturn the decision that ended a registration: it is in force again with all its history and its first day.

    This month's contact is owed again; the papers of the decision are void, a certificate is issued.

    :raises CannotReopen: no reason, not the county supervisor of the place or who decided it, imported history, or the
        person has registered again meanwhile.
    :raises StaleVersion: the page was old.
    """
    registration_id = Deregistration.objects.values_list("registration", flat=True).get(pk=proposal_id)
    rows = Registration.objects.select_for_update(of=("self",)).select_related("region", "person__account", "worker")
    registration = rows.get(pk=registration_id)
    decision = Deregistration.objects.select_for_update(of=("self",)).get(pk=proposal_id)
    decision.registration = registration
    if decision.status != Deregistration.Status.DECIDED or decision.imported_history:
        raise CannotReopen("只能恢复由本系统决定注销、撤销的登记。")
    if not can_reopen(by, decision):
        raise CannotReopen("要由区县业务主管恢复，而且不能是作出原决定的人。")
    decision.require_version(version)
    if len(reason.strip()) < 10:
        raise CannotReopen("请写明为什么恢复，至少 10 个字，例如“复议决定撤销原决定”，写明文号。")
    decision.status = Deregistration.Status.OVERTURNED
    decision.overturned_by, decision.overturned_on, decision.overturn_reason = by, on, reason.strip()
    decision.bump()
    decision.save()
    registration.status = Registration.Status.ACTIVE
    registration.ended_on, registration.ended_ground = None, ""
    registration.bump()
    try:
        with transaction.atomic():
            registration.save()
    except IntegrityError as error:
        if "registration_one_open" not in str(error):
            raise
        raise CannotReopen("此人后来重新办了登记，全省只能有一份。请先处理新的那一份。") from error
    FollowUp.objects.filter(registration=registration, month=first_day(on), status=FollowUp.Status.CANCELLED).update(
        status=FollowUp.Status.OPEN, cancel_reason="", assignee=registration.worker
    )
    kinds = ("intent", "end", "revocation")
    papers.withdraw(registration=registration, kinds=kinds, reason="原决定已撤销，登记恢复", by=by, on=on)
    papers.certify(registration, by=by, on=on)
    events.append(
        "unemployment.reopened",
        subject=f"person:{registration.person.public_id}",
        payload={"registration": str(registration.public_id), "on": on.isoformat()},
    )
    tell(registration, "unemployment_reopened", on=on)
    return registration
