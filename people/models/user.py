"""Accounts."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """One account of one person or one member of staff."""

    def activate_roles(self) -> None:
        """Let this user's staff roles count from now on (a second factor was given)."""
