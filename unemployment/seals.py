"""电子印章: what puts an agency's seal on a paper. Named by the setting `E_SEAL`.

A real adapter sends the paper's digest to the province's seal service and gets back the picture and the signature; the
paper keeps both for good. Today none is connected: the place stays empty for the seal of ink, and the paper says so.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Sealed:
    """What the paper keeps of its seal: the picture's address and the signature, or why there is none."""

    adapter: str
    note: str
    image: str = ""
    signature: str = ""


class SealAdapter(Protocol):
    """A way to seal. It is called inside the transaction that issues the paper, so it must answer at once or fail."""

    def seal(self, *, digest: str, agency: str) -> Sealed:
        """Return the seal of an agency over the SHA-256 of a paper."""


class InkSeal:
    """No electronic seal: the place is left for the seal of ink."""

    def seal(self, *, digest: str, agency: str) -> Sealed:
        return Sealed(adapter="ink", note="没有接入电子印章，请在此处加盖实体印章")


ADAPTERS: dict[str, type[SealAdapter]] = {"ink": InkSeal}


def seal_paper(*, number: str, agency: str, content: dict[str, Any]) -> dict[str, str]:
    """Return what a paper keeps of its seal."""
    words = json.dumps([number, agency, content], ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(words.encode()).hexdigest()
    return {**asdict(ADAPTERS[settings.E_SEAL]().seal(digest=digest, agency=agency)), "digest": digest}
