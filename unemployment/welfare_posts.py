"""公益性岗位: opened inside a county's quota, held by a recognised person for a term, attended month by month."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count

from core import terms
from core.errors import DomainError
from core.months import add_months, first_day, last_day, months_between
from people.models import Organisation, Person, Region, User
from people.retirement import CannotTellRetirement, retirement_date
from people.totals import add_up
from unemployment.care_rules import placement_end
from unemployment.deregistration import propose_from_data
from unemployment.models import HardshipRecognition, Registration
from unemployment.models.welfare_post import (
    PLACERS,
    POST_KEEPERS,
    QUOTA_SETTERS,
    PostQuota,
    WelfareAttendance,
    WelfarePlacement,
    WelfarePost,
)


class CannotPlace(DomainError):
    """The post, its holder or its quota was not changed."""


@transaction.atomic
def set_quota(*, region: Region, least: int, most: int, reason: str, by: User, on: date) -> PostQuota:
    """Set the range in which a county's number of holders lies from today on; the range before ends.

    :raises CannotPlace: no county, not the user's, the range is none, or no reason.
    """
    if region.level != Region.Level.COUNTY or not by.serves(region.path, *QUOTA_SETTERS):
        raise CannotPlace("数量区间由区县或市级业务主管按区县确定。")
    if most < least:
        raise CannotPlace("最多不能少于最少。")
    if len(reason.strip()) < 4:
        raise CannotPlace("请写明依据，至少 4 个字。")
    for row in PostQuota.objects.select_for_update().filter(region=region, valid__contains=on):
        if row.valid.lower == on:
            row.least, row.most, row.reason, row.set_by = least, most, reason.strip(), by
            row.save()
            return row
        row.valid = (row.valid.lower, on)
        row.save()
    return PostQuota.objects.create(
        region=region, valid=(on, None), least=least, most=most, reason=reason.strip(), set_by=by
    )


@transaction.atomic
def open_post(
    *, organisation: Organisation, region: Region, title: str, duties: str, by: User, on: date
) -> WelfarePost:
    """Set up a post.

    :raises CannotPlace: not the user's region, or it does not say what is done there.
    """
    if not by.serves(region.path, *PLACERS):
        raise CannotPlace("这个地方不归您办。")
    if len(title.strip()) < 2 or len(duties.strip()) < 4:
        raise CannotPlace("请写明岗位名称和做什么。")
    return WelfarePost.objects.create(
        organisation=organisation,
        region=region,
        title=title.strip(),
        duties=duties.strip(),
        opened_on=on,
        opened_by=by,
        is_demo=organisation.is_demo,
    )


@transaction.atomic
def place(*, post_id: int, person: Person, starts_on: date, by: User, on: date) -> WelfarePlacement:
    """Put a recognised hardship person into a post, for as long as the terms allow; the county's quota holds.

    :raises CannotPlace: not recognised, the post or the person is taken, the quota is full or not set, the time is used up.
    """
    post = WelfarePost.objects.select_for_update(of=("self",)).select_related("region", "organisation").get(pk=post_id)
    if not by.serves(post.region.path, *PLACERS) or by.person_id == person.pk:
        raise CannotPlace("这个岗位不归您安置。")
    if post.closed_on is not None:
        raise CannotPlace("这个岗位已经撤销。")
    if abs((starts_on - on).days) > 60:
        raise CannotPlace("上岗日期要在今天前后 60 天以内。")
    recognition = HardshipRecognition.objects.recognised().filter(person=person).order_by("pk").first()
    if recognition is None:
        raise CannotPlace("公益性岗位只安置已经认定的就业困难人员。请先办认定。")
    if WelfarePlacement.objects.filter(person=person, span__endswith__gt=starts_on).exists():
        raise CannotPlace("这个人这段时间已经在另一个公益性岗位。")
    if WelfarePlacement.objects.filter(post=post, span__endswith__gt=starts_on).exists():
        raise CannotPlace("这个岗位这段时间已经有人。")
    _require_room(post, on=on)
    until, near, basis = _term(person, starts_on, on=on)
    try:
        with transaction.atomic():
            placement = WelfarePlacement.objects.create(
                post=post,
                person=person,
                recognition=recognition,
                span=(starts_on, until),
                to_retirement=near,
                basis=basis,
                placed_by=by,
            )
    except IntegrityError as error:
        if "welfare_post_one_holder" in str(error):
            raise CannotPlace("这个岗位这段时间已经有人。") from error
        if "welfare_person_one_post" in str(error):
            raise CannotPlace("这个人这段时间已经在另一个公益性岗位。") from error
        raise
    registration = Registration.objects.active().filter(person=person).first()
    if registration is not None:
        propose_from_data(
            registration=registration,
            ground="14",
            evidence=f"公益性岗位安置记录：{post.organisation.name}，{post.title}，{starts_on} 起上岗。",
            happened_on=min(starts_on, on),
        )
    placement.refresh_from_db()
    return placement


@transaction.atomic
def end_placement(*, placement_id: int, last_day: date, reason: str, by: User) -> WelfarePlacement:
    """End a placement before its time; the last day counts.

    :raises CannotPlace: not the user's, a day outside the placement, or no reason.
    """
    found = WelfarePlacement.objects.select_for_update(of=("self",)).select_related("post__region")
    row = found.get(pk=placement_id)
    if not by.serves(row.post.region.path, *PLACERS):
        raise CannotPlace("这个岗位不归您办。")
    if not row.span.lower <= last_day < row.span.upper:
        raise CannotPlace("离岗日期要在在岗期间以内。")
    if len(reason.strip()) < 4:
        raise CannotPlace("请写明为什么提前离岗，至少 4 个字。")
    row.span = (row.span.lower, last_day + date.resolution)
    row.end_reason, row.ended_by = reason.strip(), by
    row.save()
    row.refresh_from_db()
    return row


@transaction.atomic
def record_attendance(
    *, placement_id: int, month: date, days_due: int, days_worked: int, note: str, by: User, on: date
) -> WelfareAttendance:
    """Write down a month's attendance; written again it is corrected, with both versions on record.

    :raises CannotPlace: not the user's, a month outside the placement or to come, or impossible days.
    """
    placement = WelfarePlacement.objects.select_related("post__region").get(pk=placement_id)
    if not by.serves(placement.post.region.path, *POST_KEEPERS):
        raise CannotPlace("这个岗位不归您办。")
    month = first_day(month)
    if month > on or last_day(month) < placement.span.lower or month >= placement.span.upper:
        raise CannotPlace("这个月不在在岗期间，或者还没有到。")
    if not 0 <= days_worked <= days_due <= 31:
        raise CannotPlace("实际出勤不能多于应出勤，一个月最多 31 天。")
    row, _ = WelfareAttendance.objects.update_or_create(
        placement=placement,
        month=month,
        defaults={"days_due": days_due, "days_worked": days_worked, "note": note.strip(), "recorded_by": by},
    )
    return row


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One holder in one month, as the subsidy needs it: who, where, since when, how many days."""

    person: Person
    organisation: Organisation
    post: WelfarePost
    month: date
    first_day: date
    last_day: date
    days_due: int | None
    days_worked: int | None

    @property
    def is_complete(self) -> bool:
        """Whether the month's attendance was written down."""
        return self.days_worked is not None


