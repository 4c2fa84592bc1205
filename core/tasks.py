"""The ground floor's periodic work."""

from celery import shared_task

from core import idempotency


@shared_task
def forget_old_answers() -> None:
    """Remove answers to form tokens that nobody will send again. Beat: hourly."""
    idempotency.forget_old_answers()
