"""失业登记: one row from the draft to the end; at most one open row per person, province-wide."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core import audit
from core.errors import DomainError
from core.models import PublicModel, VersionedModel
from people import reference
from people.models import Document, Person, User
from people.roles import Role
from unemployment.models.choices import OPEN, OVER, TO_DECIDE, UNDER_WAY, Channel, PlaceKind, Status, YesNo
from unemployment.models.consent import ConsentCode
from unemployment.models.triggers import CellFits, ConsentFits, MovesByTransfer, NeedsDecision
from unemployment.rules import CheckKind, check_kinds, grounds, guard_sentence

OFFICERS = frozenset({Role.CASEWORKER, Role.COUNTY_SUPERVISOR})
"""Those who decide on registrations."""
READERS = OFFICERS | {Role.COMMUNITY_WORKER, Role.STATION_STAFF, Role.CITY_SUPERVISOR, Role.ADVISER}
"""Those who see the registrations of their regions."""
HISTORY_ONLY = sorted(code for code, ground in grounds().items() if ground.history_only)


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def own(self, user: User) -> Self:
        """Return the registrations of the person behind this account."""
        return self.filter(person=user.person_id) if user.person_id else self.none()

    def for_staff(self, user: User) -> Self:
        """Return what this user sees by office: their regions, without drafts that people write at home, never one's own."""
        found = self.filter(region__path__within=user.regions(*READERS))
        found = found.exclude(status=Status.DRAFT, channel=Channel.ONLINE)
        return found.exclude(person=user.person_id) if user.person_id else found

    def visible_to(self, user: User) -> Self:
        """Return one's own registrations and those one sees by office."""
        mine = Q(person=user.person_id) if user.person_id else Q(pk=None)
        paths = user.regions(*READERS)
        if not paths:
            return self.filter(mine)
        office = Q(region__path__within=paths) & ~Q(status=Status.DRAFT, channel=Channel.ONLINE)
        return self.filter(mine | office)

    def open(self) -> Self:
        """Return those under way or in force."""
        return self.filter(status__in=OPEN)

    def under_way(self) -> Self:
        """Return the applications that have no answer yet."""
        return self.filter(status__in=UNDER_WAY)

    def active(self) -> Self:
        return self.filter(status=Status.ACTIVE)

    def to_decide(self) -> Self:
        """Return those that wait for a decision."""
        return self.filter(status__in=TO_DECIDE)

    def undecided_since(self, *, on: date) -> Self:
        """Return those whose 3 working days are over."""
        return self.to_decide().filter(decide_by__lt=on)


