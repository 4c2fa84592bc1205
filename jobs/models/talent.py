"""Employers who look for people: whom they invited, and whom a person never wants to hear from."""

from typing import Self

from django.db import models
from django.db.models import Q

from core import audit
from core.models import PublicModel
from jobs.models.application import Application
from jobs.models.posting import Posting
from people.models import Organisation, User
from people.roles import Role


class TalentInvitationQuerySet(models.QuerySet["TalentInvitation"]):
    def visible_to(self, user: User) -> Self:
        """Return the invitations one got, and for an agent those the organisation sent."""
        mine = Q(user_id=user.pk)
        return self.filter(mine | Q(posting__organisation__in=user.verified_organisation_ids(Role.EMPLOYER_AGENT)))


@audit.track(exclude=("text",))
class TalentInvitation(PublicModel):
    """An employer asks somebody whose résumé is open to apply to a posting. Name and phone come only with a yes."""

    class Status(models.TextChoices):
        SENT = "sent", "等本人答复"
        ACCEPTED = "accepted", "本人投了简历"
        DECLINED = "declined", "本人没有兴趣"

    user = models.ForeignKey(User, models.CASCADE, related_name="talent_invitations", verbose_name="被邀请的人")
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="talent_invitations", verbose_name="岗位")
    text = models.CharField("想说的话", max_length=300, blank=True, default="")
    status = models.CharField("答复", max_length=16, choices=Status.choices, default=Status.SENT)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="谁邀请的")
    invited_at = models.DateTimeField("邀请时间", auto_now_add=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    application = models.OneToOneField(
        Application, models.PROTECT, null=True, blank=True, related_name="invitation", verbose_name="申请"
    )

    objects = TalentInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "求职邀请"
        verbose_name_plural = "求职邀请"
        indexes = [
            models.Index(fields=["user", "-invited_at", "-id"], name="invitation_newest"),
            models.Index(fields=["posting", "invited_at"], name="invitation_posting"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "posting"],
                name="invitation_once",
                violation_error_message="这个岗位已经邀请过这个人。",
            )
        ]

    def __str__(self) -> str:
        return f"求职邀请 {self.pk}"


@audit.track()
class TalentBlock(models.Model):
    """A person lets one employer find them no more."""

    user = models.ForeignKey(User, models.CASCADE, related_name="talent_blocks", verbose_name="账号")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", verbose_name="单位")
    since = models.DateTimeField("从什么时候", auto_now_add=True)

    class Meta:
        verbose_name = "不让找到我的单位"
        verbose_name_plural = "不让找到我的单位"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                name="talent_block_once",
                violation_error_message="已经不让这家单位找到您。",
            )
        ]

    def __str__(self) -> str:
        return f"不让找到 {self.pk}"
