"""Programmes, and their versions as dated, region-scoped data."""

from datetime import date
from functools import cached_property
from typing import Any, Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from core import audit
from core.triggers import GuardedTrigger
from people.models import Region
from subsidies.rules import Terms


@audit.track()
class Programme(models.Model):
    """One kind of subsidy. What it pays, to whom and how long stands in its versions."""

    code = models.SlugField("代码", max_length=32, unique=True)
    name = models.CharField("名称", max_length=64)
    short_name = models.CharField("简称", max_length=32)
    summary = models.CharField("一句话说明", max_length=128)
    is_open = models.BooleanField("开放申请", default=True)
    order = models.PositiveSmallIntegerField("排序", default=100)

    class Meta:
        verbose_name = verbose_name_plural = "补贴项目"
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name

    def version_for(self, region: Region | None, *, on: date) -> "ProgrammeVersion | None":
        """Return the version in force on a day for a place: that of the nearest region above it that has one."""
        path = region.statutory_path if region else ""
        rows = self.versions.on(on).select_related("region")
        codes = path.split("/") if path else ["21"]
        return (
            rows.filter(region__code__in=codes)
            .annotate(depth=Length("region__statutory_path"))
            .order_by("-depth", "-pk")
            .first()
        )


class ProgrammeVersionQuerySet(models.QuerySet["ProgrammeVersion"]):
    def on(self, day: date) -> Self:
        """Return the versions in force on a day."""
        return self.filter(valid__contains=day)


class OnlyClosed(GuardedTrigger):
    """A loaded version is law: only the open end of its validity may be closed, by the version that follows."""

    name = "only_closed"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'a programme version is appended, never deleted' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF (to_jsonb(NEW) - 'valid') IS DISTINCT FROM (to_jsonb(OLD) - 'valid')
           OR lower(NEW.valid) IS DISTINCT FROM lower(OLD.valid)
           OR (NOT upper_inf(OLD.valid) AND NEW.valid IS DISTINCT FROM OLD.valid) THEN
            RAISE EXCEPTION 'a programme version is appended, never edited' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    """


@audit.track(exclude=("terms", "content"))
class ProgrammeVersion(models.Model):
    """The terms of a programme in one region from one day on, with the document they come from."""

    class Confidence(models.TextChoices):
        SEED = "S", "文件原文"
        FOUND = "F", "公开来源"
        KNOWN = "K", "示例，待地方确认"

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="versions", verbose_name="项目")
    key = models.SlugField("版本", max_length=48)
    region = models.ForeignKey("people.Region", models.PROTECT, related_name="+", verbose_name="适用地区")
    valid = DateRangeField("有效期")
    source = models.CharField("文号", max_length=128)
    article = models.CharField("条款", max_length=128, blank=True, default="")
    confidence = models.CharField("可信度", max_length=1, choices=Confidence.choices)
    note = models.CharField("说明", max_length=255, blank=True, default="")
    terms = models.JSONField("条款数据")
    content = models.JSONField("明白卡、材料、步骤和时限")
    digest = models.CharField("数据指纹", max_length=64)
    loaded_at = models.DateTimeField("载入时间", auto_now_add=True)

    objects = ProgrammeVersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "补贴项目版本"
        ordering = ["programme", "region", "-valid", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "key"],
                name="programme_version_key",
                violation_error_message="这个版本的编号已经有了，请换一个。",
            ),
            ExclusionConstraint(
                name="programme_version_one_at_a_time",
                expressions=[
                    ("programme", RangeOperators.EQUAL),
                    ("region", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message="同一地区同一时间只能有一个版本。",
            ),
            models.CheckConstraint(
                condition=~Q(confidence="K") | Q(note__contains="待地方确认"),
                name="programme_version_marked",
                violation_error_message="示例条款要注明“待地方确认”。",
            ),
        ]
        triggers = [OnlyClosed()]

    def __str__(self) -> str:
        return f"{self.programme} {self.source}"

    @cached_property
    def rules(self) -> Terms:
        """Return the terms as the rules read them."""
        return Terms.from_dict(self.terms)

    @property
    def process(self) -> dict[str, Any]:
        """Return the time limits in working days."""
        return self.content["process"]

    @property
    def card(self) -> dict[str, str]:
        """Return the 明白卡: who, how much, how long, what to bring."""
        return self.content["card"]

    @property
    def facts(self) -> dict[str, dict[str, Any]]:
        """Return label, unit and source of every fact by its code."""
        return {fact["code"]: fact for fact in self.content["facts"]}

    @property
    def materials(self) -> list[dict[str, Any]]:
        """Return the papers of this version; `asked` says which ones the applicant may have to bring."""
        return self.content["materials"]

    @property
    def is_confirmed(self) -> bool:
        """Whether the figures come from a document that was read."""
        return self.confidence != self.Confidence.KNOWN and "待地方确认" not in self.note
