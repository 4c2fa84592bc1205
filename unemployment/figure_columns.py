"""The columns of the province's report, each defined once: what counts, from which table, by which date, in which place.

人次 counts records, 人数 counts distinct persons. Only what was done for somebody counts, never that somebody is on a list. A
new column is one entry in `COLUMNS`; its rows, totals and tables follow from it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from core.months import add_months, first_day
from jobs.models import CallBack
from people.models import GroupMembership, Person
from people.models.person import Group
from stations.models import ServiceLog
from unemployment.models import (
    Attempt,
    Employment,
    FollowUp,
    Household,
    PlanMeasure,
    PromiseOffer,
    Registration,
    Status,
)
from unemployment.models.choices import REACHED, ServiceKind
from unemployment.models.employment import NATURAL

Rows = QuerySet[Any, Any]


@dataclass(frozen=True, slots=True)
class Span:
    """A month, and the day as of which a stock is counted: its last day, or today while it runs."""

    month: date
    end: date
    """The first day after it."""
    as_of: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """The month's first moment and the first one after it."""
        first, last = (datetime.combine(day, datetime.min.time()) for day in (self.month, self.end))
        return timezone.make_aware(first), timezone.make_aware(last)


def span(month: date, *, on: date) -> Span:
    """Return a month as it is counted on a day."""
    month = first_day(month)
    end = add_months(month, 1)
    return Span(month, end, min(on, date.fromordinal(end.toordinal() - 1)))


@dataclass(frozen=True, slots=True)
class Told:
    """One row behind a figure, as a page and a table show it."""

    day: date
    person: Person | None
    what: str
    by: str = ""
    who: str = "没有实名"
    """What stands for the person where the row has none."""


@dataclass(frozen=True, slots=True)
class Source:
    """One table that a column counts.

    :param rows: narrows what one may see to what counts in a span.
    :param path: the lookup of the place a row counts for.
    :param person: the lookup of the person.
    :param day: the lookup of the date, for the order of rows; never null in `rows`.
    :param sign: -1 for rows that lower the figure.
    """

    code: str
    label: str
    model: type[Model]
    rows: Callable[[Rows, Span], Rows]
    path: str
    person: str
    day: str
    related: tuple[str, ...]
    told: Callable[[Any], Told]
    sign: int = 1


@dataclass(frozen=True, slots=True)
class Column:
    """A figure: its name in the report, what it counts in a sentence, and the tables it counts."""

    code: str
    label: str
    says: str
    sources: tuple[Source, ...]
    is_stock: bool = False


def _local(moment: datetime) -> date:
    return timezone.localdate(moment)


# Contacts


def _reached(rows: Rows, of: Span) -> Rows:
    """Attempts of the monthly follow-up that reached the person or the family, by the moment of the attempt."""
    start, end = of.moments
    return rows.filter(at__gte=start, at__lt=end, outcome__in=REACHED)


ATTEMPTS = Source(
    code="attempts",
    label="跟踪调查联系上的",
    model=Attempt,
    rows=_reached,
    path="follow_up__region__path",
    person="follow_up__registration__person",
    day="at",
    related=("follow_up__registration__person", "by"),
    told=lambda row: Told(
        _local(row.at), row.follow_up.registration.person, f"跟踪调查，{row.get_channel_display()}", str(row.by)
    ),
)


def _called_back(rows: Rows, of: Span) -> Rows:
    """Call-backs after a hire that were done, by the moment they were written down."""
    start, end = of.moments
    return rows.filter(done_at__gte=start, done_at__lt=end, status=CallBack.Status.DONE, region__isnull=False)


CALL_BACKS = Source(
    code="callbacks",
    label="就业回访",
    model=CallBack,
    rows=_called_back,
    path="region__path",
    person="placement__person",
    day="done_at",
    related=("placement__person", "done_by"),
    told=lambda row: Told(_local(row.done_at), row.placement.person, f"上岗 {row.days} 天回访", str(row.done_by or "")),
)


def _service(*kinds: ServiceLog.Kind) -> Source:
    """Services that a station logged, by the day of the service, at the station's place; all kinds when none is named."""

    def rows(found: Rows, of: Span) -> Rows:
        found = found.filter(served_on__gte=of.month, served_on__lt=of.end)
        return found.filter(kind__in=kinds) if kinds else found

    return Source(
        code="services",
        label="服务站服务记录",
        model=ServiceLog,
        rows=rows,
        path="station__region__path",
        person="person",
        day="served_on",
        related=("person", "served_by", "station"),
        told=lambda row: Told(
            row.served_on, row.person, f"{row.station.name}：{row.get_kind_display()}", str(row.served_by)
        ),
    )


