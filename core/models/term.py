"""Dated terms: the figures that law and notices set, as rows that are appended and never edited."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from core.models.audit import AppendOnlyModel


class ExactEncoder(json.JSONEncoder):
    """Keep decimals and dates what they are: JSON's own numbers would come back as floats."""

    def default(self, o: Any) -> Any:
        if isinstance(o, Decimal):
            return {"$decimal": str(o)}
        if isinstance(o, date):
            return {"$date": o.isoformat()}
        return super().default(o)


class ExactDecoder(json.JSONDecoder):
    """The way back of `ExactEncoder`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "object_hook": self._revive, "parse_float": Decimal})

    @staticmethod
    def _revive(found: dict[str, Any]) -> Any:
        if found.keys() == {"$decimal"}:
            return Decimal(found["$decimal"])
        if found.keys() == {"$date"}:
            return date.fromisoformat(found["$date"])
        return found


class Term(AppendOnlyModel):
    """One figure, for one region, from one day on.

    The row in force on a day is the one with the latest `effective_from` not after it, unless that one has ended by its
    own `effective_to`. A new figure therefore closes the old one without touching its row, and decisions that point at
    an old row can be explained for ever. A row that was loaded wrongly is corrected by one more row with the same start
    and the next `revision`; the highest revision counts. The unique constraint is all that this needs: no two rows can
    compete for a day, so there is no exclusion constraint on ranges.
    """

    class Confidence(models.TextChoices):
        POLICY = "S", "省级文件原文"
        READ = "F", "公开资料"
        UNCONFIRMED = "K", "待地方确认"

    code = models.CharField("代码", max_length=80)
    region = models.CharField("地区代码", max_length=12, blank=True, default="", help_text="空为全国，21 为全省。")
    effective_from = models.DateField("施行日期")
    effective_to = models.DateField("失效日期（含）", null=True, blank=True)
    revision = models.PositiveSmallIntegerField("更正次数", default=1)
    value = models.JSONField("数值", encoder=ExactEncoder, decoder=ExactDecoder)
    unit = models.CharField("单位", max_length=20, blank=True, default="")
    source = models.CharField("依据文件", max_length=200)
    article = models.CharField("条款", max_length=80, blank=True, default="")
    confidence = models.CharField("可信程度", max_length=1, choices=Confidence.choices)
    note = models.CharField("说明", max_length=300, blank=True, default="")

    class Meta(AppendOnlyModel.Meta):
        verbose_name = "政策参数"
        verbose_name_plural = "政策参数"
        constraints = [
            models.UniqueConstraint(fields=["code", "region", "effective_from", "revision"], name="core_term_once"),
            models.CheckConstraint(
                condition=models.Q(effective_to__isnull=True) | models.Q(effective_to__gte=models.F("effective_from")),
                name="core_term_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~models.Q(confidence="K") | ~models.Q(note=""), name="core_term_unconfirmed_says_so"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}@{self.region or '全国'} {self.effective_from:%Y-%m-%d}"
