"""Opening a sealed value: who may, for which reason, and the record that stays."""

from core import audit
from core.errors import DomainError
from people.models import OrganisationApplication, Person, User
from people.permissions import can_verify_organisation
from people.roles import CASE_ROLES, CLAIM_ROLES, Role

REVEALABLE = {"id_number": "证件号码", "phone": "手机号", "address": "常住地址", "bank_account": "银行卡号"}
_ROLES = {
    "id_number": {Role.CASEWORKER, Role.COUNTY_SUPERVISOR, *CLAIM_ROLES},
    "phone": {*CASE_ROLES, *CLAIM_ROLES},
    "address": {*CASE_ROLES},
    "bank_account": {*CLAIM_ROLES},
}


class CannotReveal(DomainError):
    """The value stays masked."""


def can_reveal(user: User, person: Person, field: str) -> bool:
    """Say whether this user may open this value: it is their own, or a role of theirs serves the person's region."""
    if user.person_id == person.pk:
        return True
    regions = [region for region in (person.residence_region, person.household_region) if region]
    return any(user.serves(region.path, *_ROLES[field]) for region in regions)


def reveal(*, person: Person, field: str, by: User, reason: str) -> str:
    """Open one sealed value of a person and leave a record of who, what, when and why.

    :param field: one of `REVEALABLE`.
    :param reason: a sentence of the user's own, at least four characters.
    :raises CannotReveal: no role of theirs covers the person, or no reason was given.
    """
    if field not in REVEALABLE:
        raise CannotReveal("没有这一项可以查看。")
    if not can_reveal(by, person, field):
        raise CannotReveal(f"您的岗位不能查看这个人的{REVEALABLE[field]}。确有需要，请找负责该地区的同事。")
    if len(reason.strip()) < 4:
        raise CannotReveal("请写明查看原因，至少 4 个字，例如“电话核对材料”。")
    return _open(person, field, by, f"reveal:{field}", reason.strip())


def reveal_agent_id(*, application: OrganisationApplication, by: User, reason: str) -> str:
    """Open the ID number that an employer's agent typed, to compare it with the authorisation; recorded like any other.

    :param reason: a sentence of the officer's own, at least four characters.
    :raises CannotReveal: not the officer's county, their own application, no number was typed, or no reason was given.
    """
    if application.user_id == by.pk or not can_verify_organisation(by, application.organisation):
        raise CannotReveal("只有单位所在区县核验单位的工作人员能查看经办人的身份证号，自己交的材料要由别人来核。")
    if not application.agent_id:
        raise CannotReveal("这份材料里没有身份证号：经办人的账号已经实名核验，或者当时没有登记。")
    if len(reason.strip()) < 4:
        raise CannotReveal("请写明查看原因，至少 4 个字，例如“核对授权书”。")
    audit.record_access(actor=by, action="reveal:agent_id", subject=application, reason=reason.strip())
    return application.agent_id.open()


def open_for_task(*, person: Person, field: str, by: User, task: str) -> str:
    """Open a value because one's own open task (a contact, a visit, a review, a payment) needs it.

    The caller has checked that the task is open and is `by`'s own. It is recorded like any other reveal.

    :param task: what the task is, for the record, e.g. "跟踪调查 2026-11".
    """
    return _open(person, field, by, f"task:{field}", task)


def _open(person: Person, field: str, by: User, action: str, reason: str) -> str:
    audit.record_access(actor=by, action=action, subject=person, reason=reason)
    sealed = getattr(person, field)
    return sealed.open() if sealed else ""
