"""Load the subsidy programmes from `subsidies/data/*.toml`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import audit
from core.errors import DomainError
from subsidies.programme_files import programme_files, read_programme
from subsidies.programmes import load_programme
from subsidies.rules import BadTerms


class Command(BaseCommand):
    help = "Append the versions of subsidy programmes that are not loaded yet. May be run again at any time."

    def handle(self, *, verbosity: int, **options: Any) -> None:
        for path in programme_files():
            try:
                with audit.context(channel="command", reason="load_programmes"):
                    loaded = load_programme(read_programme(path))
            except (DomainError, BadTerms) as error:
                raise CommandError(str(error)) from error
            if verbosity:
                self.stdout.write(f"{loaded.code}: {loaded.added} 个新版本，{loaded.unchanged} 个没有变")
