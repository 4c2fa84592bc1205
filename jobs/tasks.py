"""The jobs app's work at night."""

from celery import shared_task
from django.utils import timezone

from core import audit
from jobs.postings import expire_postings


@shared_task
def expire() -> None:
    """End the postings whose last day has passed. Beat: hourly, so that a missed run is caught up; idempotent."""
    with audit.context(channel="task", reason="expire_postings"):
        expire_postings(on=timezone.localdate())
