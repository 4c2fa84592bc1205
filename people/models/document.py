"""Papers people hand in once and use again, and what they agreed to."""

from typing import Self

from django.db import models
from django.db.models import Q

from core import audit
from core.models import PublicModel
from people.models.organisation import Organisation
from people.models.person import Person
from people.models.user import User
from people.roles import CASE_ROLES, CLAIM_ROLES


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: User) -> Self:
        """Return one's own papers, those of one's organisations, and those of the people of one's region."""
        mine = Q(uploaded_by=user) | Q(organisation__in=user.organisation_ids())
        if user.person_id:
            mine |= Q(person=user.person_id)
        paths = user.regions(*CASE_ROLES, *CLAIM_ROLES)
        if paths:
            mine |= Q(person__residence_region__path__within=paths) | Q(person__household_region__path__within=paths)
            mine |= Q(organisation__region__path__within=paths)
        return self.filter(mine)

    def of_owner(self, user: User) -> Self:
        """Return one's own papers and those of the organisations one acts for, whoever uploaded them."""
        mine = Q(uploaded_by=user, person=None, organisation=None) | Q(organisation__in=user.organisation_ids())
        return self.filter(mine | Q(person=user.person_id)) if user.person_id else self.filter(mine)


@audit.track()
class Document(PublicModel):
    """A private file: kept outside the static tree, served only through a permission check, reused across matters."""

    class Kind(models.TextChoices):
        ID_CARD = "id_card", "身份证"
        SOCIAL_CARD = "social_card", "社会保障卡"
        LICENCE = "licence", "营业执照"
        AGENCY_LICENCE = "agency_licence", "人力资源服务许可证"
        AUTHORISATION = "authorisation", "授权书"
        PLEDGE = "pledge", "承诺书"
        CONSENT = "consent", "代办委托"
        PAYMENT_PROOF = "payment_proof", "缴费凭证"
        CERTIFICATE = "certificate", "证书"
        EVIDENCE = "evidence", "其他证明"

    kind = models.CharField("种类", max_length=24, choices=Kind.choices)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="documents")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="documents")
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    name = models.CharField("文件名", max_length=128)
    storage_key = models.CharField(max_length=128, unique=True, editable=False)
    content_type = models.CharField(max_length=64, editable=False)
    size = models.PositiveIntegerField("大小（字节）", editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "材料"
        verbose_name_plural = "材料"

    def __str__(self) -> str:
        return self.get_kind_display()


class ConsentQuerySet(models.QuerySet["Consent"]):
    def visible_to(self, user: User) -> Self:
        """Return one's own consents."""
        return self.filter(user=user)


@audit.track()
class Consent(models.Model):
    """告知同意: which version of which notice a user agreed to, and when (个人信息保护法 14, 17)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="consents", verbose_name="账号")
    notice = models.CharField("告知书", max_length=32)
    version = models.CharField("版本", max_length=16)
    agreed_at = models.DateTimeField("同意时间", auto_now_add=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = "告知同意"
        verbose_name_plural = "告知同意"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "notice", "version"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_once_per_version",
                violation_error_message="这一版告知书已经同意过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.notice} {self.version}"
