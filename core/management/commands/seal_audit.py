"""Seal what was committed since the last run."""

from typing import Any

from core import seal
from core.commands import AuditedCommand


class Command(AuditedCommand):
    help = "Seal new rows of the tables that only grow. Celery beat does this every minute."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{seal.seal()} new seals")
