from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "基础"

    def ready(self) -> None:
        if find_spec("core.modules"):
            import_module("core.modules")
