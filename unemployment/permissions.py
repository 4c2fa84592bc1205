"""Who may do what to a registration. Region scope comes first: the row was found through `visible_to`."""

from people.models import User
from people.roles import Role
from unemployment.models import Deregistration, Employment, FollowUp, Paper, Registration, Transfer
from unemployment.models.followup import FOLLOWERS, WORKERS
from unemployment.models.registration import OFFICERS

PROPOSERS = OFFICERS | {Role.COMMUNITY_WORKER}
SERVERS = PROPOSERS | {Role.STATION_STAFF}
"""Those who hand papers over and take the signed ones back."""


def _serves(user: User, registration: Registration, *roles: str) -> bool:
    return bool(registration.region and user.serves(registration.region.path, *roles))


def is_own(user: User, registration: Registration) -> bool:
    """Say whether the registration is the user's own: officers never act on it by office."""
    return user.person_id is not None and registration.person_id == user.person_id


def can_decide(user: User, registration: Registration) -> bool:
    """Say whether this officer may check, accept or refuse."""
    return _serves(user, registration, *OFFICERS) and not is_own(user, registration)


def can_serve_paper(user: User, registration: Registration) -> bool:
    """Say whether this officer may hand over a paper about the registration, and write down its signature."""
    return _serves(user, registration, *SERVERS) and not is_own(user, registration)


def can_serve_proof(user: User, employment: Employment) -> bool:
    """Say whether this officer may issue and hand over the proof of an employment: of its place, or of the person's."""
    if user.person_id is not None and user.person_id == employment.person_id:
        return False
    places = [employment.region.path, *([employment.home_region.path] if employment.home_region else [])]
    return any(user.serves(path, *SERVERS) for path in places)


def can_serve(user: User, paper: Paper) -> bool:
    """Say whether this officer may hand the paper over, whatever it is about."""
    if paper.employment is not None:
        return can_serve_proof(user, paper.employment)
    return paper.registration is not None and can_serve_paper(user, paper.registration)


def can_answer_transfer(user: User, transfer: Transfer) -> bool:
    """Say whether this officer may answer a transfer: of the place that was asked, and not whoever asked."""
    if transfer.status != Transfer.Status.REQUESTED or transfer.asked_by_id == user.pk:
        return False
    return user.serves(transfer.answering.path, *PROPOSERS) and not is_own(user, transfer.registration)


def can_propose_end(user: User, registration: Registration) -> bool:
    """Say whether this officer may propose to end the registration."""
    return _serves(user, registration, *PROPOSERS) and not is_own(user, registration)


def can_decide_end(user: User, proposal: Deregistration) -> bool:
    """Say whether this officer may decide on the proposal (another person than its proposer where two must act)."""
    registration = proposal.registration
    if is_own(user, registration) or proposal.status != Deregistration.Status.PROPOSED:
        return False
    wanted = {Role.COUNTY_SUPERVISOR} if proposal.basis.supervisor else OFFICERS
    if not _serves(user, registration, *wanted):
        return False
    return not proposal.needs_second or (proposal.proposed_by_id is not None and proposal.proposed_by_id != user.pk)


def can_reopen(user: User, decision: Deregistration) -> bool:
    """Say whether this supervisor may overturn the decision: of the county, and not whoever took it."""
    registration = decision.registration
    return (
        _serves(user, registration, Role.COUNTY_SUPERVISOR)
        and not is_own(user, registration)
        and decision.decided_by_id != user.pk
    )


def can_reject_end(user: User, proposal: Deregistration) -> bool:
    """Say whether this officer may leave the registration in force: those who decide, and the proposer."""
    if is_own(user, proposal.registration) or proposal.status != Deregistration.Status.PROPOSED:
        return False
    return proposal.proposed_by_id == user.pk or _serves(user, proposal.registration, *OFFICERS)


def can_record(user: User, follow_up: FollowUp) -> bool:
    """Say whether this user may write down the contact."""
    return user.serves(follow_up.region.path, *WORKERS) and follow_up.registration.person_id != user.person_id


def has_task(user: User, follow_up: FollowUp) -> bool:
    """Say whether the open contact is this user's own task: a standing reason to see the phone and the address."""
    return (
        follow_up.status == FollowUp.Status.OPEN
        and can_record(user, follow_up)
        and (follow_up.assignee_id in (None, user.pk) or user.serves(follow_up.region.path, Role.COMMUNITY_WORKER))
    )


def can_assign(user: User, follow_up: FollowUp) -> bool:
    """Say whether this user may give the contact to another worker."""
    return user.serves(follow_up.region.path, *FOLLOWERS)
