"""One's own messages. Opening one changes nothing; 「知道了」 does."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.keyset import paginate
from messaging import inbox
from messaging.forms import TopicsForm
from messaging.models import InboxMessage
from messaging.models.inbox import InboxMessageQuerySet
from people.models import User


def _me(request: HttpRequest) -> User:
    # The route let nobody in without an account.
    return cast(User, request.user)


def _own(request: HttpRequest) -> InboxMessageQuerySet:
    return InboxMessage.objects.visible_to(_me(request))


@require_GET
def message_list(request: HttpRequest) -> HttpResponse:
    """List one's messages, the latest first."""
    page = paginate(_own(request), order=("-created_at", "-pk"), cursor=request.GET.get("cursor"), size=20)
    return render(request, "messaging/message_list.html", {"page": page, "unread": inbox.unread_count(_me(request))})


@require_GET
def message_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one message."""
    message = get_object_or_404(_own(request), public_id=public_id)
    return render(request, "messaging/message_show.html", {"message": message})


@require_POST
def message_read(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Mark one message as read, and go on with its matter if that was asked for."""
    message = get_object_or_404(_own(request), public_id=public_id)
    inbox.mark_read(message=message)
    if "go" in request.POST and message.link:
        return redirect(message.link)
    return redirect("messaging:message-list")


@require_POST
def message_read_all(request: HttpRequest) -> HttpResponse:
    """Mark all one's messages as read."""
    count = inbox.mark_all_read(by=_me(request))
    messages.success(request, f"已把 {count} 条消息标为读过。")
    return redirect("messaging:message-list")


@require_http_methods(["GET", "POST"])
def settings_edit(request: HttpRequest) -> HttpResponse:
    """Choose which optional messages one wants."""
    form = TopicsForm(request.POST if request.method == "POST" else None, initial=_wanted(request))
    if request.method == "POST" and form.is_valid():
        inbox.choose_topics(by=_me(request), wanted=form.cleaned_data["topics"])
        messages.success(request, "消息设置已保存。")
        return redirect("messaging:settings-edit")
    return render(request, "messaging/settings_edit.html", {"form": form}, status=422 if form.errors else 200)


def _wanted(request: HttpRequest) -> dict[str, list[str]]:
    return {"topics": sorted(inbox.wanted_topics(_me(request)))}
