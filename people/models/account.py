"""What happens to an account besides signing in: its phone is changed at a counter, its owner asks for their rights."""

from typing import Self

from django.db import models
from django.db.models import Q

from core import audit
from core.crypto import EncryptedField
from core.models import PublicModel
from people.models.person import Person
from people.models.user import User
from people.roles import CASE_ROLES


@audit.track()
class PhoneChange(PublicModel):
    """换绑手机号: an account got another phone at a counter, because the old one is lost, changed or shared."""

    user = models.ForeignKey(User, models.PROTECT, related_name="phone_changes", verbose_name="账号")
    old_phone = EncryptedField("原手机号", blank=True, default="")
    old_mask = models.CharField("原手机号（遮住）", max_length=20, blank=True, default="", editable=False)
    new_mask = models.CharField("新手机号（遮住）", max_length=20, editable=False)
    reason = models.CharField("原因", max_length=200)
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    changed_at = models.DateTimeField("换绑时间", auto_now_add=True)

    class Meta:
        verbose_name = "换绑手机号"
        verbose_name_plural = "换绑手机号"

    def __str__(self) -> str:
        return f"{self.old_mask} → {self.new_mask}"


class AccountRequestQuerySet(models.QuerySet["AccountRequest"]):
    def visible_to(self, user: User) -> Self:
        """Return one's own requests and, for those who serve people, those of their regions."""
        paths = user.regions(*CASE_ROLES)
        mine = Q(user=user)
        return self.filter(mine | Q(person__residence_region__path__within=paths)) if paths else self.filter(mine)

    def open(self) -> Self:
        """Return those that nobody has answered yet."""
        return self.filter(status=AccountRequest.Status.OPEN)


@audit.track()
class AccountRequest(PublicModel):
    """What somebody asks about their own data: a copy, a correction, the closing of the account (个人信息保护法 45–47)."""

    class Kind(models.TextChoices):
        COPY = "copy", "要一份我的信息"
        CORRECT = "correct", "更正我的信息"
        CLOSE = "close", "注销账号"

    class Status(models.TextChoices):
        OPEN = "open", "等待办理"
        DONE = "done", "已办好"
        REFUSED = "refused", "没有办"

    user = models.ForeignKey(User, models.PROTECT, related_name="requests", verbose_name="账号")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="人员")
    kind = models.CharField("事项", max_length=8, choices=Kind.choices)
    text = models.TextField("说明", max_length=500, blank=True, default="")
    status = models.CharField("状态", max_length=8, choices=Status.choices, default=Status.OPEN)
    answer = models.TextField("答复", max_length=500, blank=True, default="")
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人"
    )
    answered_at = models.DateTimeField("办理时间", null=True, blank=True)
    made_at = models.DateTimeField("提出时间", auto_now_add=True)

    objects = AccountRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "本人要求"
        verbose_name_plural = "本人要求"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=Q(status="open"),
                name="account_request_once_open",
                violation_error_message="这件事您已经提过，正在办理。",
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
