"""Looking for work: the list, one posting, applying, one's applications."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.keyset import paginate
from jobs import applications
from jobs.finding import find, loosened, similar
from jobs.forms import ORDER_LABELS, ApplyForm, SearchForm
from jobs.models import Application, Posting
from jobs.structured import job_posting
from people.models import Region

LOOSEN_LABELS = {
    "region": "换到全省",
    "pay": "不限工资",
    "education": "不限学历",
    "kind": "不限用工形式",
    "suits": "不限适合谁",
}
PARAMETER = {"education": "edu"}


@require_GET
def posting_list(request: HttpRequest) -> HttpResponse:
    """Search: keyword, region, pay, education, kind; counts per filter; keyset pages; what to loosen when nothing is left."""
    form, today = SearchForm(request.GET), timezone.localdate()
    criteria = form.criteria()
    found = find(criteria, on=today, cursor=request.GET.get("cursor"))
    below = Region.objects.open().filter(parent=criteria.region) if criteria.region else Region.objects.cities()
    names = {region.code: region.name for region in below.only("code", "name")}
    context = {
        "form": form,
        "criteria": criteria,
        "found": found,
        "regions": [(code, names[code], n) for code, n in found.facets["region"] if code in names],
        "kinds": [(code, Posting.Kind(code).label, n) for code, n in found.facets["kind"]],
        "suits": [(c, dict(form.fields["suits"].choices)[c], n) for c, n in found.facets["suits"]],
        "orders": ORDER_LABELS,
        "loosened": [] if found.total else _loosened(criteria, today),
        "today": today,
    }
    return render(request, "jobs/posting_list.html", context)


def _loosened(criteria: object, today: object) -> list[dict[str, object]]:
    counts = loosened(criteria, on=today)  # type: ignore[arg-type]
    return [{"parameter": PARAMETER.get(n, n), "label": LOOSEN_LABELS[n], "count": c} for n, c in counts]


@require_GET
def posting_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One posting. What has ended answers 410 with similar ones; what is not shown is seen by its own people only."""
    rows = Posting.objects.select_related("region", "organisation")
    today = timezone.localdate()
    ended = rows.filter(public_id=public_id, status__in=Posting.ENDED).first()
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
    rows = Application.objects.filter(applicant=request.user).select_related("posting__region", "posting__organisation")
    page = paginate(rows, order=("-submitted_at", "-pk"), cursor=request.GET.get("cursor"))
    return render(request, "jobs/application_list.html", {"page": page})


@require_POST
def application_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take one's own application back."""
    row = get_object_or_404(Application.objects.filter(applicant=request.user), public_id=public_id)
    try:
        applications.withdraw(application_id=row.pk, by=request.user)
    except applications.CannotAnswer as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "已经撤回。以后还想投，可以再投一次。")
    return redirect("jobs:application-list")
