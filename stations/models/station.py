"""舒心就业 stations: where they are, when they are open, what they do."""

from datetime import date, datetime, time, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, FloatField, Func, Q, Value
from django.db.models.functions import ACos, Cos, Greatest, Least, Radians, Sin

from core import audit
from core.models import PublicModel, VersionedModel
from people.models import Region, User
from people.roles import CASE_ROLES

EARTH_RADIUS = 6_371_000
"""Metres."""
METRES_PER_DEGREE = 111_320


class Function(models.TextChoices):
    """What a station does: four basic functions and four advanced ones (辽人社建〔2025〕21号)."""

    POLICY = "policy", "政策宣传"
    HANDLING = "handling", "服务经办"
    SUPPLY = "supply", "要素供给"
    RIGHTS = "rights", "权益保障"
    GIG = "gig", "零工驿站"
    TALENT = "talent", "人才交流"
    INCUBATOR = "incubator", "创业孵化"
    NEW_FORM = "new_form", "新就业形态服务"


BASIC = (Function.POLICY, Function.HANDLING, Function.SUPPLY, Function.RIGHTS)


class StationQuerySet(models.QuerySet["Station"]):
    def open(self, *, on: date) -> Self:
        """Return the stations that exist on a day."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=on), opened_on__lte=on)

    def visible_to(self, user: User) -> Self:
        """Return every station: where they are is public; who may change one is `serving`'s question."""
        return self

    def serving(self, user: User) -> Self:
        """Return the stations inside the regions that this user serves."""
        return self.filter(region__path__within=user.regions(*CASE_ROLES))

    def with_distance(self, *, lng: float, lat: float) -> Self:
        """Annotate `distance`: metres along the great circle from a WGS-84 point, for stations that have one."""
        here, there = Radians(Value(lat)), Radians(_float("lat"))
        cosine = Sin(here) * Sin(there) + Cos(here) * Cos(there) * Cos(Radians(_float("lng")) - Radians(Value(lng)))
        clamped = Least(Greatest(cosine, Value(-1.0)), Value(1.0))
        return self.exclude(lng=None).annotate(distance=ACos(clamped) * Value(float(EARTH_RADIUS)))

    def nearest(self, *, lng: float, lat: float, within: int) -> Self:
        """Return those at most `within` metres away, the nearest first; a box serves the index before the circle."""
        reach = within / METRES_PER_DEGREE
        near = self.with_distance(lng=lng, lat=lat)
        box = near.filter(lat__range=(lat - reach, lat + reach), lng__range=(lng - 2 * reach, lng + 2 * reach))
        return box.filter(distance__lte=within).order_by("distance", "pk")


def _float(name: str) -> Func:
    return Func(F(name), function="", template="(%(expressions)s)::float8", output_field=FloatField())


@audit.track()
class Station(PublicModel, VersionedModel):
    """One station, at home's door, on a campus or beside an industrial park."""

    class Site(models.TextChoices):
        """家门口、校园内、企业园区边 (辽人社建〔2025〕21号)."""

        HOME = "home", "家门口"
        CAMPUS = "campus", "校园内"
        PARK = "park", "企业园区边"

    name = models.CharField("名称", max_length=80)
    region = models.ForeignKey(Region, models.PROTECT, related_name="stations", verbose_name="所在社区")
    site = models.CharField("站点类型", max_length=8, choices=Site.choices, default=Site.HOME)
    address = models.CharField("地址", max_length=160)
    lng = models.DecimalField("经度（WGS-84）", max_digits=9, decimal_places=6, null=True, blank=True)
    lat = models.DecimalField("纬度（WGS-84）", max_digits=9, decimal_places=6, null=True, blank=True)
    phone = models.CharField("电话", max_length=32, blank=True, default="")
    functions = ArrayField(models.CharField(max_length=16, choices=Function.choices), verbose_name="功能")
    note = models.CharField("提示", max_length=120, blank=True, default="", help_text="例如：可用轮椅通道。")
    opened_on = models.DateField("启用日期")
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = StationQuerySet.as_manager()

    class Meta:
        verbose_name = "服务站"
        verbose_name_plural = "服务站"
        indexes = [
            models.Index(fields=["region"], name="station_region"),
            models.Index(fields=["lat", "lng"], name="station_point"),
            GinIndex(fields=["functions"], name="station_functions"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "name"],
                condition=Q(closed_on=None),
                name="station_name_once_per_community",
                violation_error_message="这个社区已经有同名的服务站。",
            ),
            models.CheckConstraint(
                condition=Q(lng=None, lat=None) | Q(lng__range=(73, 136), lat__range=(3, 54)),
                name="station_point_in_china",
                violation_error_message="坐标不在中国范围内：请检查经度、纬度是否填反。",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="station_closes_after_opening",
                violation_error_message="撤销日期不能早于启用日期。",
            ),
            models.CheckConstraint(
                condition=Q(functions__len__gt=0),
                name="station_has_function",
                violation_error_message="请至少选一项功能。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def function_labels(self) -> list[str]:
        """The names of its functions, basic ones first."""
        return [choice.label for choice in Function if choice.value in self.functions]

    def opening(self, now: datetime) -> tuple[str, str]:
        """Return how to show whether it is open at a local moment: a status kind and a sentence."""
        todays = sorted(h for h in self.hours.all() if h.weekday == now.isoweekday())
        for hours in todays:
            if hours.opens <= now.time() < hours.closes:
                return "ok", f"开着，{hours.closes:%H:%M} 关"
            if now.time() < hours.opens:
                return "none", f"今天 {hours.opens:%H:%M} 开门"
        return "none", self._next_opening(now.date())

    def _next_opening(self, today: date) -> str:
        days = {h.weekday for h in self.hours.all()}
        for ahead in range(1, 8):
            day = today + timedelta(days=ahead)
            if day.isoweekday() in days:
                first = min(h.opens for h in self.hours.all() if h.weekday == day.isoweekday())
                return f"{'明天' if ahead == 1 else WEEKDAYS[day.isoweekday()]} {first:%H:%M} 开门"
        return "开放时间请打电话问"


WEEKDAYS = {1: "周一", 2: "周二", 3: "周三", 4: "周四", 5: "周五", 6: "周六", 7: "周日"}


@audit.track(bulk=True)
class OpeningHours(models.Model):
    """A stretch of a weekday in which a station is open; a noon break makes two."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="hours", verbose_name="服务站")
    weekday = models.PositiveSmallIntegerField("星期", choices=list(WEEKDAYS.items()))
    opens = models.TimeField("开门")
    closes = models.TimeField("关门")

    class Meta:
        verbose_name = "开放时间"
        verbose_name_plural = "开放时间"
        ordering = ["weekday", "opens"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "weekday", "opens"],
                name="hours_once",
                violation_error_message="同一天同一时间已经登记过。",
            ),
            models.CheckConstraint(
                condition=Q(opens__lt=F("closes")),
                name="hours_in_order",
                violation_error_message="关门时间要晚于开门时间。",
            ),
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7)),
                name="hours_weekday",
                violation_error_message="星期写 1 到 7，周一是 1。",
            ),
        ]

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday]} {self.opens:%H:%M}–{self.closes:%H:%M}"

    def __lt__(self, other: "OpeningHours") -> bool:
        return (self.weekday, self.opens) < (other.weekday, other.opens)


STANDARD_HOURS = tuple((day, time(8, 30), time(17, 0)) for day in range(1, 6))
