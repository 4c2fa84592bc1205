"""The officers' imports: past ones, a new file, its columns, its progress, what became of each row."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.errors import DomainError
from core.keyset import paginate
from jobs import import_runs
from jobs.import_forms import ColumnsForm, UploadForm
from jobs.models import ImportBatch
from jobs.permissions import can_resume_import, can_run_import
from jobs.tasks import run_import


@require_GET
def import_list(request: HttpRequest) -> HttpResponse:
    """Past imports, the newest first."""
    rows = ImportBatch.objects.visible_to(request.user).select_related("by")
    page = paginate(rows, order=("-started_at", "-pk"), cursor=request.GET.get("cursor"), size=30)
    return render(request, "jobs/import_list.html", {"page": page})


def import_new(request: HttpRequest) -> HttpResponse:
    """Upload a file."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            batch = import_runs.receive(
                upload=form.cleaned_data["file"], source=form.cleaned_data["source"], by=request.user
            )
        except DomainError as error:
            form.add_error("file", error.message)
        else:
            return redirect("jobs:import-show", public_id=batch.public_id)
    return render(request, "jobs/import_new.html", {"form": form}, status=422 if form.errors else 200)


def import_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One import: its columns while it waits for them, then how far it is and what came of it."""
    batch = get_object_or_404(ImportBatch.objects.visible_to(request.user).select_related("by"), public_id=public_id)
    mine = can_run_import(request.user, batch)
    may_resume = can_resume_import(request.user, batch)
    if request.method == "POST" and may_resume:
        return _resume(request, batch)
    if request.method == "POST" and not mine:
        raise PermissionDenied
    context: dict[str, object] = {"batch": batch, "may_resume": may_resume}
    form = None
    if mine:
        try:
            form = ColumnsForm(request.POST or None, columns=import_runs.preview(batch), full=batch.is_full)
        except DomainError as error:
            context["lost"] = error.message
    columns = batch.columns
    if form is not None and request.method == "POST" and form.is_valid():
        columns = form.cleaned_data["mapping"]
    if form is not None and request.method == "POST" and form.is_valid() and "try" not in request.POST:
        try:
            import_runs.start(
                batch_id=batch.pk,
                columns=form.cleaned_data["mapping"],
                full=form.cleaned_data["full"],
                version=request.POST.get("version"),
                by=request.user,
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            transaction.on_commit(lambda: run_import.delay(batch_id=batch.pk))
            messages.success(request, "已开始导入，列的对应也记住了。")
            return redirect("jobs:import-show", public_id=batch.public_id)
    context["form"] = form
    if form is not None:
        context["trial"] = import_runs.attempt(batch, columns=columns, on=timezone.localdate())
    return render(request, "jobs/import_show.html", context, status=422 if form is not None and form.errors else 200)


def _resume(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    try:
        import_runs.resume(batch_id=batch.pk, version=request.POST.get("version"), by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        transaction.on_commit(lambda: run_import.delay(batch_id=batch.pk))
        messages.success(request, "从断的地方接着导入，已经做完的不重做。")
    return redirect("jobs:import-show", public_id=batch.public_id)


@require_GET
def import_outcomes(request: HttpRequest, public_id: UUID) -> FileResponse:
    """What became of each row, as a table to download."""
    batch = get_object_or_404(ImportBatch.objects.visible_to(request.user), public_id=public_id)
    if not batch.outcomes:
        raise Http404
    name = f"逐行结果-{batch.source or '岗位'}-{batch.started_at:%Y%m%d}.csv"
    return FileResponse(batch.outcomes.open("rb"), as_attachment=True, filename=name, content_type="text/csv")
