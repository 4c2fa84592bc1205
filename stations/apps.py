from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class StationsConfig(AppConfig):
    name = "stations"
    verbose_name = "服务站"

    def ready(self) -> None:
        if find_spec("stations.modules"):
            import_module("stations.modules")
