"""Turning one record of a source into the columns of a posting, or into the reason why it cannot be one."""

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from jobs.models import MAX_DAYS
from jobs.salary import parse_pay
from jobs.vocabulary import education, experience_years, headcount, kind, kind_named, months, suits_named, welfare
from jobs.vocabulary import tags as tags_of
from people.reference import education_rank

LONGEST = {"title": ("岗位名称", 80), "company": ("单位名称", 128), "description": ("岗位描述", 8000)}
LONGEST |= {"requirement": ("任职要求", 8000)}
OTHER_PROVINCE = re.compile(r"^(?!辽宁).{2,}")
GRADUATES = re.compile(r"应届|在校|毕业生")
NOVICES = re.compile(r"无需|不限|无经验|无工作经验|零基础|0基础")
FULL_DATE = re.compile(r"(?P<year>20\d\d)[-/.年]?(?P<month>\d{1,2})[-/.月]?(?P<day>\d{1,2})")
DAY_OF_YEAR = re.compile(r"^(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?(?!\d)")
MONTH = re.compile(r"(?P<year>20\d\d)[-/.年]?(?P<month>0[1-9]|1[0-2]|[1-9])(?!\d)")
_DEGREE = Decimal("0.000001")
SPACES = re.compile(r"[^\S\n]+")

CLOSED = "来源“{source}”的岗位由系统自动推送或拉取，不能用文件导入，免得互相覆盖。请换一个来源名称。"

COLUMNS = (
    "source_site",
    "source_id",
    "title",
    "employer_name",
    "industry",
    "kind",
    "headcount",
    "pay_min",
    "pay_max",
    "pay_period",
    "pay_months",
    "pay_text",
    "monthly_min",
    "monthly_max",
    "region_id",
    "place_text",
    "address",
    "education",
    "education_rank",
    "experience_min",
    "experience_max",
    "description",
    "requirement",
    "welfare",
    "suits",
    "posted_at",
    "source_url",
    "occupation",
    "valid_until",
    "shifts",
    "insurance",
    "probation_months",
    "probation_pay",
    "skills",
    "lng",
    "lat",
)
"""What a source says about a posting, in the order of `Read.columns`."""

Columns = list[object]


class Where(NamedTuple):
    """A region: its number, its working path, the code under which its county's minimum wage stands, and its point."""

    id: int | None = None
    path: str = ""
    code: str = ""
    lng: Decimal | None = None
    lat: Decimal | None = None


Resolve = Callable[[str], Where]


class Read(NamedTuple):
    """A record that can be a posting: its columns in the order of `COLUMNS`, where the work is, welfare and suits tags."""

    columns: Columns
    where: Where
    tags: tuple[str, ...]
    suits: tuple[str, ...]
    probation: int | None = None
    """Months of probation as written; the column holds no more than the law allows."""


class Refused(NamedTuple):
    """Why a record is not taken over, and what it says of itself."""

    reason: str
    source_id: str
    title: str
    company: str


