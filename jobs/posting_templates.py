"""Templates of postings: kept under a name, and what a new posting begins with."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from core.errors import DomainError
from jobs.limits import limit
from jobs.models import Posting, PostingTemplate
from people.models import Organisation, User
from people.roles import Role

KEPT = (
    "title",
    "occupation",
    "industry",
    "kind",
    "headcount",
    "pay_min",
    "pay_max",
    "pay_period",
    "pay_months",
    "region",
    "address",
    "lng",
    "lat",
    "shifts",
    "description",
    "requirement",
    "education",
    "experience_min",
    "insurance",
    "probation_months",
    "probation_pay",
    "contract_months",
    "skills",
    "welfare",
    "suits",
    "valid_days",
)
"""What a copy takes over: everything but the time of publication."""


class CannotKeepTemplate(DomainError):
    """The template was not kept."""


def beginning(posting: Posting) -> dict[str, Any]:
    """Return what a copy of a posting begins with, as the form takes it."""
    values = {name: getattr(posting, name) for name in KEPT if name != "region"}
    if posting.on_behalf:
        values |= {"employer_name": posting.employer_name, "on_behalf": True}
    return values | {"region": posting.region_id}


@transaction.atomic
def keep_template(*, posting_id: int, name: str, by: User, on: date) -> PostingTemplate:
    """Keep what a posting says under a name.

    :raises CannotKeepTemplate: not the user's posting, no name, a name that is taken, or too many templates.
    """
    posting = Posting.objects.select_related("organisation").get(pk=posting_id)
    mine = by.organisation_ids(Role.EMPLOYER_AGENT)
    if posting.organisation_id is None or posting.organisation_id not in mine:
        raise CannotKeepTemplate("这个岗位不是您单位的。")
    if not name.strip():
        raise CannotKeepTemplate("请给模板起个名字。")
    # The organisation's row is the lock: two agents cannot both keep the last one allowed.
    organisation = Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=posting.organisation_id)
    most = limit("templates", on=on)
    if PostingTemplate.objects.filter(organisation=organisation).count() >= most:
        raise CannotKeepTemplate(f"最多存 {most} 个模板。请先删掉不用的。")
    try:
        with transaction.atomic():
            return PostingTemplate.objects.create(
                organisation=organisation, name=name.strip()[:80], values=beginning(posting), created_by=by
            )
    except IntegrityError as error:
        if "posting_template_name" not in str(error):
            raise
        raise CannotKeepTemplate("已经有一个叫这个名字的模板。请换一个名字，或先删掉原来的。") from error


@transaction.atomic
def drop_template(*, template_id: int, by: User) -> None:
    """Throw a template away; postings that began with it stay.

    :raises CannotKeepTemplate: another organisation's.
    """
    row = PostingTemplate.objects.select_for_update(of=("self",)).get(pk=template_id)
    if row.organisation_id not in by.organisation_ids(Role.EMPLOYER_AGENT):
        raise CannotKeepTemplate("这个模板不是您单位的。")
    row.delete()
