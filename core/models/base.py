"""Abstract rows: what has a public address, and what two people may edit at once."""

from typing import Any

from django.db import models
from django.db.models import Func

from core.errors import StaleVersion
from core.ids import uuid7


class DatabaseUUID7(Func):
    """PostgreSQL 18's own `uuidv7()`, so that set-based inserts need no Python."""

    template = "uuidv7()"
    output_field = models.UUIDField()


class PublicModel(models.Model):
    """A row that has an address in URLs and the API: a UUIDv7, never its row number."""

    public_id = models.UUIDField("编号", default=uuid7, db_default=DatabaseUUID7(), unique=True, editable=False)

    class Meta:
        abstract = True


class VersionedModel(models.Model):
    """A row that people edit on a page: whoever saves an older version is told, nothing is merged silently."""

    version = models.PositiveIntegerField("版本", default=1, db_default=1, editable=False)

    class Meta:
        abstract = True

    def require_version(self, version: Any) -> None:
        """Refuse to go on when the page showed another version than the (locked) row has now.

        :raises StaleVersion: the row was changed since, or the page sent no number.
        """
        if str(version) != str(self.version):
            raise StaleVersion

    def bump(self) -> None:
        """Count one more edit; call it on the locked row before `save()`."""
        self.version = self.version + 1
