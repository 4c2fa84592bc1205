"""Where private files lie: uploads and exports, never under static, never with a public address.

`settings.STORAGES["private"]` names the backend (a folder outside the web root by default, an object store where there
is one). Files are served by a view that checks who asks; nothing else hands them out.
"""

import re
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.core.files.storage import FileSystemStorage, Storage, storages
from django.utils.deconstruct import deconstructible

from core.ids import uuid7


@deconstructible
class PrivateFileStorage(FileSystemStorage):
    """A folder that only the portal's own user can read; files have no URL."""

    def __init__(self, location: str, **options: Any) -> None:
        super().__init__(
            location=location,
            file_permissions_mode=0o600,
            directory_permissions_mode=0o700,
            allow_overwrite=False,
            **options,
        )

    def url(self, name: str | None) -> str:
        raise ValueError("private files have no URL: a view serves them after asking who wants them")


def private() -> Storage:
    """Return the storage for private files. Give it to a field uncalled: `FileField(storage=private)`."""
    return storages["private"]


def private_path(instance: Any, filename: str) -> str:
    """Return where a private file goes, for `FileField(upload_to=private_path)`.

    By the row's public id (a new one where there is none), spread over folders; of the sender's name only a harmless
    extension is kept, because names carry personal data.
    """
    identity = getattr(instance, "public_id", None)
    name = (identity if isinstance(identity, UUID) else uuid7()).hex
    extension = PurePath(filename).suffix.lower()
    # The end of a UUIDv7 is random; its beginning is the time, which would fill one folder.
    return f"{name[-2:]}/{name[-4:-2]}/{name}{extension if re.fullmatch(r'[.][a-z0-9]{1,5}', extension) else ''}"
