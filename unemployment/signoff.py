"""月末签字: community, street, county and city sign their month in turn; what was signed stays as it was signed.

What changes afterwards becomes a correction that a person records with its reason and the next report carries. A report
is reopened only by the level above.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from core.errors import DomainError
from core.months import first_day
from core.workdays import last_working_day
from people.models import Region, User
from people.roles import Role
from unemployment import figures
from unemployment.figure_columns import COLUMNS
from unemployment.figures import Figure
from unemployment.models import Adjustment, MonthReport, ReportLine

Level = Region.Level
SIGNERS: dict[int, frozenset[str]] = {
    Level.COMMUNITY: frozenset({Role.COMMUNITY_WORKER, Role.CASEWORKER, Role.COUNTY_SUPERVISOR}),
    Level.STREET: frozenset({Role.COMMUNITY_WORKER, Role.CASEWORKER, Role.COUNTY_SUPERVISOR}),
    Level.COUNTY: frozenset({Role.COUNTY_SUPERVISOR}),
    Level.CITY: frozenset({Role.CITY_SUPERVISOR}),
    Level.PROVINCE: frozenset({Role.CITY_SUPERVISOR}),
}
"""Who signs at each level, and reopens what lies right below it. The province only reopens."""
SIGNED_LEVELS = (Level.COMMUNITY, Level.STREET, Level.COUNTY, Level.CITY)
ALL_SIGNERS = frozenset().union(*SIGNERS.values())


class CannotSign(DomainError):
    """The month stays unsigned."""


class CannotReopen(DomainError):
    """The report stays signed."""


class CannotAdjust(DomainError):
    """No correction was recorded."""


def can_sign(user: User, region: Region) -> bool:
    """Say whether this user signs for this place: a role of its level whose region covers it."""
    return region.level in SIGNED_LEVELS and user.serves(region.path, *SIGNERS[region.level])


def can_reopen(user: User, region: Region) -> bool:
    """Say whether this user is of the level above: a role of that level whose own region covers the place above."""
    above = parent_of(region)
    return above is not None and user.serves(above.path, *SIGNERS[above.level])


def parent_of(region: Region) -> Region | None:
    """Return the place right above in the working tree; None above the province."""
    above = region.path.rpartition("/")[0]
    return Region.objects.open().filter(path=above).first() if above else None


def signed_report(region: Region, month: date) -> MonthReport | None:
    """Return the report that stands for a place and month."""
    found = MonthReport.objects.signed().filter(region=region, month=first_day(month))
    return found.select_related("region", "signed_by").first()


def must_sign_below(region: Region) -> list[Region]:
    """Return the places right below that sign their own month."""
    return [unit for unit in figures.below(region) if unit.is_open and unit.level in SIGNED_LEVELS]


def unsigned_below(region: Region, month: date) -> list[Region]:
    """Return the places right below whose month is not signed."""
    units = must_sign_below(region)
    signed = set(MonthReport.objects.signed().filter(region__in=units, month=month).values_list("region", flat=True))
    return [unit for unit in units if unit.pk not in signed]


@transaction.atomic
def sign_month(
    *, region_id: int, month: date, by: User, on: date, reason: str = "", head: str = "", filler: str = ""
) -> MonthReport:
    """Sign a place's month: its figures, line by line, are frozen as they are now.

    :param reason: why it is signed although somebody below has not signed yet.
    :param head: 单位负责人 and `filler` 填表人, as they stand on the printed form.
    :raises CannotSign: not the user's to sign, the month is not over, somebody below is missing without a reason, or
        it is signed already.
    """
    region, month = Region.objects.get(pk=region_id), first_day(month)
    if not can_sign(by, region):
        raise CannotSign("这个地区的月报不归您签。")
    if on < last_working_day(month):
        raise CannotSign(
            f"{month:%Y 年 %-m 月}还没到最后一个工作日（{last_working_day(month):%-m 月 %-d 日}），到时再签。"
        )
    _lock(region, month)
    missing = unsigned_below(region, month)
    if missing and len(reason.strip()) < 4:
        names = "、".join(unit.name for unit in missing[:5])
        raise CannotSign(
            f"下级还有 {len(missing)} 个没签：{names}{'等' if len(missing) > 5 else ''}。要先签的，请写明原因。"
        )
    counted = figures.table(region=region, month=month, on=on)
    edition = MonthReport.objects.filter(region=region, month=month).count() + 1
    try:
        with transaction.atomic():
            report = MonthReport.objects.create(
                region=region,
                month=month,
                edition=edition,
                head=head.strip(),
                filler=filler.strip(),
                missing=[unit.name for unit in missing],
                reason=reason.strip() if missing else "",
                signed_by=by,
            )
    except IntegrityError as error:
        if "report_one_signed" not in str(error) and "report_edition" not in str(error):
            raise
        raise CannotSign("这个月已经有人签过。请刷新页面再看。") from error
    _freeze(report, counted)
    return report


def _freeze(report: MonthReport, counted: figures.Table) -> None:
    waiting = Adjustment.objects.select_for_update(of=("self",)).to_carry(report.region, report.month)
    carried = _sums(waiting)
    lines = []
    for line in [*counted.lines, None]:
        found = counted.total if line is None else line.figures
        # What lies in the place itself, in none below, is in the total alone: a line needs a place.
        if line is not None and line.unit is None:
            continue
        for column, figure in zip(counted.columns, found, strict=True):
            extra = carried.get(column.code, Figure()) if line is None else Figure()
            lines.append(
                ReportLine(
                    report=report,
                    unit=line.unit if line else None,
                    code=column.code,
                    label=column.label,
                    times=figure.times,
                    people=figure.people,
                    carried_times=extra.times,
                    carried_people=extra.people,
                )
            )
    ReportLine.objects.bulk_create(lines)
    for row in waiting:
        row.carried_into = report
        row.save(update_fields=["carried_into"])


def _sums(rows: Iterable[Adjustment]) -> dict[str, Figure]:
    totals: dict[str, Figure] = {}
    for row in rows:
        found = totals.get(row.code, Figure())
        totals[row.code] = Figure(found.times + row.times, found.people + row.people)
    return totals


@transaction.atomic
def reopen(*, report_id: int, reason: str, version: object, by: User) -> MonthReport:
    """Give a signed report back to be signed anew; only the level above does that, before it has signed itself.

    :raises CannotReopen: not of the level above, it signed itself already, no reason, or reopened before.
    :raises StaleVersion: the page was old.
    """
    report = MonthReport.objects.select_for_update(of=("self",)).select_related("region").get(pk=report_id)
    above = parent_of(report.region)
    if above is None or not can_reopen(by, report.region):
        raise CannotReopen("月报只能由上一级退回重签。")
    report.require_version(version)
    if report.status != MonthReport.Status.SIGNED:
        raise CannotReopen("这份月报已经退回过。请刷新页面再看。")
    if len(reason.strip()) < 4:
        raise CannotReopen("请写明为什么退回，至少 4 个字。")
    _lock(above, report.month)
    if signed_report(above, report.month) is not None:
        raise CannotReopen(f"{above.name}这个月已经签了，要先由它的上一级退回。改动可以记作调整。")
    if report.adjustments.filter(carried_into__isnull=False).exists():
        raise CannotReopen("这份月报的调整已经并入后面的月报，不能再退回。还有改动的，记作调整。")
    report.status, report.reopen_reason = MonthReport.Status.REOPENED, reason.strip()
    report.reopened_by, report.reopened_at = by, timezone.now()
    report.bump()
    report.save()
    return report


def _lock(region: Region, month: date) -> None:
    """Let one at a time sign a place's month or reopen one right below it, so that neither sees half of the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('month_report'), hashtext(%s))", [f"{region.pk} {month}"])


