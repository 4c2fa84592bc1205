"""招聘会: the public's list, the employer's choice of postings, the officers' desk."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.keyset import paginate
from jobs import fairs, presenting
from jobs.fair_forms import CancelFairForm, DecideFairForm, FairForm
from jobs.models import Fair, FairPosting, Posting

SHOWN = 100


@require_GET
def fair_list(request: HttpRequest) -> HttpResponse:
    """The fairs that come, the next first, and those that were."""
    now = timezone.now()
    coming = Fair.objects.coming(at=now).select_related("region").order_by("starts_at", "pk")[:SHOWN]
    past = Fair.objects.shown().filter(ends_at__lte=now).select_related("region")
    page = paginate(past, order=("-starts_at", "-pk"), cursor=request.GET.get("cursor"))
    return render(request, "jobs/fair_list.html", {"coming": coming, "page": page})


@require_GET
def fair_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One fair with the postings that employers bring."""
    fair = get_object_or_404(Fair.objects.shown().select_related("region"), public_id=public_id)
    today = timezone.localdate()
    brought = Posting.objects.published(on=today).filter(fairs__fair=fair).select_related("region", "organisation")
    page = paginate(brought, order=("-pk",), cursor=request.GET.get("cursor"))
    context = {
        "fair": fair,
        "page": page,
        "cards": presenting.cards(page.items, today=today),
        "is_over": fair.ends_at <= timezone.now(),
    }
    return render(request, "jobs/fair_show.html", context)


@require_GET
def fair_choice(request: HttpRequest) -> HttpResponse:
    """The fairs to which an employer may still bring postings, with how many of its own are there."""
    coming = Fair.objects.coming(at=timezone.now()).select_related("region").order_by("starts_at", "pk")[:SHOWN]
    mine = FairPosting.objects.filter(fair__in=coming, posting__in=Posting.objects.owned_by(request.user).values("pk"))
    counts: dict[int, int] = {}
    for fair_id in mine.values_list("fair_id", flat=True):
        counts[fair_id] = counts.get(fair_id, 0) + 1
    return render(request, "jobs/fair_choice.html", {"rows": [(fair, counts.get(fair.pk, 0)) for fair in coming]})


def fair_join(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Choose which of one's own postings are at a fair."""
    fair = get_object_or_404(Fair.objects.coming(at=timezone.now()).select_related("region"), public_id=public_id)
    own = Posting.objects.owned_by(request.user).exclude(status__in=Posting.ENDED).order_by("-created_at", "-pk")
    if request.method == "POST":
        chosen = own.filter(public_id__in=_uuids(request.POST.getlist("posting")))
        try:
            count = fairs.bring_postings(fair_id=fair.pk, postings=chosen, by=request.user, at=timezone.now())
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"记下了，您有 {count} 个岗位参加“{fair.name}”。")
        return redirect("jobs:fair-choice")
    there = set(
        FairPosting.objects.filter(fair=fair, posting__in=own.values("pk")).values_list("posting_id", flat=True)
    )
    rows = [(posting, posting.pk in there) for posting in own[:SHOWN]]
    return render(request, "jobs/fair_join.html", {"fair": fair, "rows": rows})


def _uuids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@require_GET
def fair_desk(request: HttpRequest) -> HttpResponse:
    """The fairs of an officer's regions, whatever became of them."""
    rows = Fair.objects.of_regions(request.user).select_related("region", "made_by", "decided_by")
    page = paginate(rows, order=("-starts_at", "-pk"), cursor=request.GET.get("cursor"))
    now = timezone.now()
    for fair in page.items:
        fair.may_decide = fair.status == Fair.Status.PROPOSED and fair.made_by_id != request.user.pk  # type: ignore[attr-defined]
        fair.may_cancel = fair.status == Fair.Status.APPROVED and fair.ends_at > now  # type: ignore[attr-defined]
    return render(request, "jobs/fair_desk.html", {"page": page})


def fair_new(request: HttpRequest) -> HttpResponse:
    """Enter a fair; somebody else approves it."""
    form = FairForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            fairs.propose_fair(fair=form.instance, by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "登记好了，同事审核后公布。")
            return redirect("jobs:fair-desk")
    return render(request, "jobs/fair_new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def fair_decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a fair, or say why not."""
    fair = get_object_or_404(Fair.objects.of_regions(request.user), public_id=public_id)
    form = DecideFairForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选“公布”或“不通过”，理由最多 200 个字。")
        return redirect("jobs:fair-desk")
    accept = form.cleaned_data["accept"] == "1"
    try:
        fairs.decide_fair(
            fair_id=fair.pk,
            version=request.POST.get("version"),
            accept=accept,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"“{fair.name}”{'已公布，单位可以带岗位来' if accept else '没有通过，理由已记下'}。")
    return redirect("jobs:fair-desk")


@require_POST
def fair_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Call a fair off."""
    fair = get_object_or_404(Fair.objects.of_regions(request.user), public_id=public_id)
    form = CancelFairForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["reason"][0])
        return redirect("jobs:fair-desk")
    try:
        fairs.cancel_fair(
            fair_id=fair.pk,
            version=request.POST.get("version"),
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"“{fair.name}”已取消，带了岗位的单位会收到通知。")
    return redirect("jobs:fair-desk")
