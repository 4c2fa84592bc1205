"""Looking for work: the list, and one posting."""

import hashlib
from uuid import UUID

from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from jobs import presenting, resumes, suggesting, view_counts
from jobs.finding import find, similar
from jobs.forms import read_criteria
from jobs.hits import RADII
from jobs.models import Application, Posting, SavedPosting
from jobs.permissions import can_review_posting, is_own_look
from jobs.places import cities
from jobs.searches import normal
from jobs.shared_pages import shared
from jobs.structured import job_posting
from jobs.tokens import MAX_QUERY
from jobs.withholding import IS_WITHHELD

SUGGESTED_SECONDS = 600

IS_COPY = Q(status=Posting.Status.PUBLISHED, canonical__isnull=False)


@require_GET
@shared
def posting_list(request: HttpRequest) -> HttpResponse:
    """Search: words, place, pay, education, kind; counts per filter; keyset pages; what to loosen when nothing is left."""
    criteria, today = read_criteria(request.GET), timezone.localdate()
    found = find(criteria, on=today, cursor=request.GET.get("cursor"))
    context = {
        "criteria": criteria,
        "found": found,
        "cities": cities(),
        "filters": presenting.filter_column(presenting.filters(criteria, found)),
        "cards": presenting.cards(found.listed, today=today, partial=found.near if found.total else ()),
        "chips": presenting.chips(criteria, request.GET),
        "orders": presenting.orders(criteria),
        "radii": RADII,
        "kept": presenting.kept(request.GET),
        "saving": normal(request.GET),
        "meant": presenting.instead(found.meant, request.GET) if found.meant else "",
        "looser": presenting.looser(found, request.GET),
        "today": today,
    }
    return render(request, "jobs/posting_list.html", context)


@require_GET
def suggest(request: HttpRequest) -> JsonResponse:
    """Offer words while somebody types in the search box. The same for everybody, so anybody may keep it."""
    typed = request.GET.get("q", "").replace("\x00", "")[:MAX_QUERY].strip().lower()
    key = f"jobs:suggest:{hashlib.sha256(typed.encode()).hexdigest()}"
    words = cache.get(key)
    if words is None:
        words = suggesting.suggest(typed)
        cache.set(key, words, SUGGESTED_SECONDS)
    return JsonResponse({"words": words}, headers={"Cache-Control": f"public, max-age={SUGGESTED_SECONDS}"})


@require_GET
def posting_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One posting. What has ended answers 410 with similar ones; what is not shown is seen by its own people only.

    A copy of another leads to the one that is shown for it.
    """
    rows = Posting.objects.select_related("region", "organisation")
    today = timezone.localdate()
    known = rows.select_related("canonical").filter(public_id=public_id)
    ended = known.filter(Q(status__in=Posting.ENDED, posted_at__isnull=False) | IS_COPY | IS_WITHHELD).first()
    if ended is not None and ended.is_copy:
        return redirect("jobs:posting-show", public_id=ended.canonical.public_id)
    if ended is None:
        posting = get_object_or_404(rows.visible_to(request.user), public_id=public_id)
        is_open = Posting.objects.published(on=today).filter(pk=posting.pk).exists()
        if not is_open and posting.status == Posting.Status.PUBLISHED:
            ended = posting
    if ended is not None:
        context = {"posting": ended, "similar": similar(ended, on=today)}
        return render(request, "jobs/posting_ended.html", context, status=410)
    if is_open and not is_own_look(request.user, posting):
        view_counts.count_view(posting.pk)
    mine, may_send, is_saved = None, False, False
    if request.user.is_authenticated:
        mine = Application.objects.standing().filter(applicant=request.user, posting=posting).first()
        is_saved = SavedPosting.objects.visible_to(request.user).filter(posting=posting).exists()
        may_send = is_open and mine is None and resumes.is_ready(request.user)
    context = {
        "posting": posting,
        "mine": mine,
        "may_send": may_send,
        "is_saved": is_saved,
        "similar": similar(posting, on=today),
        "copies": Posting.objects.copies_of(posting),
        "ld": job_posting(posting, url=request.build_absolute_uri()) if is_open else None,
        "is_open": is_open,
        "days_left": (posting.valid_until - today).days if posting.valid_until else None,
        "may_take_down": is_open and request.user.is_authenticated and can_review_posting(request.user, posting),
    }
    return render(request, "jobs/posting_show.html", context)
