"""A developer's machine: debug on, everything on loopback. `script/server` sets the rest."""

from .base import *  # noqa: F403
from .base import env

DEBUG = env.bool("PORTAL_DEBUG", default=True)
SECRET_KEY = env("SECRET_KEY", default="local-only-never-in-production-" + "0" * 32)
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
