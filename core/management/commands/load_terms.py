"""Append the dated terms of the apps' data files to the table."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import audit, term_files


class Command(BaseCommand):
    help = "Append new dated terms (<app>/data/*.toml). Loaded rows are never changed: a changed one is refused."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, help="these files instead of the apps' own")

    def handle(self, *, files: list[Path], verbosity: int, **options: Any) -> None:
        try:
            with audit.context(channel="command", reason="load_terms"):
                loaded = term_files.load(files or term_files.files())
        except (term_files.CannotLoadTerms, OSError) as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(f"政策参数：新增 {loaded.added} 条，已有 {loaded.unchanged} 条。")
