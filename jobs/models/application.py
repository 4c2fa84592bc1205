"""Applications to postings, and the hires that come of them."""

from typing import Self

from django.db import models
from django.db.models import Q

from core import audit
from core.crypto import EncryptedField
from core.models import PublicModel, VersionedModel
from jobs.models.posting import OFFICERS, Posting
from people import reference
from people.models import Person, User
from people.roles import Role


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: User) -> Self:
        """Return one's own applications and, for an employer's agent, those to the verified organisation's postings."""
        mine = Q(applicant=user)
        return self.filter(mine | Q(posting__organisation__in=user.verified_organisation_ids(Role.EMPLOYER_AGENT)))

    def own(self, user: User) -> Self:
        """Return the applications that this account sent."""
        return self.filter(applicant=user)

    def open(self) -> Self:
        """Return those that still wait for somebody."""
        return self.filter(status__in=Application.OPEN)

    def standing(self) -> Self:
        """Return those that stand between a person and a posting: open, hired or refused. Another one waits for their end."""
        return self.exclude(status__in=Application.GIVEN_UP)

    def unanswered(self) -> Self:
        """Return those that the employer has not answered yet."""
        return self.filter(status__in=Application.UNANSWERED)


@audit.track(exclude=("name", "note", "resume"))
class Application(PublicModel, VersionedModel):
    """One person's application to one posting.

    The employer sees what the applicant typed and the copy of their résumé that they chose to send, nothing of their
    record. The copy is frozen: what the person changes later, and what they left out, stays theirs.
    """

    class Status(models.TextChoices):
        SUBMITTED = "submitted", "已投递"
        VIEWED = "viewed", "单位已看"
        SHORTLISTED = "shortlisted", "初选通过"
        INTERVIEW = "interview", "约面试"
        OFFER = "offer", "录用意向"
        HIRED = "hired", "已录用"
        UNSUITABLE = "unsuitable", "不合适"
        WITHDRAWN = "withdrawn", "已撤回"
        DECLINED = "declined", "求职者没有接受"
        LAPSED = "lapsed", "没有下文"

    GIVEN_UP = frozenset({Status.WITHDRAWN, Status.DECLINED, Status.LAPSED})
    """Ended without a no: one may apply again."""
    UNANSWERED = frozenset({Status.SUBMITTED, Status.VIEWED})
    """Having looked is no answer."""
    OPEN = UNANSWERED | frozenset({Status.SHORTLISTED, Status.INTERVIEW, Status.OFFER})

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="applications", verbose_name="岗位")
    applicant = models.ForeignKey(User, models.PROTECT, related_name="applications", verbose_name="求职者")
    name = models.CharField("姓名", max_length=32)
    phone = EncryptedField("联系电话")
    phone_mask = models.CharField(max_length=20, editable=False)
    education = models.CharField("学历", max_length=2, blank=True, default="")
    experience = models.CharField("做过什么", max_length=1000, blank=True, default="")
    note = models.CharField("想对单位说的话", max_length=300, blank=True, default="")
    resume = models.JSONField("投递时的简历", null=True, blank=True, editable=False)
    status = models.CharField("状态", max_length=16, choices=Status.choices, default=Status.SUBMITTED)
    reason = models.CharField("单位的答复", max_length=300, blank=True, default="")
    submitted_at = models.DateTimeField("投递时间", auto_now_add=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )
    is_demo = models.BooleanField("演示数据", default=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = "求职申请"
        verbose_name_plural = "求职申请"
        indexes = [
            models.Index(fields=["applicant", "-submitted_at"], name="application_applicant"),
            models.Index(fields=["posting", "status"], name="application_posting"),
            models.Index(
                fields=["submitted_at"],
                name="application_unanswered",
                condition=Q(status__in=["submitted", "viewed", "shortlisted", "interview", "offer"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["posting", "applicant"],
                condition=~Q(status__in=["withdrawn", "declined", "lapsed"]),
                name="application_once",
                violation_error_message="这个岗位您已经投过了。",
            ),
            models.CheckConstraint(
                condition=~Q(status="unsuitable") | ~Q(reason=""),
                name="application_refusal_has_reason",
                violation_error_message="不合适要写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.posting} {self.get_status_display()}"

    @property
    def is_open(self) -> bool:
        """Whether it still waits for somebody."""
        return self.status in self.OPEN

    @property
    def education_text(self) -> str:
        """The education the applicant gave, in words."""
        return reference.education_label(self.education) if self.education else "没有写"

    @property
    def tone(self) -> str:
        """The colour and shape of its status."""
        return {
            "hired": "ok",
            "offer": "ok",
            "interview": "wn",
            "unsuitable": "none",
            "withdrawn": "none",
            "declined": "none",
            "lapsed": "none",
        }.get(self.status, "info")


class PlacementQuerySet(models.QuerySet["Placement"]):
    def visible_to(self, user: User) -> Self:
        """Return one's own placements, one's organisation's, and for officers their region's."""
        mine = Q(person=user.person_id) if user.person_id else Q(pk=None)
        mine |= Q(posting__organisation__in=user.verified_organisation_ids(Role.EMPLOYER_AGENT))
        paths = user.regions(*OFFICERS)
        return self.filter(mine | Q(person__residence_region__path__within=paths)) if paths else self.filter(mine)


@audit.track()
class Placement(PublicModel):
    """A hire. Other apps read it: it proposes, never decides, the end of an unemployment registration."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="placement", verbose_name="申请")
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="placements", verbose_name="岗位")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="placements", verbose_name="人员"
    )
    starts_on = models.DateField("上岗日期")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = "录用"
        verbose_name_plural = "录用"

    def __str__(self) -> str:
        return f"{self.posting} {self.starts_on}"
