from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"
    verbose_name = "消息"

    def ready(self) -> None:
        # `outbox` asks for the sweep by name; the web process must know the task too.
        import_module("messaging.tasks")
        if find_spec("messaging.modules"):
            import_module("messaging.modules")
