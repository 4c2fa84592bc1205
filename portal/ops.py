"""What the machines ask: is the process alive, may it get traffic, how is it doing."""

import hmac
from ipaddress import ip_address, ip_network

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from redis.exceptions import RedisError

logger = structlog.get_logger("portal.ops")
_schema_is_current = False


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer as long as the process runs. Asks neither database nor cache: a restart would not mend those."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when requests can be served, else 503 with the names (and no details) of what is missing."""
    parts = {"database": _database_answers(), "cache": _cache_answers()}
    parts["schema"] = parts["database"] and _schema_is_up_to_date()
    ready = all(parts.values())
    said = {name: "ok" if fine else "failed" for name, fine in parts.items()}
    return JsonResponse({"status": "ready" if ready else "not ready", **said}, status=200 if ready else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("database does not answer")
        return False
    return True


def _cache_answers() -> bool:
    try:
        cache.get("readyz")
    except RedisError:
        logger.exception("cache does not answer")
        return False
    return True


def _schema_is_up_to_date() -> bool:
    """Whether every migration of this code is applied; asked until the first yes, code does not change under a process."""
    global _schema_is_current
    if not _schema_is_current:
        executor = MigrationExecutor(connection)
        _schema_is_current = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _schema_is_current


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give Prometheus its figures. Closed (404) unless METRICS_TOKEN or METRICS_ALLOWED_IPS lets the asker in."""
    if not (_has_token(request) or _comes_from_allowed_network(request)):
        raise Http404
    return ExportToDjangoView(request)


def _has_token(request: HttpRequest) -> bool:
    wanted = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


def _comes_from_allowed_network(request: HttpRequest) -> bool:
    """A forwarded request carries the proxy's address, which says nothing about who asks."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in ip_network(network) for network in settings.METRICS_ALLOWED_IPS)
