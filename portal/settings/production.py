"""A real deployment: every secret comes from the environment, nothing has a default."""

from .base import *  # noqa: F403
from .base import STORAGES as BASE_STORAGES
from .base import env
from .tracker import start_tracker

SECRET_KEY = env("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
DATA_KEYS = env.json("DATA_KEYS")
DATA_KEY_CURRENT = env("DATA_KEY_CURRENT")
INDEX_KEYS = env.json("INDEX_KEYS")
INDEX_KEY_CURRENT = env("INDEX_KEY_CURRENT")

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
# The proxy in front speaks https; the probes of the machine itself do not.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]

STORAGES = BASE_STORAGES | {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
start_tracker(env("SENTRY_DSN", default=""), release=env("PORTAL_RELEASE", default=""))
