"""A form sent twice, or an API call repeated after a lost answer, happens once.

The first request claims its token in the same transaction as its work; a second one waits at the unique key until the
first has ended, and then gets the first one's answer. An answer that asks to mend the input is not kept: the same
page may be corrected and sent again.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac

from core import bearer
from core.crypto import decrypt, encrypt, rotation
from core.models import AnsweredRequest

FIELD = "_once"
HEADER = "Idempotency-Key"
KEPT_HEADERS = ("Location", "Content-Type", "HX-Redirect", "HX-Location", "HX-Trigger", "HX-Refresh")
MAX_KEY = 80
MAX_BODY = 64 * 1024
KEPT_FOR = timedelta(days=2)
_NOT_CONTENT = {FIELD, "csrfmiddlewaretoken"}
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})

BUSY = "上一次提交还在处理，请稍等几秒再试。"
USED = "这个幂等键已经用于另一个请求。请换一个新的键再提交。"
SENT_BEFORE = "这张表已经提交过了，刚才改动的内容没有保存。下面是第一次提交的结果。"


class IdempotencyMiddleware:
    """Answer a repeated write with its first answer. Works inside the request's one transaction."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = _key(request) if request.method in _UNSAFE else ""
        owner = _owner(request) if key else ""
        if not owner:
            return self.get_response(request)
        if len(key) > MAX_KEY:
            return _refuse(request, f"幂等键最长 {MAX_KEY} 个字符。", status=400)
        fingerprint = _fingerprint(request)
        try:
            claimed = _claim(owner=owner, key=key, path=f"{request.method} {request.path}", fingerprint=fingerprint)
        except OperationalError:  # lock_timeout: the first request is still at work
            request.roll_back = True  # type: ignore[attr-defined]
            return _refuse(request, BUSY, status=409)
        if claimed is None:
            first = AnsweredRequest.objects.get(owner=owner, key=key)
            return _replay(request, first, fingerprint)
        response = self.get_response(request)
        _keep_or_forget(request, response, claimed=claimed, owner=owner, key=key)
        return response


def forget_old_answers() -> int:
    """Remove answers older than two days."""
    return AnsweredRequest.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()[0]


def _key(request: HttpRequest) -> str:
    return request.headers.get(HEADER, "") or (request.POST.get(FIELD, "") if request.method == "POST" else "")


def _owner(request: HttpRequest) -> str:
    """Name whoever sent the token: nobody can read another one's answer by guessing a token."""
    if token := bearer.token_of(request):
        return key_owner(bearer.digest(token))
    if request.user.is_authenticated:
        return f"user {request.user.pk}"
    secret = request.session.session_key or request.META.get("CSRF_COOKIE", "")
    return f"visitor {salted_hmac('core.idempotency.owner', secret).hexdigest()}" if secret else ""


def key_owner(digest: str) -> str:
    """Return as whose a key's answers are kept."""
    return f"key {digest}"


def forget_answers_of_key(digest: str) -> None:
    """Keep no answer for a key that was revoked: it is to hear that it was."""
    AnsweredRequest.objects.filter(owner=key_owner(digest)).delete()


def _fingerprint(request: HttpRequest) -> str:
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        content: list[Any] = [(k, v) for k, v in sorted(request.POST.lists()) if k not in _NOT_CONTENT]
        content += [(k, f.name, f.size) for k in sorted(request.FILES) for f in request.FILES.getlist(k)]
        text = json.dumps(content, ensure_ascii=False).encode()
    else:
        text = request.body
    return salted_hmac("core.idempotency.content", text).hexdigest()


def _claim(*, owner: str, key: str, path: str, fingerprint: str) -> int | None:
    """Take the token and return its row number; None when it was answered before. Waits for a request under way."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_answeredrequest (owner, key, path, fingerprint, answer) VALUES (%s, %s, %s, %s, '')"
            " ON CONFLICT (owner, key) DO NOTHING RETURNING id",
            [owner, key, path, fingerprint],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _replay(request: HttpRequest, first: AnsweredRequest, fingerprint: str) -> HttpResponse:
    if first.path != f"{request.method} {request.path}":
        return _refuse(request, USED, status=422)
    answer = json.loads(decrypt(first.answer, aad=_aad(first.owner, first.key)))
    if first.fingerprint != fingerprint:
        if _wants_json(request):
            return _refuse(request, USED, status=422)
        messages.warning(request, SENT_BEFORE)
    else:
        for level, text, tags in answer["messages"]:
            messages.add_message(request, level, text, extra_tags=tags)
    response = HttpResponse(answer["body"], status=answer["status"], headers=answer["headers"])
    response["Idempotent-Replay"] = "true"
    return response


def _keep_or_forget(request: HttpRequest, response: HttpResponse, *, claimed: int, owner: str, key: str) -> None:
    if connection.needs_rollback or getattr(request, "roll_back", False):
        return
    row = AnsweredRequest.objects.filter(pk=claimed)
    # Whoever signed in or out needs the cookies of a real answer.
    if not _is_final(request, response) or _owner(request) != owner:
        row.delete()
        return
    queued = getattr(messages.get_messages(request), "_queued_messages", [])
    answer = {
        "status": response.status_code,
        "headers": {name: response[name] for name in KEPT_HEADERS if name in response},
        "body": response.content.decode(errors="replace") if response.status_code < 300 else "",
        "messages": [[m.level, str(m.message), m.extra_tags or ""] for m in queued],
    }
    row.update(answer=encrypt(json.dumps(answer, ensure_ascii=False), aad=_aad(owner, key)))


def _aad(owner: str, key: str) -> str:
    return f"core_answeredrequest.answer:{owner}:{key}"


def _is_final(request: HttpRequest, response: HttpResponse) -> bool:
    """Say whether the write is done: a redirect, or a success. A page (200) is a form shown again with its errors."""
    if response.streaming or response.status_code >= 400:
        return False
    if response.status_code in range(300, 400):
        return True
    is_page = response.status_code == 200 and response.get("Content-Type", "").startswith("text/html")
    is_partial = bool(request.headers.get("HX-Request"))
    return (is_partial or not is_page) and len(response.content) <= MAX_BODY


def _wants_json(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def _refuse(request: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"detail": sentence}, status=status, json_dumps_params={"ensure_ascii": False})
    return render(request, "core/refused.html", {"sentence": sentence}, status=status)


rotation.keeps("core.AnsweredRequest", "answer", aad=lambda row: _aad(row.owner, row.key))
