"""An organisation signs up through its agent, and an officer of its county checks the licence (一企一档)."""

from datetime import date

from django.db import IntegrityError, transaction

from core import audit
from core.errors import DomainError
from people import documents, identifiers
from people.models import Document, Organisation, OrganisationApplication, Region, RoleAssignment, User
from people.permissions import can_verify_organisation
from people.roles import Role


class CannotSignUp(DomainError):
    """The application was not taken."""


class CannotVerify(DomainError):
    """The organisation stays as it is."""


@transaction.atomic
def apply_for_organisation(
    *,
    user: User,
    credit_code: str,
    name: str,
    region: Region,
    agent_name: str,
    licence: documents.Checked,
    address: str,
) -> OrganisationApplication:
    """Ask to act for an organisation; a new one is entered as 待核验, one on record gets another agent when verified.

    :raises CannotSignUp: the credit code is wrong, the name differs from the record, or the same was asked before.
    """
    try:
        code = identifiers.check_credit_code(credit_code)
    except identifiers.InvalidId as error:
        raise CannotSignUp(error.message) from error
    organisation = Organisation.objects.select_for_update(of=("self",)).filter(credit_code=code).first()
    if organisation is None:
        organisation = Organisation.objects.create(
            credit_code=code, name=name.strip(), region=region, address=address.strip(), source="单位申请"
        )
    elif organisation.name != name.strip():
        raise CannotSignUp("这个统一社会信用代码登记的单位名称和您填的不一样。请对照营业执照核对。")
    paper = documents.take_document(
        upload=licence, kind=Document.Kind.LICENCE, by=user, name="营业执照", organisation=organisation
    )
    try:
        with transaction.atomic():
            return OrganisationApplication.objects.create(
                user=user, organisation=organisation, agent_name=agent_name.strip(), licence=paper
            )
    except IntegrityError as error:
        if "organisation_application_once_open" not in str(error):
            raise
        raise CannotSignUp("您已经为这个单位提过申请，正在核验，不用再提。") from error


@transaction.atomic
def decide_application(
    *, application_id: int, accept: bool, reason: str, by: User, on: date
) -> OrganisationApplication:
    """Accept an agent (and with them the organisation), or send the application back with a reason.

    :raises CannotVerify: decided before, another county's, the officer's own, or no reason given.
    """
    rows = OrganisationApplication.objects.select_for_update(of=("self",))
    row = rows.select_related("organisation__region", "user").get(pk=application_id)
    if row.status != OrganisationApplication.Status.OPEN:
        raise CannotVerify("这份申请已经有人办了。请刷新页面看结果。")
    if row.user_id == by.pk or not can_verify_organisation(by, row.organisation):
        raise CannotVerify("这份申请不能由您来核验。")
    if not accept and len(reason.strip()) < 4:
        raise CannotVerify("请写明退回的原因，单位会看到。")
    row.status = OrganisationApplication.Status.ACCEPTED if accept else OrganisationApplication.Status.RETURNED
    row.reason, row.decided_by, row.decided_on = reason.strip(), by, on
    row.save()
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=row.organisation_id)
    if accept:
        _accept(row, organisation, on)
    elif organisation.status == Organisation.Status.PENDING:
        organisation.status, organisation.status_reason = Organisation.Status.RETURNED, reason.strip()
        organisation.bump()
        organisation.save()
    audit.record_access(
        actor=by, action="organisation:decide", subject=organisation, reason=reason.strip() or "核验营业执照"
    )
    return row


def _accept(row: OrganisationApplication, organisation: Organisation, on: date) -> None:
    if organisation.status != Organisation.Status.VERIFIED:
        organisation.status, organisation.verified_on, organisation.status_reason = (
            Organisation.Status.VERIFIED,
            on,
            "",
        )
        organisation.bump()
        organisation.save()
    if not row.user.name:
        row.user.name = row.agent_name
        row.user.save(update_fields=["name"])
    held = RoleAssignment.objects.on(on).filter(user=row.user, role=Role.EMPLOYER_AGENT, organisation=organisation)
    if held.exists():
        return
    try:
        with transaction.atomic():
            RoleAssignment.objects.create(
                user=row.user, role=Role.EMPLOYER_AGENT, organisation=organisation, valid=(on, None)
            )
    except IntegrityError as error:
        raise CannotVerify("申请人有管理岗位，不能同时当单位经办人（三员分立）。") from error
