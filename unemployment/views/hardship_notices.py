"""公示 of hardship persons: the street's desk and its printed sheet, and what the public sees."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from core.errors import DomainError
from messaging.forms import OBJECTION_CHANNELS, AnswerForm, ObjectionForm
from messaging.publicity_pages import require_quota, unindexed
from people.models import Region
from unemployment import hardship_publicity as publicity
from unemployment.models import HardshipNotice, HardshipObjection
from unemployment.models.hardship import CHECKERS, HANDLERS


@require_http_methods(["GET", "POST"])
def notice_desk(request: HttpRequest) -> HttpResponse:
    """What can be posted now, what hangs, and how many objections are open."""
    user = request.user
    if request.method == "POST":
        return _post(request)
    paths = user.regions(*CHECKERS)
    rows = publicity.ready(user).select_related("person", "region__parent").order_by("region__path", "pk")[:200]
    notices = HardshipNotice.objects.visible_to(user).select_related("region", "posted_by")
    notices = notices.annotate(
        line_count=Count("lines", distinct=True),
        open_count=Count("objections", filter=Q(objections__status="open"), distinct=True),
    )
    context = {
        "rows": rows,
        "places": Region.objects.open().filter(path__in=paths).order_by("path"),
        "notices": notices.order_by("-starts_on", "-pk")[:50],
        "today": timezone.localdate(),
        "may_post": user.has_role(*CHECKERS),
    }
    return render(request, "unemployment/hardship_notices.html", context)


def _post(request: HttpRequest) -> HttpResponse:
    user = request.user
    place = get_object_or_404(
        Region.objects.open().within(user.regions(*CHECKERS)), code=request.POST.get("region", "")
    )
    wanted = set(request.POST.getlist("row"))
    ids = [pk for pk, public_id in publicity.ready(user).values_list("pk", "public_id") if str(public_id) in wanted]
    try:
        notice = publicity.post(region=place, recognition_ids=ids, by=user, on=timezone.localdate())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("unemployment:hardship-notice-desk")
    messages.success(
        request,
        f"已发布，公示到 {notice.ends_on.month} 月 {notice.ends_on.day} 日，到期自动撤下。请打印一份贴到公告栏。",
    )
    return redirect("unemployment:hardship-notice-work", notice.public_id)


def _notice(request: HttpRequest, public_id: UUID) -> HardshipNotice:
    rows = HardshipNotice.objects.visible_to(request.user).select_related("region", "posted_by")
    return get_object_or_404(rows, public_id=public_id)


@require_http_methods(["GET", "POST"])
def notice_work(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One notice with its objections: written down when they come by phone, answered after a look into it."""
    notice = _notice(request, public_id)
    lines = list(notice.lines.select_related("recognition").order_by("number"))
    errors: list[str] = []
    if request.method == "POST":
        add = request.POST.get("act") == "add"
        form: Any = ObjectionForm(request.POST, lines=lines) if add else AnswerForm(request.POST)
        errors = [str(error) for field in form.errors.values() for error in field]
        if not errors:
            try:
                said = _add(request, notice, lines, form) if add else _answer(request, notice, form)
            except DomainError as error:
                errors = [error.message]
            else:
                messages.success(request, said)
                return redirect("unemployment:hardship-notice-work", public_id)
    today = timezone.localdate()
    context = {
        "notice": notice,
        "lines": lines,
        "objections": notice.objections.select_related("line", "handled_by").order_by("-received_at", "-pk"),
        "is_public": notice.is_public(today),
        "may_answer": request.user.serves(notice.region.path, *HANDLERS),
        "form": ObjectionForm(lines=lines),
        "channels": OBJECTION_CHANNELS,
        "errors": errors,
    }
    return render(request, "unemployment/hardship_notice.html", context, status=422 if errors else 200)


def _add(request: HttpRequest, notice: HardshipNotice, lines: list[Any], form: ObjectionForm) -> str:
    channel = request.POST.get("channel", "")
    publicity.object_to(
        notice=notice,
        line=next((row for row in lines if row.number == form.cleaned_data["line"]), None),
        content=form.cleaned_data["content"],
        contact_name=form.cleaned_data["contact_name"],
        contact_phone=form.cleaned_data["contact_phone"],
        channel=channel if channel in dict(OBJECTION_CHANNELS) else HardshipObjection.Channel.PHONE,
        by=request.user,
        on=timezone.localdate(),
    )
    return "异议登记好了。有结论前不会认定。"


def _answer(request: HttpRequest, notice: HardshipNotice, form: AnswerForm) -> str:
    wanted = request.POST.get("objection", "")
    objection = next((o for o in notice.objections.all() if str(o.public_id) == wanted), None)
    if objection is None:
        raise publicity.CannotObject("没有找到这条异议。请刷新页面再看。")
    publicity.answer(
        objection_id=objection.pk,
        upheld=form.cleaned_data["upheld"] == "1",
        finding=form.cleaned_data["finding"],
        by=request.user,
        on=timezone.localdate(),
        version=request.POST.get("version", ""),
    )
    return "核查结果记下了。"


@require_GET
def notice_print(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The sheet for the community's board: masked as on the page, with the day on which it is taken off."""
    notice = _notice(request, public_id)
    context = {"notice": notice, "lines": notice.lines.order_by("number"), "printed_at": timezone.now()}
    return render(request, "unemployment/paper_hardship_notice.html", context)


# What the public sees


@require_GET
def public_list(request: HttpRequest) -> HttpResponse:
    """The notices that hang today."""
    rows = HardshipNotice.objects.public(on=timezone.localdate()).order_by("ends_on", "pk")[:100]
    return unindexed(render(request, "unemployment/publicity_list.html", {"rows": rows}))


@require_http_methods(["GET", "POST"])
def public_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One notice and, by POST, an objection to it; 410 when it was taken down."""
    notice = get_object_or_404(HardshipNotice.objects.select_related("region"), public_id=public_id)
    today = timezone.localdate()
    if not notice.is_public(today):
        return unindexed(render(request, "unemployment/publicity_gone.html", {}, status=410))
    lines = list(notice.lines.order_by("number"))
    form = ObjectionForm(request.POST if request.method == "POST" else None, lines=lines)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        line = next((row for row in lines if row.number == values.pop("line")), None)
        try:
            require_quota(request)
            publicity.object_to(notice=notice, line=line, on=today, **values)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "收到了。我们会在 5 个工作日内核查，有结论前不会认定。")
            return redirect("unemployment:publicity-show", public_id)
    context = {"notice": notice, "lines": lines, "form": form}
    return unindexed(render(request, "unemployment/publicity_show.html", context, status=422 if form.errors else 200))
