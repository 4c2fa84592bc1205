"""Reporting a posting, and the officers' list of reports."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_ratelimit.decorators import ratelimit

from core.errors import DomainError
from core.keyset import beside, paginate
from jobs import reports
from jobs.forms import ReportForm, SettleForm
from jobs.models import Posting, PostingReport


@require_http_methods(["GET", "POST"])
@ratelimit(key="ip", rate="20/h", method="POST", block=False)
def report_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Report a posting that is shown; nobody has to sign in for it."""
    today = timezone.localdate()
    posting = get_object_or_404(Posting.objects.published(on=today).select_related("region"), public_id=public_id)
    form = ReportForm(request.POST or None)
    status = 200
    if getattr(request, "limited", False):
        form.add_error(None, "举报得太勤了。请过 1 小时再来，急事打 12333。")
        status = 429
    elif request.method == "POST" and form.is_valid():
        by = request.user if request.user.is_authenticated else None
        try:
            reports.report_posting(posting_id=posting.pk, by=by, on=today, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            told = "结果会发到您的消息里。" if by else ""
            messages.success(request, f"收到了，岗位所在地的工作人员会核实，属实的马上下架。{told}")
            return redirect("jobs:posting-show", public_id=public_id)
    context = {"posting": posting, "form": form}
    status = 422 if status == 200 and form.errors else status
    return render(request, "jobs/report_new.html", context, status=status)


@require_GET
def report_list(request: HttpRequest) -> HttpResponse:
    """What was reported and is not settled, the oldest first; the chosen one beside the list."""
    return _list(request, SettleForm(), wanted=request.GET.get("id", ""))


def _list(request: HttpRequest, form: SettleForm, *, wanted: str, status: int = 200) -> HttpResponse:
    rows = PostingReport.objects.visible_to(request.user).open()
    shown = rows.select_related("posting__region", "posting__organisation", "reporter")
    page = paginate(shown, order=("reported_at", "pk"), cursor=request.GET.get("cursor"), size=30)
    chosen = beside(page, shown, wanted)
    context = {"page": page, "total": rows.count(), "report": chosen, "form": form}
    if chosen is not None:
        context["may_settle"] = reports.may_settle(request.user, chosen)
    return render(request, "jobs/report_list.html", context, status=status)


@require_POST
def report_settle(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what came of a report."""
    report = get_object_or_404(PostingReport.objects.visible_to(request.user), public_id=public_id)
    form = SettleForm(request.POST)
    if not form.is_valid() and report.settled_at is None:
        return _list(request, form, wanted=str(public_id), status=422)
    said = {name: form.cleaned_data.get(name, "") for name in form.fields}
    try:
        reports.settle_report(report_id=report.pk, by=request.user, **said)
        messages.success(request, f"“{report.posting.title}”的举报处理好了。")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("jobs:report-list")
