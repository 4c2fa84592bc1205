"""The machines' door: what every view asks of a key, and what it says to whoever has none, or one for something else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.views import APIView

from core import audit
from jobs.models import PartnerKey
from jobs.partner_auth import HasKey, KeyAuthentication
from jobs.partner_keys import note_use

DETAIL = {"type": "object", "required": ["detail"], "properties": {"detail": {"type": "string"}}}
SAID = {
    "type": "object",
    "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
}
UNKNOWN_KEY: dict[int, Any] = {
    401: OpenApiResponse(DETAIL, description="没有密钥，或密钥不对"),
    403: OpenApiResponse(DETAIL, description="这把密钥是办别的事的"),
}
CLOSED: dict[int, Any] = {
    400: OpenApiResponse(SAID, description="整个请求读不懂，什么也没有保存"),
    **UNKNOWN_KEY,
    409: OpenApiResponse(DETAIL, description="同一个幂等键的请求还在处理"),
    413: OpenApiResponse(DETAIL, description="请求太大"),
    415: OpenApiResponse(DETAIL, description="请用 application/json"),
    422: OpenApiResponse(SAID, description="幂等键已用于另一个请求；只推一个岗位时，也表示没有收，原因见 problems"),
}
ONCE = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="幂等键，最长 80 个字符：同样的请求重发，得到第一次的答复",
)


class TooLarge(APIException):
    """The message is larger than any that this door takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "请求太大。请分成几批推送，每批不超过 5 MB。"


class KeyedView(APIView):
    """Closed to whoever has no key of its scope; writes in the key's name."""

    authentication_classes = [KeyAuthentication]
    permission_classes = [HasKey]
    scope: str
    """What a key has to be for (`PartnerKey.Scope`)."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is too large before it is read: the parser of JSON knows no limit."""
        super().initial(request, *args, **kwargs)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Write in the name of the key, and note that it was used."""
        opened = audit.current()
        values = opened.values() if opened else {}
        named = {"request_id": values.get("request_id", ""), "key": str(self.key.public_id)}
        with audit.context(channel="api", reason=f"partner key {self.key.prefix}", **named):
            note_use(self.key, on=timezone.localdate())
            yield

    @property
    def key(self) -> PartnerKey:
        """The key that opened the door."""
        assert isinstance(self.request.auth, PartnerKey)
        return self.request.auth
