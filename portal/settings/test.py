"""The test suite: what would be a quiet slip elsewhere is an error here."""

import copy

from .base import *  # noqa: F403
from .base import DATABASES, DEVELOPMENT_KEYS, INSTALLED_APPS, TEMPLATES
from .strict import UndefinedVariable

INSTALLED_APPS = ["tests.audited.apps.AuditedConfig", *INSTALLED_APPS]
SECRET_KEY = "test-only-" + "0" * 48
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATA_KEYS = INDEX_KEYS = DEVELOPMENT_KEYS
DATA_KEY_CURRENT = INDEX_KEY_CURRENT = "dev"
API_LIMITS = {"visitor": 100_000, "partner": 100_000}
STATIC_ROOT = None  # nothing is collected: WhiteNoise has nothing to look for with each request
EVENTS_KICK = False
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
TEMPLATES = copy.deepcopy(TEMPLATES)
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable()
# A test that commits gets a new database: no thread may keep a connection to the old one.
DATABASES["default"]["CONN_MAX_AGE"] = 0
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "private": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