def _offered(kind: ServiceKind) -> Source:
    """Completed follow-ups in which this service was given and not declined, by the moment of the contact."""

    def rows(found: Rows, of: Span) -> Rows:
        start, end = of.moments
        return found.filter(
            status=FollowUp.Status.DONE,
            month__gte=add_months(of.month, -12),
            month__lte=of.month,
            done_at__gte=start,
            done_at__lt=end,
            services__contains=[{"kind": kind.value, "declined": ""}],
        ).exclude(services=[])  # as the index of these rows says it

    return Source(
        code="followups",
        label="跟踪调查时提供的",
        model=FollowUp,
        rows=rows,
        path="region__path",
        person="registration__person",
        day="done_at",
        related=("registration__person", "done_by"),
        told=lambda row: Told(
            _local(row.done_at), row.registration.person, f"跟踪调查：{kind.label}", str(row.done_by or "")
        ),
    )


def _measure(kind: ServiceKind) -> Source:
    """Measures of this kind in assistance plans that were carried out, by the moment that was written down."""

    def rows(found: Rows, of: Span) -> Rows:
        start, end = of.moments
        return found.filter(kind=kind, status=PlanMeasure.Status.DONE, done_at__gte=start, done_at__lt=end)

    return Source(
        code="measures",
        label="援助计划里做完的",
        model=PlanMeasure,
        rows=rows,
        path="plan__region__path",
        person="plan__person",
        day="done_at",
        related=("plan__person", "done_by"),
        told=lambda row: Told(_local(row.done_at), row.plan.person, f"援助计划：{row.what}", str(row.done_by or "")),
    )


def _promised(rows: Rows, of: Span) -> Rows:
    """Jobs offered under the 24-hour promise, whatever the answer was, by the moment of the offer."""
    start, end = of.moments
    return rows.filter(offered_at__gte=start, offered_at__lt=end)


OFFERS = Source(
    code="offers",
    label="24 小时承诺推荐的",
    model=PromiseOffer,
    rows=_promised,
    path="promise__region__path",
    person="promise__person",
    day="offered_at",
    related=("promise__person", "offered_by"),
    told=lambda row: Told(_local(row.offered_at), row.promise.person, f"推荐：{row.what}", str(row.offered_by)),
)


# Households


def _without_work(rows: Rows, of: Span) -> Rows:
    """Verified households without work at the end of the day: known by then, and neither cleared nor left by then."""
    states = Household.Status
    stood = (
        Q(status=states.OPEN)
        | Q(status=states.CLEARED, cleared_on__gt=of.as_of)
        | Q(status=states.LEFT, left_on__gt=of.as_of)
    )
    return rows.filter(stood, known_on__lte=of.as_of, verified_by__isnull=False)


HOUSEHOLDS = Source(
    code="households",
    label="没有清零的家庭",
    model=Household,
    rows=_without_work,
    path="region__path",
    person="pk",
    day="known_on",
    related=("region", "verified_by"),
    told=lambda row: Told(row.known_on, None, f"{row.region.name}，{row}", str(row.verified_by or ""), who="整户"),
)


# The register


def _was_on_register(rows: Rows) -> Rows:
    return rows.filter(status__in=[Status.ACTIVE, Status.DEREGISTERED], region__isnull=False)


def _wants_work(rows: Rows, of: Span) -> Rows:
    """Registrations as unemployed taken in the month whose person says to look for work, by the day of registration."""
    return _was_on_register(rows).filter(
        registered_on__gte=of.month, registered_on__lt=of.end, wants_job="yes", imported_history=False
    )


def _in_force(rows: Rows, of: Span) -> Rows:
    """Registrations in force at the end of the day: registered by then and not ended by then."""
    return _was_on_register(rows).filter(Q(ended_on=None) | Q(ended_on__gt=of.as_of), registered_on__lte=of.as_of)


def _registration(code: str, label: str, rows: Callable[[Rows, Span], Rows]) -> Source:
    return Source(
        code=code,
        label=label,
        model=Registration,
        rows=rows,
        path="region__path",
        person="person",
        day="registered_on",
        related=("person", "worker"),
        told=lambda row: Told(
            row.registered_on, row.person, f"失业登记 {row.receipt_number or ''}", str(row.worker or "")
        ),
    )


# Employment


def _began(rows: Rows, of: Span) -> Rows:
    return rows.filter(started_on__gte=of.month, started_on__lt=of.end)


def _reemployed(rows: Rows, of: Span) -> Rows:
    """Employments that began in the month while the person's registration as unemployed was in force."""
    return _began(rows, of).filter(registration__isnull=False)


def _hardship(rows: Rows, of: Span) -> Rows:
    """Employments that began in the month of people who were recognised as 就业困难人员 on the first day of work."""
    recognised = GroupMembership.objects.filter(
        person=OuterRef("person"), group=Group.HARDSHIP, valid__contains=OuterRef("started_on")
    )
    return _began(rows, of).filter(Exists(recognised))


