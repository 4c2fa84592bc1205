"""The ledger a county kept before: uploaded as a table, looked at, taken over portion by portion, each row with its outcome."""

from typing import Self

from django.db import models
from django.db.models import Q

from core import audit
from core.models import PublicModel
from core.triggers import AppendOnly, Stamp
from people.models import Region, User
from unemployment.models.registration import OFFICERS
from unemployment.models.upload import Upload, UploadRow


class LedgerMappingQuerySet(models.QuerySet["LedgerMapping"]):
    def visible_to(self, user: User) -> Self:
        """Return those of the places one decides for."""
        return self.filter(region__path__within=user.regions(*OFFICERS))

    def of(self, region: Region) -> dict[str, str]:
        """Return what was settled for a place; nothing where nobody did."""
        return self.filter(region=region).values_list("columns", flat=True).first() or {}


class LedgerQuerySet(models.QuerySet["Ledger"]):
    def visible_to(self, user: User) -> Self:
        """Return one's own, and those of the places one decides for."""
        return self.filter(Q(by=user) | Q(region__path__within=user.regions(*OFFICERS)))


@audit.track()
class LedgerMapping(PublicModel):
    """Which column of a place's ledgers means what, as a person settled it once for all its files."""

    region = models.OneToOneField(Region, models.PROTECT, related_name="+", verbose_name="台账所在地区")
    columns = models.JSONField("列的对应", default=dict)
    """Our field -> the ledger's column name, as it stands in the header."""
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="保存人")
    saved_at = models.DateTimeField("保存时间", auto_now=True)

    objects = LedgerMappingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "台账的列"

    def __str__(self) -> str:
        return f"{self.region}的台账"


@audit.track()
class Ledger(Upload):
    """One file of a 失业登记台账: whose place it is about, how far it is, and how many rows came to what."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="台账所在地区")
    columns = models.JSONField("列的对应", default=dict, blank=True)
    """Our field -> the file's column, as it was guessed or settled."""
    trial = models.JSONField("试运行结果", default=dict, blank=True)
    """Empty until every column is known that a ledger cannot do without."""
    registered = models.PositiveIntegerField("登记有效", default=0)
    history = models.PositiveIntegerField("历史记录", default=0)
    unchanged = models.PositiveIntegerField("以前导入过", default=0)
    duplicate = models.PositiveIntegerField("已有登记", default=0)
    rejected = models.PositiveIntegerField("没有导入", default=0)

    objects = LedgerQuerySet.as_manager()

    class Meta(Upload.Meta):
        verbose_name = verbose_name_plural = "台账导入"
        indexes = [models.Index(fields=["region", "-created_at"], name="ledger_region")]

    def __str__(self) -> str:
        return f"台账 {self.received_on}"


class LedgerRow(UploadRow):
    """What became of one row, masked; written in the same transaction as the registration itself."""

    class Outcome(models.TextChoices):
        REGISTERED = "registered", "登记有效"
        HISTORY = "history", "作为历史记录"
        UNCHANGED = "unchanged", "以前导入过，没有变化"
        DUPLICATE = "duplicate", "全省已有登记，没有覆盖"
        REJECTED = "rejected", "没有导入"

    ledger = models.ForeignKey(Ledger, models.PROTECT, related_name="rows", db_index=False, verbose_name="台账")
    outcome = models.CharField("结果", max_length=10, choices=Outcome.choices)

    class Meta:
        verbose_name = verbose_name_plural = "台账逐行结果"
        triggers = (AppendOnly(), Stamp())
        constraints = [
            models.UniqueConstraint(
                fields=["ledger", "line"], name="ledgerrow_once", violation_error_message="这一行已经有结果。"
            )
        ]
