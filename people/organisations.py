"""An organisation signs up through its agent, and an officer of its county checks the papers (一企一档)."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from core import audit
from core.errors import DomainError
from people import documents, identifiers, rechecks
from people.models import (
    Document,
    Organisation,
    OrganisationApplication,
    OrganisationRecord,
    Region,
    RoleAssignment,
    User,
)
from people.permissions import can_verify_organisation
from people.roles import Role

Kind = Organisation.Kind
Purpose = OrganisationApplication.Purpose
RECORDED = 500
"""Characters of a reason on record."""


class CannotSignUp(DomainError):
    """The application was not taken."""


class CannotVerify(DomainError):
    """The organisation stays as it is."""


@dataclass(frozen=True)
class Papers:
    """What is handed in: the licence, the authorisation, and an agency's permit with its number."""

    licence: documents.Checked | None = None
    authorisation: documents.Checked | None = None
    agency_paper: documents.Checked | None = None
    agency_licence: str = ""


@transaction.atomic
def apply_for_organisation(
    *,
    user: User,
    credit_code: str,
    name: str,
    region: Region,
    agent_name: str,
    address: str,
    papers: Papers,
    kind: str = Kind.EMPLOYER,
    agent_id: str = "",
) -> OrganisationApplication:
    """Ask to act for an organisation; a new one is entered as 待核验, one on record gets another agent when verified.

    :param agent_id: the agent's ID number; not needed from an account with real-name proof.
    Until an officer has verified it, nobody's spelling is final: each application carries the name its applicant reads
    on the licence, the accepted one gives the record its name, and after a return the next one begins the record anew.

    :raises CannotSignUp: the credit code or the ID number is wrong, a paper is missing, the name or the type differs
        from the verified record, the organisation is suspended, or the same was asked before.
    """
    try:
        code = identifiers.check_credit_code(credit_code)
        number = "" if user.person_id else identifiers.check_id_number(agent_id).number
    except identifiers.InvalidId as error:
        raise CannotSignUp(error.message) from error
    name = name.strip()
    organisation = Organisation.objects.select_for_update(of=("self",)).filter(credit_code=code).first()
    if organisation is None:
        organisation = Organisation.objects.create(
            credit_code=code, name=name, region=region, address=address.strip(), kind=kind, source="单位申请"
        )
    else:
        _require_fit(organisation, name=name, kind=kind)
        if organisation.status == Organisation.Status.RETURNED:
            _begin_anew(organisation, name=name, region=region, address=address.strip())
    row = OrganisationApplication(
        user=user,
        organisation=organisation,
        organisation_name=name,
        purpose=Purpose.SIGN_UP,
        kind=kind,
        agent_name=agent_name.strip(),
    )
    if number:
        row.set_agent_id(number)
    _put_papers(row, papers, by=user)
    return _hand_in(row)


def _require_fit(organisation: Organisation, *, name: str, kind: str) -> None:
    """Refuse what contradicts a verified record, and any agent for a suspended organisation."""
    if organisation.status == Organisation.Status.SUSPENDED:
        raise CannotSignUp("这个单位已被暂停，现在不能增加经办人。请由原来的经办人登录后说明情况。")
    if not organisation.is_verified:
        return
    if organisation.name != name:
        raise CannotSignUp(
            "这个统一社会信用代码核验过的单位名称和您填的不一样。请对照执照核对；单位改了名的，请先联系区县就业服务机构更正。"
        )
    if organisation.kind in Organisation.SIGNING_UP and organisation.kind != kind:
        raise CannotSignUp(
            f"这个单位登记的类型是“{organisation.get_kind_display()}”。类型变了的，请先联系区县就业服务机构更正。"
        )


def _begin_anew(organisation: Organisation, *, name: str, region: Region, address: str) -> None:
    """Put the record of an organisation that was sent back as the next application says."""
    organisation.name, organisation.region, organisation.address = name, region, address
    organisation.status, organisation.status_reason = Organisation.Status.PENDING, ""
    organisation.bump()
    organisation.save()


