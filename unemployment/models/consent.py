"""代办: the person's own yes to somebody who applies on their behalf, by a code sent to their phone."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core import audit
from core.models import PublicModel
from people.models import Person, User


class ConsentCodeQuerySet(models.QuerySet["ConsentCode"]):
    def visible_to(self, user: User) -> Self:
        """Return the codes about oneself and those one had sent."""
        mine = Q(sent_by=user)
        return self.filter(mine | Q(person=user.person_id)) if user.person_id else self.filter(mine)

    def live(self, now: datetime) -> Self:
        """Return those that may still be told: neither used nor too old."""
        return self.filter(used_at=None, expires_at__gt=now)


@audit.track(exclude=("code_hash",))
class ConsentCode(PublicModel):
    """One code, for one application of one person: it is used once, ends soon, and dies of too many wrong tries."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="本人")
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="代办人")
    phone_mask = models.CharField("发到的手机", max_length=20, editable=False)
    code_hash = models.CharField(max_length=80, editable=False)
    sent_at = models.DateTimeField("发送时间", default=timezone.now)
    expires_at = models.DateTimeField("有效到")
    wrong_tries = models.PositiveSmallIntegerField("填错次数", default=0)
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    objects = ConsentCodeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "代办验证码"
        indexes = [models.Index(fields=["person", "-sent_at"], name="consent_code_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(used_at__lte=F("expires_at")),
                name="consent_code_in_time",
                violation_error_message="验证码已经过期。",
            )
        ]

    def __str__(self) -> str:
        return f"代办验证码 {self.phone_mask}"
