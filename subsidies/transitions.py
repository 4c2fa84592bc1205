"""The one way in which a claim moves: locked, by somebody with the duty and fresh eyes, leaving a step."""

from datetime import date
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from core.errors import DomainError
from core.workdays import add_working_days
from people.models import User
from subsidies.models import Claim, Office, Step
from subsidies.permissions import OFFICE_ROLE, earlier_office, holds_office


class NotYourDuty(DomainError):
    """This step is not this user's: another office, another region, or he had a hand in it before."""


def locked_claim(claim_id: int) -> Claim:
    """Return the claim, held until the transaction ends."""
    return (
        Claim.objects.select_for_update(of=("self",))
        .select_related("programme", "programme_version", "region", "person")
        .get(pk=claim_id)
    )


def require_duty(claim: Claim, *, by: User, office: str) -> None:
    """Refuse unless `by` holds the office for the claim's region and took no other part in it (four eyes).

    :raises NotYourDuty: with what to do.
    """
    label = Office(office).label
    if not holds_office(by, office, claim.region.path):
        raise NotYourDuty(f"您不是这个地区的“{label}”经办人，不能办这一步。")
    require_fresh_eyes(claim, by=by, office=office)


def require_fresh_eyes(claim: Claim, *, by: User, office: str) -> None:
    """Refuse whoever acted on this claim in another office, or owns it.

    :raises NotYourDuty: naming the earlier part.
    """
    earlier = earlier_office(by, claim, office)
    if earlier == Office.APPLICANT:
        raise NotYourDuty("这是您本人的申请，要由别人办理。")
    if earlier:
        raise NotYourDuty(f"您办过这份申请的“{Office(earlier).label}”，“{Office(office).label}”要由另一个人办。")


def due_after(claim: Claim, limit: str, *, on: date) -> date:
    """Return the day by which a step has to be done, by the version's time limits in working days."""
    version = claim.programme_version
    return add_working_days(on, version.process[limit] if version else 5)


def move(
    claim: Claim,
    to: str,
    *,
    kind: str,
    by: User | None,
    office: str = Office.NONE,
    note: str = "",
    detail: dict[str, Any] | None = None,
    due_on: date | None = None,
    fields: tuple[str, ...] = (),
) -> Claim:
    """Put the locked claim into another status and write the step. `fields` are the other columns the caller set.

    :raises NotYourDuty: the database found that `by` had another office in this claim.
    """
    now, before = timezone.now(), claim.status
    claim.status, claim.status_since, claim.due_on = to, now, due_on
    claim.bump()
    claim.save(update_fields=["status", "status_since", "due_on", "version", *fields])
    add_step(claim, kind=kind, by=by, office=office, before=before, note=note, detail=detail)
    return claim


def add_step(
    claim: Claim,
    *,
    kind: str,
    by: User | None,
    office: str = Office.NONE,
    before: str | None = None,
    note: str = "",
    detail: dict[str, Any] | None = None,
) -> Step:
    """Write down an act on the claim.

    :raises NotYourDuty: the database found that `by` had another office in this claim, or owns it.
    """
    try:
        return Step.objects.create(
            claim=claim,
            kind=kind,
            office=office,
            actor=by,
            from_status=before or claim.status,
            to_status=claim.status,
            note=note,
            detail=detail or {},
            at=timezone.now(),
        )
    except IntegrityError as error:
        if "step_four_eyes" in str(error):
            raise NotYourDuty("您在这份申请里办过别的环节，这一步要由另一个人办。") from error
        if "own" in str(error):
            raise NotYourDuty("这是您本人的申请，要由别人办理。") from error
        raise


def office_name(role_or_office: str) -> str:
    """Return the Chinese name of an office."""
    return Office(role_or_office).label if role_or_office in OFFICE_ROLE else ""
