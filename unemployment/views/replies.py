"""Contacts by text message: the officer's round, and the page behind the link."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_ratelimit.decorators import ratelimit

from core.errors import DomainError
from unemployment import replies
from unemployment.forms import ReplyForm
from unemployment.views.followups import back_to_list, picked


@require_POST
def sms_round(request: HttpRequest) -> HttpResponse:
    """Send the chosen people a link by text message, and say who gets none and why."""

    def address(token: str) -> str:
        return request.build_absolute_uri(reverse("unemployment:reply", args=[token]))

    try:
        done = replies.send_round(
            follow_up_ids=picked(request), address=address, by=request.user, on=timezone.localdate()
        )
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(back_to_list(request))
    left_out = (
        (done.call_due, "已连续几个月只用短信，要打电话或上门"),
        (done.waiting, "上次的短信还在等回答"),
        (done.no_phone, "没有登记手机号"),
    )
    why = "".join(f"；{count} 人没发：{reason}" for count, reason in left_out if count)
    (messages.success if done.sent else messages.warning)(request, f"给 {done.sent} 人发了短信{why}。")
    return redirect(back_to_list(request))


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the page out of shared computers' memories and of search engines."""
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Cache-Control"] = "no-store"
    return response


def _gone(request: HttpRequest, status: int = 410) -> HttpResponse:
    return _private(render(request, "unemployment/reply_gone.html", status=status))


@require_http_methods(["GET", "POST"])
@ratelimit(key="ip", rate="60/h", method="POST", block=False)
def reply(request: HttpRequest, token: str) -> HttpResponse:
    """Ask the month's question (GET changes nothing: message scanners open links) and take the answer (POST)."""
    link = replies.find(token)
    if link is None:
        return _gone(request, status=404)
    if not replies.is_open(link):
        return _gone(request)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if getattr(request, "limited", False):
            form.add_error(None, "试得太勤了，请过 1 小时再填，或者拨打 12333。")
            status = 429
        elif form.is_valid():
            try:
                tried = replies.answer(link_id=link.pk, on=timezone.localdate(), **form.cleaned_data)
            except DomainError:
                return _gone(request)
            if tried.taken:
                return _private(redirect("unemployment:reply-thanks"))
            if not tried.left:
                return _gone(request)
            form.add_error("tail", f"后四位没有对上，还可以试 {tried.left} 次。请对照证件再填。")
    return _private(render(request, "unemployment/reply.html", {"form": form}, status=status))


@require_GET
def reply_thanks(request: HttpRequest) -> HttpResponse:
    """Say that the answer has come, the same to everybody."""
    return _private(render(request, "unemployment/reply_thanks.html"))
