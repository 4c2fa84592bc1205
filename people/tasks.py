"""The periodic work on people and places."""

from celery import shared_task
from django.utils import timezone

from people.regions import refresh_regions


@shared_task
def refresh_working_paths() -> None:
    """Follow service areas that begin or end today. Beat: daily, 00:10; a missed day is made good by the next run."""
    refresh_regions(on=timezone.localdate())
