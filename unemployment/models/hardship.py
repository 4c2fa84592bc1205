"""就业困难人员: recognised step by step, shown masked, kept on the ledger with expiry and exit."""

from datetime import date
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core import audit
from core.errors import DomainError
from core.models import PublicModel, VersionedModel
from core.triggers import AppendOnly
from messaging.models.publicity import Notice, NoticeLine, NoticeQuerySet, ObjectionBase
from people.models import Person, User
from people.permissions import GROUP_READERS
from people.roles import Role
from unemployment.care_rules import ExitGround, exit_grounds

CHECKERS = frozenset({Role.COMMUNITY_WORKER, Role.CASEWORKER})
"""Those who take an application down and look into it: in the community, and for the whole street."""
DECIDERS = frozenset({Role.COUNTY_SUPERVISOR})
"""Those who recognise, for the county."""
HANDLERS = CHECKERS | DECIDERS
LEDGER_READERS = frozenset(GROUP_READERS)


class HardshipStatus(models.TextChoices):
    COMMUNITY = "community", "待社区核实"
    STREET = "street", "待街道初审"
    PUBLICITY = "publicity", "公示"
    COUNTY = "county", "待区县认定"
    RECOGNISED = "recognised", "已认定"
    REFUSED = "refused", "不予认定"
    WITHDRAWN = "withdrawn", "已撤回"
    EXITED = "exited", "已退出"


UNDER_WAY = (HardshipStatus.COMMUNITY, HardshipStatus.STREET, HardshipStatus.PUBLICITY, HardshipStatus.COUNTY)
OPEN = (*UNDER_WAY, HardshipStatus.RECOGNISED)
"""One of these at a time for a person and category."""


class HardshipRecognitionQuerySet(models.QuerySet["HardshipRecognition"]):
    def own(self, user: User) -> Self:
        """Return those of the person behind this account."""
        return self.filter(person=user.person_id) if user.person_id else self.none()

    def for_staff(self, user: User) -> Self:
        """Return those of the regions one serves, never one's own."""
        found = self.filter(region__path__within=user.regions(*LEDGER_READERS))
        return found.exclude(person=user.person_id) if user.person_id else found

    def visible_to(self, user: User) -> Self:
        """Return one's own and those one sees by office."""
        mine = Q(person=user.person_id) if user.person_id else Q(pk=None)
        return self.filter(mine | Q(region__path__within=user.regions(*LEDGER_READERS)))

    def recognised(self) -> Self:
        return self.filter(status=HardshipStatus.RECOGNISED)

    def overdue(self, *, on: date) -> Self:
        """Return those whose step is late."""
        return self.filter(status__in=UNDER_WAY, due_on__lt=on)

    def to_renew(self, *, on: date) -> Self:
        """Return the recognised ones whose time is up: a person looks at them again, nothing ends by itself."""
        return self.recognised().filter(valid_until__lt=on)

    def waiting_for(self, user: User) -> Self:
        """Return those whose next step is this user's, without those of which the user took another step."""
        status = HardshipStatus
        checker, decider = user.regions(*CHECKERS), user.regions(*DECIDERS)
        mine = (
            Q(status=status.COMMUNITY, region__path__within=checker)
            | Q(status=status.STREET, region__parent__path__within=checker)
            | Q(status=status.COUNTY, region__path__within=decider)
        )
        done = HardshipStep.objects.filter(by=user.pk).exclude(office="")
        found = self.for_staff(user).filter(mine)
        return found.exclude(~Q(status=status.COMMUNITY) & Q(pk__in=done.values("recognition")))


