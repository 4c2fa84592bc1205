from .audit import AccessLog, AppendOnlyModel, History
from .base import DatabaseUUID7, PublicModel, VersionedModel
from .event import ConsumerCursor, Delivery, Event
from .idempotency import AnsweredRequest
from .seal import Seal
from .term import Term

__all__ = [
    "AccessLog",
    "AnsweredRequest",
    "AppendOnlyModel",
    "ConsumerCursor",
    "DatabaseUUID7",
    "Delivery",
    "Event",
    "History",
    "PublicModel",
    "Seal",
    "Term",
    "VersionedModel",
]
