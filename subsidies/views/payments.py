"""拨付 as payers and finance see it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.money import show
from people.models import Region
from people.roles import Role
from subsidies import payments
from subsidies.forms import ResultFileForm
from subsidies.models import PaymentBatch, PaymentLine, Programme
from subsidies.permissions import can_consent, can_pay

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_GET
def payment_desk(request: HttpRequest) -> HttpResponse:
    """What can be paid now, by region and programme, and the batches."""
    user = request.user
    batches = PaymentBatch.objects.visible_to(user).select_related("region", "programme", "made_by")
    batches = batches.annotate(
        paid_count=Count("lines", filter=Q(lines__status="paid")),
        returned_count=Count("lines", filter=Q(lines__status="returned")),
    )
    context = {
        "ready": _ready(request),
        "batches": batches.order_by("-made_at", "-pk")[:50],
        "may_make": user.has_role(Role.SUBSIDY_PAYER),
        "waiting": PaymentBatch.objects.visible_to(user).waiting_for_consent().count(),
    }
    return render(request, "subsidies/payments.html", context)


def _ready(request: HttpRequest) -> list[dict[str, Any]]:
    """Return what waits for payment in each of this payer's regions."""
    paths = request.user.regions(Role.SUBSIDY_PAYER)
    rows = []
    programmes = list(Programme.objects.order_by("order", "pk"))
    for region in Region.objects.open().filter(path__in=paths).order_by("path"):
        for programme in programmes:
            waiting = payments.payable(programme=programme, region=region, by=request.user).order_by()
            found = waiting.aggregate(count=Count("pk"), total=Sum("amount"))
            if found["count"]:
                rows.append({"region": region, "programme": programme, **found})
    return rows


@require_POST
def payment_make(request: HttpRequest) -> HttpResponse:
    """Put what waits in a region into a batch."""
    programme = get_object_or_404(Programme, code=request.POST.get("programme", ""))
    region = get_object_or_404(
        Region.objects.open().within(request.user.regions(Role.SUBSIDY_PAYER)), code=request.POST.get("region", "")
    )
    try:
        batch = payments.make_batch(programme=programme, region=region, by=request.user, on=timezone.localdate())
    except payments.CannotPay as error:
        messages.error(request, error.message)
        return redirect("subsidies:payments")
    messages.success(
        request, f"批次做好了：{batch.line_count} 笔，{show(batch.total)} 元。请财政的同事同意后再送银行。"
    )
    return redirect("subsidies:payment-show", public_id=batch.public_id)


def _batch(request: HttpRequest, public_id: UUID) -> PaymentBatch:
    rows = PaymentBatch.objects.visible_to(request.user).select_related(
        "region", "programme", "made_by", "consented_by"
    )
    return get_object_or_404(rows, public_id=public_id)


def _draw(request: HttpRequest, batch: PaymentBatch, *, status: int = 200, **context: Any) -> HttpResponse:
    sums = batch.lines.aggregate(
        paid=Sum("amount", filter=Q(status=PaymentLine.Status.PAID)),
        paid_count=Count("pk", filter=Q(status=PaymentLine.Status.PAID)),
        returned=Sum("amount", filter=Q(status=PaymentLine.Status.RETURNED)),
        returned_count=Count("pk", filter=Q(status=PaymentLine.Status.RETURNED)),
        pending_count=Count("pk", filter=Q(status=PaymentLine.Status.PENDING)),
    )
    pays = can_pay(request.user, batch)
    context = {
        "batch": batch,
        "lines": batch.lines.select_related("claim").order_by("sequence")[:500],
        "sums": sums,
        "may_consent": batch.status == PaymentBatch.Status.MADE and can_consent(request.user, batch),
        "may_send": batch.status == PaymentBatch.Status.CONSENTED and pays,
        "may_download": pays and batch.status not in (PaymentBatch.Status.MADE, PaymentBatch.Status.CANCELLED),
        "may_record": pays and batch.status in (PaymentBatch.Status.SENT, PaymentBatch.Status.FINISHED),
        "may_cancel": batch.status in (PaymentBatch.Status.MADE, PaymentBatch.Status.CONSENTED),
        "form": ResultFileForm(),
        "report": None,
        **context,
    }
    return render(request, "subsidies/payment_show.html", context, status=status)


@require_GET
def payment_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One batch: its lines, totals, and what comes next."""
    return _draw(request, _batch(request, public_id))


ACTS: dict[str, tuple[Callable[..., PaymentBatch], str, bool]] = {
    "consent": (payments.consent_to_batch, "已同意，可以送银行了。", False),
    "send": (payments.send_batch, "已标记为送银行。收到回单后，在这里上传。", False),
    "cancel": (payments.cancel_batch, "已作废，里面的申请回到待拨付。", True),
}


@require_POST
def payment_act(request: HttpRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Finance agrees, the payer sends, or either voids it."""
    batch = _batch(request, public_id)
    act, done, dated = ACTS[verb]
    more: dict[str, Any] = {"on": timezone.localdate(), "reason": request.POST.get("reason", "")} if dated else {}
    try:
        act(batch_id=batch.pk, by=request.user, version=request.POST.get("version", ""), **more)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect("subsidies:payment-show", public_id=public_id)


@require_GET
def payment_file(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    """The bank's file; taking it leaves a record."""
    batch = _batch(request, public_id)
    if kind not in TYPES:
        raise Http404
    try:
        content = payments.open_file(batch=batch, kind=kind, by=request.user)
    except payments.CannotPay as error:
        messages.error(request, error.message)
        return redirect("subsidies:payment-show", public_id=public_id)
    response = HttpResponse(content, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{batch.number}.{kind}"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
def payment_result(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Read the bank's answer in; bad rows are listed, good ones count."""
    batch = _batch(request, public_id)
    form = ResultFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _draw(request, batch, status=422, form=form)
    try:
        report = payments.record_result(
            batch_id=batch.pk, file=form.cleaned_data["file"], by=request.user, on=timezone.localdate()
        )
    except DomainError as error:
        form.add_error("file", error.message)
        return _draw(request, batch, status=422, form=form)
    return _draw(request, _batch(request, public_id), report=report)
