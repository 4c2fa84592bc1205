"""The tree of places: province, city, county, street or town, community or village (GB/T 2260, GB/T 10114)."""

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from core import audit
from people.fields import PathField, outermost

COUNTY_CODE = 6
"""Characters of a county's code; a functional zone's inner code has as many."""


def county_path(path: str) -> str:
    """Cut a working path at its county-level unit: "21/2101/210106/…", but "21/21SF01/…" in a functional zone."""
    parts = path.split("/")
    return next(("/".join(parts[: depth + 1]) for depth, code in enumerate(parts) if len(code) == COUNTY_CODE), "")


class RegionQuerySet(models.QuerySet["Region"]):
    def open(self) -> Self:
        """Return the regions that exist today; a closed one stays for the records that name it."""
        return self.filter(closed_on=None)

    def at(self, level: int) -> Self:
        """Return the open regions of one level."""
        return self.open().filter(level=level)

    def provinces(self) -> Self:
        return self.at(Region.Level.PROVINCE)

    def cities(self) -> Self:
        """Return the open prefecture-level cities (14)."""
        return self.at(Region.Level.CITY)

    def counties(self) -> Self:
        """Return the open county-level units that handle cases: the 100 counties and the functional zones.

        Work that is split by county must reach the zones too; `statutory()` leaves the 100 of GB/T 2260.
        """
        return self.at(Region.Level.COUNTY)

    def streets(self) -> Self:
        return self.at(Region.Level.STREET)

    def communities(self) -> Self:
        return self.at(Region.Level.COMMUNITY)

    def statutory(self) -> Self:
        """Return the regions without functional zones, which have no code in GB/T 2260."""
        return self.exclude(kind=Region.Kind.ZONE)

    def zones(self) -> Self:
        return self.open().filter(kind=Region.Kind.ZONE)

    def reporting_units(self) -> Self:
        """Return the lines of the province's tables, which together are the province: cities and zones."""
        return self.open().filter(Q(level=Region.Level.CITY) | Q(kind=Region.Kind.ZONE))

    def within(self, paths: Iterable[str]) -> Self:
        """Return the regions that are one of these working paths or lie below one."""
        return self.filter(path__within=list(paths))


