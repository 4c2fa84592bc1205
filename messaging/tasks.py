"""Background work of messaging."""

from celery import shared_task

from core import audit
from messaging import delivery


@shared_task(ignore_result=True)
def sweep_outbox() -> None:
    """Send what is due. Beat: every minute; also right after a login code was asked for."""
    with audit.context(channel="task", reason="sweep_outbox"):
        delivery.sweep()
