"""What every API view starts from: closed until it says who may come in, undone as a whole when it fails."""

from typing import TYPE_CHECKING, Any

from rest_framework import status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import DomainError

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
