"""How often one visitor or one partner may ask the API in a minute: `settings.API_LIMITS`."""

import time
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView

MINUTE = 60
log = structlog.get_logger(__name__)


class MinuteLimit(BaseThrottle):
    """Counts whole minutes in the shared cache: two commands a request. Without the cache everybody is let in."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        key = getattr(request.auth, "pk", None)
        who, most = (f"key-{key}", "partner") if key else (self.get_ident(request), "visitor")
        name = f"api:limit:{who}:{int(time.time()) // MINUTE}"
        try:
            cache.add(name, 0, 2 * MINUTE)
            return bool(cache.incr(name) <= settings.API_LIMITS[most])
        except (RedisError, ValueError) as error:  # ValueError: it ran out between the two commands
            log.warning("api limit not counted", error=type(error).__name__)
            return True

    def wait(self) -> float:
        """Return the seconds until the next minute begins."""
        return MINUTE - time.time() % MINUTE


def describe_limit(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add to every operation of the schema what somebody hears who asks too often."""
    said = {
        "description": "请求太频繁，过 Retry-After 秒再试",
        "headers": {"Retry-After": {"schema": {"type": "integer"}}},
        "content": {
            "application/json": {
                "schema": {"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string"}}}
            }
        },
    }
    for operations in result["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"].setdefault("429", said)
    return result