@audit.track(bulk=True)
class Region(models.Model):
    """One place. It is closed and succeeded, never deleted, so that an old record still names where it was.

    `path` is the *working* path: who handles the cases of this place. It equals `statutory_path` (GB/T 2260) except
    where a functional zone (沈抚示范区) has taken over communities of real counties (`ServiceArea`). Scopes use `path`;
    postal and statistical questions ("which county is this in?") use `statutory_path`. Both are derived and, like
    `full_name`, are written by `people.regions.refresh_regions` alone.
    """

    class Level(models.IntegerChoices):
        PROVINCE = 1, "省"
        CITY = 2, "市"
        COUNTY = 3, "县区"
        STREET = 4, "街道乡镇"
        COMMUNITY = 5, "社区村"

    class Kind(models.TextChoices):
        PROVINCE = "province", "省"
        CITY = "city", "地级市"
        DISTRICT = "district", "区"
        COUNTY_CITY = "county_city", "县级市"
        COUNTY = "county", "县"
        AUTONOMOUS_COUNTY = "autonomous_county", "自治县"
        SUBDISTRICT = "subdistrict", "街道"
        TOWN = "town", "镇"
        TOWNSHIP = "township", "乡"
        PARK = "park", "农场、园区等"
        COMMUNITY = "community", "社区"
        VILLAGE = "village", "村"
        VIRTUAL = "virtual", "虚拟社区、生活区"
        OTHER = "other", "其他"
        ZONE = "zone", "功能区"

    code = models.CharField("代码", max_length=12, db_collation="C")
    name = models.CharField("名称", max_length=60)
    short_name = models.CharField("简称", max_length=60)
    full_name = models.CharField("全称", max_length=200, editable=False, default="")
    level = models.PositiveSmallIntegerField("级别", choices=Level)
    kind = models.CharField("类型", max_length=20, choices=Kind)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    path = PathField("业务路径", editable=False, default="")
    statutory_path = PathField("区划路径", editable=False, default="")
    lng = models.DecimalField("经度（WGS-84）", max_digits=9, decimal_places=6, null=True, blank=True)
    lat = models.DecimalField("纬度（WGS-84）", max_digits=9, decimal_places=6, null=True, blank=True)
    point_source = models.CharField("坐标来源", max_length=40, blank=True, default="")
    opened_on = models.DateField("启用日期", null=True, blank=True, help_text="空白表示早于首次导入")
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    successors = models.ManyToManyField(
        "self",
        through="RegionSuccession",
        through_fields=("old", "new"),
        symmetrical=False,
        related_name="predecessors",
        verbose_name="承接区划",
    )

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["path", "pk"]
        indexes = [
            models.Index(fields=["path"], name="region_path"),
            models.Index(fields=["statutory_path"], name="region_statutory_path"),
            models.Index(fields=["level", "path"], name="region_level_path"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(closed_on=None),
                name="region_open_code_unique",
                violation_error_message="这个代码已有一个未撤销的区划。",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9A-Z]{2,12}$"),
                name="region_code_shape",
                violation_error_message="区划代码由2至12位数字组成（功能区的内部代码可含大写字母）。",
            ),
            models.CheckConstraint(
                condition=Q(level=1, parent=None) | Q(level__gt=1, parent__isnull=False),
                name="region_has_parent",
                violation_error_message="只有省级区划没有上级。",
            ),
            models.CheckConstraint(
                condition=Q(lng=None, lat=None)
                | Q(lng__isnull=False, lat__isnull=False, lng__range=(73, 136), lat__range=(3, 54)),
                name="region_point_in_china",
                violation_error_message="坐标不在中国范围内：请检查经度、纬度是否填反。",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.name

    @property
    def is_open(self) -> bool:
        return self.closed_on is None

    @property
    def county_path(self) -> str:
        """Return the working path of the county or functional zone that handles this place; "" above the counties."""
        return county_path(self.path)

    @property
    def county_code(self) -> str:
        """Return the code of the county or functional zone that handles this place; "" above the counties."""
        return self.county_path.rpartition("/")[2]

    @property
    def successor(self) -> "Region | None":
        """Return the one region that took this one over; None while it is open, or when it was divided."""
        found = list(self.successors.all()[:2])
        return found[0] if len(found) == 1 else None

    def ancestors(self) -> RegionQuerySet:
        """Return the open regions above this one in the tree of GB/T 2260, from the province down."""
        codes = self.statutory_path.split("/")[:-1]
        return Region.objects.open().filter(code__in=codes).order_by("level")

    def descendants(self) -> RegionQuerySet:
        """Return the open regions that this one handles, without itself."""
        return Region.objects.open().within([self.path]).exclude(pk=self.pk)

    def is_within(self, paths: Iterable[str]) -> bool:
        """Whether this region is one of these working paths or lies below one."""
        return any(self.path == p or self.path.startswith(f"{p}/") for p in outermost(paths))


@audit.track(bulk=True)
class RegionSuccession(models.Model):
    """Which region took over a closed one: one row when merged or renumbered, several when divided."""

    old = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="succeeded_by", verbose_name="原区划")
    new = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="succeeds", verbose_name="承接区划")
    on = models.DateField("生效日期")
    document = models.CharField("依据文件", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "区划承接关系"
        ordering = ["-on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["old", "new"], name="succession_once", violation_error_message="这条承接关系已经登记。"
            ),
            models.CheckConstraint(
                condition=~Q(old=F("new")), name="succession_of_another", violation_error_message="区划不能承接自己。"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class ServiceAreaQuerySet(models.QuerySet["ServiceArea"]):
    def current(self, *, on: date) -> Self:
        """Return the assignments in force on that day."""
        return self.filter(valid__contains=on)


@audit.track(bulk=True)
class ServiceArea(models.Model):
    """A community's 业务主管区 where it is not its own county: one at a time, dated.

    A community without a row in force is handled by its own county, so each has exactly one on any day.
    """

    community = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="service_areas", verbose_name="社区")
    authority = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="served_areas", verbose_name="业务主管区"
    )
    valid = DateRangeField("有效期")
    source = models.CharField("来源", max_length=200)
    confidence = models.CharField(
        "可信度", max_length=1, choices=[("S", "文件"), ("F", "查得"), ("K", "待确认")], default="K"
    )
    note = models.CharField("备注", max_length=200, blank=True, default="")

    objects = ServiceAreaQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "业务主管区"
        ordering = ["community", "valid"]
        constraints = [
            ExclusionConstraint(
                name="service_area_one_at_a_time",
                expressions=[("community", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message="这个社区在这段时间已有业务主管区：请先结束原来的安排。",
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__startswith__isnull=False),
                name="service_area_has_start",
                violation_error_message="请填写开始日期，且结束日期要晚于开始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.community} → {self.authority}"