def _new_jobs(rows: Rows, of: Span) -> Rows:
    """Employments that began in the month of people who were in no other employment the day they began."""
    before = Employment.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=OuterRef("started_on")),
        person=OuterRef("person"),
        started_on__lt=OuterRef("started_on"),
    )
    return _began(rows, of).filter(~Exists(before))


def _left_for_good(rows: Rows, of: Span) -> Rows:
    """Employments that ended in the month by retirement or death (自然减员)."""
    return rows.filter(ended_on__gte=of.month, ended_on__lt=of.end, end_reason__in=NATURAL)


def _employment(
    code: str, label: str, rows: Callable[[Rows, Span], Rows], *, path: str, day: str = "started_on", sign: int = 1
) -> Source:
    return Source(
        code=code,
        label=label,
        model=Employment,
        rows=rows,
        path=path,
        person="person",
        day=day,
        related=("person", "employer", "entered_by"),
        told=lambda row: Told(
            getattr(row, day), row.person, f"{row.get_kind_display()}：{row.place}", str(row.entered_by or "")
        ),
        sign=sign,
    )


HOME, PLACE = "home_region__path", "region__path"
KIND = ServiceLog.Kind

COLUMNS: tuple[Column, ...] = (
    Column(
        "contacts",
        "联系服务",
        "跟踪调查联系上本人或家属的、服务站做的每一次服务、做完的就业回访，按联系那天算；没联系上的不算。",
        (ATTEMPTS, _service(), CALL_BACKS),
    ),
    Column(
        "seekers",
        "求职登记",
        "服务站登记的求职，加上当月办结、本人说想找工作的失业登记。",
        (_service(KIND.REGISTRATION), _registration("registrations", "想找工作的失业登记", _wants_work)),
    ),
    Column(
        "referrals",
        "推荐岗位",
        "服务站、援助计划、24 小时承诺里推荐的岗位，加上跟踪调查时做了职业介绍、本人没有推辞的。机器推送的不算。",
        (_service(KIND.PLACEMENT), _offered(ServiceKind.PLACEMENT), _measure(ServiceKind.PLACEMENT), OFFERS),
    ),
    Column(
        "training",
        "培训",
        "服务站的培训咨询、援助计划里做完的技能培训，加上跟踪调查时安排了技能培训、本人没有推辞的。只有意愿的不算。",
        (_service(KIND.TRAINING), _offered(ServiceKind.TRAINING), _measure(ServiceKind.TRAINING)),
    ),
    Column(
        "startup",
        "创业服务",
        "服务站的创业服务、援助计划里做完的创业扶持，加上跟踪调查时做了创业扶持、本人没有推辞的。",
        (_service(KIND.STARTUP), _offered(ServiceKind.BUSINESS), _measure(ServiceKind.BUSINESS)),
    ),
    Column("policy", "政策宣传", "服务站给人讲解政策的记录。", (_service(KIND.POLICY),)),
    Column(
        "reemployed",
        "再就业",
        "当月上岗、上岗那天失业登记有效的就业登记，算在登记的管理地。",
        (_employment("employments", "就业登记", _reemployed, path=HOME),),
    ),
    Column(
        "hardship",
        "困难人员就业",
        "当月上岗、上岗那天是认定的就业困难人员的就业登记，算在本人所在地。",
        (_employment("employments", "就业登记", _hardship, path=HOME),),
    ),
    Column(
        "new_jobs",
        "城镇新增就业",
        "当月上岗、当时没有别的在册工作的就业登记，减去当月退休、死亡解除的（自然减员），算在工作地。口径为示例，待地方确认。",
        (
            _employment("employments", "新上岗", _new_jobs, path=PLACE),
            _employment("natural", "自然减员（减）", _left_for_good, path=PLACE, day="ended_on", sign=-1),
        ),
    ),
    Column(
        "registered",
        "登记失业人数",
        "月末（本月算到今天）有效的失业登记，算在管理地。",
        (_registration("registrations", "有效的失业登记", _in_force),),
        is_stock=True,
    ),
    Column(
        "households",
        "零就业家庭",
        "月末（本月算到今天）核实过、还没有清零也没有退出的零就业家庭，按户数，算在所在社区。",
        (HOUSEHOLDS,),
        is_stock=True,
    ),
)


def column(code: str) -> Column | None:
    """Return the column of a code, if there is one."""
    return next((each for each in COLUMNS if each.code == code), None)


NEWEST_FIRST = ("-told_on", "-pk")
"""The order of rows behind a figure, for pages; see `counted`."""


def counted(source: Source, of: Span, among: Rows | None = None) -> Rows:
    """Return the rows that a source counts in a span, among all or among those somebody may see.

    Each has the person's key as `of_person` and its date as `told_on`.
    """
    rows = among if among is not None else source.model._default_manager.all()
    return source.rows(rows, of).annotate(of_person=F(source.person), told_on=F(source.day))
