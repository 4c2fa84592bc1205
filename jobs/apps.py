from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "岗位与求职"

    def ready(self) -> None:
        if find_spec("jobs.modules"):
            import_module("jobs.modules")
