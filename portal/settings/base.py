"""Settings common to every place the portal runs. What differs comes from the environment."""

import os
import sys
from pathlib import Path
from typing import Any

import environ
import pghistory

from .accounts import *  # noqa: F403
from .logs import configure_structlog, logging_config
from .schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()

DEBUG = False
SECRET_KEY = env("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

PORTAL_NAME = env("PORTAL_NAME", default="辽宁公共就业服务")
PORTAL_ORGANISER = env("PORTAL_ORGANISER", default="辽宁省人力资源和社会保障厅")
# What the law wants at the foot of a public site: its code, its ICP and police filings.
PORTAL_FILINGS = env.list("PORTAL_FILINGS", default=["网站标识码：2100000000（占位）", "辽ICP备00000000号（占位）"])
PROVINCE_CODE = env("PROVINCE_CODE", default="21")

INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "subsidies.apps.SubsidiesConfig",
    "unemployment.apps.UnemploymentConfig",
    "jobs.apps.JobsConfig",
    "stations.apps.StationsConfig",
    "messaging.apps.MessagingConfig",
    "people.apps.PeopleConfig",
    "core.apps.CoreConfig",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "django_htmx",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "portal.logs.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "people.middleware.ActiveRolesMiddleware",
    "core.middleware.AuditContextMiddleware",
    "people.middleware.DefaultDenyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.middleware.OneTransactionMiddleware",
    "core.idempotency.IdempotencyMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "core.templatetags.ui",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context_processors.ui",
            ],
        },
    },
]
# Parts that a page draws by the dozen (`*.jinja`): Django's own templates take five times as long for them.
TEMPLATES.append(
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "core.jinja.environment", "context_processors": [], "auto_reload": False},
    }
)
FORM_RENDERER = "core.forms.UIRenderer"

# The web and worker processes connect as a lesser role that can neither change history tables nor the schema;
# migrations and loaders of the schema connect as the owner (`PORTAL_DB_ROLE=owner`, or a command that needs it).
OWNER_COMMANDS = {"prepare_database", "migrate", "sqlmigrate", "flush", "dbshell"}
AS_OWNER = env("PORTAL_DB_ROLE", default="") == "owner" or (len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS)
_url = "DATABASE_OWNER_URL" if AS_OWNER and "DATABASE_OWNER_URL" in os.environ else "DATABASE_URL"
DATABASES = {"default": env.db_url(_url, default="postgres://portal_app@127.0.0.1:5432/portal")}
APPLICATION_ROLE = env.db_url("DATABASE_URL", default="postgres://portal_app@127.0.0.1:5432/portal")["USER"]
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
_patience = env("DATABASE_STATEMENT_TIMEOUT", default="30s")
_timeouts = "" if AS_OWNER else f"-c statement_timeout={_patience} -c idle_in_transaction_session_timeout=60s"
DATABASES["default"].setdefault("OPTIONS", {})["options"] = f"{_timeouts} -c lock_timeout=10s".strip()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "core.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "portal",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cache"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 12

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 30, "socket_connect_timeout": 2, "visibility_timeout": 3600}
CELERY_BEAT_SCHEDULE = SCHEDULE

# Operations: figures are closed (404) unless a token or the asker's network is named.
METRICS_TOKEN = env("METRICS_TOKEN", default="")
METRICS_ALLOWED_IPS = env.list("METRICS_ALLOWED_IPS", default=[])
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"
configure_structlog()
LOGGING = logging_config(json=True, level=env("LOG_LEVEL", default="INFO"))

AUTH_USER_MODEL = "people.User"
LOGIN_URL = "people:login"
LOGIN_REDIRECT_URL = "people:account"
# How many proxies of ours stand in front and write X-Forwarded-For: limits by address count the client, not the proxy.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = "core.formats"

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / ".portal" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Uploads and exports: outside anything that is served; `core.storage`.
PRIVATE_ROOT = env.path("PRIVATE_ROOT", default=str(BASE_DIR / ".portal" / "private"))
STORAGES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "private": {"BACKEND": "core.storage.PrivateFileStorage", "OPTIONS": {"location": str(PRIVATE_ROOT)}},
}