@audit.track(bulk=True)
class Registration(PublicModel, VersionedModel):
    """A person's registration as unemployed at one 管理地 (人社厅发〔2020〕79号)."""

    Status = Status
    Channel = Channel
    PlaceKind = PlaceKind

    person = models.ForeignKey(Person, models.PROTECT, related_name="registrations", verbose_name="本人")
    status = models.CharField("状态", max_length=16, choices=Status.choices, default=Status.DRAFT)
    channel = models.CharField("渠道", max_length=16, choices=Channel.choices, default=Channel.ONLINE)
    region = models.ForeignKey(
        "people.Region", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记失业地（社区）"
    )
    place_kind = models.CharField("按什么地登记", max_length=16, choices=PlaceKind.choices, blank=True, default="")

    unemployed_on = models.DateField("失业时间", null=True, blank=True)
    cause = models.CharField("失业原因", max_length=2, blank=True, default="")
    previous_employer = models.CharField("原工作单位", max_length=128, blank=True, default="")
    claims_benefit = models.CharField("是否申领失业保险金", max_length=8, choices=YesNo.choices, blank=True, default="")
    household_kind = models.CharField("户口性质", max_length=2, blank=True, default="")
    nation = models.CharField("民族", max_length=2, blank=True, default="")
    political = models.CharField("政治面貌", max_length=2, blank=True, default="")
    education = models.CharField("学历", max_length=2, blank=True, default="")
    health = models.CharField("健康状况", max_length=2, blank=True, default="")
    skill = models.CharField("职业资格、等级或职称", max_length=128, blank=True, default="")
    wants_job = models.CharField("有没有求职意愿", max_length=8, choices=YesNo.choices, blank=True, default="")
    job_wish = models.CharField("想找什么工作", max_length=200, blank=True, default="")
    wants_training = models.CharField("有没有培训意愿", max_length=8, choices=YesNo.choices, blank=True, default="")
    training_wish = models.CharField("想学什么", max_length=200, blank=True, default="")
    wants_business = models.CharField("有没有创业意愿", max_length=8, choices=YesNo.choices, blank=True, default="")
    business_wish = models.CharField("想做什么", max_length=200, blank=True, default="")
    note = models.CharField("其他情况", max_length=500, blank=True, default="")
    steps_done = ArrayField(models.CharField(max_length=16), verbose_name="填好的步骤", default=list, blank=True)
    saved_at = models.DateTimeField("草稿保存时间", null=True, blank=True)

    pledged_at = models.DateTimeField("承诺时间", null=True, blank=True)
    pledge_version = models.CharField("承诺书版本", max_length=16, blank=True, default="")
    consent = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代办委托"
    )
    consent_code = models.OneToOneField(
        ConsentCode, models.PROTECT, null=True, blank=True, related_name="registration", verbose_name="代办验证码"
    )
    receipt_number = models.CharField("受理编号", max_length=20, null=True, blank=True, unique=True, editable=False)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    decide_by = models.DateField("应在哪天前办结", null=True, blank=True)
    taken_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="正在核验的人"
    )
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定人")
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decision_note = models.CharField("核验说明", max_length=500, blank=True, default="")
    refusal_reason = models.TextField("不予登记的理由", blank=True, default="", validators=[MaxLengthValidator(1000)])
    corrections = models.PositiveSmallIntegerField("补正次数", default=0)
    correction_items = models.JSONField("要补正的内容", default=list, blank=True)
    correction_asked_on = models.DateField("告知补正日期", null=True, blank=True)
    correction_by = models.DateField("补正期限", null=True, blank=True)

    registered_on = models.DateField("登记日期", null=True, blank=True)
    first_contact_by = models.DateField("首次联系期限", null=True, blank=True)
    first_contact_on = models.DateField("首次联系日期", null=True, blank=True)
    worker = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="社区就业专员"
    )
    cell = models.ForeignKey(
        "unemployment.Cell", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="网格"
    )
    ended_on = models.DateField("注销日期", null=True, blank=True)
    ended_ground = models.CharField("注销情形", max_length=4, blank=True, default="")
    imported_history = models.BooleanField("导入的历史记录", default=False, editable=False)
    is_demo = models.BooleanField("演示数据", default=False)
    created_at = models.DateTimeField("建立时间", default=timezone.now)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "失业登记"
        triggers = [NeedsDecision(), MovesByTransfer(), ConsentFits(), CellFits()]
        indexes = [
            models.Index(fields=["region", "status"], name="registration_region"),
            models.Index(fields=["decide_by"], condition=Q(status__in=TO_DECIDE), name="registration_waiting"),
            models.Index(fields=["person", "-created_at"], name="registration_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(status__in=OPEN),
                name="registration_one_open",
                violation_error_message="此人在全省已经有一份没有结束的失业登记，不能重复登记。",
            ),
            models.CheckConstraint(
                condition=~Q(ended_ground__in=HISTORY_ONLY) | Q(imported_history=True, channel=Channel.IMPORT),
                name="registration_forbidden_ground",
                violation_error_message=guard_sentence(),
            ),
            models.CheckConstraint(
                condition=Q(imported_history=False) | Q(status=Status.DEREGISTERED, channel=Channel.IMPORT),
                name="registration_history_is_closed",
                violation_error_message="历史记录只能是导入时就已注销的登记。",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=OVER) | (~Q(ended_ground="") & Q(ended_on__isnull=False)),
                name="registration_end_has_ground",
                violation_error_message="注销要写明情形和日期。",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.ACTIVE)
                | Q(region__isnull=False, registered_on__isnull=False, ended_on=None, ended_ground=""),
                name="registration_active_complete",
                violation_error_message="有效的登记要有管理地和登记日期。",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.DRAFT, Status.WITHDRAWN])
                | Q(imported_history=True)
                | Q(
                    region__isnull=False,
                    submitted_at__isnull=False,
                    pledged_at__isnull=False,
                    receipt_number__isnull=False,
                ),
                name="registration_submitted_complete",
                violation_error_message="提交的登记要有管理地、承诺和受理编号。",
            ),
            models.CheckConstraint(
                condition=~Q(channel=Channel.ON_BEHALF)
                | Q(status__in=[Status.DRAFT, Status.WITHDRAWN])
                | Q(consent__isnull=False)
                | Q(consent_code__isnull=False),
                name="registration_on_behalf_consent",
                violation_error_message="代办要有本人的委托：签字委托书的照片，或者发到本人手机的验证码。",
            ),
            models.CheckConstraint(
                condition=Q(corrections__lte=1),
                name="registration_correction_once",
                violation_error_message="补正只能一次性告知，不能反复要求（优化营商环境条例第三十六条）。",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.REFUSED) | ~Q(refusal_reason=""),
                name="registration_refusal_reason",
                violation_error_message="不予登记必须写明理由。",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(registered_on=None) | Q(ended_on__gte=F("registered_on")),
                name="registration_ends_after_start",
                violation_error_message="注销日期不能早于登记日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.receipt_number or "失业登记草稿"

    def require(self, error: type[DomainError], *statuses: str) -> None:
        """Refuse to go on unless the registration stands in one of these states.

        :raises error: it stands elsewhere.
        """
        if self.status not in statuses:
            raise error(f"这份登记现在是“{self.get_status_display()}”，不能这样办。请刷新页面再看。")

    @classmethod
    def label_of(cls, name: str) -> str:
        """Return the words for a field of the form."""
        return str(getattr(cls._meta.get_field(name), "verbose_name", name))

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def cause_label(self) -> str:
        return reference.label("joblessness", self.cause)

    @property
    def education_label(self) -> str:
        return reference.label("education", self.education)

    @property
    def household_label(self) -> str:
        return reference.label("household", self.household_kind)

    @property
    def nation_label(self) -> str:
        return reference.label("nation", self.nation)

    @property
    def political_label(self) -> str:
        return reference.label("political", self.political)

    @property
    def health_label(self) -> str:
        return reference.label("health", self.health)

    @property
    def ground_label(self) -> str:
        """Return the words of the ground on which it ended."""
        return grounds()[self.ended_ground].label if self.ended_ground in grounds() else ""

    def months_out_of_work(self, on: date) -> int:
        """Return full months since the day the person lost the last job."""
        start = self.unemployed_on or self.registered_on or on
        return max(0, (on.year - start.year) * 12 + on.month - start.month - (on.day < start.day))


