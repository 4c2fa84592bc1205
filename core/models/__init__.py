from .audit import AccessLog, AppendOnlyModel, History
from .base import DatabaseUUID7, PublicModel, VersionedModel
from .department import Department, DepartmentFile, DepartmentRow, QueryLog
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
    "Department",
    "DepartmentFile",
    "DepartmentRow",
    "Event",
    "History",
    "PublicModel",
    "QueryLog",
    "Seal",
    "Term",
    "VersionedModel",
]
