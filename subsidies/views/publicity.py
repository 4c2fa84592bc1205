"""公示 as the public sees it: masked, not indexed, gone when its time is up."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from messaging.forms import ObjectionForm
from messaging.publicity_pages import require_quota, unindexed
from subsidies.models import PublicityBatch
from subsidies.publicity import CannotObject, record_objection


@require_GET
def publicity_list(request: HttpRequest) -> HttpResponse:
    """The notices that hang today."""
    rows = PublicityBatch.objects.public(on=timezone.localdate()).select_related("region", "programme")
    return unindexed(render(request, "subsidies/publicity_list.html", {"rows": rows.order_by("ends_on", "pk")[:100]}))


def _draw(
    request: HttpRequest, batch: PublicityBatch, form: ObjectionForm | None = None, *, status: int = 200
) -> HttpResponse:
    lines = list(batch.lines.order_by("number"))
    form = form or ObjectionForm(lines=lines)
    context = {"batch": batch, "lines": lines, "form": form, "total": sum(line.amount for line in lines)}
    return unindexed(render(request, "subsidies/publicity_show.html", context, status=status))


@require_GET
def publicity_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One notice; 410 when it was taken down."""
    batch = get_object_or_404(PublicityBatch.objects.select_related("region", "programme"), public_id=public_id)
    if not batch.is_public(timezone.localdate()):
        return unindexed(render(request, "subsidies/publicity_gone.html", {}, status=410))
    return _draw(request, batch)


@require_POST
def publicity_object(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Anybody may object, a few times an hour from one place."""
    batch = get_object_or_404(PublicityBatch.objects.select_related("region", "programme"), public_id=public_id)
    if not batch.is_public(timezone.localdate()):
        return unindexed(render(request, "subsidies/publicity_gone.html", {}, status=410))
    lines = list(batch.lines.order_by("number"))
    form = ObjectionForm(request.POST, lines=lines)
    if form.is_valid():
        number = form.cleaned_data["line"]
        line = next((row for row in lines if row.number == number), None)
        try:
            require_quota(request)
            record_objection(
                batch=batch,
                line=line,
                content=form.cleaned_data["content"],
                contact_name=form.cleaned_data["contact_name"],
                contact_phone=form.cleaned_data["contact_phone"],
                on=timezone.localdate(),
            )
        except CannotObject as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "收到了。我们会在 5 个工作日内核查，有结论前这一笔不会发放。")
            return redirect("subsidies:publicity-show", public_id=public_id)
    return _draw(request, batch, form, status=422)
