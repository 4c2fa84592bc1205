"""A developer's machine: debug on, everything on loopback. `script/server` sets the rest."""

from .base import *  # noqa: F403
from .base import DEVELOPMENT_KEYS, env
from .logs import logging_config

DEBUG = env.bool("PORTAL_DEBUG", default=True)
SECRET_KEY = env("SECRET_KEY", default="local-only-never-in-production-" + "0" * 32)
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

DATA_KEYS = env.json("DATA_KEYS", default=DEVELOPMENT_KEYS)
DATA_KEY_CURRENT = env("DATA_KEY_CURRENT", default="dev")
INDEX_KEYS = env.json("INDEX_KEYS", default=DEVELOPMENT_KEYS)
INDEX_KEY_CURRENT = env("INDEX_KEY_CURRENT", default="dev")

WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
LOGGING = logging_config(json=False, level=env("LOG_LEVEL", default="INFO"))
# The terminal shows what people do and what goes wrong, not that a task came round again.
QUIET = {name: {"level": "WARNING"} for name in ("celery.beat", "celery.worker.strategy", "celery.app.trace")}
LOGGING["loggers"] |= QUIET