@transaction.atomic
def correct_name(*, organisation_id: int, name: str, reason: str, by: User, on: date) -> Organisation:
    """Correct the name of an organisation as its licence says, with the ground on record; its agents are told.

    The credit code stays what it is: it says which organisation this is.

    :raises CannotVerify: another county's, the officer's own, no name or the same one, or no reason.
    """
    organisation = Organisation.objects.select_for_update(of=("self",)).select_related("region").get(pk=organisation_id)
    if not can_verify_organisation(by, organisation):
        raise CannotVerify("这个单位的名称不能由您来更正。")
    name = name.strip()
    if not name or name == organisation.name:
        raise CannotVerify("请填更正后的名称，和执照上的一样。")
    if len(reason.strip()) < 4:
        raise CannotVerify("请写明更正的依据，例如“照营业执照更正”。")
    _rename(organisation, name, reason=reason.strip(), by=by, on=on)
    organisation.bump()
    organisation.save()
    audit.record_access(actor=by, action="organisation:renamed", subject=organisation, reason=reason.strip())
    return organisation


def _rename(
    organisation: Organisation,
    name: str,
    *,
    reason: str,
    by: User,
    on: date,
    row: OrganisationApplication | None = None,
) -> None:
    said = f"由“{organisation.name}”更正为“{name}”。{reason}"[:RECORDED]
    organisation.name = name
    rechecks.record(organisation, OrganisationRecord.Kind.RENAMED, reason=said, by=by, on=on, application=row)


@transaction.atomic
def ask_to_recheck(*, organisation_id: int, user: User, papers: Papers, note: str = "") -> OrganisationApplication:
    """Hand in what a re-check needs, or an objection to a suspension; papers left out are those of the last time.

    :raises CannotSignUp: somebody else's organisation, not verified yet, a paper is missing, nothing is said in an
        objection, or one is waiting already.
    """
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation_id)
    if organisation.pk not in user.organisation_ids(Role.EMPLOYER_AGENT):
        raise CannotSignUp("您不是这个单位的经办人。")
    suspended = organisation.status == Organisation.Status.SUSPENDED
    if not suspended and organisation.status != Organisation.Status.VERIFIED:
        raise CannotSignUp("这个单位还没有通过第一次核验，不用复核。")
    if suspended and len(note.strip()) < 4:
        raise CannotSignUp("请写明您对暂停有什么不同意见，或者已经怎么改正。")
    before = OrganisationApplication.objects.filter(user=user, organisation=organisation).order_by("-pk").first()
    row = OrganisationApplication(
        user=user,
        organisation=organisation,
        purpose=Purpose.OBJECTION if suspended else Purpose.RECHECK,
        kind=organisation.kind if organisation.kind in Organisation.SIGNING_UP else Kind.EMPLOYER,
        agent_name=user.name or (before.agent_name if before else ""),
        note=note.strip(),
    )
    if before is not None and before.agent_id:
        row.set_agent_id(before.agent_id.open())
    _put_papers(row, papers, by=user)
    return _hand_in(row)


def _put_papers(row: OrganisationApplication, papers: Papers, *, by: User) -> None:
    """Keep the new papers and take the last ones for what was left out.

    :raises CannotSignUp: a paper is neither handed in nor on record.
    """
    row.agency_licence = papers.agency_licence.strip() or row.organisation.agency_licence
    wanted = [("licence", papers.licence, Document.Kind.LICENCE)]
    if row.kind != Kind.PUBLIC_AGENCY or papers.authorisation:
        wanted.append(("authorisation", papers.authorisation, Document.Kind.AUTHORISATION))
    if row.kind == Kind.HR_AGENCY:
        wanted.append(("agency_paper", papers.agency_paper, Document.Kind.AGENCY_LICENCE))
        if not row.agency_licence:
            raise CannotSignUp("人力资源服务机构要填人力资源服务许可证的编号（就业促进法第四十条）。")
    else:
        row.agency_licence = ""
    for name, upload, kind in wanted:
        owned = Document.objects.filter(organisation=row.organisation, kind=kind)
        if name == "authorisation":
            owned = owned.filter(uploaded_by=by)
        paper = (
            documents.take_document(upload=upload, kind=kind, by=by, name=kind.label, organisation=row.organisation)
            if upload
            else owned.order_by("-pk").first()
            if row.purpose != Purpose.SIGN_UP
            else None
        )
        if paper is None:
            raise CannotSignUp(f"还缺{kind.label}。请上传照片或 PDF。")
        setattr(row, name, paper)


