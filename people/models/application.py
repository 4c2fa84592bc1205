"""An agent asks to act for an organisation."""

from typing import Self

from django.db import models
from django.db.models import Q

from core import audit
from core.models import PublicModel
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


@audit.track()
class OrganisationApplication(PublicModel):
    """单位经办人申请: the credit code, the licence and the agent's name, to be checked by the county."""

    class Status(models.TextChoices):
        OPEN = "open", "待核验"
        ACCEPTED = "accepted", "已通过"
        RETURNED = "returned", "已退回"

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="agent_applications", verbose_name="单位"
    )
    agent_name = models.CharField("经办人姓名", max_length=64)
    licence = models.ForeignKey(Document, models.PROTECT, related_name="+", verbose_name="营业执照")
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
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation}：{self.agent_name}"
