from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "基础"

    def ready(self) -> None:
        from core import audit, checks, grants, idempotency  # noqa: F401  (checks register themselves)

        connection_created.connect(audit.install_hook)
        pre_migrate.connect(_install_clock, sender=self)
        post_migrate.connect(grants.apply, sender=self)
        import_module("core.crypto.checks")
        if find_spec("core.modules"):
            import_module("core.modules")
        autodiscover_modules("consumers", "datasets")


def _install_clock(*, using: str, **kwargs: object) -> None:
    from core import clock

    clock.install(using)
