from .audit import AccessLog, AppendOnlyModel, History
from .base import DatabaseUUID7, PublicModel, VersionedModel

__all__ = ["AccessLog", "AppendOnlyModel", "DatabaseUUID7", "History", "PublicModel", "VersionedModel"]