class Reader:
    """Reads the records of one table.

    :param positions: where our columns stand.
    :param source: the source's name for all rows; "" to read it from the table.
    :param on: today; a later date in the table counts as today.
    :param closed: sources of which no row is taken, because they hand over by machine.
    :param occupations: the codes in force; another code counts as none.
    :param resolve: from a place's text to a region; an empty `Where` outside the province or when unsure.
    """

    def __init__(
        self,
        positions: dict[str, int],
        width: int,
        *,
        source: str,
        on: date,
        resolve: Resolve,
        closed: frozenset[str] = frozenset(),
        occupations: frozenset[str] = frozenset(),
    ) -> None:
        self._at = {name: positions[name] for name in _NAMES if name in positions}
        self._has_more = not positions.keys().isdisjoint(_MORE)
        self._occupations = occupations
        self._width = width
        self._source = source[:40]
        self._on = on
        self._closed = closed
        self._resolve = lru_cache(maxsize=50_000)(resolve)
        self._seen: dict[tuple[str, str], int] = {}

    def read(self, number: int, cells: Sequence[str]) -> Read | Refused:
        """Return what a record says as a posting, or why it can be none."""
        padded = [*cells, *[""] * (self._width - len(cells) + 1)]
        get = _EMPTY | {name: padded[position].strip() for name, position in self._at.items()}
        get["salary_text"] = get["salary_text"] or "-".join(filter(None, (get["salary_min"], get["salary_max"])))
        source_id = get["job_id"][:80] or _own_id(get)
        if reason := self._problem(number, get, source_id):
            return Refused(reason, source_id, get["title"][:80], get["company"][:80])
        if self._has_more and (reason := self._over(get["valid_until"])):
            return Refused(reason, source_id, get["title"][:80], get["company"][:80])
        return self._columns(get, source_id)

    def _over(self, until: str) -> str:
        """Return why a row comes too late; a day that cannot be read counts as none."""
        day = last_day(until)
        return f"有效期到 {day.isoformat()}，已经过了。" if day and day < self._on else ""

    def _site(self, get: dict[str, str]) -> str:
        return self._source or get["source_site"][:40]

    def _problem(self, number: int, get: dict[str, str], source_id: str) -> str:
        if not get["title"]:
            return "没有岗位名称。"
        if not get["company"]:
            return "没有单位名称：岗位要写明用人单位（人力资源市场暂行条例第二十四条）。"
        if not self._site(get):
            return "没有来源。请在表里加一列 source_site，或用 --source 指定来源。"
        if self._site(get) in self._closed:
            return CLOSED.format(source=self._site(get))
        for name, (label, longest) in LONGEST.items():
            if len(get[name]) > longest:
                return f"{label}有 {len(get[name])} 字，最多 {longest} 字。"
        first = self._seen.setdefault((self._site(get), source_id), number)
        if first != number:
            return f"与第 {first} 行重复：来源和编号相同。"
        return ""

    def _columns(self, get: dict[str, str], source_id: str) -> Read:
        pay_text = get["salary_text"][:64]
        place = _place(get["location_raw"], get["province"], get["city"], get["district"])
        where = self._where(place, get["province"], get["address"])
        url, tags, suits = get["url"], welfare(get["welfare"]), _suits(get["experience"])
        more, skills = self._more(get) if self._has_more else (_NOTHING_MORE, ())
        if get["suits"]:
            suits = tuple(dict.fromkeys((*suits, *suits_named(get["suits"]))))
        columns: Columns = [
            self._site(get),
            source_id,
            SPACES.sub(" ", get["title"]).replace("\n", " "),
            SPACES.sub(" ", get["company"]).replace("\n", " "),
            get["industry"][:64],
            kind_named(get["kind"]) or kind(get["title"], pay_text, get["tags"]),
            headcount(get["headcount"]),
            *_pay(get["salary_text"]),
            pay_text,
            *_monthly(get["salary_text"]),
            where.id,
            place[:128],
            get["address"][:160],
            *_education(get["education"]),
            *_experience(get["experience"]),
            get["description"],
            get["requirement"],
            _array(tags),
            _array(suits),
            posted_at(get["posted_date"], get["crawl_month"], self._on),
            url if len(url) <= 500 and url.startswith(("http://", "https://")) else "",
            *more,
        ]
        return Read(columns, where, (*tags, *skills), suits, months(get["probation_months"]))

    def _more(self, get: dict[str, str]) -> tuple[Columns, tuple[str, ...]]:
        """Return the columns that few sources have, and the skills among them."""
        probation, pay = months(get["probation_months"]), parse_pay(get["salary_text"])
        trial = parse_pay(get["probation_pay"]) if get["probation_pay"] else None
        day, skills, code = last_day(get["valid_until"]), tags_of(get["skills"]), get["occupation"]
        columns: Columns = [
            code if code in self._occupations else "",
            min(day, self._on + timedelta(days=MAX_DAYS)).isoformat() if day else None,
            SPACES.sub(" ", get["shifts"]).replace("\n", " ")[:80],
            SPACES.sub(" ", get["insurance"]).replace("\n", " ")[:40],
            probation if probation is not None and probation <= LONGEST_PROBATION else None,
            trial.min if trial and pay and trial.period == pay.period else None,
            _array(skills),
            *_point(get["lng"], get["lat"]),
        ]
        return columns, skills

    def _where(self, place: str, province: str, address: str) -> Where:
        if province and OTHER_PROVINCE.match(province):
            return Where()
        return self._resolve(f"{place} {address}" if place and address else place or address)