@audit.track()
class Check(models.Model):
    """One comparison with a department's data. A hit is a question for a person, never a refusal."""

    class Verdict(models.TextChoices):
        CLEAR = "clear", "没有问题"
        HIT = "hit", "有记录，要核实"
        UNKNOWN = "unknown", "暂时查不到"

    class Review(models.TextChoices):
        NONE = "", "还没核实"
        EXPLAINED = "explained", "已核实，不影响登记"
        CONFIRMED = "confirmed", "属实，要先更正"

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="checks", verbose_name="登记")
    kind = models.CharField("核验项目", max_length=16)
    verdict = models.CharField("结果", max_length=8, choices=Verdict.choices)
    detail = models.CharField("比中的内容", max_length=255, blank=True, default="")
    checked_at = models.DateTimeField("比对时间", default=timezone.now)
    review = models.CharField("人工核实", max_length=16, choices=Review.choices, blank=True, default=Review.NONE)
    review_note = models.CharField("核实说明", max_length=255, blank=True, default="")
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField("核实时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "部门数据核验"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "kind"], name="check_once", violation_error_message="这一项已经核验过。"
            ),
            models.CheckConstraint(
                condition=Q(review="") | Q(reviewed_by__isnull=False, reviewed_at__isnull=False),
                name="check_review_by_person",
                violation_error_message="核实结论必须由人作出。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about.label}：{self.get_verdict_display()}"

    @property
    def about(self) -> CheckKind:
        """Return what is compared, what a hit means and where it is corrected."""
        return check_kinds()[self.kind]

    @property
    def is_settled(self) -> bool:
        """Whether nothing stands open: no hit, or a person looked into it."""
        return self.verdict == Check.Verdict.CLEAR or bool(self.review)
