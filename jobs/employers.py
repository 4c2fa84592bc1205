"""What officers do about employers: suspending hides every posting of theirs from the same moment on."""

from datetime import date

from django.db import transaction

from jobs.indexing import forget_counts, index_postings
from jobs.models import Posting
from jobs.withholding import give_back, withhold
from people import organisations, suspensions
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
def rename_employer(*, organisation_id: int, name: str, reason: str, by: User, on: date) -> Organisation:
    """Correct an employer's name, and with it the name on its own postings; clients' names on them stay.

    :raises people.organisations.CannotVerify: see there.
    """
    before = Organisation.objects.get(pk=organisation_id).name
    organisation = organisations.correct_name(organisation_id=organisation_id, name=name, reason=reason, by=by, on=on)
    own = Posting.objects.filter(organisation=organisation, employer_name=before)
    ids = list(own.order_by("pk").values_list("pk", flat=True))
    own.update(employer_name=organisation.name)
    index_postings(ids)
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
