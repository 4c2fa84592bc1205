"""Accounts, and the roles they hold."""

from collections.abc import Iterable
from datetime import date
from typing import ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.crypto import salted_hmac

from core import audit
from core.crypto import EncryptedField, blind_index
from core.models import PublicModel
from people.roles import STAFF, Role


class UserManager(BaseUserManager["User"]):
    """Makes accounts. The portal has no superuser: rights come from dated roles only."""

    def create_user(self, username: str, *, password: str | None = None, name: str = "", **fields: object) -> "User":
        """Make an account; without a password it can only sign in by code."""
        user = self.model(username=username, name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


@audit.track(exclude=("password",), ignore=("last_login",))
class User(AbstractBaseUser, PermissionsMixin, PublicModel):
    """One account: of a citizen (joined to a `Person` after real-name proof) or of somebody who works here.

    A phone proves no identity: `person` stays empty until 实名核验, and one person has one account.
    """

    username = models.CharField("登录名", max_length=64, unique=True, error_messages={"unique": "这个登录名已有人用。"})
    name = models.CharField("姓名", max_length=64, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    phone = EncryptedField("手机号", blank=True, default="", index="phone_index", purpose="user.phone")
    phone_index = models.CharField(max_length=80, null=True, blank=True, unique=True, editable=False)
    person = models.OneToOneField(
        "people.Person", models.PROTECT, null=True, blank=True, related_name="account", verbose_name="本人档案"
    )
    is_active = models.BooleanField("可登录", default=True)
    is_demo = models.BooleanField("演示账号", default=False)
    must_change_password = models.BooleanField("下次登录要改密码", default=False)
    session_number = models.PositiveIntegerField(default=0, editable=False)
    date_joined = models.DateTimeField("注册时间", default=timezone.now)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"
        constraints = [
            models.CheckConstraint(
                condition=Q(is_superuser=False), name="user_no_superuser", violation_error_message="门户不设超级用户。"
            )
        ]

    _second_factor = False
    _assignments: "list[RoleAssignment] | None" = None
    _held: "list[RoleAssignment] | None" = None

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    @property
    def audit_name(self) -> str:
        """What history rows call this account: the login name, which is not personal data of a citizen."""
        return self.username

    @property
    def audit_role(self) -> str:
        """What history rows say of the roles that count now."""
        return ",".join(sorted({row.role for row in self.assignments()}))

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Tie sessions to the password and to `session_number`, so that all of them can be ended at once."""
        salt = "people.models.User.session"
        return salted_hmac(
            salt, f"{self.password} {self.session_number}", secret=secret, algorithm="sha256"
        ).hexdigest()

    def end_sessions(self) -> None:
        """Let every session of this account end with its next request (phone rebound, second factor taken away)."""
        self.session_number += 1
        self.save(update_fields=["session_number"])

    def set_phone(self, phone: str) -> None:
        """Put in the phone this account signs in with: sealed value and blind index; empty takes it away."""
        self.phone = phone
        self.phone_index = blind_index(phone, purpose="user.phone") if phone else None

    @property
    def is_staff(self) -> bool:
        """Whether Django's admin (reference data only) lets this account in."""
        return self.has_role(Role.POLICY_ADMIN, Role.SYSTEM_ADMIN)

    def activate_roles(self) -> None:
        """Let this user's staff roles count from now on: the session began with a second factor."""
        self._second_factor = True
        self._assignments = None

    def held(self) -> "list[RoleAssignment]":
        """Return the roles that are valid today, whether they count in this session or not."""
        if self._held is None:
            rows = self.role_assignments.on(timezone.localdate())
            self._held = list(rows.select_related("region", "organisation"))
        return self._held

    def assignments(self) -> "list[RoleAssignment]":
        """Return the roles that count now: valid today and, for staff roles, opened by a second factor."""
        if self._assignments is None:
            self._assignments = [row for row in self.held() if self._second_factor or row.role not in STAFF]
        return self._assignments

    @property
    def holds_staff_role(self) -> bool:
        """Whether this account has a staff role today, open or not: it needs a second factor."""
        return any(row.role in STAFF for row in self.held())

    def has_role(self, *roles: str) -> bool:
        """Say whether any of these roles counts now."""
        return any(row.role in roles for row in self.assignments())

    def regions(self, *roles: str) -> list[str]:
        """Return the paths of the regions this user serves (in these roles, or in any staff role)."""
        wanted: Iterable[str] = roles or STAFF
        return sorted({row.region.path for row in self.assignments() if row.region and row.role in wanted})

    def organisation_ids(self, *roles: str) -> list[int]:
        """Return the organisations this user acts for (in these roles, or in any)."""
        return sorted(
            {
                row.organisation_id
                for row in self.assignments()
                if row.organisation_id and (not roles or row.role in roles)
            }
        )

    def verified_organisation_ids(self, *roles: str) -> list[int]:
        """Return those of the organisations this user acts for that are verified: none that is suspended or returned."""
        verified = {
            row.organisation_id for row in self.assignments() if row.organisation and row.organisation.is_verified
        }
        return [pk for pk in self.organisation_ids(*roles) if pk in verified]

    def serves(self, region_path: str, *roles: str) -> bool:
        """Say whether a region lies inside what this user serves in these roles."""
        return any(region_path == path or region_path.startswith(path + "/") for path in self.regions(*roles))

    @property
    def is_staff_member(self) -> bool:
        """Whether a staff role counts now."""
        return any(row.role in STAFF for row in self.assignments())

    @property
    def main_role_label(self) -> str:
        """The name of the first role that counts now, for the head of the workbench."""
        rows = self.assignments()
        return rows[0].get_role_display() if rows else "个人用户"

    @property
    def place_label(self) -> str:
        """Where the first role that counts now is held: the organisation or the region."""
        rows = self.assignments()
        return str(rows[0].organisation or rows[0].region or "") if rows else ""

    @property
    def main_role(self) -> str:
        """The code of the first role that counts now, or "citizen"; the audit context records it."""
        rows = self.assignments()
        return rows[0].role if rows else "citizen"


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    def on(self, day: date) -> Self:
        """Return those valid on a day."""
        return self.filter(valid__contains=day).order_by("pk")


@audit.track()
class RoleAssignment(models.Model):
    """A role held at an organisation and a region for a span of days.

    三员分立: system, security and audit administration and the business itself are four duties; an exclusion constraint
    keeps one account inside one duty at a time.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="role_assignments", verbose_name="账号")
    role = models.CharField("角色", max_length=32, choices=Role.choices)
    region = models.ForeignKey("people.Region", models.PROTECT, null=True, blank=True, verbose_name="负责地区")
    organisation = models.ForeignKey(
        "people.Organisation", models.PROTECT, null=True, blank=True, verbose_name="所在单位"
    )
    valid = DateRangeField("有效期")
    duty = models.GeneratedField(
        expression=Case(
            When(role=Role.SYSTEM_ADMIN, then=Value("system")),
            When(role=Role.SECURITY_ADMIN, then=Value("security")),
            When(role=Role.AUDIT_ADMIN, then=Value("audit")),
            default=Value("business"),
        ),
        output_field=models.CharField(max_length=16),
        db_persist=True,
        verbose_name="职责",
    )

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "角色任职"
        verbose_name_plural = "角色任职"
        constraints = [
            models.CheckConstraint(
                condition=~Q(role=Role.EMPLOYER_AGENT) | Q(organisation__isnull=False),
                name="role_agent_has_organisation",
                violation_error_message="用人单位经办人必须属于一个单位。",
            ),
            models.CheckConstraint(
                condition=Q(role__in=[Role.EMPLOYER_AGENT, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
                | Q(region__isnull=False),
                name="role_staff_has_region",
                violation_error_message="业务角色必须指定负责的地区。",
            ),
            ExclusionConstraint(
                name="role_separate_duties",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("duty", RangeOperators.NOT_EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message="系统管理、安全管理、审计管理和业务岗位必须由不同的人担任（三员分立）。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}"
