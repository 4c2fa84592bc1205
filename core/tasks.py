"""The ground floor's periodic work."""

from celery import shared_task

from core import events, idempotency, seal


@shared_task
def forget_old_answers() -> None:
    """Remove answers to form tokens that nobody will send again. Beat: hourly."""
    idempotency.forget_old_answers()


@shared_task
def seal_audit() -> None:
    """Seal new rows of the tables that only grow. Beat: every minute."""
    seal.seal()


@shared_task
def run_consumers() -> None:
    """Hand domain events to their consumers. Beat: every ten seconds; also asked for after a commit."""
    events.run_consumers()
