from .audit import AccessLog, AppendOnlyModel, History
from .base import DatabaseUUID7, PublicModel, VersionedModel
from .term import Term

__all__ = ["AccessLog", "AppendOnlyModel", "DatabaseUUID7", "History", "PublicModel", "Term", "VersionedModel"]
