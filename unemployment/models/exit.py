"""注销登记 and what is raised instead of a closure."""

from datetime import date
from typing import Self

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core import audit
from core.models import PublicModel, VersionedModel
from people.models import Document, User
from unemployment.models.registration import HISTORY_ONLY, OFFICERS, READERS, Registration
from unemployment.models.triggers import DecisionIsFinal
from unemployment.rules import SEARCH_STEPS, Ground, grounds, guard_sentence

OWN_REQUEST = "31"
ALONE = Q(ground="26") | Q(ground=OWN_REQUEST, source="self") | Q(ground=OWN_REQUEST, document__isnull=False)
"""One officer suffices for a death and for the person's own signed request (typed after signing in, or on paper)."""
UNHEARD = sorted(code for code, ground in grounds().items() if not ground.hearing)
GROUND_CHOICES = [(code, ground.label) for code, ground in grounds().items()]


class DeregistrationQuerySet(models.QuerySet["Deregistration"]):
    def visible_to(self, user: User) -> Self:
        """Return those about oneself and, for staff, those of their regions."""
        return self.filter(registration__in=Registration.objects.visible_to(user))

    def to_decide_by(self, user: User) -> Self:
        """Return the proposals that this officer may decide: of their regions, and not their own where two must act."""
        found = self.filter(
            status=Deregistration.Status.PROPOSED, registration__region__path__within=user.regions(*OFFICERS)
        )
        return found.exclude(~ALONE & Q(proposed_by=user))


