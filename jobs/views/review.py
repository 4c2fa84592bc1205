"""The officers' queue of postings that wait for a look."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.keyset import paginate
from jobs import postings
from jobs.forms import ReturnForm
from jobs.models import Posting
from jobs.permissions import can_review_posting


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first; the chosen one beside the list."""
    rows = Posting.objects.to_review(request.user).select_related("organisation", "region")
    page = paginate(rows, order=("waits_since", "pk"), cursor=request.GET.get("cursor"), size=30)
    chosen = None
    if page.items:
        wanted = request.GET.get("id")
        chosen = next((p for p in page.items if str(p.public_id) == wanted), page.items[0])
    context = {
        "page": page,
        "total": rows.count(),
        "posting": chosen,
        "today": timezone.localdate(),
        "form": ReturnForm(),
    }
    if chosen is not None:
        context["problems"] = postings.shortcomings(chosen, on=timezone.localdate())
        context["own"] = not can_review_posting(request.user, chosen)
    return render(request, "jobs/review_queue.html", context)


@require_POST
def decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Publish a posting, or send it back with the reason."""
    posting = get_object_or_404(Posting.objects.visible_to(request.user), public_id=public_id)
    try:
        if request.POST.get("decision") == "publish":
            postings.publish_posting(posting_id=posting.pk, by=request.user, on=timezone.localdate())
            messages.success(request, f"“{posting.title}”已发布。")
        else:
            postings.return_posting(posting_id=posting.pk, reason=request.POST.get("reason", "")[:500], by=request.user)
            messages.success(request, f"“{posting.title}”已退回，原因发给了单位。")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("jobs:review-queue")
