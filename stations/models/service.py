"""What stations did for whom: the service log."""

from datetime import date
from typing import Self

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from core import audit
from core.models import PublicModel
from people.models import Person, User
from people.roles import CASE_ROLES
from stations.models.station import Function, Station


class ServiceLogQuerySet(models.QuerySet["ServiceLog"]):
    def visible_to(self, user: User) -> Self:
        """Return the services given to oneself and those of the stations one serves."""
        mine = Q(person=user.person_id) if user.person_id else Q(pk=None)
        paths = user.regions(*CASE_ROLES)
        return self.filter(mine | Q(station__region__path__within=paths)) if paths else self.filter(mine)

    def on(self, day: date) -> Self:
        """Return the services of one day."""
        return self.filter(served_on=day)


@audit.track()
class ServiceLog(PublicModel):
    """One service for one person who walked in. Kept at least two years (人力资源市场暂行条例 33)."""

    class Kind(models.TextChoices):
        """The columns of the province's yearly service counts."""

        PLACEMENT = "placement", "推荐岗位"
        REGISTRATION = "registration", "求职登记"
        GUIDANCE = "guidance", "职业指导"
        TRAINING = "training", "培训咨询"
        STARTUP = "startup", "创业服务"
        POLICY = "policy", "政策讲解"
        HANDLING = "handling", "帮办代办"
        RIGHTS = "rights", "维权咨询"

    FUNCTION_OF = {
        Kind.PLACEMENT: Function.SUPPLY,
        Kind.REGISTRATION: Function.SUPPLY,
        Kind.GUIDANCE: Function.SUPPLY,
        Kind.TRAINING: Function.SUPPLY,
        Kind.STARTUP: Function.SUPPLY,
        Kind.POLICY: Function.POLICY,
        Kind.HANDLING: Function.HANDLING,
        Kind.RIGHTS: Function.RIGHTS,
    }

    station = models.ForeignKey(Station, models.PROTECT, related_name="services", verbose_name="服务站")
    person = models.ForeignKey(Person, models.PROTECT, related_name="station_services", verbose_name="服务对象")
    kind = models.CharField("服务内容", max_length=16, choices=Kind.choices)
    function = models.CharField("站点功能", max_length=16, choices=Function.choices, editable=False)
    note = models.CharField("说明", max_length=200, blank=True, default="")
    served_on = models.DateField("服务日期")
    served_at = models.DateTimeField("登记时间", auto_now_add=True)
    served_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    is_demo = models.BooleanField("演示数据", default=False)

    objects = ServiceLogQuerySet.as_manager()

    class Meta:
        verbose_name = "服务记录"
        verbose_name_plural = "服务记录"
        indexes = [
            models.Index(fields=["station", "-served_on"], name="service_station_day"),
            models.Index(fields=["person", "-served_on"], name="service_person_day"),
            BrinIndex(fields=["served_on"], autosummarize=True, name="service_day"),  # written as they happen
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.served_on}"
