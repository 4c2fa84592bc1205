"""What every API view starts from: closed until it says who may come in."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView


class DenyAll(BasePermission):
    """The default: a view that names no permission answers nobody."""

    message = "这个接口没有开放。"

    def has_permission(self, request: Request, view: APIView) -> bool:
        return False
