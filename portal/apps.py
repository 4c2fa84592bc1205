from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "门户"

    def ready(self) -> None:
        import_module("portal.checks")
        if find_spec("portal.modules"):
            import_module("portal.modules")
