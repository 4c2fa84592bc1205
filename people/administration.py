"""三员分立: the system administrator keeps accounts, the security administrator grants roles, nobody does both."""

import secrets
from datetime import date, timedelta

from django.db import IntegrityError, transaction

from core import audit
from core.errors import DomainError
from people import second_factor
from people.models import Organisation, Region, RoleAssignment, User
from people.roles import Role

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789"


class CannotAdminister(DomainError):
    """Nothing was changed."""


def _require(by: User, role: Role, user: User, reason: str) -> None:
    if not by.has_role(role):
        raise CannotAdminister(f"这件事只能由{role.label}来办。")
    if user.pk == by.pk:
        raise CannotAdminister("不能改自己的账号，请找另一位管理员。")
    if len(reason.strip()) < 4:
        raise CannotAdminister("请写明原因，至少 4 个字，例如“岗位调整”。")


def _sentence(error: IntegrityError) -> str:
    """Return the constraint's own sentence for a violation."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    constraints = list(RoleAssignment._meta.constraints)
    found = next((c for c in constraints if c.name == name), None)
    return str(found.violation_error_message) if found else "这个岗位不能这样授予。请核对岗位、地区和单位。"


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: str,
    region: Region | None,
    organisation: Organisation | None,
    start: date,
    end: date | None,
    reason: str,
    by: User,
) -> RoleAssignment:
    """Grant a role from a day on; `end` is its last day.

    :raises CannotAdminister: not a security administrator, one's own account, duties that exclude each other, or the
        same role held already.
    """
    _require(by, Role.SECURITY_ADMIN, user, reason)
    if end is not None and end < start:
        raise CannotAdminister("最后一天不能早于第一天。")
    same = RoleAssignment.objects.filter(user=user, role=role, region=region, organisation=organisation)
    valid = (start, end + timedelta(days=1) if end else None)
    if same.filter(valid__overlap=valid).exists():
        raise CannotAdminister("这个账号在这段时间已经有这个岗位，不用再授。")
    try:
        with transaction.atomic():
            row = RoleAssignment.objects.create(
                user=user, role=role, region=region, organisation=organisation, valid=valid
            )
    except IntegrityError as error:
        raise CannotAdminister(_sentence(error)) from error
    audit.record_access(actor=by, action=f"role:grant:{role}", subject=user, reason=reason.strip())
    return row


@transaction.atomic
def end_role(*, assignment_id: int, on: date, reason: str, by: User) -> RoleAssignment:
    """Let a role end: from this day on it opens nothing.

    :raises CannotAdminister: not a security administrator, one's own, or it has ended already.
    """
    row = RoleAssignment.objects.select_for_update(of=("self",)).select_related("user").get(pk=assignment_id)
    _require(by, Role.SECURITY_ADMIN, row.user, reason)
    start, end = row.valid.lower, row.valid.upper
    if row.valid.isempty or (end is not None and end <= on):
        raise CannotAdminister("这个岗位已经结束了。")
    row.valid = (start, max(on, start))
    row.save(update_fields=["valid"])
    row.user.end_sessions()
    audit.record_access(actor=by, action=f"role:end:{row.role}", subject=row.user, reason=reason.strip())
    return row


def first_password() -> str:
    """Return a password to be given by word of mouth and changed at the first sign-in."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


@transaction.atomic
def create_staff_account(*, username: str, name: str, by: User) -> tuple[User, str]:
    """Make an account of somebody who works here; it has no role until the security administrator grants one.

    :return: the account and its first password, which is shown once.
    :raises CannotAdminister: not a system administrator, or the login name is taken.
    """
    if not by.has_role(Role.SYSTEM_ADMIN):
        raise CannotAdminister("这件事只能由系统管理员来办。")
    password = first_password()
    try:
        with transaction.atomic():
            user = User.objects.create_user(username, password=password, name=name, must_change_password=True)
    except IntegrityError as error:
        if "username" not in str(error):
            raise
        raise CannotAdminister("这个登录名已有人用。请换一个，例如在后面加工号。") from error
    audit.record_access(actor=by, action="account:create", subject=user, reason="新建工作账号")
    return user, password


@transaction.atomic
def reset_account(*, user_id: int, reason: str, by: User) -> str:
    """Give an account a new first password and take its second factors away; its sessions end.

    :raises CannotAdminister: not a system administrator, one's own account, or no reason.
    """
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    _require(by, Role.SYSTEM_ADMIN, user, reason)
    password = first_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    second_factor.take_away(user=user, by=by, reason=reason.strip())
    user.end_sessions()
    audit.record_access(actor=by, action="account:reset", subject=user, reason=reason.strip())
    return password


@transaction.atomic
def set_active(*, user_id: int, active: bool, reason: str, by: User) -> User:
    """Close an account or open it again.

    :raises CannotAdminister: not a system administrator, one's own account, or no reason.
    """
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    _require(by, Role.SYSTEM_ADMIN, user, reason)
    user.is_active = active
    user.save(update_fields=["is_active"])
    user.end_sessions()
    action = "account:open" if active else "account:close"
    audit.record_access(actor=by, action=action, subject=user, reason=reason.strip())
    return user
