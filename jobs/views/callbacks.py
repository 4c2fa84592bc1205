"""The officers' queue of call-backs after a hire."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.keyset import paginate
from jobs import callbacks
from jobs.hiring_forms import CallBackForm
from jobs.models import CallBack, Offer

RELATED = ("placement__person", "placement__posting", "placement__application", "region")


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Whom to call by today, the longest due first."""
    today = timezone.localdate()
    rows = CallBack.objects.visible_to(request.user).due(on=today).select_related(*RELATED)
    page = paginate(rows, order=("due_on", "pk"), cursor=request.GET.get("cursor"), size=30)
    return render(request, "jobs/callback_list.html", {"page": page, "today": today, "total": rows.count()})


def _row(request: HttpRequest, public_id: UUID) -> CallBack:
    return get_object_or_404(CallBack.objects.visible_to(request.user).select_related(*RELATED), public_id=public_id)


def _page(
    request: HttpRequest, row: CallBack, form: CallBackForm, *, phone: str = "", status: int = 200
) -> HttpResponse:
    earlier = row.placement.call_backs.exclude(pk=row.pk).exclude(status=CallBack.Status.OPEN).order_by("days")
    agreed = row.placement.application.offers.filter(status=Offer.Status.ACCEPTED).first()
    context = {"row": row, "form": form, "phone": phone, "earlier": list(earlier), "agreed": agreed}
    return render(request, "jobs/callback_record.html", context, status=status)


@never_cache
def record(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down one call."""
    row = _row(request, public_id)
    form = CallBackForm(request.POST or None, initial={"version": row.version})
    if request.method == "POST" and form.is_valid():
        try:
            done = callbacks.record_call_back(
                call_back_id=row.pk,
                values=form.cleaned_data,
                version=form.cleaned_data["version"],
                by=request.user,
                on=timezone.localdate(),
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            kept = done.status == CallBack.Status.OPEN
            messages.success(request, "记好了，还留在名单里，改天再打。" if kept else "记好了。")
            return redirect("jobs:callback-list")
    return _page(request, row, form, status=422 if form.errors else 200)


@never_cache
@require_POST
def phone(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the phone for this call; the look is recorded."""
    row = _row(request, public_id)
    try:
        number = callbacks.open_phone(row=row, by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("jobs:callback-list")
    return _page(request, row, CallBackForm(initial={"version": row.version}), phone=number)
