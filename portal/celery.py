"""The Celery application. Each app's `tasks.py` is found by itself."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import before_task_publish, setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.local")
app = Celery("portal", task_cls="core.celery:AuditedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Celery sets up no logging of its own when somebody listens here: settings.LOGGING stays."""


@before_task_publish.connect
def show_beat_is_alive(**kwargs: Any) -> None:
    """Touch the file that beat's health check looks at (portal/probe.py)."""
    if alive := os.environ.get("BEAT_ALIVE_FILE"):
        Path(alive).touch()
