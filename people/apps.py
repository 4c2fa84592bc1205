from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"
    verbose_name = "人员与机构"

    def ready(self) -> None:
        import_module("people.allauth_adapter")  # tells the key rotation what it seals
        if find_spec("people.modules"):
            import_module("people.modules")
