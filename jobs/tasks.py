"""The jobs app's work at night."""

from celery import shared_task
from django.utils import timezone

from core import audit
from core.months import first_day, parse_month
from jobs import alerting, closing, fairs, import_runs, pulling, search_words, suggesting, supply, view_counts
from jobs.copies import regroup
from jobs.freshness import pause_silent as pause
from jobs.models import Frequency, PartnerFeed
from jobs.postings import publish_due
from jobs.validity import expire_postings, remind_of_end

BATCH = 200


@shared_task
def expire() -> None:
    """End the postings whose last day has passed. Beat: hourly, so that a missed run is caught up; idempotent."""
    with audit.context(channel="task", reason="expire_postings"):
        expire_postings(on=timezone.localdate())


@shared_task
def remind_employers() -> None:
    """Tell employers which postings end soon. Beat: every morning; each last day is told once."""
    with audit.context(channel="task", reason="remind_of_end"):
        remind_of_end(on=timezone.localdate())


@shared_task
def flush_views() -> None:
    """Carry the counted looks from Redis to the postings. Beat: every five minutes; a killed run is finished by the next."""
    with audit.context(channel="task", reason="flush_views"):
        view_counts.flush_views()


@shared_task
def publish_scheduled() -> None:
    """Show the approved postings whose time has come. Beat: every five minutes; late ones catch up, each row once."""
    with audit.context(channel="task", reason="publish_scheduled"):
        publish_due(now=timezone.now())


@shared_task
def alert() -> None:
    """Find what is new for those told daily and, on Mondays, weekly. Beat: hourly in the morning; once a day counts."""
    today = timezone.localdate()
    with audit.context(channel="task", reason="job_alerts"):
        alerting.match(frequency=Frequency.DAILY, on=today)
        if today.weekday() == 0:
            alerting.match(frequency=Frequency.WEEKLY, on=today)


@shared_task
def tell_alerts() -> None:
    """Write the messages of what was found, batch by batch; what a killed worker left, the next run does."""
    with audit.context(channel="task", reason="job_alerts"):
        while alerting.tell():
            pass


@shared_task
def close_unanswered() -> int:
    """End what no employer went on with in time, let offers lapse, ask about hires. Beat: every morning; idempotent."""
    closed, today = 0, timezone.localdate()
    with audit.context(channel="task", reason="close_unanswered"):
        while closing.lapse_offers(on=today, size=BATCH):
            pass
        while done := closing.close_unanswered(on=today, size=BATCH):
            closed += done
        closing.ask_about_hires(on=today)
    return closed


@shared_task
def group_copies() -> None:
    """Group anew the vacancies that several sources list. Beat: every night; idempotent."""
    with audit.context(channel="task", reason="group_copies"):
        regroup()


@shared_task
def pause_silent() -> None:
    """Pause the postings of employers who answer nobody. Beat: every morning, after `close_unanswered`; idempotent."""
    with audit.context(channel="task", reason="pause_silent"):
        pause(on=timezone.localdate())


@shared_task
def end_fairs() -> None:
    """Look again at what only a fair allowed that is over now. Beat: every night; idempotent."""
    with audit.context(channel="task", reason="end_fairs"):
        fairs.end_fairs(on=timezone.localdate())


@shared_task
def run_import(*, batch_id: int) -> None:
    """Do one import that an officer started."""
    import_runs.run(batch_id=batch_id, on=timezone.localdate())


@shared_task
def resume_imports() -> None:
    """Go on with the imports whose worker died. Beat: every ten minutes; one that is still at work keeps its own."""
    for batch_id in import_runs.waiting():
        run_import.delay(batch_id=batch_id)


@shared_task
def refresh_search() -> None:
    """Count anew how common each word is, and collect what the search box offers. Beat: every night; idempotent."""
    with audit.context(channel="task", reason="refresh_search"):
        search_words.count_words()
        suggesting.collect()


@shared_task
def pull() -> None:
    """Queue one portal at a time, so that a slow one holds up nobody. Beat: every quarter of an hour."""
    for feed_id in PartnerFeed.objects.due().order_by("pk").values_list("pk", flat=True):
        pull_feed.delay(feed_id=feed_id)


@shared_task(soft_time_limit=1500)
def pull_feed(*, feed_id: int) -> None:
    """Read on at one portal; idempotent: the position moves in the transaction of the page."""
    with audit.context(channel="task", reason="pull postings"):
        pulling.pull(feed_id=feed_id, on=timezone.localdate())


@shared_task
def list_supply() -> None:
    """Queue one region at a time for this month's 岗位供给清单. Beat: every night, so that a missed 1st is caught up."""
    month = first_day(timezone.localdate())
    for region_id in supply.regions_without_list(month=month):
        list_region_supply.delay(region_id=region_id, month=month.isoformat())


@shared_task
def list_region_supply(*, region_id: int, month: str) -> None:
    """Make one region's list; the one that is there already is left alone."""
    with audit.context(channel="task", reason="supply list"):
        supply.build_list(region_id=region_id, month=parse_month(month), on=timezone.localdate())
