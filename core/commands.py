"""The base of management commands that write."""

from typing import Any

from django.core.management.base import BaseCommand


class AuditedCommand(BaseCommand):
    """A command whose writes name the command (audit channel "command", or `channel` of the class)."""

    channel = "command"

    def execute(self, *args: Any, **options: Any) -> str | None:
        from core import audit

        with audit.context(channel=self.channel, command=type(self).__module__.rpartition(".")[2]):
            return super().execute(*args, **options)
