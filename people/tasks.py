"""The periodic work on people and places."""

from celery import shared_task
from django.utils import timezone

from core import audit
from people import rechecks
from people.regions import refresh_regions


@shared_task
def refresh_working_paths() -> None:
    """Follow service areas that begin or end today. Beat: daily, 00:10; a missed day is made good by the next run."""
    refresh_regions(on=timezone.localdate())


@shared_task
def recheck_organisations() -> None:
    """Mark whose check has run out, and remind whose soon will. Beat: daily, 06:40; idempotent, a missed day catches up."""
    today = timezone.localdate()
    with audit.context(channel="task", reason="recheck_organisations"):
        rechecks.mark_due(on=today)
        rechecks.remind(on=today)
