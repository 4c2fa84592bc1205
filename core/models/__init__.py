from .audit import AccessLog, AppendOnlyModel, History
from .base import DatabaseUUID7, PublicModel, VersionedModel
from .idempotency import AnsweredRequest
from .term import Term

__all__ = [
    "AccessLog",
    "AnsweredRequest",
    "AppendOnlyModel",
    "DatabaseUUID7",
    "History",
    "PublicModel",
    "Term",
    "VersionedModel",
]
