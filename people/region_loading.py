"""Bring the tree of places in line with a newer list: open, rename, move, close and succeed; never delete."""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models.functions import Left

from people.models import Region, RegionSuccession, ServiceArea
from people.region_file import CODE_LENGTH, Problem, RegionFile, RegionRow, read_region_file
from people.regions import lock_tree, refresh_regions

# A list that lacks more than this share of the regions is more likely cut off than newer.
CLOSING_LIMIT = 0.02
CLOSING_FLOOR = 20
FROM_FILE = ("name", "short_name", "kind", "level", "parent_id", "lng", "lat", "point_source", "closed_on")


@dataclass(slots=True)
class Report:
    """What a load did, for the person who ran it."""

    created: int = 0
    updated: int = 0
    reopened: int = 0
    closed: int = 0
    moved: int = 0
    areas: int = 0
    problems: list[Problem] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"新增{self.created}，更新{self.updated}，恢复{self.reopened}，撤销{self.closed}，"
            f"路径变动{self.moved}，业务主管区新增{self.areas}，问题{len(self.problems)}"
        )


@transaction.atomic
def load_region_file(*, file: Path, on: date, close_missing: bool = False) -> Report:
    """Load one list of regions as the state of that day; may be repeated with the same or a newer list.

    A bad row is reported and changes nothing, and its region is not closed. Regions under a province that the file
    lists are closed when the file no longer names them.

    :param close_missing: close also when more than 2 % of the regions would go.
    :raises CannotReadRegions: the file is no list of regions.
    """
    found = read_region_file(file)
    lock_tree()
    return _Loading(found, on, close_missing).run()


class _Loading:
    """One run over one file; holds what is known of each code."""

    def __init__(self, found: RegionFile, on: date, close_missing: bool) -> None:
        self.rows = found.rows
        self.on = on
        self.report = Report(problems=found.problems)
        roots = [code for code, row in self.rows.items() if row.level == Region.Level.PROVINCE]
        provinces = {code[:2] for code in self.rows}
        of_them = Region.objects.alias(province=Left("code", 2)).filter(province__in=provinces)
        everything: list[Region] = list(of_them.exclude(kind=Region.Kind.ZONE).order_by("pk"))
        self.first_time = not everything
        self.open = {region.code: region for region in everything if region.is_open}
        self.closed = {region.code: region for region in everything if not region.is_open}
        self.leaving = self._leaving(set(roots), close_missing)
        self.touched: list[Region] = []

    def run(self) -> Report:
        for level in Region.Level:
            self._load_level([row for row in self.rows.values() if row.level == level])
        # One statement for all changed rows: a year's changes are few, the first load changes none.
        Region.objects.bulk_update(self.touched, FROM_FILE, batch_size=500)
        self._close()
        self._succeed()
        self.report.moved = refresh_regions(on=self.on)
        self.report.problems.sort(key=lambda problem: problem.line)
        return self.report

    def _leaving(self, roots: set[str], close_missing: bool) -> set[str]:
        """Return the codes that the file no longer names and that may therefore be closed."""
        # A bad row may have its code padded with zeros.
        bad = {p.code[:n] for p in self.report.problems for n in CODE_LENGTH.values() if not p.code[n:].strip("0")}
        named = set(self.rows) | bad
        missing = {code for code in self.open if code[:2] in roots and code not in named}
        by_pk = {region.pk: region for region in self.open.values()}
        for region in self.open.values():  # a region whose row is bad stays, and so does all that lies above it
            if region.code not in missing and region.code not in self.rows:
                above = by_pk.get(region.parent_id or 0)
                while above is not None:
                    missing.discard(above.code)
                    above = by_pk.get(above.parent_id or 0)
        if len(missing) > max(CLOSING_FLOOR, CLOSING_LIMIT * len(self.open)) and not close_missing:
            self._complain(
                0, f"文件缺少{len(missing)}个现有区划，超过百分之二，没有撤销任何区划。确认无误后请加 --close-missing。"
            )
            return set()
        return missing

    def _complain(self, line: int, message: str, code: str = "") -> None:
        self.report.problems.append(Problem(line, message, code))

    def _load_level(self, rows: list[RegionRow]) -> None:
        new: list[Region] = []
        for row in rows:
            parent = self.open.get(row.parent) if row.parent else None
            listed = self.rows.get(row.parent)
            if listed is not None and listed.level >= row.level:
                self._complain(row.line, f"“{row.name}”的上级“{listed.name}”级别不比它高。", row.code)
            elif row.parent and (parent is None or row.parent in self.leaving):
                self._complain(row.line, f"“{row.name}”的上级 {row.parent} 不在文件里，或它那一行有错。", row.code)
            elif region := self.open.get(row.code):
                self._update(region, row, parent)
            elif (region := self.closed.get(row.code)) and region.name == row.name:
                self._reopen(region, row, parent)
            else:
                new.append(self._build(row, parent))
        Region.objects.bulk_create(new, batch_size=2000)
        self.open.update((region.code, region) for region in new)
        self.report.created += len(new)

    def _build(self, row: RegionRow, parent: Region | None) -> Region:
        above = f"{parent.statutory_path}/" if parent else ""
        prefix = parent.full_name if parent and parent.level >= Region.Level.CITY else ""
        return Region(
            code=row.code,
            opened_on=None if self.first_time else self.on,
            path=f"{parent.path}/{row.code}" if parent else row.code,
            statutory_path=f"{above}{row.code}",
            full_name=f"{prefix}{row.name}",
            **_columns(row, parent),
        )

    def _update(self, region: Region, row: RegionRow, parent: Region | None) -> bool:
        columns = _columns(row, parent)
        if row.lng is None:  # the file knows no point: keep the one that somebody measured
            del columns["lng"], columns["lat"], columns["point_source"]
        columns["parent_id"] = columns.pop("parent").pk if parent else columns.pop("parent")
        if all(getattr(region, name) == value for name, value in columns.items()):
            return False
        for name, value in columns.items():
            setattr(region, name, value)
        self.touched.append(region)
        self.report.updated += 1
        return True

    def _reopen(self, region: Region, row: RegionRow, parent: Region | None) -> None:
        """The same code and name again: it was closed by mistake, or only for a while."""
        region.closed_on = None
        RegionSuccession.objects.filter(old=region).delete()
        if self._update(region, row, parent):
            self.report.updated -= 1
        else:
            self.touched.append(region)
        self.open[region.code] = region
        self.report.reopened += 1

    def _close(self) -> None:
        keys = [self.open[code].pk for code in self.leaving]
        self.report.closed = Region.objects.filter(pk__in=keys).update(closed_on=self.on)

    def _succeed(self) -> None:
        """Record who took over what, as the file's column `succeeds` says."""
        wanted: list[RegionSuccession] = []
        for row in self.rows.values():
            new = self.open.get(row.code)
            if new is None or row.code in self.leaving:
                continue
            for code in row.succeeds:
                old = self.open[code] if code in self.leaving else self.closed.get(code)
                if old is None or old.pk == new.pk:
                    why = "仍未撤销" if code in self.open else "没有登记过"
                    self._complain(row.line, f"“{row.name}”承接的区划 {code} {why}，承接关系没有登记。", row.code)
                else:
                    wanted.append(
                        RegionSuccession(old=old, new=new, on=old.closed_on or self.on, document=row.document)
                    )
        RegionSuccession.objects.bulk_create(wanted, ignore_conflicts=True)


