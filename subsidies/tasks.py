"""What the clock does to subsidies. Each run takes whatever is due, so that a missed one is caught up."""

from datetime import date

import structlog
from celery import shared_task
from django.utils import timezone

from subsidies.models import PublicityBatch
from subsidies.publicity import end_publicity

log = structlog.get_logger(__name__)


@shared_task
def end_publicities(*, on: str = "") -> None:
    """Queue every notice whose time is up (or that still holds claims) by itself. Beat: 00:20, and hourly to catch up."""
    day = date.fromisoformat(on) if on else timezone.localdate()
    for batch_id in PublicityBatch.objects.over(on=day).order_by("ends_on", "pk").values_list("pk", flat=True):
        end_one_publicity.delay(batch_id=batch_id, on=day.isoformat())


@shared_task
def end_one_publicity(*, batch_id: int, on: str) -> None:
    """Take one notice down. Running it twice changes nothing more."""
    batch = end_publicity(batch_id=batch_id, on=date.fromisoformat(on))
    log.info("publicity_ended", batch=str(batch.public_id), lines=batch.lines.count())
