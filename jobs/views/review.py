"""The officers' queue of postings that wait for a look."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.keyset import beside, paginate
from jobs import marking, postings
from jobs.checking import check
from jobs.forms import ReturnForm, TakeDownForm
from jobs.models import Posting
from jobs.permissions import can_review_posting
from jobs.rules import BLOCK


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first; the chosen one beside the list."""
    if "unplaced" in request.GET:
        return _unplaced(request)
    return _queue(request, ReturnForm(), wanted=request.GET.get("id", ""))


def _unplaced(request: HttpRequest) -> HttpResponse:
    """What is shown although its place was not made out: the province's officers look through it."""
    rows = Posting.objects.unplaced(request.user, on=timezone.localdate()).select_related("organisation", "region")
    page = paginate(rows, order=("-pk",), cursor=request.GET.get("cursor"), size=30)
    return render(request, "jobs/review_queue.html", {"page": page, "unplaced": True, "posting": None})


def _queue(request: HttpRequest, form: ReturnForm, *, wanted: str, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    rows = Posting.objects.to_review(request.user).select_related("organisation", "region")
    page = paginate(rows, order=("waits_since", "pk"), cursor=request.GET.get("cursor"), size=30)
    chosen = beside(page, rows, wanted)
    context = {"page": page, "total": rows.count(), "posting": chosen, "today": today, "form": form}
    context["unplaced"] = False
    context["has_unplaced"] = Posting.objects.unplaced(request.user, on=today).exists()
    if chosen is not None:
        if chosen.imported_at:
            form.fields["reason"].label = "不予发布的原因，或者为什么是误报"
            form.fields["reason"].help_text = "岗位来自别的网站，单位看不到这句话；它记在岗位上。"
        context["problems"] = postings.shortcomings(chosen, on=today)
        found = check(chosen, on=today)
        context["findings"] = marking.excerpts(chosen, [f for f in found if f.action != BLOCK])
        context["texts"] = marking.marked(chosen, found)
        context["own"] = not can_review_posting(request.user, chosen)
    return render(request, "jobs/review_queue.html", context, status=status)


@require_POST
def decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Publish a posting, or send it back with the reason; an imported one also against the checker, with the reason."""
    posting = get_object_or_404(Posting.objects.visible_to(request.user), public_id=public_id)
    form = ReturnForm(request.POST)
    decision = request.POST.get("decision")
    publish = decision in ("publish", "mistaken")
    if decision != "publish" and not form.is_valid() and posting.status == Posting.Status.SUBMITTED:
        return _queue(request, form, wanted=str(public_id), status=422)
    try:
        if publish:
            mistaken = form.cleaned_data.get("reason", "") if decision == "mistaken" else ""
            postings.publish_posting(posting_id=posting.pk, by=request.user, on=timezone.localdate(), mistaken=mistaken)
            messages.success(request, f"“{posting.title}”已发布。")
        else:
            postings.return_posting(posting_id=posting.pk, reason=form.cleaned_data.get("reason", ""), by=request.user)
            told = "不予发布，原因已记下" if posting.imported_at else "已退回，原因发给了单位"
            messages.success(request, f"“{posting.title}”{told}。")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("jobs:review-queue")


def take_down(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a shown posting away: it turned out untrue or unlawful."""
    rows = Posting.objects.visible_to(request.user).published(on=timezone.localdate())
    rows = rows.select_related("organisation", "region")
    posting = get_object_or_404(rows, public_id=public_id)
    if not can_review_posting(request.user, posting):
        raise PermissionDenied
    form = TakeDownForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            postings.take_down_posting(posting_id=posting.pk, reason=form.cleaned_data["reason"], by=request.user)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"“{posting.title}”已下架。")
            return redirect("jobs:review-queue")
    status = 422 if form.errors else 200
    return render(request, "jobs/posting_take_down.html", {"posting": posting, "form": form}, status=status)
