from .base import DatabaseUUID7, PublicModel, VersionedModel

__all__ = ["DatabaseUUID7", "PublicModel", "VersionedModel"]