@audit.track()
class HardshipRecognition(PublicModel, VersionedModel):
    """One person in one category of hardship: from the application to the exit, with the real name."""

    Status = HardshipStatus

    class Channel(models.TextChoices):
        ONLINE = "online", "本人网上申请"
        ON_BEHALF = "on_behalf", "社区代为申请"

    person = models.ForeignKey(Person, models.PROTECT, related_name="recognitions", verbose_name="本人")
    category = models.CharField("类别", max_length=32)
    category_version = models.CharField("类别依据的版本", max_length=96)
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", verbose_name="社区")
    status = models.CharField("状态", max_length=12, choices=HardshipStatus.choices, default=HardshipStatus.COMMUNITY)
    channel = models.CharField("渠道", max_length=12, choices=Channel.choices, default=Channel.ONLINE)
    circumstances = models.CharField("情况说明", max_length=500)
    consent = models.CharField("代为申请时本人怎么同意的", max_length=200, blank=True, default="")
    applied_on = models.DateField("申请日期")
    due_on = models.DateField("这一步的期限", null=True, blank=True)
    number = models.CharField("认定编号", max_length=24, null=True, blank=True, unique=True, editable=False)
    recognised_on = models.DateField("认定日期", null=True, blank=True)
    recognised_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="认定人"
    )
    valid_until = models.DateField("复核期限", null=True, blank=True)
    refusal_reason = models.TextField("不予认定的理由", blank=True, default="", validators=[MaxLengthValidator(1000)])
    exited_on = models.DateField("退出日期", null=True, blank=True)
    exit_ground = models.CharField("退出情形", max_length=20, blank=True, default="")
    is_demo = models.BooleanField("演示数据", default=False)
    created_at = models.DateTimeField("建立时间", default=timezone.now)

    objects = HardshipRecognitionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "就业困难人员认定"
        indexes = [
            models.Index(fields=["region", "status"], name="hardship_region"),
            models.Index(fields=["due_on"], condition=Q(status__in=UNDER_WAY), name="hardship_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "category"],
                condition=Q(status__in=OPEN),
                name="hardship_one_open",
                violation_error_message="此人的这个类别已经在办或者已经认定，不用重复申请。",
            ),
            models.CheckConstraint(
                condition=~Q(status=HardshipStatus.RECOGNISED)
                | Q(
                    number__isnull=False,
                    recognised_on__isnull=False,
                    recognised_by__isnull=False,
                    valid_until__isnull=False,
                ),
                name="hardship_recognised_by_person",
                violation_error_message="认定要有编号、日期、期限和认定人。",
            ),
            models.CheckConstraint(
                condition=~Q(status=HardshipStatus.EXITED) | (Q(exited_on__isnull=False) & ~Q(exit_ground="")),
                name="hardship_exit_has_ground",
                violation_error_message="退出台账要写明情形和日期。",
            ),
            models.CheckConstraint(
                condition=~Q(status=HardshipStatus.REFUSED) | ~Q(refusal_reason=""),
                name="hardship_refusal_reason",
                violation_error_message="不予认定必须写明理由。",
            ),
            models.CheckConstraint(
                condition=Q(channel="online") | ~Q(consent=""),
                name="hardship_consent",
                violation_error_message="代为申请要写明本人是怎么同意的。",
            ),
        ]

    def __str__(self) -> str:
        return self.number or "就业困难人员认定"

    def require(self, error: type[DomainError], *statuses: str) -> None:
        """Refuse to go on unless it stands in one of these states.

        :raises error: it stands elsewhere.
        """
        if self.status not in statuses:
            raise error(f"这份认定现在是“{self.get_status_display()}”，不能这样办。请刷新页面再看。")

    @property
    def exit_label(self) -> str:
        """Return the words of the ground on which it ended."""
        ground = exit_grounds().get(self.exit_ground)
        return ground.label if ground else ""


class HardshipStep(models.Model):
    """One act on a recognition: who, when, why. Rows are only added; one person takes the part of one office."""

    class Kind(models.TextChoices):
        APPLY = "apply", "提出申请"
        CHECK = "check", "社区核实"
        REVIEW = "review", "街道初审通过"
        PUBLISH = "publish", "开始公示"
        END_PUBLICITY = "end_publicity", "公示期满"
        SEND_BACK = "send_back", "退回街道"
        RECOGNISE = "recognise", "认定"
        REFUSE = "refuse", "不予认定"
        WITHDRAW = "withdraw", "撤回"
        RENEW = "renew", "复核，继续有效"
        EXIT = "exit", "退出台账"

    class Office(models.TextChoices):
        NONE = "", "不属于审批环节"
        COMMUNITY = "community", "社区"
        STREET = "street", "街道"
        COUNTY = "county", "区县"

    recognition = models.ForeignKey(HardshipRecognition, models.PROTECT, related_name="steps", verbose_name="认定")
    kind = models.CharField("动作", max_length=16, choices=Kind.choices)
    office = models.CharField("环节", max_length=12, choices=Office.choices, blank=True, default=Office.NONE)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人")
    at = models.DateTimeField("时间", default=timezone.now)
    note = models.TextField("说明", max_length=1000, blank=True, default="")

    app_privileges = ("SELECT", "INSERT")

    class Meta:
        verbose_name = verbose_name_plural = "认定的办理记录"
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["recognition", "at"], name="hardship_step")]
        constraints = [
            ExclusionConstraint(
                name="hardship_step_four_eyes",
                expressions=[
                    ("recognition", RangeOperators.EQUAL),
                    ("by", RangeOperators.EQUAL),
                    ("office", RangeOperators.NOT_EQUAL),
                ],
                condition=~Q(office=""),
                violation_error_message="社区核实、街道初审、区县认定要由不同的人办。",
            )
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return self.get_kind_display()


class HardshipNoticeQuerySet(NoticeQuerySet):
    def visible_to(self, user: User) -> Self:
        """Return the notices of the regions one handles."""
        return self.filter(region__path__within=user.regions(*LEDGER_READERS))


@audit.track()
class HardshipNotice(Notice):
    """A notice of those whom a street proposes to recognise: masked names and their communities, nothing else."""

    objects = HardshipNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "就业困难人员公示"
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="hardship_notice_has_time",
                violation_error_message="公示结束日期要晚于开始日期。",
            )
        ]


