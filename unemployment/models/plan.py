"""一人一策: a plan of assistance for one person, revised every month."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from core import audit
from core.models import PublicModel, VersionedModel
from core.triggers import AppendOnly
from people.models import Person, User
from people.roles import Role
from unemployment.models.choices import ServiceKind
from unemployment.models.hardship import HANDLERS, LEDGER_READERS

PLANNERS = HANDLERS | {Role.ADVISER}
PLAN_READERS = LEDGER_READERS | {Role.ADVISER}


class PlanQuerySet(models.QuerySet["AssistancePlan"]):
    def own(self, user: User) -> Self:
        return self.filter(person=user.person_id) if user.person_id else self.none()

    def for_staff(self, user: User) -> Self:
        """Return those of the regions one serves, never one's own."""
        found = self.filter(region__path__within=user.regions(*PLAN_READERS))
        return found.exclude(person=user.person_id) if user.person_id else found

    def visible_to(self, user: User) -> Self:
        """Return one's own and those one sees by office."""
        mine = Q(person=user.person_id) if user.person_id else Q(pk=None)
        return self.filter(mine | Q(region__path__within=user.regions(*PLAN_READERS)))

    def open(self) -> Self:
        return self.filter(closed_on=None)

    def overdue(self, *, on: date) -> Self:
        """Return the open ones whose revision, a measure or a call-back is past its day."""
        measures = PlanMeasure.objects.filter(status=PlanMeasure.Status.OPEN, due_on__lt=on).values("plan")
        calls = PlanCallBack.objects.filter(done_on=None, due_on__lt=on).values("plan")
        return self.open().filter(Q(revise_by__lt=on) | Q(pk__in=measures) | Q(pk__in=calls))


@audit.track()
class AssistancePlan(PublicModel, VersionedModel):
    """What one person needs, who helps, and the day of the next revision (辽人社建〔2025〕21号: 分类援助计划, 按期跟踪回访)."""

    class Kind(models.TextChoices):
        """分类: whose plan it is."""

        GRADUATE = "graduate", "困难高校毕业生"
        DISABLED = "disabled", "残疾人"
        OLDER = "older", "大龄人员"
        LONG_TERM = "long_term", "长期失业人员"
        OTHER = "other", "其他就业困难人员"

    person = models.ForeignKey(Person, models.PROTECT, related_name="plans", verbose_name="本人")
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", verbose_name="社区")
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    needs = models.CharField("困难和需要", max_length=500)
    worker = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="帮扶责任人")
    opened_on = models.DateField("制定日期")
    revise_by = models.DateField("下次修订")
    closed_on = models.DateField("结束日期", null=True, blank=True)
    outcome = models.CharField("结果", max_length=300, blank=True, default="")
    is_demo = models.BooleanField("演示数据", default=False)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "援助计划"
        indexes = [models.Index(fields=["region", "revise_by"], condition=Q(closed_on=None), name="plan_region")]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(closed_on=None),
                name="plan_one_open",
                violation_error_message="这个人已经有一份援助计划。",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | ~Q(outcome=""),
                name="plan_outcome",
                violation_error_message="结束援助计划要写明结果。",
            ),
        ]

    def __str__(self) -> str:
        return "援助计划"


class PlanMeasureQuerySet(models.QuerySet["PlanMeasure"]):
    def visible_to(self, user: User) -> Self:
        """Return those of the plans one may see."""
        return self.filter(plan__in=AssistancePlan.objects.visible_to(user))


@audit.track()
class PlanMeasure(PublicModel):
    """One measure of a plan, of one of the five kinds, with its day."""

    class Status(models.TextChoices):
        OPEN = "open", "要做"
        DONE = "done", "做了"
        DROPPED = "dropped", "不做了"

    plan = models.ForeignKey(AssistancePlan, models.CASCADE, related_name="measures", verbose_name="计划")
    kind = models.CharField("哪一类", max_length=12, choices=ServiceKind.choices)
    what = models.CharField("做什么", max_length=200)
    due_on = models.DateField("什么时候前")
    status = models.CharField("状态", max_length=8, choices=Status.choices, default=Status.OPEN)
    result = models.CharField("结果", max_length=300, blank=True, default="")
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人")
    done_at = models.DateTimeField("记录时间", null=True, blank=True)

    objects = PlanMeasureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "援助措施"
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open") | (Q(done_by__isnull=False, done_at__isnull=False) & ~Q(result="")),
                name="plan_measure_result",
                violation_error_message="请写明结果。",
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


@audit.track()
class PlanCallBack(models.Model):
    """A call-back of a plan: when it is due, and what the person said."""

    plan = models.ForeignKey(AssistancePlan, models.CASCADE, related_name="call_backs", verbose_name="计划")
    due_on = models.DateField("应回访日期")
    done_on = models.DateField("回访日期", null=True, blank=True)
    said = models.CharField("本人怎么说", max_length=300, blank=True, default="")
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="回访人")

    class Meta:
        verbose_name = verbose_name_plural = "援助回访"
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(done_on=None),
                name="plan_one_call_due",
                violation_error_message="已经有一次没做的回访。",
            ),
            models.CheckConstraint(
                condition=Q(done_on=None) | (Q(done_by__isnull=False) & ~Q(said="")),
                name="plan_call_said",
                violation_error_message="请写明本人怎么说。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.due_on:%Y-%m-%d}"


class PlanRevision(models.Model):
    """One version of a plan: what was needed, what changed, who and when. Rows are only added."""

    plan = models.ForeignKey(AssistancePlan, models.PROTECT, related_name="revisions", verbose_name="计划")
    number = models.PositiveSmallIntegerField("第几版")
    needs = models.CharField("困难和需要", max_length=500)
    note = models.CharField("改了什么", max_length=500)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="修订人")
    at = models.DateTimeField("修订时间", default=timezone.now)

    app_privileges = ("SELECT", "INSERT")

    class Meta:
        verbose_name = verbose_name_plural = "计划修订"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"],
                name="plan_revision_once",
                violation_error_message="这一版已经记过。",
            )
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"第 {self.number} 版"
