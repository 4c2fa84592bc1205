"""Tables that only grow: history, the access log."""

from typing import ClassVar

import pghistory.models
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now

from core.triggers import AppendOnly, Stamp


class TransactionNumber(models.Func):
    """The number of the writing transaction, monotonic also across a restore (see `core.clock`)."""

    template = "audit_xid()"
    output_field = models.BigIntegerField()


class History(pghistory.models.Event):
    """Abstract: one version of a tracked row, written by a trigger. The application's role may only read it."""

    app_privileges: ClassVar[tuple[str, ...]] = ("SELECT",)

    pgh_id = models.BigAutoField(primary_key=True)
    pgh_created_at = models.DateTimeField()
    pgh_xid = models.BigIntegerField()

    class Meta:
        abstract = True


class AppendOnlyModel(models.Model):
    """Abstract: the application's role may add rows and read them, nobody may change or remove one."""

    app_privileges: ClassVar[tuple[str, ...]] = ("SELECT", "INSERT")

    recorded_at = models.DateTimeField("记录时间", db_default=Now(), editable=False)
    xid = models.BigIntegerField("事务号", db_default=TransactionNumber(), editable=False)

    class Meta:
        abstract = True
        triggers = [AppendOnly(), Stamp()]
        indexes = [BrinIndex(fields=["xid"], autosummarize=True)]


class AccessLog(AppendOnlyModel):
    """Who looked at what and why: opened numbers, printed lists, exact look-ups. May be written while answering GET."""

    actor = models.BigIntegerField("人员", null=True)
    actor_name = models.TextField("姓名", blank=True, default="")
    role = models.TextField("角色", blank=True, default="")
    channel = models.TextField("渠道", blank=True, default="")
    action = models.TextField("动作")
    subject_type = models.TextField("对象类型", blank=True, default="")
    subject = models.TextField("对象编号", blank=True, default="")
    reason = models.TextField("理由")
    request_id = models.TextField("请求编号", blank=True, default="")

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "查阅记录"
        verbose_name_plural = "查阅记录"
        indexes = [
            BrinIndex(fields=["xid"], autosummarize=True),
            models.Index(fields=["subject", "-id"], name="core_access_subject"),
            models.Index(fields=["actor", "-id"], name="core_access_actor"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason="") & ~models.Q(action=""), name="core_access_says_why")
        ]