def _hand_in(row: OrganisationApplication) -> OrganisationApplication:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "organisation_application_once_open" not in str(error):
            raise
        raise CannotSignUp("您已经为这个单位提过申请，正在核验，不用再提。") from error
    return row


@transaction.atomic
def decide_application(
    *, application_id: int, accept: bool, reason: str, by: User, on: date
) -> OrganisationApplication:
    """Accept what an agent handed in, or send it back with a reason; the agent is told either way.

    A first sign-up opens the agent's account for the organisation, a re-check begins a new term, an objection that is
    accepted ends the suspension.

    :raises CannotVerify: decided before, another county's, the officer's own, or no reason given.
    """
    rows = OrganisationApplication.objects.select_for_update(of=("self",))
    row = rows.select_related("organisation__region", "user").get(pk=application_id)
    if row.status != OrganisationApplication.Status.OPEN:
        raise CannotVerify("这份申请已经有人办了。请刷新页面看结果。")
    if row.user_id == by.pk or not can_verify_organisation(by, row.organisation):
        raise CannotVerify("这份申请不能由您来核验。")
    if (not accept or row.purpose == Purpose.OBJECTION) and len(reason.strip()) < 4:
        raise CannotVerify("请写明退回的原因，单位会看到。" if not accept else "请写明解除暂停的理由，单位会看到。")
    row.status = OrganisationApplication.Status.ACCEPTED if accept else OrganisationApplication.Status.RETURNED
    row.reason, row.decided_by, row.decided_on = reason.strip(), by, on
    row.save()
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=row.organisation_id)
    kind: str = OrganisationRecord.Kind.RETURNED
    if accept:
        kind = _accept(row, organisation, by, on)
    elif organisation.status == Organisation.Status.PENDING:
        organisation.status, organisation.status_reason = Organisation.Status.RETURNED, reason.strip()
    organisation.bump()
    organisation.save()
    rechecks.record(organisation, kind, reason=reason, by=by, on=on, application=row)
    audit.record_access(
        actor=by, action="organisation:decide", subject=organisation, reason=reason.strip() or "核验营业执照"
    )
    return row


def _accept(row: OrganisationApplication, organisation: Organisation, by: User, on: date) -> str:
    """Bring the record of the organisation in line with what was accepted; returns what to call it."""
    suspended = organisation.status == Organisation.Status.SUSPENDED
    if suspended != (row.purpose == Purpose.OBJECTION):
        raise CannotVerify("单位的状态已经变了（暂停或已解除），这份申请请退回，让单位重新提。")
    if row.purpose == Purpose.SIGN_UP and row.differs_in_name:
        if organisation.verified_on is not None:
            raise CannotVerify("申请上的单位名称和核验过的不一样。请退回让经办人照执照填，或者先在一企一档里更正名称。")
        _rename(organisation, row.organisation_name, reason="照核验的执照。", by=by, on=on, row=row)
    if organisation.kind in Organisation.SIGNING_UP:
        organisation.kind = row.kind
    organisation.agency_licence = row.agency_licence or organisation.agency_licence
    organisation.status, organisation.status_reason = Organisation.Status.VERIFIED, ""
    rechecks.begin_term(organisation, on=on)
    if row.purpose != Purpose.SIGN_UP:
        return OrganisationRecord.Kind.LIFTED if suspended else OrganisationRecord.Kind.RECHECKED
    _open_account(row, on)
    return OrganisationRecord.Kind.ACCEPTED


def _open_account(row: OrganisationApplication, on: date) -> None:
    if not row.user.name:
        row.user.name = row.agent_name
        row.user.save(update_fields=["name"])
    held = RoleAssignment.objects.on(on).filter(
        user=row.user, role=Role.EMPLOYER_AGENT, organisation=row.organisation_id
    )
    if held.exists():
        return
    try:
        with transaction.atomic():
            RoleAssignment.objects.create(
                user=row.user, role=Role.EMPLOYER_AGENT, organisation_id=row.organisation_id, valid=(on, None)
            )
    except IntegrityError as error:
        raise CannotVerify("申请人有管理岗位，不能同时当单位经办人（三员分立）。") from error
