"""Papers: taken in once, kept private, used again."""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from core import storage
from core.errors import DomainError
from core.ids import uuid7
from people.models import Document, Organisation, Person, User

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 60_000_000
"""About a 60-megapixel photograph; a picture that claims more is a decompression bomb."""
LONGEST_SIDE = 4000
EXTENSIONS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
ACCEPT = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"
WHAT_IS_TAKEN = "可以交照片（JPG、PNG）或 PDF，每个不超过 10 MB。"


class CannotTakeDocument(DomainError):
    """The file was not taken in; nothing of it was kept."""


@dataclass(frozen=True)
class Checked:
    """A file that was looked into: what it is and its clean content."""

    content: bytes
    content_type: str


def check(upload: UploadedFile) -> Checked:
    """Look into a file: its size, what it really is, and a picture without its hidden data.

    :raises CannotTakeDocument: too big, empty, of another kind, or damaged.
    """
    size = upload.size or 0
    if size > MAX_BYTES:
        raise CannotTakeDocument(
            f"这个文件有 {size / 1024 / 1024:.1f} MB，最大只能 10 MB。请拍小一点，或把扫描的清晰度调低后再传。"
        )
    content = upload.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise CannotTakeDocument("这个文件超过 10 MB。请拍小一点，或把扫描的清晰度调低后再传。")
    if not content:
        raise CannotTakeDocument("这个文件是空的。请重新选一个。")
    kind = _kind(content)
    if kind is None:
        raise CannotTakeDocument(f"这个文件不是照片也不是 PDF。{WHAT_IS_TAKEN}")
    if kind == "application/pdf":
        if b"%%EOF" not in content[-2048:]:
            raise CannotTakeDocument("这个 PDF 不完整，可能没有传完。请重新选一次。")
        return Checked(content, kind)
    return Checked(_clean_picture(content, kind), kind)


def _kind(content: bytes) -> str | None:
    """Tell the kind by the first bytes; names and declared types are anybody's claim."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return None


def _clean_picture(content: bytes, kind: str) -> bytes:
    """Draw the picture anew, upright, so that nothing but pixels is left (place, time, camera, appended data)."""
    broken = CannotTakeDocument("这张照片打不开，可能已经损坏。请重新拍一张再传。")
    try:
        with Image.open(BytesIO(content), formats=["JPEG", "PNG"]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise CannotTakeDocument("这张照片的像素太多了。请把清晰度调低后再传。")
            upright = ImageOps.exif_transpose(picture)
            keeps_alpha = kind == "image/png" and upright.mode in ("RGBA", "LA", "P")
            clean = upright.convert("RGBA" if keeps_alpha else "RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise broken from error
    clean.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = BytesIO()
    if kind == "image/png":
        clean.save(out, "PNG", optimize=True)
    else:
        clean.save(out, "JPEG", quality=88)
    return out.getvalue()


@transaction.atomic
def take_document(
    *,
    upload: UploadedFile | Checked,
    kind: str,
    by: User,
    name: str = "",
    person: Person | None = None,
    organisation: Organisation | None = None,
) -> Document:
    """Keep a paper for its owner; the same paper handed in again is the one that is there.

    :param person: whose it is; the uploader's own person when left out and no organisation is given.
    :raises CannotTakeDocument: see `check`.
    """
    checked = upload if isinstance(upload, Checked) else check(upload)
    if person is None and organisation is None:
        person = by.person
    digest = hashlib.sha256(checked.content).hexdigest()
    owned = {"person": person, "organisation": organisation, "kind": kind, "sha256": digest}
    same = Document.objects.filter(**owned, **({} if person or organisation else {"uploaded_by": by})).first()
    if same:
        return same
    given = name or getattr(upload, "name", "") or ""
    row = Document(
        public_id=uuid7(),
        name=_file_name(given, checked.content_type, kind),
        content_type=checked.content_type,
        size=len(checked.content),
        uploaded_by=by,
        **owned,
    )
    path = storage.private_path(row, f"x{EXTENSIONS[checked.content_type]}")
    row.storage_key = storage.private().save(path, ContentFile(checked.content))
    row.save()
    return row


def _file_name(given: str, content_type: str, kind: str) -> str:
    stem = PurePath(given.replace("\\", "/")).stem.strip()[:80]
    stem = "".join(c for c in stem if c.isprintable() and c not in '<>:"/\\|?*')
    return f"{stem or Document.Kind(kind).label}{EXTENSIONS[content_type]}"


def read_document(document: Document) -> Any:
    """Open the stored file; whoever calls has asked whether the reader may see it."""
    return storage.private().open(document.storage_key)


def reusable(*, by: User, kind: str) -> list[Document]:
    """Return the papers of this kind that the user has handed in before, newest first: 已有的材料不再要."""
    return list(Document.objects.of_owner(by).filter(kind=kind).order_by("-pk")[:10])
