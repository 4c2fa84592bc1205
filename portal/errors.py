"""The pages of refusals and failures: what happened and what to do next, never what broke inside."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from core.context_processors import display

SENTENCES = {
    "400": (400, "这个请求有问题，没有处理。请返回上一页检查后再试。"),
    "403": (403, "您没有权限打开这个页面。如果这是您的工作，请联系本单位的管理员。"),
    "404": (404, "没有找到这个页面。请检查网址，或者从首页重新进入。"),
    "410": (410, "这个页面的内容已经撤下，不再提供。"),
    "500": (500, "系统出错了，您刚才填的内容没有保存。请过几分钟再试。"),
    "csrf": (403, "页面放得太久，安全凭证已经失效，刚才的内容没有提交。请刷新页面后重新提交。"),
}


def _answer(request: HttpRequest, kind: str) -> HttpResponse:
    status, sentence = SENTENCES[kind]
    if request.path_info.startswith("/api/"):
        return JsonResponse({"detail": sentence}, status=status)
    # Without the request: the context processors read the account and the navigation, which may be what failed.
    context = {"sentence": sentence, "portal_name": settings.PORTAL_NAME, **display(request)}
    page = render_to_string(f"errors/{kind}.html", context)
    return HttpResponse(page, status=status, content_type="text/html; charset=utf-8")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _answer(request, "400")


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return _answer(request, "403")


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _answer(request, "404")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 because the form's token is missing or old."""
    return _answer(request, "csrf")


def server_error(request: HttpRequest) -> HttpResponse:
    """500. Whatever broke may break the page too, so the sentence alone is the last resort."""
    try:
        return _answer(request, "500")
    except Exception:
        import structlog

        structlog.get_logger("portal.errors").exception("the error page itself failed")
        return HttpResponse(SENTENCES["500"][1], status=500, content_type="text/plain; charset=utf-8")
