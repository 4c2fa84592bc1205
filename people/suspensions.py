"""An officer suspends an organisation, and lifts it again. What follows from it (postings, applicants) reads the status."""

from datetime import date

from django.db import transaction

from core import audit
from core.errors import DomainError
from people import rechecks
from people.models import Organisation, OrganisationRecord, User
from people.permissions import can_verify_organisation

LEAST = 10
"""Characters of a reason: a sentence that the employer can object to."""


class CannotSuspend(DomainError):
    """The organisation stays as it is."""


@transaction.atomic
def suspend_organisation(*, organisation_id: int, reason: str, by: User, on: date) -> Organisation:
    """Suspend an organisation: from this moment nothing of it is shown, and it can publish nothing.

    :raises CannotSuspend: suspended already, another county's, the officer's own, or no reason that one can answer.
    """
    organisation = _lock(organisation_id, by)
    if organisation.status == Organisation.Status.SUSPENDED:
        raise CannotSuspend("这个单位已经暂停了。请刷新页面看是谁定的。")
    if len(reason.strip()) < LEAST:
        raise CannotSuspend("请写明暂停的原因和依据，至少 10 个字。单位会看到，也据此说明和申诉。")
    organisation.status, organisation.status_reason = Organisation.Status.SUSPENDED, reason.strip()[:255]
    return _save(organisation, OrganisationRecord.Kind.SUSPENDED, reason, by, on)


@transaction.atomic
def lift_suspension(*, organisation_id: int, reason: str, by: User, on: date) -> Organisation:
    """End a suspension: what is still valid is shown again at once. One that was never verified goes back to 待核验.

    :raises CannotSuspend: not suspended, another county's, the officer's own, or no reason.
    """
    organisation = _lock(organisation_id, by)
    if organisation.status != Organisation.Status.SUSPENDED:
        raise CannotSuspend("这个单位现在没有被暂停。请刷新页面。")
    if len(reason.strip()) < 4:
        raise CannotSuspend("请写明为什么解除暂停。")
    checked = organisation.verified_on is not None
    organisation.status = Organisation.Status.VERIFIED if checked else Organisation.Status.PENDING
    organisation.status_reason = ""
    return _save(organisation, OrganisationRecord.Kind.LIFTED, reason, by, on)


def _lock(organisation_id: int, by: User) -> Organisation:
    rows = Organisation.objects.select_for_update(of=("self",)).select_related("region")
    organisation = rows.get(pk=organisation_id)
    if not can_verify_organisation(by, organisation):
        raise CannotSuspend("只有单位所在区县的就业服务机构能暂停和解除，自己经办的单位要由别人来定。")
    return organisation


def _save(organisation: Organisation, kind: str, reason: str, by: User, on: date) -> Organisation:
    organisation.bump()
    organisation.save()
    rechecks.record(organisation, kind, reason=reason[:500], by=by, on=on)
    audit.record_access(actor=by, action=f"organisation:{kind}", subject=organisation, reason=reason.strip())
    return organisation
