from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class SubsidiesConfig(AppConfig):
    name = "subsidies"
    verbose_name = "就业补贴"

    def ready(self) -> None:
        if find_spec("subsidies.modules"):
            import_module("subsidies.modules")
