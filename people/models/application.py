"""An agent asks to act for an organisation."""

from typing import Self

from django.db import models
from django.db.models import Q

from core import audit
from core.crypto import EncryptedField
from core.models import PublicModel
from people import identifiers
from people.models.document import Document
from people.models.organisation import OFFICER_ROLES, Organisation
from people.models.user import User


class OrganisationApplicationQuerySet(models.QuerySet["OrganisationApplication"]):
    def visible_to(self, user: User) -> Self:
        """Return one's own and, for officers, those of their regions."""
        paths = user.regions(*OFFICER_ROLES)
        mine = Q(user=user)
        return self.filter(mine | Q(organisation__region__path__within=paths)) if paths else self.filter(mine)

    def open(self) -> Self:
        """Return those that nobody has decided yet."""
        return self.filter(status=OrganisationApplication.Status.OPEN)


@audit.track(exclude=("agent_id_mask", "note"))
class OrganisationApplication(PublicModel):
    """What an agent hands in for the county to check: a first sign-up, a half-yearly re-check, an objection.

    The licence, the agent's identity and the employer's authorisation belong to it, and for an agency its permit
    (人力资源市场暂行条例 18, 26).
    """

    class Purpose(models.TextChoices):
        SIGN_UP = "sign_up", "申请经办"
        RECHECK = "recheck", "到期复核"
        OBJECTION = "objection", "对暂停有异议"

    class Status(models.TextChoices):
        OPEN = "open", "待核验"
        ACCEPTED = "accepted", "已通过"
        RETURNED = "returned", "已退回"

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="agent_applications", verbose_name="单位"
    )
    purpose = models.CharField("办什么", max_length=12, choices=Purpose.choices, default=Purpose.SIGN_UP)
    kind = models.CharField(
        "单位类型", max_length=16, choices=Organisation.Kind.choices, default=Organisation.Kind.EMPLOYER
    )
    organisation_name = models.CharField("单位名称（照执照填的）", max_length=128, blank=True, default="")
    agent_name = models.CharField("经办人姓名", max_length=64)
    agent_id = EncryptedField("经办人身份证号", blank=True, default="")
    agent_id_mask = models.CharField("经办人身份证号（遮住）", max_length=18, blank=True, default="", editable=False)
    licence = models.ForeignKey(Document, models.PROTECT, related_name="+", verbose_name="营业执照")
    authorisation = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="授权书"
    )
    agency_licence = models.CharField("人力资源服务许可证编号", max_length=64, blank=True, default="")
    agency_paper = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="人力资源服务许可证"
    )
    note = models.CharField("想说明的", max_length=500, blank=True, default="")
    status = models.CharField("状态", max_length=8, choices=Status.choices, default=Status.OPEN)
    reason = models.CharField("意见", max_length=255, blank=True, default="")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核验人")
    decided_on = models.DateField("核验日期", null=True, blank=True)
    made_at = models.DateTimeField("申请时间", auto_now_add=True)

    objects = OrganisationApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = "单位经办人申请"
        verbose_name_plural = "单位经办人申请"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=Q(status="open"),
                name="organisation_application_once_open",
                violation_error_message="您已经为这个单位提过申请，正在核验。",
            ),
            models.CheckConstraint(
                condition=~Q(kind="hr_agency") | (~Q(agency_licence="") & Q(agency_paper__isnull=False)),
                name="organisation_application_agency_permit",
                violation_error_message="人力资源服务机构要交人力资源服务许可证的编号和扫描件。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}：{self.agent_name}"

    @property
    def differs_in_name(self) -> bool:
        """Whether the organisation is called otherwise here than on record: the officer settles it."""
        return self.organisation_name not in ("", self.organisation.name)

    def set_agent_id(self, number: str) -> None:
        """Put in the agent's checked ID number: sealed, with a mask beside it."""
        self.agent_id, self.agent_id_mask = number, identifiers.mask_id(number)

    @property
    def agent_proof(self) -> str:
        """How the agent's identity is known: an account proved by real name, or the number that was typed."""
        if self.user.person_id:
            return "账号已实名核验"
        return f"身份证 {self.agent_id_mask}" if self.agent_id_mask else "没有登记"


class OrganisationRecordQuerySet(models.QuerySet["OrganisationRecord"]):
    def visible_to(self, user: User) -> Self:
        """Return what was decided about one's own organisations and, for officers, those of their regions."""
        return self.filter(organisation__in=Organisation.objects.visible_to(user))


@audit.track()
class OrganisationRecord(PublicModel):
    """One step in the life of an organisation here: who decided what, when and why. Rows are only added."""

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", "核验通过"
        RETURNED = "returned", "退回补充"
        ASKED = "asked", "提醒到期复核"
        DUE = "due", "到期，待复核"
        RECHECKED = "rechecked", "复核通过"
        SUSPENDED = "suspended", "暂停"
        LIFTED = "lifted", "解除暂停"
        RENAMED = "renamed", "更正名称"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="records", verbose_name="单位")
    application = models.ForeignKey(
        OrganisationApplication, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据的申请"
    )
    kind = models.CharField("做了什么", max_length=12, choices=Kind.choices)
    reason = models.CharField("理由", max_length=500, blank=True, default="")
    term = models.DateField("核验管到", null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="谁定的")
    on = models.DateField("日期")
    made_at = models.DateTimeField("记录时间", auto_now_add=True)

    objects = OrganisationRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "单位核验记录"
        verbose_name_plural = "单位核验记录"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "term"],
                condition=Q(kind__in=["asked", "due"]),
                name="organisation_told_once_a_term",
                violation_error_message="这一期已经提醒过了。",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["returned", "suspended", "lifted", "renamed"]) | ~Q(reason=""),
                name="organisation_record_says_why",
                violation_error_message="退回、暂停、解除暂停和更正名称都要写明理由。",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["asked", "due"]) | Q(by__isnull=False),
                name="organisation_record_by_a_person",
                violation_error_message="核验、暂停、解除暂停和更正名称都要由人决定。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}：{self.get_kind_display()}"
