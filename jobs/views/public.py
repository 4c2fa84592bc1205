"""Looking for work: the list, one posting, applying, one's applications."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.keyset import paginate
from jobs import applications, presenting
from jobs.finding import find, similar
from jobs.forms import ApplyForm, read_criteria
from jobs.models import Application, Posting
from jobs.permissions import can_review_posting
from jobs.places import cities
from jobs.structured import job_posting


@require_GET
def posting_list(request: HttpRequest) -> HttpResponse:
    """Search: words, place, pay, education, kind; counts per filter; keyset pages; what to loosen when nothing is left."""
    criteria, today = read_criteria(request.GET), timezone.localdate()
    found = find(criteria, on=today, cursor=request.GET.get("cursor"))
    context = {
        "criteria": criteria,
        "found": found,
        "cities": cities(),
        "filters": presenting.filters(criteria, found),
        "chips": presenting.chips(criteria, request.GET),
        "orders": presenting.ORDER_LABELS,
        "kept": presenting.kept(request.GET),
        "looser": presenting.looser(found, request.GET),
        "today": today,
    }
    return render(request, "jobs/posting_list.html", context)


@require_GET
def posting_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One posting. What has ended answers 410 with similar ones; what is not shown is seen by its own people only."""
    rows = Posting.objects.select_related("region", "organisation")
    today = timezone.localdate()
    ended = rows.filter(public_id=public_id, status__in=Posting.ENDED, posted_at__isnull=False).first()
    if ended is None:
        posting = get_object_or_404(rows.visible_to(request.user), public_id=public_id)
        is_open = Posting.objects.published(on=today).filter(pk=posting.pk).exists()
        if not is_open and posting.status == Posting.Status.PUBLISHED:
            ended = posting
    if ended is not None:
        context = {"posting": ended, "similar": similar(ended, on=today)}
        return render(request, "jobs/posting_ended.html", context, status=410)
    mine = None
    if request.user.is_authenticated:
        mine = Application.objects.filter(applicant=request.user, posting=posting).exclude(status="withdrawn").first()
    context = {
        "posting": posting,
        "mine": mine,
        "similar": similar(posting, on=today),
        "ld": job_posting(posting, url=request.build_absolute_uri()) if is_open else None,
        "is_open": is_open,
        "days_left": (posting.valid_until - today).days if posting.valid_until else None,
        "may_take_down": is_open and request.user.is_authenticated and can_review_posting(request.user, posting),
    }
    return render(request, "jobs/posting_show.html", context)


def posting_apply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Apply: filled in with what the account already knows."""
    rows = Posting.objects.published(on=timezone.localdate()).select_related("region", "organisation")
    posting = rows.filter(public_id=public_id).first()
    if posting is None:
        return redirect("jobs:posting-show", public_id=public_id)
    form = ApplyForm(request.POST or None, initial=_known(request))
    if request.method == "POST" and form.is_valid():
        try:
            applications.apply(posting_id=posting.pk, by=request.user, on=timezone.localdate(), **form.cleaned_data)
        except applications.CannotApply as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "投出去了。单位看过、答复了，都会告诉您。")
            return redirect("jobs:application-list")
    status = 422 if form.errors else 200
    return render(request, "jobs/posting_apply.html", {"posting": posting, "form": form}, status=status)


def _known(request: HttpRequest) -> dict[str, str]:
    user = request.user
    phone = user.person.phone if user.person else user.phone
    return {
        "name": user.person.name if user.person else user.name,
        "phone": phone.open() if phone else "",
        "education": user.person.education if user.person else "",
    }


@require_GET
def application_list(request: HttpRequest) -> HttpResponse:
    """One's own applications: who has it now, what they said."""
    rows = Application.objects.own(request.user).select_related("posting__region", "posting__organisation")
    page = paginate(rows, order=("-submitted_at", "-pk"), cursor=request.GET.get("cursor"))
    return render(request, "jobs/application_list.html", {"page": page})


@require_POST
def application_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take one's own application back."""
    row = get_object_or_404(Application.objects.own(request.user), public_id=public_id)
    try:
        applications.withdraw(application_id=row.pk, by=request.user)
    except applications.CannotAnswer as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "已经撤回。以后还想投，可以再投一次。")
    return redirect("jobs:application-list")
