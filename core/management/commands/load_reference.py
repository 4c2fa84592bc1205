"""Load everything that is the same in every deployment of the province."""

from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

LOADERS = ("load_terms", "load_regions", "load_codes", "load_templates", "load_programmes")


class Command(BaseCommand):
    help = "Load the reference data: dated terms, regions and the tables built on them. May be run again at any time."

    def handle(self, *, verbosity: int, **options: Any) -> None:
        known = get_commands()
        for name in LOADERS:
            if name in known:
                call_command(name, verbosity=verbosity)