_MORE = (
    "kind",
    "occupation",
    "valid_until",
    "shifts",
    "insurance",
    "probation_months",
    "probation_pay",
    "skills",
    "suits",
    "lng",
    "lat",
)
_NOTHING_MORE: Columns = ["", None, "", "", None, None, "{}", None, None]
LONGEST_PROBATION = 6
_NAMES = (
    *_MORE,
    "job_id",
    "source_site",
    "crawl_month",
    "title",
    "company",
    "industry",
    "location_raw",
    "province",
    "city",
    "district",
    "address",
    "salary_text",
    "salary_min",
    "salary_max",
    "education",
    "experience",
    "headcount",
    "tags",
    "welfare",
    "description",
    "requirement",
    "posted_date",
    "url",
)
_EMPTY = dict.fromkeys(_NAMES, "")


def _own_id(get: dict[str, str]) -> str:
    """Return a lasting number for a record whose source gives none: its address, else what makes it one vacancy."""
    parts = [get["url"]] if get["url"] else [get[name] for name in ("title", "company", "location_raw", "city")]
    return "x" + hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


@lru_cache(maxsize=50_000)
def _place(location: str, province: str, city: str, district: str) -> str:
    return location or "-".join(dict.fromkeys(part for part in (province, city, district) if part))


@lru_cache(maxsize=20_000)
def _pay(text: str) -> tuple[object, ...]:
    pay = parse_pay(text)
    return (None, None, "", 12) if pay is None else (pay.min, pay.max, pay.period, min(pay.months, 24))


@lru_cache(maxsize=20_000)
def _monthly(text: str) -> tuple[int | None, int | None]:
    pay = parse_pay(text)
    return (None, None) if pay is None else (pay.monthly_min, pay.monthly_max)


@lru_cache(maxsize=5_000)
def _education(text: str) -> tuple[str, int]:
    code = education(text)
    return code, education_rank(code)


def _experience(text: str) -> tuple[int, int | None]:
    return experience_years(text) or (0, None)


@lru_cache(maxsize=5_000)
def _suits(text: str) -> tuple[str, ...]:
    found = [("no_experience", NOVICES), ("graduates", GRADUATES)]
    return tuple(name for name, pattern in found if pattern.search(text))


@lru_cache(maxsize=20_000)
def _array(values: tuple[str, ...]) -> str:
    """Return a text array as COPY takes it."""
    return "{" + ",".join('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values) + "}"


@lru_cache(maxsize=5_000)
def last_day(text: str) -> date | None:
    """Return the day up to which a source shows a posting, None where it names no whole date."""
    found = FULL_DATE.search(text)
    return _date(found["year"], found["month"], found["day"]) if found else None


def _point(lng: str, lat: str) -> tuple[Decimal | None, Decimal | None]:
    """Return a point in the country, or none: half a point, or one on its head, is no place."""
    try:
        east, north = (Decimal(text).quantize(_DEGREE) for text in (lng, lat))
    except InvalidOperation:
        return None, None
    return (east, north) if 73 <= east <= 136 and 3 <= north <= 54 else (None, None)


@lru_cache(maxsize=5_000)
def posted_at(text: str, crawled: str, on: date) -> str:
    """Return the day of posting: "2018-08-30"; "08-30" in the crawl's year; else the crawl's month; else today."""
    found = FULL_DATE.search(text)
    if found and (day := _date(found["year"], found["month"], found["day"])):
        return min(day, on).isoformat()
    month = MONTH.search(crawled)
    if month is None:
        return on.isoformat()
    found = DAY_OF_YEAR.match(text)
    if found:
        # "12-30" in a crawl of January is last year's.
        year = int(month["year"]) - (int(found["month"]) > int(month["month"]))
        if day := _date(str(year), found["month"], found["day"]):
            return min(day, on).isoformat()
    return min(date(int(month["year"]), int(month["month"]), 1), on).isoformat()


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
