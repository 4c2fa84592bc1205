"""The link in a text message by which a registered person answers the monthly contact without a call."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from core import audit
from core.models import PublicModel
from people.models import User
from unemployment.models.followup import FollowUp


class Said(models.TextChoices):
    """What a person may tick; more than one may be true."""

    SEEKING = "seeking", "还在找工作"
    FOUND = "found", "找到工作了"
    TRAINING = "training", "想参加培训"
    BUSINESS = "business", "想自己创业"


class ReplyLinkQuerySet(models.QuerySet["ReplyLink"]):
    def visible_to(self, user: User) -> Self:
        """Return the links to the contacts that this user sees."""
        return self.filter(follow_up__in=FollowUp.objects.visible_to(user))


@audit.track(bulk=True)
class ReplyLink(PublicModel):
    """One link to one contact: for one answer, for some days, until too many wrong tries.

    The address in the message is this row's public id, signed; the row says whether it still opens.
    """

    class Status(models.TextChoices):
        OPEN = "open", "等回答"
        ANSWERED = "answered", "已回答"
        LOCKED = "locked", "填错太多次"
        EXPIRED = "expired", "过期没有回答"

    follow_up = models.ForeignKey(FollowUp, models.CASCADE, related_name="links", verbose_name="跟踪调查")
    status = models.CharField("状态", max_length=12, choices=Status.choices, default=Status.OPEN)
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发送人")
    sent_at = models.DateTimeField("发送时间", default=timezone.now)
    expires_at = models.DateTimeField("有效到")
    wrong_tries = models.PositiveSmallIntegerField("填错的次数", default=0)
    answered_at = models.DateTimeField("回答时间", null=True, blank=True)

    objects = ReplyLinkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "短信回答链接"
        constraints = [
            models.UniqueConstraint(
                fields=["follow_up"],
                condition=Q(status="open"),
                name="reply_link_one_open",
                violation_error_message="这个人的短信已经发过，还在等回答。",
            ),
            models.CheckConstraint(
                condition=~Q(status="answered") | Q(answered_at__isnull=False),
                name="reply_link_answered_when",
                violation_error_message="已回答的链接要有回答时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"短信链接：{self.get_status_display()}"

    def is_live(self, now: datetime) -> bool:
        """Say whether the link may still be answered; that the contact itself is still open is the caller's to ask."""
        return self.status == self.Status.OPEN and now < self.expires_at
