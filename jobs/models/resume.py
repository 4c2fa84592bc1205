"""A person's résumé: what they learnt, did and look for. One for each account, seen by nobody until they say so."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from core import audit
from core.models import PublicModel, VersionedModel
from jobs.models.posting import Posting
from people import reference
from people.models import Occupation, Region, User

MOST_INTENTIONS = 5


class ResumeQuerySet(models.QuerySet["Resume"]):
    def visible_to(self, user: User) -> Self:
        """Return one's own résumé. What employers may find is `jobs.talent.visible_talents`."""
        return self.filter(user_id=user.pk)


@audit.track(exclude=("headline",))
class Resume(PublicModel, VersionedModel):
    """The résumé of one account. No identity number, phone or key group is ever part of it (个人信息保护法 6, 28)."""

    class Visibility(models.TextChoices):
        HIDDEN = "hidden", "谁也找不到我，只有我投递的单位看得到"
        CITY = "city", "我想去的城市里核验过的单位能找到我，姓名遮住，不给电话"
        PROVINCE = "province", "全省核验过的单位都能找到我，姓名遮住，不给电话"

    user = models.OneToOneField(User, models.CASCADE, related_name="resume", verbose_name="账号")
    headline = models.CharField("一句话介绍自己", max_length=120, blank=True, default="")
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="现在住在哪个区县"
    )
    visibility = models.CharField("谁能找到我", max_length=16, choices=Visibility.choices, default=Visibility.HIDDEN)
    visible_since = models.DateTimeField("公开时间", null=True, blank=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = ResumeQuerySet.as_manager()

    class Meta:
        verbose_name = "简历"
        verbose_name_plural = "简历"
        indexes = [models.Index(fields=["-updated_at", "-id"], name="resume_open", condition=~Q(visibility="hidden"))]

    def __str__(self) -> str:
        return f"简历 {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether employers may find it."""
        return self.visibility != self.Visibility.HIDDEN


class EntryQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Return the lines of one's own résumé."""
        return self.filter(resume__user_id=user.pk)


class Entry(PublicModel):
    """One line of a résumé."""

    resume = models.ForeignKey(Resume, models.CASCADE, related_name="%(class)ss", verbose_name="简历")
    objects = EntryQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Spell(Entry):
    """A line that lasted from a month to a month; without an end it goes on."""

    started = models.DateField("从哪个月")
    ended = models.DateField("到哪个月", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def span(self) -> str:
        """2021.9 至今."""
        end = f"{self.ended.year}.{self.ended.month}" if self.ended else "今"
        return f"{self.started.year}.{self.started.month} 至{'' if end == '今' else ' '}{end}"


@audit.track(exclude=("school", "major"))
class Education(Spell):
    """A school, a level (GB/T 4658) and a subject."""

    level = models.CharField("学历", max_length=2)
    school = models.CharField("学校", max_length=60)
    major = models.CharField("专业", max_length=60, blank=True, default="")

    class Meta:
        verbose_name = "教育经历"
        verbose_name_plural = "教育经历"
        ordering = ["-started", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended=None) | Q(ended__gte=F("started")),
                name="education_in_order",
                violation_error_message="结束的月份不能早于开始的月份。",
            )
        ]

    @property
    def level_text(self) -> str:
        """The level in words."""
        return reference.education_label(self.level)


@audit.track(exclude=("employer", "duties"))
class Work(Spell):
    """A job somebody had."""

    employer = models.CharField("单位", max_length=80)
    title = models.CharField("岗位", max_length=60)
    duties = models.CharField("主要做什么", max_length=600, blank=True, default="")

    class Meta:
        verbose_name = "工作经历"
        verbose_name_plural = "工作经历"
        ordering = ["-started", "-id"]
        indexes = [models.Index(fields=["employer"], name="work_employer")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended=None) | Q(ended__gte=F("started")),
                name="work_in_order",
                violation_error_message="结束的月份不能早于开始的月份。",
            )
        ]


@audit.track()
class Skill(Entry):
    """Something somebody can do, and how well."""

    class Grade(models.TextChoices):
        BASIC = "basic", "会一些"
        GOOD = "good", "能独立干"
        EXPERT = "expert", "很熟练，能带人"

    name = models.CharField("会什么", max_length=40)
    grade = models.CharField("熟练程度", max_length=8, choices=Grade.choices, default=Grade.GOOD)

    class Meta:
        verbose_name = "技能"
        verbose_name_plural = "技能"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["resume", "name"],
                name="skill_once",
                violation_error_message="这项技能已经写过了。",
            )
        ]


@audit.track()
class Certificate(Entry):
    """A certificate by name and issuer. Its number is left out: of many certificates it is the identity number."""

    name = models.CharField("证书名称", max_length=60)
    issuer = models.CharField("发证单位", max_length=60, blank=True, default="")
    issued_on = models.DateField("发证日期", null=True, blank=True)
    valid_until = models.DateField("有效期到", null=True, blank=True)

    class Meta:
        verbose_name = "证书"
        verbose_name_plural = "证书"
        ordering = ["-issued_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(issued_on=None) | Q(valid_until=None) | Q(valid_until__gte=F("issued_on")),
                name="certificate_in_order",
                violation_error_message="有效期不能早于发证日期。",
            )
        ]


@audit.track()
class Intention(Entry):
    """One kind of work somebody looks for: matching and directed push read these rows, so nothing of it is free text alone."""

    position = models.PositiveSmallIntegerField("第几个", editable=False)
    title = models.CharField("想做什么", max_length=40)
    occupation = models.ForeignKey(
        Occupation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="职业（大典 2022）"
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="想在哪里干")
    kind = models.CharField("用工形式", max_length=16, choices=Posting.Kind.choices, default=Posting.Kind.FULL_TIME)
    pay_min = models.PositiveIntegerField("每月至少多少元", null=True, blank=True)

    class Meta:
        verbose_name = "求职意向"
        verbose_name_plural = "求职意向"
        ordering = ["position"]
        indexes = [
            models.Index(fields=["region", "kind"], name="intention_region"),
            models.Index(fields=["occupation"], name="intention_occupation"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["resume", "position"],
                name="intention_position_once",
                violation_error_message="求职意向刚刚改过，请刷新页面再填。",
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MOST_INTENTIONS),
                name="intention_at_most_five",
                violation_error_message="求职意向最多写 5 个。",
            ),
        ]

    @property
    def pay_text(self) -> str:
        """每月 5,000 元以上."""
        return f"每月 {self.pay_min:,} 元以上" if self.pay_min else "工资面谈"
