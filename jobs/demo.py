"""Demo postings and applications: synthetic, from word lists of our own, at pay the law allows."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from django.utils import timezone

from core import terms
from core.bulk import copy_rows
from jobs import search_words, suggesting
from jobs.indexing import index_postings
from jobs.models import Application, Posting, Suits
from jobs.postings import derive
from people.identifiers import mask_phone
from people.models import Organisation, Person, User
from people.roles import Role

Progress = Callable[[str, int, int], None]
FILE = Path(__file__).parent / "data" / "demo_titles.csv"
WELFARE = ["五险一金", "五险", "包吃", "包住", "班车", "双休", "白班", "节日福利", "体检", "带薪年假"]
SHIFTS = ["白班，8:00–17:00", "两班倒", "三班倒", "做六休一", "双休", "早班 6:00–14:00", "弹性"]
WELFARE_POSTS = {"社区助老员", "保洁员", "绿化养护工", "环卫工人"}
SKILLED = frozenset("会持懂看能")
"""With these words begin the wants that name something to be able to do."""
OPEN_MIX = {"submitted": 6, "viewed": 4, "interview": 2, "unsuitable": 3, "hired": 1}


@dataclass(frozen=True, slots=True)
class Trade:
    """One kind of work: pay in hundreds of yuan a month, the education and years it usually wants, what is done."""

    title: str
    low: int
    high: int
    education: str
    years: int
    duties: str
    wants: str


@cache
def trades() -> tuple[Trade, ...]:
    """Return the word list: 160 kinds of work with duties of this project's own."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    numbers = ("low", "high", "years")
    values: list[dict[str, Any]] = [{n: int(text) if n in numbers else text for n, text in row.items()} for row in rows]
    return tuple(Trade(**row) for row in values)


def build(
    *,
    count: int,
    rng: Random,
    on: date,
    organisations: Sequence[Organisation],
    people: Sequence[Person],
    accounts: Mapping[str, User],
    progress: Progress,
) -> list[Posting]:
    """Add postings (most published, some waiting for a look) and applications to those of the demo employer."""
    wages = terms.snapshot("minimum_wage")
    agent = accounts.get(Role.EMPLOYER_AGENT)
    rows = [_posting(number, rng, on, organisations, wages, agent) for number in range(count)]
    copy_rows(Posting, rows)
    index_postings([row.pk for row in rows])
    search_words.count_words()
    suggesting.collect()
    progress("岗位", count, count)
    _applications(rows, rng, on, organisations[0], people, agent)
    return rows


def _posting(
    number: int, rng: Random, on: date, organisations: Sequence[Organisation], wages: terms.Snapshot, agent: User | None
) -> Posting:
    organisation = organisations[0] if number < 12 else rng.choice(organisations)
    trade = rng.choice(trades())
    code = organisation.region.statutory_path.split("/")[-1]
    floor = wages.value("minimum_wage.month", on=on, region=code)
    low = max((trade.low + rng.randint(-3, 4)) * 100, int(floor))
    high = max((trade.high + rng.randint(-4, 6)) * 100, low + 300)
    public_welfare = trade.title in WELFARE_POSTS and rng.random() < 0.3
    posted = on - timedelta(days=rng.randint(0, 25))
    row = Posting(
        organisation=organisation,
        title=trade.title,
        kind=Posting.Kind.PUBLIC_WELFARE if public_welfare else Posting.Kind.FULL_TIME,
        headcount=rng.choice((1, 1, 2, 3, 5, 10)),
        pay_min=Decimal(low),
        pay_max=Decimal(high),
        pay_period=Posting.Period.MONTH,
        region=organisation.region,
        address=organisation.address,
        education=trade.education if rng.random() < 0.7 else "",
        experience_min=trade.years if rng.random() < 0.7 else 0,
        description=trade.duties,
        requirement=f"{trade.wants}。",
        shifts=rng.choice(SHIFTS),
        insurance="五险" if rng.random() < 0.8 else "",
        probation_months=rng.choice((None, 1, 2)),
        skills=[trade.wants] if trade.wants[:1] in SKILLED else [],
        contract_months=rng.choice((12, 24, 36)),
        welfare=rng.sample(WELFARE, rng.randint(1, 4)),
        suits=_suits(trade, rng),
        created_by=agent if organisation == organisations[0] else None,
        is_demo=True,
    )
    if row.probation_months:
        row.probation_pay = max(Decimal(low) * 9 / 10, floor)
    if number < 4 or rng.random() < 0.03:
        row.status, row.submitted_at = Posting.Status.SUBMITTED, _moment(posted, rng)
    else:
        row.status, row.posted_at = Posting.Status.PUBLISHED, _moment(posted, rng)
        row.valid_until = posted + timedelta(days=30)
        row.view_count = rng.randint(0, 40) * ((on - posted).days + 1)
        if number % 8 == 7:  # renewed: shown for months, so that earlier lists hold something
            row.posted_at -= timedelta(days=30 * rng.randint(1, 2))
        row.shown_at = row.posted_at
    derive(row)
    return row


def _suits(trade: Trade, rng: Random) -> list[str]:
    """Invite those for whom the work is likely to suit."""
    chances = dict.fromkeys((Suits.DISABLED_FRIENDLY, Suits.VETERANS), 0.06) | {Suits.NEAR_HOME: 0.2}
    if trade.years == 0:
        chances |= {Suits.NO_EXPERIENCE: 0.6}
        chances |= {Suits.GRADUATES: 0.5} if trade.education in ("21", "31", "41") else {}
    chances |= {Suits.OVER_45: 0.45} if trade.education in ("61", "71", "81") else {}
    return [suit.value for suit in Suits if rng.random() < chances.get(suit, 0)]


def _applications(
    rows: Sequence[Posting], rng: Random, on: date, own: Organisation, people: Sequence[Person], agent: User | None
) -> None:
    """Let some demo accounts apply to the demo employer, so that its desk has something to answer."""
    shown = [row for row in rows if row.organisation_id == own.pk and row.status == Posting.Status.PUBLISHED]
    applicants = [
        User(username=f"demo_applicant_{number}", name=person.name, person=person, is_demo=True)
        for number, person in enumerate(rng.sample(list(people[1:]), min(24, len(people) - 1)))
    ]
    for user in applicants:
        user.set_unusable_password()
    User.objects.bulk_create(applicants)
    made = []
    for user in applicants if shown else []:
        status = rng.choices(list(OPEN_MIX), list(OPEN_MIX.values()))[0]
        row = Application(
            posting=rng.choice(shown),
            applicant=user,
            name=user.name,
            education=user.person.education if user.person else "",
            experience=rng.choice(("干过两年同类活。", "在工厂干过五年。", "刚毕业，想学技术。", "")),
            status=status,
            reason="这个岗位要持证上岗。" if status == "unsuitable" else "",
            answered_at=_moment(on, rng) if status in ("unsuitable", "hired", "interview") else None,
            answered_by=agent,
            is_demo=True,
        )
        phone = f"154{rng.randint(0, 99_999_999):08d}"
        row.phone, row.phone_mask = phone, mask_phone(phone)
        made.append(row)
    copy_rows(Application, made)


def _moment(day: date, rng: Random) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(rng.randint(8, 16), rng.randint(0, 59))))
