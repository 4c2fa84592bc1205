"""Who may come in by machine: an organisation with a live key, for what the key was made for."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core import bearer
from jobs.models import PartnerKey
from jobs.partner_keys import find_key

if TYPE_CHECKING:
    from rest_framework.views import APIView


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`. A request without one stays a visitor's."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, PartnerKey] | None:
        if not request.META.get("HTTP_AUTHORIZATION"):
            return None
        key = find_key(bearer.token_of(request._request))
        if key is None:
            raise AuthenticationFailed("密钥不对、已停用，或者单位没有通过核验。请在“接口密钥”页查看。")
        return AnonymousUser(), key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="partner"'


class HasKey(BasePermission):
    """Only with a live key that was made for what this door does."""

    message = "请带上密钥：Authorization: Bearer <密钥>。"

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.auth, PartnerKey):
            return False
        self.message = f"这把密钥用来{request.auth.get_scope_display()}，不能办这件事。请换一把，或者联系系统管理员。"
        return request.auth.scope == getattr(view, "scope", None)


class KeyScheme(OpenApiAuthenticationExtension):
    """How the schema describes it."""

    target_class = KeyAuthentication
    name = "partnerKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "单位的接口密钥，在“接口密钥”页开通"}
