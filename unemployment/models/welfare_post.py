"""公益性岗位: posts paid by the public purse, each with a named holder for a term, inside a county's quota."""

from datetime import date, timedelta
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core import audit
from core.models import PublicModel, VersionedModel
from people.models import Organisation, Person, User
from people.roles import Role
from unemployment.models.hardship import DECIDERS, HANDLERS, LEDGER_READERS, HardshipRecognition

QUOTA_SETTERS = DECIDERS | {Role.CITY_SUPERVISOR}
PLACERS = frozenset({Role.CASEWORKER, Role.COUNTY_SUPERVISOR})
POST_KEEPERS = HANDLERS


@audit.track()
class PostQuota(models.Model):
    """How many posts a county may hold for a span of days: 数量合理区间."""

    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", verbose_name="区县")
    valid = DateRangeField("有效期")
    least = models.PositiveIntegerField("最少")
    most = models.PositiveIntegerField("最多")
    reason = models.CharField("依据", max_length=200)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="确定人")
    set_at = models.DateTimeField("确定时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "公益性岗位数量区间"
        constraints = [
            models.CheckConstraint(
                condition=Q(most__gte=F("least")),
                name="post_quota_range",
                violation_error_message="最多不能少于最少。",
            ),
            ExclusionConstraint(
                name="post_quota_one_at_a_time",
                expressions=[("region", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message="这个区县在这段时间已经有数量区间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.least} 到 {self.most} 个"


class WelfarePostQuerySet(models.QuerySet["WelfarePost"]):
    def visible_to(self, user: User) -> Self:
        """Return the posts of the regions one serves."""
        return self.filter(region__path__within=user.regions(*LEDGER_READERS))

    def open(self) -> Self:
        return self.filter(closed_on=None)


@audit.track()
class WelfarePost(PublicModel, VersionedModel):
    """One post: what is done there, at whose, where. It holds one person at a time."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="用人单位")
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", verbose_name="岗位所在地")
    title = models.CharField("岗位", max_length=60)
    duties = models.CharField("做什么", max_length=300)
    opened_on = models.DateField("设立日期")
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="设立人")
    is_demo = models.BooleanField("演示数据", default=False)

    objects = WelfarePostQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公益性岗位"
        indexes = [models.Index(fields=["region", "closed_on"], name="welfare_post_region")]

    def __str__(self) -> str:
        return self.title


class WelfarePlacementQuerySet(models.QuerySet["WelfarePlacement"]):
    def visible_to(self, user: User) -> Self:
        """Return one's own and those of the regions one serves."""
        mine = Q(person=user.person_id) if user.person_id else Q(pk=None)
        return self.filter(mine | Q(post__region__path__within=user.regions(*LEDGER_READERS)))

    def on(self, day: date) -> Self:
        """Return those in force on a day."""
        return self.filter(span__contains=day)

    def ending(self, *, on: date, days: int) -> Self:
        """Return those in force today whose last day is at most so many days away."""
        return self.on(on).filter(span__endswith__lte=on + timedelta(days=days + 1))


@audit.track()
class WelfarePlacement(models.Model):
    """A recognised hardship person holds a post: 3 years, or until retirement when that was near at the first placing."""

    post = models.ForeignKey(WelfarePost, models.PROTECT, related_name="placements", verbose_name="岗位")
    person = models.ForeignKey(Person, models.PROTECT, related_name="welfare_placements", verbose_name="在岗人")
    recognition = models.ForeignKey(
        HardshipRecognition, models.PROTECT, related_name="placements", verbose_name="就业困难人员认定"
    )
    span = DateRangeField("在岗期间")
    to_retirement = models.BooleanField("首次安置时距退休不足 5 年", default=False)
    basis = models.CharField("期限怎么算的", max_length=200)
    placed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="安置人")
    placed_at = models.DateTimeField("安置时间", default=timezone.now)
    end_reason = models.CharField("提前离岗原因", max_length=200, blank=True, default="")
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人")
    reminded_on = models.DateField("提醒到期的日期", null=True, blank=True)

    objects = WelfarePlacementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公益性岗位在岗"
        ordering = ["-pk"]
        constraints = [
            ExclusionConstraint(
                name="welfare_post_one_holder",
                expressions=[("post", RangeOperators.EQUAL), ("span", RangeOperators.OVERLAPS)],
                violation_error_message="这个岗位这段时间已经有人。",
            ),
            ExclusionConstraint(
                name="welfare_person_one_post",
                expressions=[("person", RangeOperators.EQUAL), ("span", RangeOperators.OVERLAPS)],
                violation_error_message="这个人这段时间已经在另一个公益性岗位。",
            ),
            models.CheckConstraint(
                condition=Q(end_reason="") | Q(ended_by__isnull=False),
                name="welfare_end_by_person",
                violation_error_message="提前离岗要写明经办人。",
            ),
        ]

    def __str__(self) -> str:
        return "公益性岗位在岗"

    @property
    def last_day(self) -> date:
        """Return the last day in the post."""
        return self.span.upper - date.resolution


@audit.track()
class WelfareAttendance(models.Model):
    """A month in a post: how many days were due and how many were worked."""

    placement = models.ForeignKey(WelfarePlacement, models.PROTECT, related_name="attendance", verbose_name="在岗")
    month = models.DateField("月份")
    days_due = models.PositiveSmallIntegerField("应出勤（天）")
    days_worked = models.PositiveSmallIntegerField("实际出勤（天）")
    note = models.CharField("说明", max_length=200, blank=True, default="")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="记录人")
    recorded_at = models.DateTimeField("记录时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "公益性岗位考勤"
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "month"],
                name="welfare_month_once",
                violation_error_message="这个月已经记过考勤。",
            ),
            models.CheckConstraint(
                condition=Q(days_due__lte=31, days_worked__lte=F("days_due")),
                name="welfare_days_possible",
                violation_error_message="实际出勤不能多于应出勤，一个月最多 31 天。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