# What changed since


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure as it was signed (with the corrections recorded since) and as it is now."""

    code: str
    label: str
    signed: Figure
    now: Figure

    @property
    def times(self) -> int:
        return self.now.times - self.signed.times

    @property
    def people(self) -> int:
        return self.now.people - self.signed.people


def differences(report: MonthReport, *, on: date) -> list[Difference]:
    """Return the figures that are no longer what was signed and corrected."""
    counted = figures.table(region=report.region, month=report.month, on=on)
    now = {column.code: figure for column, figure in zip(counted.columns, counted.total, strict=True)}
    corrected = {
        row["code"]: row
        for row in report.adjustments.order_by().values("code").annotate(t=Sum("times"), p=Sum("people"))
    }
    found = []
    for line in report.lines.filter(unit=None).order_by("pk"):
        extra = corrected.get(line.code, {"t": 0, "p": 0})
        signed = Figure(line.times + extra["t"], line.people + extra["p"])
        if line.code in now and now[line.code] != signed:
            found.append(Difference(line.code, line.label, signed, now[line.code]))
    return found


@transaction.atomic
def record_adjustment(*, report_id: int, code: str, reason: str, by: User, on: date) -> Adjustment:
    """Record what a signed figure has become, with the reason; the next report carries the difference.

    :raises CannotAdjust: not the user's report, not signed any more, no reason, or there is no difference.
    """
    report = MonthReport.objects.select_for_update(of=("self",)).select_related("region").get(pk=report_id)
    if not can_sign(by, report.region):
        raise CannotAdjust("这份月报不归您调整。")
    if report.status != MonthReport.Status.SIGNED:
        raise CannotAdjust("这份月报已经退回，重签时会按现在的数。")
    if len(reason.strip()) < 4:
        raise CannotAdjust("请写明为什么变了，至少 4 个字。")
    found = next((each for each in differences(report, on=on) if each.code == code), None)
    if found is None:
        raise CannotAdjust("这个数和签的一样，不用调整。")
    return Adjustment.objects.create(
        report=report,
        code=code,
        label=found.label,
        times=found.times,
        people=found.people,
        reason=reason.strip(),
        by=by,
    )


def changed_below(counted: figures.Table, signed: Mapping[int, MonthReport]) -> set[int]:
    """Return the places right below (their keys) whose figures are no longer what they signed: ask before signing."""
    frozen: dict[int, dict[str, Figure]] = {}
    for line in ReportLine.objects.filter(report__in=signed.values(), unit=None).select_related("report"):
        frozen.setdefault(line.report.region_id, {})[line.code] = Figure(line.times, line.people)
    now = {line.unit.pk: line.figures for line in counted.lines if line.unit}
    return {
        pk
        for pk, told in frozen.items()
        if pk in now
        and any(
            told.get(column.code, Figure()) != figure for column, figure in zip(counted.columns, now[pk], strict=True)
        )
    }


def order_of(code: str) -> int:
    """Return where a column stands in the report."""
    return next((at for at, column in enumerate(COLUMNS) if column.code == code), len(COLUMNS))
