"""Bring the database's schema up to date, as its owner."""

from typing import Any

from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connection

from core.database_roles import application_role, close_schema


class Command(BaseCommand):
    help = "Migrate, and give the application's role its rights. Connects as the owner (DATABASE_OWNER_URL)."

    def handle(self, *, verbosity: int, **options: Any) -> None:
        role = application_role()
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            if cursor.fetchone()[0] == role:
                raise CommandError(
                    "This command must connect as the database's owner, not as the application's role: "
                    "set DATABASE_OWNER_URL to the owner's address."
                )
            close_schema(cursor, role)
        call_command("migrate", interactive=False, verbosity=verbosity)