@audit.track()
class HardshipLine(NoticeLine):
    """One person in a notice. No category, no ID number: both would tell what the law protects."""

    notice = models.ForeignKey(HardshipNotice, models.PROTECT, related_name="lines", verbose_name="公示")
    recognition = models.ForeignKey(HardshipRecognition, models.PROTECT, related_name="lines", verbose_name="认定")
    community = models.CharField("社区", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "就业困难人员公示名单"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "number"],
                name="hardship_line_number",
                violation_error_message="这一期公示里已有这个序号。",
            ),
            models.UniqueConstraint(
                fields=["recognition"],
                condition=Q(outcome=""),
                name="hardship_line_once",
                violation_error_message="这个人已经在公示。",
            ),
            models.CheckConstraint(
                condition=Q(name__contains="*"),
                name="hardship_line_masked",
                violation_error_message="公示里的姓名必须遮住。",
            ),
        ]


class HardshipObjectionQuerySet(models.QuerySet["HardshipObjection"]):
    def visible_to(self, user: User) -> Self:
        """Return the objections to the notices this user may see."""
        return self.filter(notice__region__path__within=user.regions(*LEDGER_READERS))

    def waiting(self) -> Self:
        """Return those nobody has answered."""
        return self.filter(status=HardshipObjection.Status.OPEN)


@audit.track()
class HardshipObjection(ObjectionBase):
    """An objection to a notice; an open one stops the recognition."""

    notice = models.ForeignKey(HardshipNotice, models.PROTECT, related_name="objections", verbose_name="公示")
    line = models.ForeignKey(
        HardshipLine, models.PROTECT, null=True, blank=True, related_name="objections", verbose_name="针对"
    )

    objects = HardshipObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "就业困难人员公示异议"
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open") | (Q(handled_by__isnull=False) & ~Q(finding="")),
                name="hardship_objection_answered",
                violation_error_message="异议的结论要写清核查结果和核查人。",
            )
        ]


class HardshipExitQuerySet(models.QuerySet["HardshipExit"]):
    def visible_to(self, user: User) -> Self:
        """Return those about oneself and those of the regions one serves."""
        return self.filter(recognition__in=HardshipRecognition.objects.visible_to(user))

    def proposed(self) -> Self:
        return self.filter(status=HardshipExit.Status.PROPOSED)


EXIT_CHOICES = [(code, ground.label) for code, ground in exit_grounds().items()]
EXIT_ALONE = sorted(code for code, ground in exit_grounds().items() if not ground.second_person)


@audit.track()
class HardshipExit(PublicModel, VersionedModel):
    """A proposal that somebody leave the ledger, and a person's decision on it. A machine may only propose."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", "待决定"
        DECIDED = "decided", "已退出"
        REJECTED = "rejected", "未采纳"

    class Source(models.TextChoices):
        OFFICER = "officer", "工作人员提出"
        SELF = "self", "本人申请"
        DATA = "data", "数据比对提出"

    recognition = models.ForeignKey(HardshipRecognition, models.PROTECT, related_name="exits", verbose_name="认定")
    ground = models.CharField("情形", max_length=20, choices=EXIT_CHOICES)
    evidence = models.TextField("证据和事实", validators=[MaxLengthValidator(1000)])
    happened_on = models.DateField("情形发生日期")
    source = models.CharField("来源", max_length=8, choices=Source.choices, default=Source.OFFICER)
    status = models.CharField("状态", max_length=12, choices=Status.choices, default=Status.PROPOSED)
    proposed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提出人"
    )
    proposed_at = models.DateTimeField("提出时间", default=timezone.now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定人")
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decision_note = models.CharField("决定说明", max_length=500, blank=True, default="")

    objects = HardshipExitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "就业困难人员退出"
        constraints = [
            models.UniqueConstraint(
                fields=["recognition"],
                condition=Q(status__in=["proposed", "decided"]),
                name="hardship_exit_one",
                violation_error_message="已经有一份退出提议在办，不用重复提出。",
            ),
            models.CheckConstraint(
                condition=Q(status="proposed")
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decision_note="")),
                name="hardship_exit_decided_by_person",
                violation_error_message="退出必须由人决定，并写明理由；机器不能自动退出任何人。",
            ),
            models.CheckConstraint(
                condition=~Q(status="decided")
                | Q(ground__in=EXIT_ALONE)
                | Q(proposed_by=None)
                | ~Q(proposed_by=F("decided_by")),
                name="hardship_exit_second_person",
                violation_error_message="退出要由另一位工作人员决定，提出人不能自己批准。",
            ),
        ]

    def __str__(self) -> str:
        return f"退出：{self.get_ground_display()}"

    @property
    def basis(self) -> ExitGround:
        """Return the ground with its evidence."""
        return exit_grounds()[self.ground]