def roster(*, month: date, paths: Sequence[str], organisation: Organisation | None = None) -> list[RosterLine]:
    """Return everybody who held a post of these regions in a month, with the attendance. The subsidy calls this.

    :param paths: of regions; :param organisation: only its posts.
    """
    month = first_day(month)
    rows = WelfarePlacement.objects.filter(
        span__overlap=(month, add_months(month, 1)), post__region__path__within=list(paths)
    )
    if organisation is not None:
        rows = rows.filter(post__organisation=organisation)
    rows = rows.select_related("person", "post__organisation", "post__region").order_by("post__organisation", "pk")
    days = {a.placement_id: a for a in WelfareAttendance.objects.filter(month=month, placement__in=rows.values("pk"))}
    return [_line(row, month, days.get(row.pk)) for row in rows]


def posts_of(person: Person, months: Iterable[date]) -> list[RosterLine]:
    """Return one person's lines of the roster, wherever the post is: what other subsidies must know."""
    wanted = sorted({first_day(month) for month in months})
    rows = list(WelfarePlacement.objects.filter(person=person).select_related("person", "post__organisation"))
    days = {(a.placement_id, a.month): a for a in WelfareAttendance.objects.filter(placement__in=rows)}
    return [
        _line(row, month, days.get((row.pk, month)))
        for month in wanted
        for row in rows
        if row.span.lower <= last_day(month) and row.span.upper > month
    ]


