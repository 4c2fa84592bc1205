"""Bring the database's schema up to date, as its owner."""

from typing import Any

from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from core.database_roles import application_role, grant_application_rights


class Command(BaseCommand):
    help = "Give the application's role its rights and migrate. Connects as the owner (DATABASE_OWNER_URL)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rights-only", action="store_true", help="do not migrate")

    def handle(self, *, rights_only: bool, verbosity: int, **options: Any) -> None:
        role = application_role()
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            if cursor.fetchone()[0] == role:
                raise CommandError(
                    "This command must connect as the database's owner, not as the application's role: "
                    "set DATABASE_OWNER_URL to the owner's address."
                )
            grant_application_rights(cursor, role)
        if not rights_only:
            call_command("migrate", interactive=False, verbosity=verbosity)
