"""What officers do about employers: suspending hides every posting of theirs from the same moment on."""

from datetime import date

from django.db import transaction

from jobs.indexing import forget_counts
from jobs.withholding import give_back, withhold
from people import suspensions
from people.models import Organisation, User


@transaction.atomic
def suspend_employer(*, organisation_id: int, reason: str, by: User, on: date) -> Organisation:
    """Suspend an employer and let go of every answer the search kept. Agents and applicants are told by the event.

    What its own system handed over for other employers is hidden too.

    :raises people.suspensions.CannotSuspend: see there.
    """
    organisation = suspensions.suspend_organisation(organisation_id=organisation_id, reason=reason, by=by, on=on)
    withhold(organisation_id=organisation.pk)
    transaction.on_commit(forget_counts)
    return organisation


@transaction.atomic
def lift_employer(*, organisation_id: int, reason: str, by: User, on: date) -> Organisation:
    """Lift a suspension; what is still valid is found again at once.

    :raises people.suspensions.CannotSuspend: see there.
    """
    organisation = suspensions.lift_suspension(organisation_id=organisation_id, reason=reason, by=by, on=on)
    give_back(organisation_id=organisation.pk, on=on)
    transaction.on_commit(forget_counts)
    return organisation
