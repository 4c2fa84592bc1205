"""Who may do what with a posting or an application."""

from django.contrib.auth.models import AnonymousUser

from jobs.models import OFFICERS, Application, ImportBatch, Posting
from jobs.models.posting import has_province
from people.models import User
from people.roles import Role


def can_edit_posting(user: User, posting: Posting) -> bool:
    """The agent of its organisation, while it is not shown and has not ended."""
    return acts_for(user, posting) and (posting.pk is None or posting.status in Posting.EDITABLE)


def can_review_posting(user: User, posting: Posting) -> bool:
    """An officer of the region where the work is, or of the province where none is known, who did not write it."""
    region = posting.region
    serves = user.serves(region.path, *OFFICERS) if region else has_province(user.regions(*OFFICERS))
    return serves and posting.created_by_id != user.pk


def can_run_import(user: User, batch: ImportBatch) -> bool:
    """The officer who uploaded the file, while it waits for them."""
    return batch.by_id == user.pk and user.has_role(*OFFICERS) and batch.status == ImportBatch.Status.UPLOADED


def can_resume_import(user: User, batch: ImportBatch) -> bool:
    """The officer who uploaded the file, after it broke off."""
    return batch.by_id == user.pk and user.has_role(*OFFICERS) and batch.can_go_on


def is_own_look(user: User | AnonymousUser, posting: Posting) -> bool:
    """Whether somebody looks for their work's sake: an officer, or an agent of the posting's own organisation."""
    if not isinstance(user, User):
        return False
    return user.is_staff_member or acts_for(user, posting)


def can_answer_application(user: User, application: Application) -> bool:
    """Who may deal with it, while it waits."""
    return can_deal_with(user, application) and application.status in Application.OPEN


def can_deal_with(user: User, application: Application) -> bool:
    """The agent of the organisation it was sent to, while that is verified (`jobs.agents.closed_to`)."""
    employer = application.posting.organisation
    return employer is not None and employer.is_verified and acts_for(user, application.posting)


def can_call_off(user: User, application: Application) -> bool:
    """The agent of the organisation it was sent to, suspended or not: nobody should come for nothing."""
    return acts_for(user, application.posting) and application.status in Application.OPEN


def acts_for(user: User, posting: Posting) -> bool:
    """Whether somebody is an agent of the posting's organisation today."""
    return posting.organisation_id in user.organisation_ids(Role.EMPLOYER_AGENT)
