from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class UnemploymentConfig(AppConfig):
    name = "unemployment"
    verbose_name = "失业登记与跟踪"

    def ready(self) -> None:
        if find_spec("unemployment.modules"):
            import_module("unemployment.modules")
            import_module("unemployment.care_modules")
