"""Who may do what to a claim: by office, region and fresh eyes."""

from people.models import User
from people.roles import Role
from subsidies.models import Claim, Office, PaymentBatch, Step

OFFICE_ROLE: dict[str, str] = {
    Office.INTAKE: Role.SUBSIDY_INTAKE,
    Office.REVIEW: Role.SUBSIDY_REVIEWER,
    Office.SECOND_REVIEW: Role.SUBSIDY_SECOND_REVIEWER,
    Office.APPROVAL: Role.SUBSIDY_APPROVER,
    Office.FINANCE: Role.FINANCE,
    Office.PAYMENT: Role.SUBSIDY_PAYER,
}
CLAIM_OFFICERS = (*OFFICE_ROLE.values(), Role.COUNTY_SUPERVISOR, Role.CITY_SUPERVISOR)

STATUS_OFFICE: dict[str, str] = {
    Claim.Status.SUBMITTED: Office.INTAKE,
    Claim.Status.CORRECTION: Office.INTAKE,
    Claim.Status.ACCEPTED: Office.REVIEW,
    Claim.Status.REVIEW: Office.REVIEW,
    Claim.Status.SECOND_REVIEW: Office.SECOND_REVIEW,
    Claim.Status.PUBLICITY: Office.SECOND_REVIEW,
    Claim.Status.APPROVAL: Office.APPROVAL,
    Claim.Status.APPROVED: Office.PAYMENT,
}
"""Whose move it is."""


def holds_office(user: User, office: str, region_path: str) -> bool:
    """Say whether this user has the office's role in a region that covers this place."""
    role = OFFICE_ROLE.get(office)
    return role is not None and user.serves(region_path, role)


def earlier_office(user: User, claim: Claim, office: str) -> str:
    """Return the other office in which this user already acted on the claim, or "" when the eyes are fresh."""
    if user.person_id is not None and user.person_id == claim.person_id:
        return Office.APPLICANT
    acted = Step.objects.filter(claim=claim, actor=user).exclude(office__in=["", office])
    return acted.order_by("pk").values_list("office", flat=True).first() or ""


def can_act(user: User, claim: Claim) -> bool:
    """Say whether it is this user's move on this claim."""
    office = STATUS_OFFICE.get(claim.status, "")
    return bool(office) and holds_office(user, office, claim.region.path) and not earlier_office(user, claim, office)


def can_edit(user: User, claim: Claim) -> bool:
    """Say whether this user may fill in the claim now: the applicant, while it is a draft or asked to be corrected."""
    return user.person_id == claim.person_id and claim.is_editable


def can_consent(user: User, batch: PaymentBatch) -> bool:
    """Say whether this finance officer may agree to the batch: not the one who made it."""
    return holds_office(user, Office.FINANCE, batch.region.path) and batch.made_by_id != user.pk


def can_pay(user: User, batch: PaymentBatch) -> bool:
    """Say whether this payer may send the batch and record the bank's answer."""
    return holds_office(user, Office.PAYMENT, batch.region.path)
