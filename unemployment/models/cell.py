"""网格: the cells that a community is divided into, and who works in each from which day to which."""

from datetime import date
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from core import audit
from core.models import PublicModel, VersionedModel
from people.models import Region, User
from unemployment.models.followup import FOLLOWERS


class CellQuerySet(models.QuerySet["Cell"]):
    def visible_to(self, user: User) -> Self:
        """Return the cells of the regions that this user serves."""
        return self.filter(region__path__within=user.regions(*FOLLOWERS))

    def open(self) -> Self:
        """Return those that were not taken away."""
        return self.filter(closed_on=None)


@audit.track()
class Cell(PublicModel, VersionedModel):
    """One cell of a community: a few streets or blocks whose registered people one worker looks after."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="社区")
    code = models.CharField("网格编码", max_length=20)
    name = models.CharField("网格名称", max_length=60)
    closed_on = models.DateField("撤销日期", null=True, blank=True)

    objects = CellQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "网格"
        constraints = [
            models.UniqueConstraint(
                fields=["region", "code"],
                condition=Q(closed_on=None),
                name="cell_code_once",
                violation_error_message="这个社区已经有这个编码的网格。",
            ),
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(name=""), name="cell_named", violation_error_message="网格要有编码和名称。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class CellWorkerQuerySet(models.QuerySet["CellWorker"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(cell__in=Cell.objects.visible_to(user))

    def on(self, day: date) -> Self:
        """Return who works in each cell on a day."""
        return self.filter(valid__contains=day)


@audit.track()
class CellWorker(models.Model):
    """Who works in a cell for a span of days; never two at once."""

    cell = models.ForeignKey(Cell, models.PROTECT, related_name="workers", verbose_name="网格")
    worker = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="网格员")
    valid = DateRangeField("起止日期")

    objects = CellWorkerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "网格员"
        constraints = [
            ExclusionConstraint(
                name="cell_one_worker_at_a_time",
                expressions=[("cell", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message="这个网格在这段时间已经有网格员。",
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__startswith__isnull=False),
                name="cell_worker_begins",
                violation_error_message="网格员要写从哪天起。",
            ),
        ]

    def __str__(self) -> str:
        return str(self.worker)
