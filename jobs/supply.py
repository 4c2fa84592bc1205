"""岗位供给清单: on the 1st, the vacancies of every city and county as a table, with demand by occupation, pay and source."""

import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone

from core import xlsx
from core.months import first_day
from jobs.models import Posting, SupplyList
from people.models import Occupation, Region

STEPS = (2000, 3000, 4000, 5000, 6000, 8000, 10000, 15000)
"""元 a month: where one band of pay ends and the next begins."""
UNNAMED, HERE = "没有归入职业", "本站单位发布"
CHUNK = 2000
HEADER = (
    "岗位名称", "单位名称", "职业", "工作地区", "招聘人数", "用工形式", "工资", "学历要求", "经验要求", "发布日期", "有效期到", "来源",
)  # fmt: skip
COUNTED = ("岗位数", "招聘人数")


@dataclass
class Demand:
    """Postings and wanted people, by something."""

    postings: Counter[Any] = field(default_factory=Counter)
    people: Counter[Any] = field(default_factory=Counter)

    def add(self, key: Any, people: int) -> None:
        self.postings[key] += 1
        self.people[key] += people

    def rows(self, keys: Iterable[Any] | None = None) -> Iterator[tuple[Any, int, int]]:
        """Return what was counted: by wanted people, the most first, unless keys are given in their order."""
        found = keys or sorted(self.postings, key=lambda key: (-self.people[key], str(key)))
        return ((key, self.postings[key], self.people[key]) for key in found if self.postings[key])


class Occupations:
    """Tells a posting's occupation by its code, else by the longest name of one that its title holds."""

    @cached_property
    def _names(self) -> dict[str, str]:
        return dict(Occupation.objects.at(4).values_list("code", "name"))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        names = sorted({*self._names.values()}, key=lambda name: (-len(name), name))
        return re.compile("|".join(map(re.escape, names)) or "(?!)")

    def name(self, code: str, title: str) -> str:
        """Return the name of the 大典, or that there is none."""
        if found := self._names.get(code):
            return found
        match = self._pattern.search(title)
        return match[0] if match else UNNAMED


def pay_band(low: int | None, high: int | None) -> str:
    """Return the band of a month's pay by its lower end."""
    pay = low or high
    if not pay:
        return "薪资未标明"
    above = next((step for step in STEPS if pay < step), None)
    below = max((step for step in STEPS if pay >= step), default=None)
    if below is None:
        return f"{above:,} 元以下"
    return f"{below:,} 元以上" if above is None else f"{below:,}–{above:,} 元"


BANDS = [pay_band(step, None) for step in (1, *STEPS)] + [pay_band(None, None)]


def regions_without_list(*, month: date) -> list[int]:
    """Return the cities and counties that have no list of a month yet."""
    there = SupplyList.objects.filter(month=month).values("region")
    wanted = Region.objects.open().filter(level__in=(Region.Level.CITY, Region.Level.COUNTY))
    return list(wanted.exclude(pk__in=there).order_by("path").values_list("pk", flat=True))


def build_list(*, region_id: int, month: date, on: date) -> SupplyList:
    """Make a region's list of a month from what is published on a day; the one that is there already, if there is one.

    :param month: any day of the month.
    :param on: the day of which the list tells: the 1st, or when a missed run was caught up.
    """
    month = first_day(month)
    if there := SupplyList.objects.filter(month=month, region=region_id).first():
        return there
    region = Region.objects.get(pk=region_id)
    # The rows go through a file, so that a city of a hundred thousand vacancies needs no more memory than a village.
    with tempfile.TemporaryFile() as file:
        total = _write(file, region, on)
        made = SupplyList(month=month, region=region, as_of=on, postings=total.postings[""], headcount=total.people[""])
        try:
            with transaction.atomic():
                made.file.save("list.xlsx", File(file), save=False)
                made.save()
        except IntegrityError:  # another worker was quicker
            made.file.delete(save=False)
            return SupplyList.objects.get(month=month, region=region_id)
    return made


def _write(file: Any, region: Region, on: date) -> Demand:
    total, occupations, pay, sources = Demand(), Demand(), Demand(), Demand()
    names = Occupations()

    def rows() -> Iterator[tuple[Any, ...]]:
        for posting in _postings(region, on):
            people = posting.headcount or 1
            occupation = names.name(posting.occupation, posting.title)
            source = posting.source_site or HERE
            total.add("", people)
            occupations.add(occupation, people)
            pay.add(pay_band(posting.monthly_min, posting.monthly_max), people)
            sources.add(source, people)
            yield (
                posting.title,
                posting.employer_name,
                occupation,
                posting.place_label,
                posting.headcount,
                posting.get_kind_display(),
                posting.pay_label,
                posting.education_text,
                posting.experience_text,
                timezone.localdate(posting.posted_at) if posting.posted_at else None,
                posting.valid_until,
                source,
            )

    xlsx.write_sheets(
        [
            ("岗位", HEADER, rows()),
            # Asked for only when the sheet before is written: then everything is counted.
            ("按职业", ("职业", *COUNTED), _later(lambda: occupations.rows())),
            ("按工资", ("每月工资", *COUNTED), _later(lambda: pay.rows(BANDS))),
            ("按来源", ("来源", *COUNTED), _later(lambda: sources.rows())),
        ],
        file=file,
    )
    return total


def _later(rows: Any) -> Iterator[Any]:
    yield from rows()


def _postings(region: Region, on: date) -> Iterator[Posting]:
    ended = timezone.make_aware(datetime.combine(on + timedelta(days=1), time()))
    shown = Posting.objects.published(on=on).filter(posted_at__lt=ended, region__path__within=[region.path])
    shown = shown.select_related("region")
    shown = shown.defer("description", "requirement", "findings")
    return shown.order_by("region__path", "-posted_at", "-pk").iterator(chunk_size=CHUNK)


def months() -> list[date]:
    """Return the months that have lists, the newest first."""
    return list(SupplyList.objects.order_by("-month").values_list("month", flat=True).distinct()[:36])


def groups(month: date) -> list[tuple[SupplyList, list[SupplyList]]]:
    """Return a month's lists: each city's with those of its counties."""
    rows = SupplyList.objects.filter(month=month).select_related("region").order_by("region__path")
    found: list[tuple[SupplyList, list[SupplyList]]] = []
    for row in rows:
        if row.region.level == Region.Level.CITY or not found:
            found.append((row, []))
        else:
            found[-1][1].append(row)
    return found
