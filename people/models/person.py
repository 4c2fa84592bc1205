"""Real people, one row each (一人一档), and the groups they belong to."""

from datetime import date
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from core import audit
from core.crypto import EncryptedField, blind_index, blind_indexes
from core.models import PublicModel, VersionedModel
from people import identifiers
from people.models.user import User
from people.roles import CASE_ROLES


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, user: User) -> Self:
        """Return oneself and, for those who serve people, the people of their regions."""
        mine = Q(pk=user.person_id) if user.person_id else Q(pk=None)
        paths = user.regions(*CASE_ROLES)
        if not paths:
            return self.filter(mine)
        return self.filter(mine | Q(residence_region__path__within=paths) | Q(household_region__path__within=paths))

    def with_id_number(self, number: str) -> Self:
        """Return the person with this full ID number (18 digits); compares blind indexes, never the number itself."""
        return self.filter(id_index__in=blind_indexes(number, purpose="person.id_number"))

    def with_phone(self, phone: str) -> Self:
        """Return the people who gave this phone number; a phone may be shared."""
        return self.filter(phone_index__in=blind_indexes(phone, purpose="person.phone"))


@audit.track(exclude=("id_mask", "phone_mask"), bulk=True)
class Person(PublicModel, VersionedModel):
    """One real person, province-wide, whatever they come for.

    The ID number, phone, address and bank account are sealed: pages show masks, a reveal needs a permission and a reason.
    """

    class Sex(models.TextChoices):
        """GB/T 2261.1."""

        MALE = "1", "男"
        FEMALE = "2", "女"

    class IdKind(models.TextChoices):
        RESIDENT = "resident", "居民身份证"
        HMT_RESIDENCE = "hmt", "港澳台居民居住证"
        FOREIGN_RESIDENCE = "foreign", "外国人永久居留身份证"

    class Proof(models.TextChoices):
        NONE = "", "未核验"
        POLICE = "police", "公安数据核验"
        COUNTER = "counter", "窗口验看证件"

    name = models.CharField("姓名", max_length=64)
    sex = models.CharField("性别", max_length=1, choices=Sex.choices)
    birth_date = models.DateField("出生日期")
    id_kind = models.CharField("证件类型", max_length=16, choices=IdKind.choices, default=IdKind.RESIDENT)
    id_number = EncryptedField("证件号码", index="id_index", purpose="person.id_number")
    id_index = models.CharField(
        max_length=80, unique=True, editable=False, error_messages={"unique": "这个证件号码已经建过档。"}
    )
    id_mask = models.CharField("证件号码（遮住）", max_length=18, editable=False)
    phone = EncryptedField("手机号", blank=True, default="", index="phone_index", purpose="person.phone")
    phone_index = models.CharField(max_length=80, blank=True, default="", db_index=True, editable=False)
    phone_mask = models.CharField("手机号（遮住）", max_length=20, blank=True, default="", editable=False)
    address = EncryptedField("常住地址", blank=True, default="")
    bank_name = models.CharField("开户银行", max_length=64, blank=True, default="")
    bank_account = EncryptedField("银行卡号", blank=True, default="")
    household_region = models.ForeignKey(
        "people.Region", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="户籍地"
    )
    residence_region = models.ForeignKey(
        "people.Region", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="常住地"
    )
    household_kind = models.CharField("户口性质", max_length=2, blank=True, default="")
    nation = models.CharField("民族", max_length=2, blank=True, default="")
    political = models.CharField("政治面貌", max_length=2, blank=True, default="")
    education = models.CharField("学历", max_length=2, blank=True, default="")
    health = models.CharField("健康状况", max_length=2, blank=True, default="")
    proof = models.CharField("实名核验", max_length=16, choices=Proof.choices, blank=True, default=Proof.NONE)
    proved_at = models.DateTimeField("核验时间", null=True, blank=True)
    original_retirement_age = models.PositiveSmallIntegerField(
        "原法定退休年龄", null=True, blank=True, help_text="女性 50 或 55 岁；来自社保数据或本人确认，不猜。"
    )
    retirement_age_source = models.CharField("原退休年龄来源", max_length=32, blank=True, default="")
    retirement_shift_months = models.SmallIntegerField("弹性退休选择（月）", default=0)
    died_on = models.DateField("死亡日期", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)
    created_at = models.DateTimeField("建档时间", auto_now_add=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "人员"
        verbose_name_plural = "人员"
        indexes = [
            models.Index(fields=["residence_region"], name="person_residence"),
            models.Index(fields=["household_region"], name="person_household"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(original_retirement_age__isnull=True)
                | Q(sex="1", original_retirement_age=60)
                | Q(sex="2", original_retirement_age__in=[50, 55]),
                name="person_original_retirement_age",
                violation_error_message="原法定退休年龄：男 60 岁，女 50 或 55 岁。",
            ),
            models.CheckConstraint(
                condition=Q(retirement_shift_months__gte=-36, retirement_shift_months__lte=36),
                name="person_retirement_shift",
                violation_error_message="弹性退休最多提前或推后 3 年。",
            ),
        ]

    def __str__(self) -> str:
        return self.masked_name

    def set_id_number(self, number: str) -> None:
        """Put in a checked ID number: sealed value, blind index, last four.

        :raises identifiers.InvalidId: the number is not one.
        """
        checked = identifiers.check_id_number(number)
        self.id_number = checked.number
        self.id_index = blind_index(checked.number, purpose="person.id_number")
        self.id_mask = identifiers.mask_id(checked.number)
        self.birth_date, self.sex = checked.birth_date, checked.sex

    def set_phone(self, phone: str) -> None:
        """Put in a phone number: sealed value, blind index, last four; empty takes it away."""
        self.phone = phone
        self.phone_index = blind_index(phone, purpose="person.phone") if phone else ""
        self.phone_mask = identifiers.mask_phone(phone) if phone else ""

    @property
    def masked_name(self) -> str:
        """王*"""
        return identifiers.mask_name(self.name)

    @property
    def masked_id(self) -> str:
        """210***********1234, kept beside the sealed number so that lists need not open it."""
        return self.id_mask

    @property
    def masked_phone(self) -> str:
        """138****1234, kept beside the sealed number so that lists need not open it."""
        return self.phone_mask or "没有登记"

    def age(self, on: date) -> int:
        """Return full years of age on a day."""
        return on.year - self.birth_date.year - ((on.month, on.day) < (self.birth_date.month, self.birth_date.day))


class Group(models.TextChoices):
    """重点群体."""

    GRADUATE = "graduate", "高校毕业生"
    LEFT_SCHOOL_JOBLESS = "left_school_jobless", "离校未就业高校毕业生"
    VETERAN = "veteran", "退役军人"
    MIGRANT_WORKER = "migrant_worker", "农民工"
    LIFTED_FROM_POVERTY = "lifted_from_poverty", "脱贫人口"
    DISABLED = "disabled", "残疾人"
    MINIMUM_LIVING = "minimum_living", "低保家庭成员"
    ZERO_EMPLOYMENT = "zero_employment", "零就业家庭成员"
    LONG_TERM_JOBLESS = "long_term_jobless", "长期失业人员"
    OLDER = "older", "大龄失业人员"
    HARDSHIP = "hardship", "就业困难人员"
    SINGLE_PARENT = "single_parent", "单亲抚养未成年人者"
    MILITARY_SPOUSE = "military_spouse", "随军家属"
    LANDLESS = "landless", "失地农民"
    RELEASED = "released", "刑满释放人员"


SENSITIVE_GROUPS = frozenset(
    {
        Group.DISABLED,
        Group.MINIMUM_LIVING,
        Group.LIFTED_FROM_POVERTY,
        Group.ZERO_EMPLOYMENT,
        Group.HARDSHIP,
        Group.SINGLE_PARENT,
        Group.RELEASED,
    }
)
"""Never shown to employers (个人信息保护法 28, 特定身份)."""


class GroupMembershipQuerySet(models.QuerySet["GroupMembership"]):
    def on(self, day: date) -> Self:
        """Return memberships in force on a day."""
        return self.filter(valid__contains=day)

    def visible_to(self, user: User) -> Self:
        """Return those of the people one may see."""
        return self.filter(person__in=Person.objects.visible_to(user))


@audit.track(bulk=True)
class GroupMembership(models.Model):
    """A person belongs to a key group for a span of days, known from a source; several at once are normal."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="groups", verbose_name="人员")
    group = models.CharField("群体", max_length=32, choices=Group.choices)
    valid = DateRangeField("有效期")
    source = models.CharField("来源", max_length=64)
    document_no = models.CharField("证件或文号", max_length=64, blank=True, default="")

    objects = GroupMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "重点群体"
        verbose_name_plural = "重点群体"
        constraints = [
            ExclusionConstraint(
                name="group_once_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("group", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message="这个人在这段时间已经属于该群体。",
            )
        ]

    def __str__(self) -> str:
        return self.get_group_display()

    @property
    def is_sensitive(self) -> bool:
        """Whether this membership must never reach an employer."""
        return self.group in SENSITIVE_GROUPS
