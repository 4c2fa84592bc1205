"""The test suite: what would be a quiet slip elsewhere is an error here."""

import copy

from .base import *  # noqa: F403
from .base import TEMPLATES

SECRET_KEY = "test-only-" + "0" * 48
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
TEMPLATES = copy.deepcopy(TEMPLATES)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