# 电子印章: which adapter seals papers (unemployment/seals.py); `ink` leaves the place for the seal of ink.
E_SEAL = env("E_SEAL", default="ink")

# Text messages and e-mail: file (under OUTBOX_DIR), console, http (SMS_HTTP_*) or smtp (EMAIL_*); `messaging.gateways`.
MESSAGE_GATEWAYS = {"sms": env("SMS_GATEWAY", default="file"), "email": env("EMAIL_GATEWAY", default="file")}
OUTBOX_DIR = env.path("OUTBOX_DIR", default=str(BASE_DIR / ".portal" / "outbox"))
SMS_SIGN = env("SMS_SIGN", default="舒心就业")
SMS_HTTP_URL = env("SMS_HTTP_URL", default="")
SMS_HTTP_SECRET = env("SMS_HTTP_SECRET", default="")
SMS_HTTP_DEDUPLICATES = env.bool("SMS_HTTP_DEDUPLICATES", default=False)
EMAIL_HOST = env("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="noreply@localhost")
EMAIL_ID_DOMAIN = env("EMAIL_ID_DOMAIN", default="localhost")

# Personal data: named 32-byte keys in base64, e.g. DATA_KEYS={"k1": "…"}; the current one seals new values, the others
# still open old ones until `manage.py rotate_keys` is done. Nothing is sealed with the development key in production.
DATA_CIPHER = env("DATA_CIPHER", default="SM4-GCM")
DATA_KEYS = env.json("DATA_KEYS", default={})
DATA_KEY_CURRENT = env("DATA_KEY_CURRENT", default="")
INDEX_KEYS = env.json("INDEX_KEYS", default={})
INDEX_KEY_CURRENT = env("INDEX_KEY_CURRENT", default="")
DEVELOPMENT_KEYS = {"dev": "ZGV2ZWxvcG1lbnQtb25seS1ub3QtZm9yLXByb2R1Y3Q="}

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["core.api.DenyAll"],
    "EXCEPTION_HANDLER": "core.api.exception_handler",
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["core.throttling.MinuteLimit"],
    "NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT,
}
# Requests a minute: a visitor by address, a partner by key.
API_LIMITS = {
    "visitor": env.int("API_LIMIT_VISITOR", default=120),
    "partner": env.int("API_LIMIT_PARTNER", default=600),
}
# Hosts of one's own network from which postings may be fetched; all other private addresses are refused.
FEED_PRIVATE_HOSTS = env.list("FEED_PRIVATE_HOSTS", default=[])
SPECTACULAR_SETTINGS = {
    "TITLE": f"{PORTAL_NAME} API",
    "DESCRIPTION": (
        "公开岗位数据，只读，不用登录；合作单位用密钥推送岗位。"
        "时间为北京时间，金额单位为元，地区代码为 GB/T 2260。接口说明和更新记录：/jobs/api/"
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["core.api.Public"],
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.throttling.describe_limit",
    ],
}

_self = ["'self'"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": _self,
        "script-src": _self,
        "style-src": _self,
        "img-src": _self,
        "font-src": _self,
        "connect-src": _self,
        "form-action": _self,
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
# Where somebody is may be asked by the portal's own pages (stations, postings, home visits); nothing else of a device.
PERMISSIONS_POLICY = "geolocation=(self), camera=(), microphone=(), payment=(), usb=()"

# History rows carry who, in which role, by which channel and in which request (core.audit, core.triggers). pghistory's
# own context function is not used. Only the tracked row's number is indexed: other keys would slow every write.
PGHISTORY_INSTALL_CONTEXT_FUNC_ON_MIGRATE = False
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
# The heads of the seal chain, outside the database: in production on storage that the application cannot rewrite.
AUDIT_HEADS_FILE = env.path("AUDIT_HEADS_FILE", default=str(BASE_DIR / ".portal" / "audit-heads.log"))
EVENTS_KICK = True
# Where other departments drop their files: CONNECTOR_DIR/<department>/<dataset>/YYYYMMDD.csv
CONNECTOR_DIR = env.path("CONNECTOR_DIR", default=str(BASE_DIR / ".portal" / "departments"))

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
