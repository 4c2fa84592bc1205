"""Try again the events that were set aside after too many failures."""

from typing import Any

from core import events
from core.commands import AuditedCommand


class Command(AuditedCommand):
    help = "List the events that were set aside and let them be tried again."

    def handle(self, **options: Any) -> None:
        for delivery in events.parked():
            self.stdout.write(f"{delivery.consumer} event {delivery.event_id}: {delivery.error}")
        self.stdout.write(f"{events.retry_parked()} to be tried again")