def _columns(row: RegionRow, parent: Region | None) -> dict[str, Any]:
    return {
        "name": row.name,
        "short_name": row.short_name,
        "kind": row.kind.value,
        "level": row.level.value,
        "parent": parent,
        "lng": row.lng,
        "lat": row.lat,
        "point_source": row.point_source,
    }


@transaction.atomic
def load_zone_file(*, file: Path, on: date) -> Report:
    """Open the functional zones of a file, and give them their streets' communities where nothing was arranged yet.

    An arrangement that an operator made, or ended, is never touched.
    """
    report = Report()
    lock_tree()
    for zone in tomllib.loads(file.read_text(encoding="utf-8")).get("zone", []):
        parent = Region.objects.open().filter(code=zone["parent"]).first()
        if parent is None:
            report.problems.append(Problem(0, f"功能区“{zone['name']}”的上级 {zone['parent']} 尚未导入。"))
            continue
        authority, created = Region.objects.get_or_create(
            code=zone["code"],
            closed_on=None,
            defaults={
                "name": zone["name"],
                "short_name": zone["short_name"],
                "level": Region.Level.COUNTY,
                "kind": Region.Kind.ZONE,
                "parent": parent,
                "lng": zone.get("lng"),
                "lat": zone.get("lat"),
                "point_source": "内部设定" if "lng" in zone else "",
            },
        )
        report.created += created
        for area in zone.get("area", []):
            report.areas += _take_over(authority, area)
    report.moved = refresh_regions(on=on)
    return report


def _take_over(authority: Region, area: dict[str, Any]) -> int:
    communities = Region.objects.communities().filter(parent__code=area["street"], service_areas=None)
    return len(
        ServiceArea.objects.bulk_create(
            ServiceArea(
                community=community,
                authority=authority,
                valid=DateRange(area["valid_from"], area.get("valid_to")),
                source=area["source"],
                confidence=area["confidence"],
                note=area.get("note", ""),
            )
            for community in communities
        )
    )
