"""零就业家庭: a household in which everybody is without work, and the alarm that stands until somebody is employed."""

from datetime import date
from typing import Self

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core import audit
from core.errors import DomainError
from core.models import PublicModel, VersionedModel
from core.triggers import AppendOnly
from people.models import Person, User
from people.roles import Role
from unemployment.models.hardship import HANDLERS, LEDGER_READERS

VIEWERS = frozenset({*LEDGER_READERS, Role.LEADER})
"""Those who see how many households are open; names are for `LEDGER_READERS`."""


class HouseholdStatus(models.TextChoices):
    KNOWN = "known", "在册，有人就业或不符合"
    PROPOSED = "proposed", "待核实"
    OPEN = "open", "零就业，没有清零"
    CLEARED = "cleared", "已清零"
    LEFT = "left", "不再符合，单独退出"


ALARMED = (HouseholdStatus.PROPOSED, HouseholdStatus.OPEN)


class HouseholdQuerySet(models.QuerySet["Household"]):
    def own(self, user: User) -> Self:
        """Return the one to which the person behind this account belongs now."""
        if not user.person_id:
            return self.none()
        return self.filter(members__person=user.person_id, members__left_on=None)

    def for_staff(self, user: User) -> Self:
        """Return those of the regions one serves."""
        return self.filter(region__path__within=user.regions(*LEDGER_READERS))

    def visible_to(self, user: User) -> Self:
        """Return one's own and those one sees by office."""
        mine = HouseholdMember.objects.filter(person=user.person_id, left_on=None) if user.person_id else None
        office = Q(region__path__within=user.regions(*LEDGER_READERS))
        return self.filter(office | Q(pk__in=mine.values("household")) if mine is not None else office)

    def open(self) -> Self:
        """Return those whose alarm stands: verified, and nobody employed yet."""
        return self.filter(status=HouseholdStatus.OPEN)

    def to_verify(self) -> Self:
        """Return those that a person has to look into."""
        return self.filter(status=HouseholdStatus.PROPOSED)


@audit.track()
class Household(PublicModel, VersionedModel):
    """One household at one community; its alarm runs from the day it became known, whoever told."""

    Status = HouseholdStatus

    class Source(models.TextChoices):
        DECLARED = "declared", "本人申报"
        WORKER = "worker", "社区摸排"
        DETECTED = "detected", "登记数据发现"
        LOST_JOB = "lost_job", "就业成员又失业"

    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", verbose_name="社区")
    status = models.CharField("状态", max_length=12, choices=HouseholdStatus.choices, default=HouseholdStatus.PROPOSED)
    source = models.CharField("怎么知道的", max_length=12, choices=Source.choices)
    note = models.CharField("家庭情况", max_length=500, blank=True, default="")
    business_income = models.BooleanField("有经营性或投资性收入", default=False)
    known_on = models.DateField("知道的日期", null=True, blank=True)
    verified_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核实人"
    )
    cleared_on = models.DateField("清零日期", null=True, blank=True)
    cleared_person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="就业的成员"
    )
    evidence = models.TextField("就业证据", blank=True, default="", validators=[MaxLengthValidator(500)])
    left_on = models.DateField("退出日期", null=True, blank=True)
    left_reason = models.CharField("退出原因", max_length=300, blank=True, default="")
    is_demo = models.BooleanField("演示数据", default=False)
    created_at = models.DateTimeField("建立时间", default=timezone.now)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "零就业家庭"
        indexes = [models.Index(fields=["region", "status"], name="household_region")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=ALARMED) | Q(known_on__isnull=False),
                name="household_alarm_has_day",
                violation_error_message="请写明哪天知道的。",
            ),
            models.CheckConstraint(
                condition=~Q(status=HouseholdStatus.OPEN) | Q(verified_by__isnull=False),
                name="household_verified_by_person",
                violation_error_message="零就业家庭要由人核实。",
            ),
            models.CheckConstraint(
                condition=~Q(status=HouseholdStatus.CLEARED)
                | (Q(cleared_on__isnull=False, cleared_person__isnull=False) & ~Q(evidence="")),
                name="household_cleared_by_work",
                violation_error_message="清零要写明谁、哪天就业，有什么证据。",
            ),
            models.CheckConstraint(
                condition=~Q(status=HouseholdStatus.LEFT)
                | (Q(left_on__isnull=False, cleared_on=None) & ~Q(left_reason="")),
                name="household_leaving_is_no_clearing",
                violation_error_message="不再符合条件的单独退出，要写明原因，不算清零。",
            ),
        ]

    def __str__(self) -> str:
        return f"零就业家庭 {str(self.public_id)[-6:]}"

    def require(self, error: type[DomainError], *statuses: str) -> None:
        """Refuse to go on unless it stands in one of these states.

        :raises error: it stands elsewhere.
        """
        if self.status not in statuses:
            raise error(f"这个家庭现在是“{self.get_status_display()}”，不能这样办。请刷新页面再看。")

    def days_open(self, on: date) -> int:
        """Return how long the alarm has stood, in days; 0 when it does not."""
        return (on - self.known_on).days if self.known_on and self.status in ALARMED else 0


class HouseholdMemberQuerySet(models.QuerySet["HouseholdMember"]):
    def current(self) -> Self:
        """Return those who belong to it now."""
        return self.filter(left_on=None)


@audit.track()
class HouseholdMember(models.Model):
    """Somebody belongs to a household, to one at a time."""

    class Relation(models.TextChoices):
        SELF = "self", "户主或申报人"
        SPOUSE = "spouse", "配偶"
        CHILD = "child", "子女"
        PARENT = "parent", "父母"
        OTHER = "other", "其他"

    household = models.ForeignKey(Household, models.PROTECT, related_name="members", verbose_name="家庭")
    person = models.ForeignKey(Person, models.PROTECT, related_name="households", verbose_name="成员")
    relation = models.CharField("与申报人的关系", max_length=8, choices=Relation.choices)
    able = models.BooleanField("有劳动能力", default=True)
    wants_work = models.BooleanField("想找工作", default=True)
    employed_on = models.DateField("就业日期", null=True, blank=True)
    left_on = models.DateField("离开日期", null=True, blank=True)

    objects = HouseholdMemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "家庭成员"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(left_on=None),
                name="household_one_at_a_time",
                violation_error_message="这个人已经在另一个家庭里。请先在那边移出。",
            )
        ]

    def __str__(self) -> str:
        return self.get_relation_display()


class HouseholdStep(models.Model):
    """What happened to a household: who, when, why. Rows are only added."""

    class Kind(models.TextChoices):
        DECLARE = "declare", "申报"
        DETECT = "detect", "数据发现"
        OPEN = "open", "核实，开始帮扶"
        DISMISS = "dismiss", "核实，不符合"
        CLEAR = "clear", "清零"
        LEAVE = "leave", "不再符合，退出"
        REOPEN = "reopen", "又失业，重新计入"
        MEMBER = "member", "成员变动"

    household = models.ForeignKey(Household, models.PROTECT, related_name="steps", verbose_name="家庭")
    kind = models.CharField("动作", max_length=12, choices=Kind.choices)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人")
    at = models.DateTimeField("时间", default=timezone.now)
    note = models.TextField("说明", max_length=500, blank=True, default="")

    app_privileges = ("SELECT", "INSERT")

    class Meta:
        verbose_name = verbose_name_plural = "家庭的办理记录"
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["household", "at"], name="household_step")]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return self.get_kind_display()


KEEPERS = HANDLERS
"""Those who verify, clear and change households of their regions."""
