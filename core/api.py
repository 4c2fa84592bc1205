"""What every API view starts from: closed until it says who may come in, undone as a whole when it fails."""

import hashlib
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from core.errors import DomainError
from core.keyset import Page, paginate

if TYPE_CHECKING:  # rest_framework.views itself imports this module, by its settings
    from rest_framework.views import APIView


class DenyAll(BasePermission):
    """The default: a view that names no permission answers nobody."""

    message = "这个接口没有开放。"

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return False


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer a rule of the domain with 409 and its sentence; whatever a view raised, nothing of its writes stays."""
    from rest_framework import views

    context["request"]._request.roll_back = True
    if isinstance(error, DomainError):
        return Response({"detail": error.message}, status=status.HTTP_409_CONFLICT)
    return views.exception_handler(error, context)


class Public(BasePermission):
    """Everybody may read; nobody may write. For open data only."""

    message = "这个接口只能读取。"

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return request.method in SAFE_METHODS


def answer_when_changed(request: Request, answer: Response, *, seconds: int) -> Response:
    """Mark an answer to GET by its content, so that whoever has it already is told so (304) instead of getting it again.

    :param seconds: how long anybody between may keep it without asking; 0 lets them keep it but ask each time.
    """

    def compare(rendered: Any) -> HttpResponse | None:
        etag = quote_etag(hashlib.sha256(rendered.content).hexdigest()[:32])
        rendered["ETag"] = etag
        if seconds:
            patch_cache_control(rendered, public=True, max_age=seconds)
        else:
            patch_cache_control(rendered, no_cache=True)
        found = get_conditional_response(request._request, etag=etag, response=rendered)
        return found if found is not rendered else None

    answer.add_post_render_callback(compare)
    return answer


class KeysetPagination(BasePagination):
    """Pages by position (`core.keyset`). The view's `ordering(request)` names the order; `limit` the size, 1 to 100."""

    size = 20
    max_size = 100

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        text = request.query_params.get("limit", str(self.size))
        if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= self.max_size:
            raise ValidationError({"limit": [f"每页行数要在 1 到 {self.max_size} 之间。"]})
        self._page = self.page(queryset, view, cursor=request.query_params.get("cursor"), size=int(text))
        self._request = request
        return self._page.items

    def page(self, queryset: Any, view: Any, *, cursor: str | None, size: int) -> Page[Any]:
        """Return the page; a list that is no plain queryset says here how it is paged."""
        return paginate(queryset, order=view.ordering(view.request), cursor=cursor, size=size)

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {"next": self._address(self._page.next), "previous": self._address(self._page.previous), "results": data}
        )

    def _address(self, cursor: str | None) -> str | None:
        return replace_query_param(self._request.build_absolute_uri(), "cursor", cursor) if cursor else None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        properties = {"next": link, "previous": link, "results": schema}
        return {"type": "object", "required": ["next", "previous", "results"], "properties": properties}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        number = {"type": "integer", "minimum": 1, "maximum": self.max_size, "default": self.size}
        return [
            {
                "name": "cursor",
                "in": "query",
                "schema": {"type": "string"},
                "description": "上一页答复里 next 带的位置",
            },
            {"name": "limit", "in": "query", "schema": number, "description": "每页行数"},
        ]
