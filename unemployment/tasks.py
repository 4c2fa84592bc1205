"""Periodic work: the month's follow-ups by county, what was missed, what is late."""

from datetime import date

from celery import shared_task
from django.utils import timezone

from core.connectors import NoDepartmentData
from core.months import add_months, first_day, parse_month
from people.models import Region
from unemployment import (
    assignment,
    employment_matches,
    escalations,
    exit_matches,
    exports,
    followups,
    hardship_publicity,
    ledger,
    plans,
    quality,
    roster,
    uploads,
    welfare_reminders,
)
from unemployment.models import Ledger, Roster


@shared_task
def open_month(*, month: str | None = None) -> int:
    """Queue the month one county at a time, so that a failed county is run again alone. Beat: the 1st, 01:00."""
    wanted = parse_month(month) if month else first_day(timezone.localdate())
    counties = list(Region.objects.counties().order_by("code").values_list("pk", flat=True))
    for region_id in counties:
        open_county_month.delay(region_id=region_id, month=wanted.isoformat())
    return len(counties)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def open_county_month(*, region_id: int, month: str) -> int:
    """Open one county's month; run again it makes nothing twice."""
    return followups.open_month(region_id=region_id, month=date.fromisoformat(month))


@shared_task
def mend_months() -> int:
    """Queue again what is missing, whatever became of the broker or the workers. Beat: every five minutes."""
    followups.cancel_orphans()
    missing = followups.missing_months(on=timezone.localdate())
    for region_id, month in missing:
        open_county_month.delay(region_id=region_id, month=month.isoformat())
    return len(missing)


@shared_task
def hand_over() -> int:
    """Queue the hand-over of what nobody does any more, county by county. Beat: every morning."""
    today = timezone.localdate()
    counties = list(Region.objects.counties().order_by("code").values_list("pk", flat=True))
    for region_id in counties:
        hand_over_county.delay(region_id=region_id, on=today.isoformat())
    return len(counties)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def hand_over_county(*, region_id: int, on: str) -> int:
    """Give a county's contacts without a serving worker to those who serve there now."""
    return assignment.hand_over(region_id=region_id, on=date.fromisoformat(on))


@shared_task
def draw_quality() -> int:
    """Queue the draw of last month's call-backs county by county. Beat: daily, so that a missed one is caught up."""
    today = timezone.localdate()
    counties = list(Region.objects.counties().order_by("code").values_list("pk", flat=True))
    for region_id in counties:
        draw_county_quality.delay(region_id=region_id, on=today.isoformat())
    return len(counties)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def draw_county_quality(*, region_id: int, on: str) -> int:
    """Draw a county's call-backs; run again it draws nothing twice."""
    day = date.fromisoformat(on)
    return quality.draw(region_id=region_id, month=add_months(first_day(day), -1), on=day)


@shared_task
def raise_overdue() -> int:
    """Queue the look for late matters county by county. Beat: every working morning."""
    today = timezone.localdate()
    counties = list(Region.objects.counties().order_by("code").values_list("pk", flat=True))
    for region_id in counties:
        raise_county_overdue.delay(region_id=region_id, on=today.isoformat())
    return len(counties)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def raise_county_overdue(*, region_id: int, on: str) -> dict[str, int]:
    """Raise a county's late matters to its supervisors, each once a month."""
    plans.raise_overdue(region_id=region_id, on=date.fromisoformat(on))
    return escalations.raise_overdue(region_id=region_id, on=date.fromisoformat(on))


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def take_roster(*, roster_id: int) -> None:
    """Take an employer's roster over; it goes on where it stopped."""
    roster.run(roster_id=roster_id)


@shared_task
def resume_rosters() -> int:
    """Queue again the rosters that a dead worker left. Beat: every ten minutes."""
    waiting = uploads.waiting(Roster)
    for roster_id in waiting:
        take_roster.delay(roster_id=roster_id)
    return len(waiting)


@shared_task
def compare_employments() -> int:
    """Queue the comparison with 社保, one city or zone at a time: each reads all contributions. Beat: every Monday."""
    today = timezone.localdate()
    units = list(Region.objects.reporting_units().order_by("code").values_list("pk", flat=True))
    for region_id in units:
        compare_units_employments.delay(region_id=region_id, on=today.isoformat())
    return len(units)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def compare_units_employments(*, region_id: int, on: str) -> int:
    """Compare the employers of one city or zone with the contributions; nothing to do where 社保 has sent none."""
    try:
        return employment_matches.compare(region_id=region_id, on=date.fromisoformat(on))
    except NoDepartmentData:
        return 0


@shared_task
def end_hardship_notices(*, on: str = "") -> int:
    """Queue every notice whose time is up by itself. Beat: hourly, so that a missed run is caught up."""
    day = date.fromisoformat(on) if on else timezone.localdate()
    due = list(hardship_publicity.over(on=day).order_by("ends_on", "pk").values_list("pk", flat=True))
    for notice_id in due:
        end_hardship_notice.delay(notice_id=notice_id, on=day.isoformat())
    return len(due)


@shared_task
def end_hardship_notice(*, notice_id: int, on: str) -> None:
    """Take one notice down; run twice it changes nothing more."""
    hardship_publicity.end(notice_id=notice_id, on=date.fromisoformat(on))


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def make_export(*, export_id: int) -> None:
    """Make a table that somebody asked for."""
    exports.run(export_id=export_id)


@shared_task
def resume_exports() -> int:
    """Queue again the tables that a dead worker left. Beat: every ten minutes."""
    waiting = exports.waiting()
    for export_id in waiting:
        make_export.delay(export_id=export_id)
    return len(waiting)


@shared_task
def remove_old_exports() -> int:
    """Remove the files of old tables. Beat: every night; what one night missed goes the next."""
    return exports.remove_old(on=timezone.localdate())


@shared_task
def remind_welfare_posts() -> int:
    """Queue the look for 公益性岗位 that end soon, county by county. Beat: every morning; each is told of once."""
    today = timezone.localdate()
    counties = list(Region.objects.counties().order_by("code").values_list("pk", flat=True))
    for region_id in counties:
        remind_county_welfare_posts.delay(region_id=region_id, on=today.isoformat())
    return len(counties)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def remind_county_welfare_posts(*, region_id: int, on: str) -> int:
    """Tell one county's holders and caseworkers; run again it tells nobody twice."""
    return welfare_reminders.remind(region_id=region_id, on=date.fromisoformat(on))


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def take_ledger(*, ledger_id: int) -> None:
    """Take an old ledger over; it goes on where it stopped."""
    ledger.run(ledger_id=ledger_id)


@shared_task
def resume_ledgers() -> int:
    """Queue again the ledgers that a dead worker left. Beat: every ten minutes."""
    waiting = uploads.waiting(Ledger)
    for ledger_id in waiting:
        take_ledger.delay(ledger_id=ledger_id)
    return len(waiting)


@shared_task
def compare_registrations() -> int:
    """Queue the comparison of everybody on the register with the departments, county by county. Beat: every Tuesday."""
    today = timezone.localdate()
    counties = list(Region.objects.counties().order_by("code").values_list("pk", flat=True))
    for region_id in counties:
        compare_county_registrations.delay(region_id=region_id, on=today.isoformat())
    return len(counties)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def compare_county_registrations(*, region_id: int, on: str) -> int:
    """Compare one county's register; a hit proposes an end, a person decides."""
    return exit_matches.compare(region_id=region_id, on=date.fromisoformat(on))