def quotas(counties: Sequence[Region], *, on: date) -> dict[int, PostQuota]:
    """Return the ranges in force, by the county's key."""
    return {row.region_id: row for row in PostQuota.objects.filter(region__in=counties, valid__contains=on)}


def held_by_county(counties: Sequence[Region], *, on: date) -> Counter[str]:
    """Return how many posts are held or promised from a day on, by the county's path."""
    paths = [county.path for county in counties]
    rows = WelfarePlacement.objects.filter(post__region__path__within=paths, span__endswith__gt=on).order_by()
    return add_up(rows.values_list("post__region__path").annotate(figure=Count("pk")), paths)


def _line(row: WelfarePlacement, month: date, attended: WelfareAttendance | None) -> RosterLine:
    return RosterLine(
        person=row.person,
        organisation=row.post.organisation,
        post=row.post,
        month=month,
        first_day=max(month, row.span.lower),
        last_day=min(last_day(month), row.last_day),
        days_due=attended.days_due if attended else None,
        days_worked=attended.days_worked if attended else None,
    )


def _held(path: str, on: date) -> int:
    rows = WelfarePlacement.objects.filter(post__region__path__within=[path], span__endswith__gt=on)
    return rows.count()


def _require_room(post: WelfarePost, *, on: date) -> None:
    """Lock the county's quota, so that two placements at once count each other."""
    county = post.region.county_path
    quota = PostQuota.objects.select_for_update().filter(region__path=county, valid__contains=on).first()
    if quota is None:
        raise CannotPlace("这个区县还没有确定公益性岗位的数量区间。请业务主管先定。")
    if _held(county, on) >= quota.most:
        raise CannotPlace(f"这个区县最多 {quota.most} 个公益性岗位，已经满了。")


def _term(person: Person, starts_on: date, *, on: date) -> tuple[date, bool, str]:
    term = int(terms.value("welfare_post.term_months", on=on, region="21"))
    near = int(terms.value("welfare_post.near_retirement_months", on=on, region="21"))
    earlier = list(WelfarePlacement.objects.filter(person=person).order_by("span"))
    first = earlier[0].span.lower if earlier else starts_on
    try:
        retires = retirement_date(person.birth_date, person.sex, person.original_retirement_age)
    except CannotTellRetirement as error:
        raise CannotPlace(error.message) from error
    ended = placement_end(
        starts_on=starts_on,
        first_on=first,
        retires_on=retires,
        served_months=_served(earlier),
        term_months=term,
        near_months=near,
    )
    if ended is None:
        raise CannotPlace(f"公益性岗位累计最多 {term} 个月，这个人已经用完，或者已到退休年龄。")
    words = "首次安置时距退休不足 5 年，到退休为止" if ended.to_retirement else f"累计最多 {term} 个月"
    return ended.until, ended.to_retirement, words


def _served(rows: Iterable[Any]) -> int:
    return sum(max(1, months_between(row.span.lower, row.span.upper)) for row in rows)
