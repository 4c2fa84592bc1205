"""The ground floor's periodic work."""

import logging

from celery import shared_task

from core import department_files, events, idempotency, seal

logger = logging.getLogger(__name__)


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


@shared_task
def load_department_files() -> None:
    """Load the files that other departments have dropped since. Beat: every ten minutes."""
    for problem in department_files.load_waiting():
        logger.error("department file not loaded: %s", problem)
