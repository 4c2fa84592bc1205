"""System checks of the key ring and of the models that use it."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks

from core.models import PublicModel

from .fields import EncryptedField
from .keys import BadKeys, check_ring


@checks.register(checks.Tags.security)
def check_keys(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse to start with keys that cannot be used."""
    try:
        check_ring()
    except BadKeys as error:
        return [checks.Error(str(error), id="core.E001")]
    return []


@checks.register(checks.Tags.security, deploy=True)
def check_no_development_keys(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse the keys that stand in this repository."""
    known = set(settings.DEVELOPMENT_KEYS.values())
    if known & {*settings.DATA_KEYS.values(), *settings.INDEX_KEYS.values()}:
        return [checks.Error("DATA_KEYS or INDEX_KEYS hold the development key, which is public.", id="core.E002")]
    return []


@checks.register(checks.Tags.models)
def check_sealed_models(**kwargs: Any) -> list[checks.CheckMessage]:
    """A sealed column is bound to the row's public id, so the row must have one."""
    return [
        checks.Error("EncryptedField needs a PublicModel.", obj=field, id="core.E003")
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, EncryptedField) and not issubclass(model, PublicModel)
    ]