@audit.track()
class Deregistration(PublicModel, VersionedModel):
    """A proposal to end a registration on one ground, and the decision on it by a second person."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", "待决定"
        DECIDED = "decided", "已注销"
        REJECTED = "rejected", "未采纳"
        OVERTURNED = "overturned", "决定已撤销，登记恢复"

    class Source(models.TextChoices):
        OFFICER = "officer", "工作人员提出"
        SELF = "self", "本人申请"
        DATA = "data", "数据比对提出"
        PARTNER = "partner", "部门或街道系统报送"
        HISTORY = "history", "历史数据"

    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="deregistrations", verbose_name="失业登记"
    )
    ground = models.CharField("情形", max_length=4, choices=GROUND_CHOICES)
    status = models.CharField("状态", max_length=12, choices=Status.choices, default=Status.PROPOSED)
    source = models.CharField("来源", max_length=8, choices=Source.choices, default=Source.OFFICER)
    evidence = models.TextField("证据和事实", blank=True, default="", validators=[MaxLengthValidator(1000)])
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="证据材料"
    )
    happened_on = models.DateField("情形发生日期")
    proposed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提出人"
    )
    proposed_at = models.DateTimeField("提出时间", default=timezone.now)
    heard_until = models.DateField("陈述申辩到哪天", null=True, blank=True)
    statement = models.TextField("陈述申辩", blank=True, default="", validators=[MaxLengthValidator(1000)])
    stated_at = models.DateTimeField("陈述时间", null=True, blank=True)
    stated_to = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="记录人")
    waived_at = models.DateTimeField("表示没有意见的时间", null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定人")
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    overturned_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤销这个决定的人"
    )
    overturned_on = models.DateField("决定撤销日期", null=True, blank=True)
    overturn_reason = models.CharField("为什么撤销这个决定", max_length=500, blank=True, default="")
    decision_note = models.CharField("决定说明", max_length=500, blank=True, default="")
    notice_number = models.CharField("决定书文号", max_length=64, null=True, blank=True, unique=True)
    remedy = models.CharField("救济途径", max_length=300, blank=True, default="")
    imported_history = models.BooleanField("导入的历史记录", default=False, editable=False)

    objects = DeregistrationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "注销登记"
        triggers = [DecisionIsFinal()]
        constraints = [
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(status__in=["proposed", "decided"]),
                name="deregistration_one",
                violation_error_message="这份登记已经有一份注销在办，不用重复提出。",
            ),
            models.CheckConstraint(
                condition=~Q(ground__in=HISTORY_ONLY) | Q(imported_history=True, source="history"),
                name="deregistration_forbidden_ground",
                violation_error_message=guard_sentence(),
            ),
            models.CheckConstraint(
                condition=~Q(status="decided")
                | Q(imported_history=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False, notice_number__isnull=False),
                name="deregistration_decided_by_person",
                violation_error_message="注销必须由人决定，机器不能自动注销。",
            ),
            models.CheckConstraint(
                condition=~Q(status="decided")
                | ALONE
                | Q(imported_history=True)
                | (Q(proposed_by__isnull=False) & ~Q(proposed_by=F("decided_by"))),
                name="deregistration_second_person",
                violation_error_message="注销要由另一位工作人员决定，提出人不能自己批准。",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["decided", "overturned"])
                | Q(imported_history=True)
                | Q(ground__in=UNHEARD)
                | Q(waived_at__isnull=False)
                | Q(heard_until__isnull=False, decided_on__isnull=False, decided_on__gt=F("heard_until")),
                name="deregistration_heard",
                violation_error_message="注销之前要先告知本人，听取陈述申辩，期满才能决定。",
            ),
            models.CheckConstraint(
                condition=~Q(status="overturned")
                | (Q(overturned_by__isnull=False, overturned_on__isnull=False) & ~Q(overturn_reason="")),
                name="deregistration_overturned_why",
                violation_error_message="撤销注销决定要写明谁、哪天、为什么。",
            ),
            models.CheckConstraint(
                condition=~Q(evidence="") | Q(document__isnull=False) | Q(imported_history=True),
                name="deregistration_evidence",
                violation_error_message="请写明证据或上传材料。",
            ),
        ]

    def __str__(self) -> str:
        return f"注销：{self.get_ground_display()}"

    @property
    def basis(self) -> Ground:
        """Return the ground with its article and evidence."""
        return grounds()[self.ground]

    @property
    def needs_second(self) -> bool:
        """Whether somebody else than the proposer has to decide."""
        if self.ground == OWN_REQUEST:
            return self.source != self.Source.SELF and self.document_id is None
        return self.basis.second_person


class EscalationQuerySet(models.QuerySet["Escalation"]):
    def visible_to(self, user: User) -> Self:
        """Return those of the regions one serves."""
        return self.filter(region__path__within=user.regions(*READERS))

    def open(self) -> Self:
        return self.filter(status=Escalation.Status.OPEN)


@audit.track(bulk=True)
class Escalation(PublicModel):
    """Something that rises: an overdue decision or contact to the supervisor, a person out of reach to the search steps."""

    class Kind(models.TextChoices):
        DECISION = "decision", "登记超过办理时限"
        FIRST_CONTACT = "first_contact", "首次联系超期"
        FOLLOW_UP = "follow_up", "跟踪调查超期"
        UNREACHABLE = "unreachable", "联系不上"
        REPLY = "reply", "短信有回音"
        TRANSFER = "transfer", "转移超期没有答复"

    class Status(models.TextChoices):
        OPEN = "open", "待处理"
        DONE = "done", "已处理"

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="escalations", verbose_name="登记")
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", verbose_name="管理地")
    kind = models.CharField("事项", max_length=16, choices=Kind.choices)
    step = models.CharField(
        "步骤", max_length=12, choices=[(s.code, s.label) for s in SEARCH_STEPS], blank=True, default=""
    )
    month = models.DateField("所属月份")
    status = models.CharField("状态", max_length=8, choices=Status.choices, default=Status.OPEN, db_default="open")
    raised_at = models.DateTimeField("提出时间", default=timezone.now)
    about = models.CharField("说明", max_length=300, blank=True, default="", db_default="")
    result = models.CharField("处理结果", max_length=500, blank=True, default="")
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="处理人")
    done_at = models.DateTimeField("处理时间", null=True, blank=True)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "督办事项"
        indexes = [models.Index(fields=["region", "status"], name="escalation_region")]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "kind", "step", "month"],
                name="escalation_once",
                violation_error_message="这件事本月已经提出过。",
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | ~Q(result=""),
                name="escalation_result",
                violation_error_message="请写明处理结果。",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    def is_late(self, on: date) -> bool:
        """Whether it has waited for more than a week."""
        return self.status == self.Status.OPEN and (on - timezone.localdate(self.raised_at)).days > 7
