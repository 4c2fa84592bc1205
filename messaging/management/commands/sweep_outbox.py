"""Send the messages that are due, now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import audit
from messaging import delivery
from messaging.models import Outbox


class Command(BaseCommand):
    help = "Send due text messages and e-mails, and settle those whose worker died."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=500)

    def handle(self, *, limit: int, **options: Any) -> None:
        with audit.context(channel="command", reason="sweep_outbox"):
            done = delivery.sweep(limit=limit)
        labels = {**dict(Outbox.Status.choices), "taken": "已由别的进程接手"}
        self.stdout.write(
            "；".join(f"{labels[status]} {count} 条" for status, count in done.items()) or "没有到期的消息。"
        )
