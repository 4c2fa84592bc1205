"""Check that history, the access log and the other growing tables are as they were sealed."""

from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from core import seal_verification


class Command(BaseCommand):
    help = "Recompute the chain of seals and name the first broken link. Exit code 1 when there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--without-heads", action="store_true", help="do not compare with the heads file")

    def handle(self, *, without_heads: bool, **options: Any) -> None:
        verdict = seal_verification.verify(with_heads=not without_heads)
        if verdict.broken:
            raise CommandError(f"broken: {verdict.broken}", returncode=1)
        self.stdout.write(f"{verdict.seals} seals over {verdict.rows} rows: whole")
