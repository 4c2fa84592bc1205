"""文书: each paper as it was issued, what was handed over, and what was signed."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core import audit
from core.models import PublicModel
from core.triggers import AppendOnly, GuardedTrigger
from people.models import Document, Person, User
from unemployment.models.employment import Employment
from unemployment.models.registration import Registration
from unemployment.rules import paper_kinds

PAPER_CHOICES = [(code, kind.title) for code, kind in paper_kinds().items()]


class PaperIsFrozen(GuardedTrigger):
    """A paper that was issued never changes and never goes: it can only be declared withdrawn, once."""

    name = "paper_is_frozen"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' OR OLD.status = 'withdrawn'
           OR (to_jsonb(NEW) - ARRAY['status', 'withdrawn_on', 'withdrawn_by_id', 'withdrawn_reason'])
              IS DISTINCT FROM
              (to_jsonb(OLD) - ARRAY['status', 'withdrawn_on', 'withdrawn_by_id', 'withdrawn_reason']) THEN
            RAISE EXCEPTION 'a paper stays as it was issued'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_is_frozen';
        END IF;
        RETURN NEW;
    """


class PaperQuerySet(models.QuerySet["Paper"]):
    def own(self, user: User) -> Self:
        """Return the papers about the person behind this account."""
        if user.person_id is None:
            return self.none()
        return self.filter(Q(registration__person=user.person_id) | Q(employment__person=user.person_id))

    def for_staff(self, user: User) -> Self:
        """Return the papers about the registrations and employments that this user sees by office."""
        return self.filter(
            Q(registration__in=Registration.objects.for_staff(user))
            | Q(employment__in=Employment.objects.for_staff(user))
        )

    def visible_to(self, user: User) -> Self:
        return self.filter(
            Q(registration__in=Registration.objects.visible_to(user))
            | Q(employment__in=Employment.objects.visible_to(user))
        )

    def valid(self) -> Self:
        return self.filter(status=Paper.Status.VALID)

    def with_steps(self) -> Self:
        """Read what was handed over and signed as well, and who did it."""
        steps = PaperStep.objects.select_related("by", "document").order_by("pk")
        return self.select_related("issued_by").prefetch_related(models.Prefetch("steps", steps))


@audit.track()
class Paper(PublicModel):
    """One paper about a registration or an employment, frozen when it was issued, so that every print of it is the same.

    `content` holds the words that stand on it, `template` the layout they were made for; the number is gap-free within
    county, year and kind.
    """

    class Status(models.TextChoices):
        VALID = "valid", "有效"
        WITHDRAWN = "withdrawn", "已失效"

    registration = models.ForeignKey(
        Registration, models.PROTECT, null=True, blank=True, related_name="papers", verbose_name="失业登记"
    )
    employment = models.ForeignKey(
        Employment, models.PROTECT, null=True, blank=True, related_name="papers", verbose_name="就业登记"
    )
    kind = models.CharField("种类", max_length=16, choices=PAPER_CHOICES)
    county = models.CharField("县区代码", max_length=6)
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("序号")
    number = models.CharField("文书号", max_length=64, unique=True, editable=False)
    agency = models.CharField("落款单位", max_length=80)
    issued_on = models.DateField("落款日期")
    issued_at = models.DateTimeField("出具时间", default=timezone.now)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="出具人")
    template = models.CharField("版式", max_length=24)
    content = models.JSONField("内容", default=dict)
    seal = models.JSONField("印章", default=dict)
    token = models.CharField("校验码", max_length=24, unique=True, editable=False)
    status = models.CharField("状态", max_length=12, choices=Status.choices, default=Status.VALID)
    withdrawn_on = models.DateField("失效日期", null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField("失效原因", max_length=200, blank=True, default="")

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "文书"
        triggers = [PaperIsFrozen()]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "year", "kind", "serial"],
                name="paper_serial_once",
                violation_error_message="这个文书号已经用过。",
            ),
            models.UniqueConstraint(
                fields=["registration", "kind"],
                condition=Q(status="valid"),
                name="paper_one_valid",
                violation_error_message="这种文书已经有一份有效的。",
            ),
            models.UniqueConstraint(
                fields=["employment", "kind"],
                condition=Q(status="valid"),
                name="paper_one_valid_proof",
                violation_error_message="这份就业登记已经有一份有效的证明。",
            ),
            models.CheckConstraint(
                condition=Q(kind="employment", employment__isnull=False, registration=None)
                | (~Q(kind="employment") & Q(employment=None, registration__isnull=False)),
                name="paper_about_one_thing",
                violation_error_message="文书要么是失业登记的，要么是就业登记的。",
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | (Q(withdrawn_on__isnull=False) & ~Q(withdrawn_reason="")),
                name="paper_withdrawn_why",
                violation_error_message="文书失效要写明日期和原因。",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def person(self) -> Person:
        """Return whom it is about."""
        subject = self.employment or self.registration
        assert subject is not None
        return subject.person

    @property
    def layout(self) -> str:
        """Return the template this paper is printed with, whatever later papers look like."""
        return f"unemployment/papers/{self.template}.html"

    @property
    def shown_token(self) -> str:
        """Return the check code in groups of four, as people type it."""
        return " ".join(self.token[at : at + 4] for at in range(0, len(self.token), 4))

    def last_step(self, step: str) -> "PaperStep | None":
        """Return the last time it was handed over, or signed."""
        return next((row for row in reversed(list(self.steps.all())) if row.step == step), None)

    @property
    def delivered(self) -> "PaperStep | None":
        return self.last_step(PaperStep.Step.DELIVERED)

    @property
    def signed(self) -> "PaperStep | None":
        return self.last_step(PaperStep.Step.SIGNED)


class PaperStepQuerySet(models.QuerySet["PaperStep"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(paper__in=Paper.objects.visible_to(user))


class PaperStep(PublicModel):
    """送达 or 签收 of a paper: when, in which way, by whom. These rows are only added."""

    class Step(models.TextChoices):
        DELIVERED = "delivered", "送达"
        SIGNED = "signed", "签收"

    class Way(models.TextChoices):
        IN_PERSON = "in_person", "当面交给本人"
        ONLINE = "online", "发到本人网上账号"
        POST = "post", "邮寄"
        VISIT = "visit", "上门送达"
        LEFT = "left", "留置送达"
        ON_PAPER = "on_paper", "纸上签字"
        CONFIRMED = "confirmed", "本人网上确认"
        DECLINED = "declined", "拒绝签收"

    DELIVERY = (Way.IN_PERSON, Way.ONLINE, Way.POST, Way.VISIT, Way.LEFT)
    SIGNATURE = (Way.ON_PAPER, Way.CONFIRMED, Way.DECLINED)

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="steps", verbose_name="文书")
    step = models.CharField("环节", max_length=12, choices=Step.choices)
    way = models.CharField("方式", max_length=12, choices=Way.choices)
    on = models.DateField("日期")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经手人")
    note = models.CharField("说明", max_length=200, blank=True, default="")
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签字件扫描"
    )
    recorded_at = models.DateTimeField("记录时间", default=timezone.now)

    app_privileges = ("SELECT", "INSERT")
    objects = PaperStepQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "文书送达签收"
        triggers = [AppendOnly()]
        constraints = [
            models.CheckConstraint(
                condition=Q(step="delivered", way__in=["in_person", "online", "post", "visit", "left"])
                | Q(step="signed", way__in=["on_paper", "confirmed", "declined"]),
                name="paper_step_way",
                violation_error_message="送达和签收的方式要对得上。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()}：{self.get_way_display()}"
