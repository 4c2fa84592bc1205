"""公示 as officers see it: what is ready, what hangs, what was objected to."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from messaging.forms import OBJECTION_CHANNELS, AnswerForm, ObjectionForm
from people.models import Region
from people.roles import Role
from subsidies.models import Objection, Programme, PublicityBatch
from subsidies.models.claim import months_text
from subsidies.publicity import (
    CannotObject,
    CannotPublish,
    answer_objection,
    post_publicity,
    ready_for_publicity,
    record_objection,
)


@require_GET
def publicity_desk(request: HttpRequest) -> HttpResponse:
    """What can be posted now, what hangs, and how many objections are open."""
    user = request.user
    batches = PublicityBatch.objects.visible_to(user).select_related("region", "programme", "posted_by")
    batches = batches.annotate(
        line_count=Count("lines", distinct=True),
        open_count=Count("objections", filter=Q(objections__status="open"), distinct=True),
    )
    context = {
        "groups": _groups(request),
        "batches": batches.order_by("-starts_on", "-pk")[:50],
        "today": timezone.localdate(),
        "may_post": user.has_role(Role.SUBSIDY_SECOND_REVIEWER),
    }
    return render(request, "subsidies/work_publicity.html", context)


def _groups(request: HttpRequest) -> list[dict[str, object]]:
    """Group the ready claims by programme and by the region in which this officer posts."""
    groups: dict[tuple[int, str], dict[str, object]] = {}
    paths = request.user.regions(Role.SUBSIDY_SECOND_REVIEWER)
    regions = {region.path: region for region in Region.objects.open().filter(path__in=paths).order_by("path")}
    for claim in ready_for_publicity(paths):
        path = max((p for p in paths if claim.region.path == p or claim.region.path.startswith(f"{p}/")), key=len)
        key = (claim.programme_id, path)
        group = groups.setdefault(key, {"programme": claim.programme, "region": regions[path], "rows": []})
        months = months_text([m.month for m in claim.months.all()])
        group["rows"].append({"claim": claim, "months": months})  # type: ignore[attr-defined]
    return list(groups.values())


@require_POST
def publicity_post(request: HttpRequest) -> HttpResponse:
    """Post the ticked claims as one notice."""
    programme = get_object_or_404(Programme, code=request.POST.get("programme", ""))
    region = get_object_or_404(
        Region.objects.open().within(request.user.regions(Role.SUBSIDY_SECOND_REVIEWER)),
        code=request.POST.get("region", ""),
    )
    wanted = set(request.POST.getlist("claim"))
    ids = [c.pk for c in ready_for_publicity([region.path]) if str(c.public_id) in wanted]
    try:
        batch = post_publicity(
            programme=programme, region=region, claim_ids=ids, by=request.user, on=timezone.localdate()
        )
    except CannotPublish as error:
        messages.error(request, error.message)
        return redirect("subsidies:publicity-desk")
    messages.success(request, f"已发布，公示到 {batch.ends_on.month} 月 {batch.ends_on.day} 日，到期自动撤下。")
    return redirect("subsidies:publicity-case", public_id=batch.public_id)


def _batch(request: HttpRequest, public_id: UUID) -> PublicityBatch:
    rows = PublicityBatch.objects.visible_to(request.user).select_related("region", "programme", "posted_by")
    return get_object_or_404(rows, public_id=public_id)


@require_GET
def publicity_case(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One notice with its objections."""
    return _draw_case(request, _batch(request, public_id))


def _draw_case(
    request: HttpRequest, batch: PublicityBatch, *, status: int = 200, errors: list[str] | None = None
) -> HttpResponse:
    lines = list(batch.lines.select_related("claim").order_by("number"))
    context = {
        "batch": batch,
        "lines": lines,
        "objections": batch.objections.select_related("line", "handled_by").order_by("-received_at", "-pk"),
        "today": timezone.localdate(),
        "is_public": batch.is_public(timezone.localdate()),
        "may_answer": request.user.serves(batch.region.path, Role.SUBSIDY_SECOND_REVIEWER, Role.COUNTY_SUPERVISOR),
        "form": ObjectionForm(lines=lines),
        "channels": OBJECTION_CHANNELS,
        "errors": errors or [],
    }
    return render(request, "subsidies/work_publicity_case.html", context, status=status)


@require_POST
def objection_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down an objection that came by phone or at the counter."""
    batch = _batch(request, public_id)
    lines = list(batch.lines.order_by("number"))
    form = ObjectionForm(request.POST, lines=lines)
    if not form.is_valid():
        return _draw_case(request, batch, status=422, errors=[e for f in form.errors.values() for e in f])
    channel = request.POST.get("channel", "")
    try:
        record_objection(
            batch=batch,
            line=next((row for row in lines if row.number == form.cleaned_data["line"]), None),
            content=form.cleaned_data["content"],
            contact_name=form.cleaned_data["contact_name"],
            contact_phone=form.cleaned_data["contact_phone"],
            channel=channel if channel in dict(OBJECTION_CHANNELS) else Objection.Channel.PHONE,
            by=request.user,
            on=timezone.localdate(),
        )
    except CannotObject as error:
        return _draw_case(request, batch, status=422, errors=[error.message])
    messages.success(request, "异议登记好了。有结论前，这一笔不会进入审批。")
    return redirect("subsidies:publicity-case", public_id=public_id)


@require_POST
def objection_answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close an objection."""
    objection = get_object_or_404(
        Objection.objects.visible_to(request.user).select_related("batch__region", "batch__programme"),
        public_id=public_id,
    )
    form = AnswerForm(request.POST)
    errors = [error for field in form.errors.values() for error in field]
    if not errors:
        try:
            answer_objection(
                objection_id=objection.pk,
                upheld=form.cleaned_data["upheld"] == "1",
                finding=form.cleaned_data["finding"],
                by=request.user,
                on=timezone.localdate(),
                version=request.POST.get("version", ""),
            )
        except CannotObject as error:
            errors = [error.message]
    if errors:
        return _draw_case(request, _batch(request, objection.batch.public_id), status=422, errors=errors)
    messages.success(request, "核查结果记下了。")
    return redirect("subsidies:publicity-case", public_id=objection.batch.public_id)
