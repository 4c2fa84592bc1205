"""The employer's desk: one's postings, writing one."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.keyset import paginate
from jobs import postings
from jobs.checking import check
from jobs.forms import PostingForm
from jobs.models import Posting
from jobs.permissions import can_edit_posting
from people.models import Organisation
from people.roles import Role

ACTIONS: dict[str, tuple[Callable[..., Any], str]] = {
    "pause": (postings.pause_posting, "已暂停，别人看不到了。"),
    "fill": (postings.fill_posting, "已标为招满。"),
    "withdraw": (postings.withdraw_posting, "已撤回。"),
    "renew": (postings.renew_posting, "已续期 30 天。"),
    "submit": (postings.submit_posting, "已提交，区县工作人员核验后发布。"),
}
OFFERED = {
    Posting.Status.DRAFT: [("submit", "提交核验"), ("withdraw", "撤回")],
    Posting.Status.RETURNED: [("submit", "提交核验"), ("withdraw", "撤回")],
    Posting.Status.SUBMITTED: [("withdraw", "撤回")],
    Posting.Status.PUBLISHED: [("renew", "续期"), ("pause", "暂停"), ("fill", "招满了")],
    Posting.Status.PAUSED: [("submit", "重新提交"), ("fill", "招满了")],
}
NEEDS_DATE = {"renew", "submit"}


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """All postings of one's organisations, with how many people wait for an answer."""
    waiting = Count("applications", filter=Q(applications__status__in=["submitted", "viewed"]))
    rows = Posting.objects.owned_by(request.user).select_related("organisation", "region").annotate(waiting=waiting)
    page = paginate(rows, order=("-created_at", "-pk"), cursor=request.GET.get("cursor"))
    for posting in page.items:
        posting.employer_actions = [
            (reverse(f"jobs:posting-{action}", args=[posting.public_id]), label)
            for action, label in OFFERED.get(posting.status, ())
        ]
    organisations = Organisation.objects.filter(pk__in=request.user.organisation_ids(Role.EMPLOYER_AGENT))
    return render(request, "jobs/employer_desk.html", {"page": page, "organisations": organisations})


def _organisation(request: HttpRequest) -> Organisation:
    ids = request.user.organisation_ids(Role.EMPLOYER_AGENT)
    return get_object_or_404(Organisation.objects.order_by("pk"), pk=ids[0] if ids else None)


def posting_edit(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """Write a new posting, or change one that is not shown."""
    posting = None
    if public_id is not None:
        posting = get_object_or_404(Posting.objects.owned_by(request.user), public_id=public_id)
        if not can_edit_posting(request.user, posting):
            messages.error(request, "招聘中或者已经结束的岗位不能改。请先暂停，改好后再提交核验。")
            return redirect("jobs:employer-desk")
    organisation = posting.organisation if posting and posting.organisation else _organisation(request)
    shown_version = posting.version if posting else ""
    form = PostingForm(
        request.POST or None, instance=posting, initial={} if posting else {"region": organisation.region}
    )
    if request.method == "POST" and form.is_valid():
        try:
            fresh = Posting.objects.get(pk=posting.pk) if posting else None
            saved = postings.save_draft(
                posting=fresh,
                organisation=organisation,
                values=form.cleaned_data,
                version=request.POST.get("version"),
                by=request.user,
            )
            if "submit" in request.POST:
                postings.submit_posting(posting_id=saved.pk, by=request.user, on=timezone.localdate())
        except postings.CannotPublish:
            messages.warning(request, "草稿存好了，但还不能提交。要改的地方列在下面。")
            return redirect("jobs:posting-edit", public_id=saved.public_id)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            done = "submit" in request.POST
            messages.success(request, "已提交，区县工作人员核验后发布。" if done else "草稿存好了。")
            return redirect("jobs:employer-desk")
    context = {
        "form": form,
        "posting": posting,
        "organisation": organisation,
        "shown_version": shown_version,
        "findings": check(posting, on=timezone.localdate()) if posting and not form.is_bound else [],
    }
    return render(request, "jobs/posting_edit.html", context, status=422 if form.errors else 200)


@require_POST
def posting_act(request: HttpRequest, public_id: UUID, action: str) -> HttpResponse:
    """Pause, end, withdraw, renew or submit a posting."""
    posting = get_object_or_404(Posting.objects.owned_by(request.user), public_id=public_id)
    function, done = ACTIONS[action]
    extra = {"on": timezone.localdate()} if action in NEEDS_DATE else {}
    try:
        function(posting_id=posting.pk, by=request.user, **extra)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect("jobs:employer-desk")
