"""Taking an old ledger over: uploaded, tried, looked at, then followed while the worker writes it."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from core import keyset
from core.columns import ColumnsForm
from core.errors import DomainError
from unemployment import ledger, ledger_files, uploads
from unemployment.forms import LedgerForm
from unemployment.models import Ledger
from unemployment.tasks import take_ledger

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
def ledger_list(request: HttpRequest) -> HttpResponse:
    """The ledgers that were handed in, and a new one."""
    form = LedgerForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = ledger.receive(
                upload=form.cleaned_data["file"],
                region=form.cleaned_data["region"],
                by=request.user,
                on=timezone.localdate(),
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            return redirect("unemployment:ledger-show", made.public_id)
    rows = Ledger.objects.visible_to(request.user).select_related("region", "by")
    page = keyset.paginate(rows, order=("-created_at", "-pk"), cursor=request.GET.get("cursor"), size=30)
    context = {"form": form, "page": page}
    return render(request, "unemployment/ledger_list.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def ledger_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One ledger: its columns and what the trial found while it waits, then how far it is and what became of the rows."""
    rows = Ledger.objects.visible_to(request.user).select_related("region", "by")
    found = get_object_or_404(rows, public_id=public_id)
    form = None
    lost = ""
    if found.status == Ledger.Status.UPLOADED:
        settling = request.method == "POST" and request.POST.get("go") == "columns"
        try:
            columns = ledger.columns_of(found)
            form = ColumnsForm(request.POST if settling else None, columns=columns, meanings=ledger_files.LABELS)
        except DomainError as error:
            lost = error.message
        if settling and form is not None and form.is_valid():
            try:
                ledger.settle_columns(
                    ledger_id=found.pk,
                    columns=form.cleaned_data["mapping"],
                    version=request.POST.get("version"),
                    by=request.user,
                )
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, "列的对应记住了，下面是照它试运行的结果。")
                return redirect("unemployment:ledger-show", public_id)
        if settling:
            return _show(request, found, form, lost, status=422)
    if request.method == "POST":
        try:
            ledger.start(ledger_id=found.pk, version=request.POST.get("version"), by=request.user)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            transaction.on_commit(lambda: take_ledger.delay(ledger_id=found.pk))
            messages.success(request, "开始导入了。可以离开这一页，导入不会停。")
        return redirect("unemployment:ledger-show", public_id)
    return _show(request, found, form, lost)


def _show(
    request: HttpRequest, found: Ledger, form: ColumnsForm | None, lost: str, *, status: int = 200
) -> HttpResponse:
    context = {
        "ledger": found,
        "form": form,
        "lost": lost,
        "lacking": ledger_files.missing(found.columns) if form is not None else [],
    }
    return render(request, "unemployment/ledger_show.html", context, status=status)


@require_GET
def ledger_outcomes(request: HttpRequest, public_id: UUID) -> FileResponse:
    """What became of each row, masked, as a table to download."""
    found = get_object_or_404(Ledger.objects.visible_to(request.user), public_id=public_id)
    name = f"台账逐行结果{found.received_on:%Y%m%d}.xlsx"
    return FileResponse(uploads.outcome_file(found), as_attachment=True, filename=name, content_type=XLSX)


@require_GET
def ledger_template(request: HttpRequest) -> FileResponse:
    """An empty ledger to fill in."""
    return FileResponse(
        ledger_files.template(), as_attachment=True, filename="失业登记台账模板.xlsx", content_type=XLSX
    )
