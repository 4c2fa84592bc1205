"""The employer's desk: one's postings, writing one, what became of one."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Case, Count, Q, QuerySet, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.keyset import paginate
from jobs import marking, occupation_choices, posting_history, posting_templates, postings, validity
from jobs.checking import check
from jobs.industries import section
from jobs.models import Application, Posting, PostingTemplate
from jobs.permissions import can_edit_posting
from jobs.posting_forms import PostingForm
from people.models import Organisation
from people.roles import Role

ACTIONS: dict[str, tuple[Callable[..., Any], str]] = {
    "pause": (postings.pause_posting, "已暂停，别人看不到。改好了再提交。"),
    "fill": (postings.fill_posting, "已标为招满。"),
    "withdraw": (postings.withdraw_posting, "已撤回。"),
    "renew": (validity.renew_posting, ""),
    "submit": (postings.submit_posting, ""),
}
OFFERED = {
    Posting.Status.DRAFT: [("submit", "提交核验"), ("withdraw", "撤回")],
    Posting.Status.RETURNED: [("submit", "提交核验"), ("withdraw", "撤回")],
    Posting.Status.SUBMITTED: [("pause", "收回来改"), ("withdraw", "撤回")],
    Posting.Status.SCHEDULED: [("pause", "先不发"), ("withdraw", "撤回")],
    Posting.Status.PUBLISHED: [("renew", "续期"), ("pause", "暂停"), ("fill", "招满了"), ("withdraw", "撤回")],
    Posting.Status.EXPIRED: [("renew", "续期，接着招")],
    Posting.Status.PAUSED: [("submit", "重新提交"), ("fill", "招满了"), ("withdraw", "撤回")],
}
NEEDS_DATE = {"renew", "submit"}
DONE = {
    Posting.Status.SUBMITTED: "已提交，区县工作人员核验后发布。",
    Posting.Status.SCHEDULED: "核对过了，到您定的时间自动发布。",
    Posting.Status.PUBLISHED: "核对过了，已经发布，现在就能被搜到。",
}
"""What to say after handing in, by what became of it."""


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """All postings of one's organisations, with how many people wait for an answer."""
    waiting = Count("applications", filter=Q(applications__status__in=["submitted", "viewed"]))
    rows = Posting.objects.owned_by(request.user).select_related("organisation", "region")
    rows = rows.annotate(waiting=waiting, applied=Count("applications"))
    page = paginate(rows, order=("-created_at", "-pk"), cursor=request.GET.get("cursor"))
    since = validity.renewable_since(on=timezone.localdate())
    for posting in page.items:
        posting.employer_actions = _offered(posting, since)
    return render(request, "jobs/employer_desk.html", {"page": page, "organisations": _mine(request)})


def _offered(posting: Posting, since: date) -> list[tuple[str, str]]:
    """Return what its employer may do now: address and label; `since` is `validity.renewable_since` today."""
    if posting.status == Posting.Status.EXPIRED and not validity.can_renew(posting, since=since):
        return []
    return [
        (reverse(f"jobs:posting-{action}", args=[posting.public_id]), label)
        for action, label in OFFERED.get(Posting.Status(posting.status), ())
    ]


def _mine(request: HttpRequest) -> QuerySet[Organisation]:
    """Return the organisations that the agent acts for, those that may publish first."""
    rows = Organisation.objects.filter(pk__in=request.user.organisation_ids(Role.EMPLOYER_AGENT))
    return rows.order_by(Case(When(status=Organisation.Status.VERIFIED, then=0), default=1), "pk")


def _organisation(request: HttpRequest) -> Organisation:
    """Return the organisation that a new posting is for: the one asked for, else that of what it copies, else the first."""
    mine = list(_mine(request))
    asked = request.GET.get("organisation", "")
    if not asked and (source := _uuid(request.GET.get("copy", ""))) is not None:
        copied = Posting.objects.owned_by(request.user).filter(public_id=source).select_related("organisation").first()
        asked = str(copied.organisation.public_id) if copied and copied.organisation else ""
    chosen = next((row for row in mine if str(row.public_id) == asked), mine[0] if mine else None)
    if chosen is None:
        raise Http404
    return chosen


def _beginning(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    """Return what a new posting begins with: an earlier one, a template, or the organisation's own county and industry."""
    if (source := _uuid(request.GET.get("copy", ""))) is not None:
        rows = Posting.objects.owned_by(request.user)
        return posting_templates.beginning(get_object_or_404(rows, public_id=source))
    if (source := _uuid(request.GET.get("template", ""))) is not None:
        rows = PostingTemplate.objects.visible_to(request.user)
        values: dict[str, Any] = get_object_or_404(rows, public_id=source).values
        return values
    return {"region": organisation.region, "industry": section(organisation.industry)}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def posting_edit(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """Write a new posting, or change one that is not shown."""
    posting = None
    if public_id is not None:
        posting = get_object_or_404(Posting.objects.owned_by(request.user), public_id=public_id)
        if not can_edit_posting(request.user, posting):
            messages.error(request, "招聘中或者已经结束的岗位不能改。请先暂停，改好后再提交核验。")
            return redirect("jobs:posting-history", public_id=public_id)
    organisation = posting.organisation if posting and posting.organisation else _organisation(request)
    if request.method == "POST" and "look_up" in request.POST and "submit" not in request.POST:
        # A second look at the occupations, for those without scripts: nothing is saved and nothing is found fault with.
        form = PostingForm(initial=_typed(request), instance=Posting(valid_days=30), organisation=organisation)
        return _edit_page(request, form, posting, organisation, version=request.POST.get("version", ""))
    version = str(posting.version) if posting else ""
    beginning = {} if posting else _beginning(request, organisation)
    form = PostingForm(request.POST or None, instance=posting, initial=beginning, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        done = _save(request, form, posting, organisation)
        if done is not None:
            return done
    return _edit_page(request, form, posting, organisation, version=version)


def _typed(request: HttpRequest) -> dict[str, Any]:
    lists = ("welfare", "suits")
    return {name: request.POST.getlist(name) if name in lists else request.POST.get(name) for name in request.POST}


def _save(
    request: HttpRequest, form: PostingForm, posting: Posting | None, organisation: Organisation
) -> HttpResponse | None:
    """Save, and hand in where that was asked; None when the form has to be shown again."""
    saved = None
    try:
        fresh = Posting.objects.get(pk=posting.pk) if posting else None
        saved = postings.save_draft(
            posting=fresh,
            organisation=organisation,
            values=form.values(),
            version=request.POST.get("version"),
            by=request.user,
        )
        if "submit" in request.POST:
            saved = postings.submit_posting(posting_id=saved.pk, by=request.user, on=timezone.localdate())
    except postings.CannotPublish:
        assert saved is not None
        messages.warning(request, "草稿存好了，但还不能提交。要改的地方列在下面。")
        return redirect("jobs:posting-edit", public_id=saved.public_id)
    except DomainError as error:
        form.add_error(None, error.message)
        return None
    if "submit" in request.POST:
        return _handed_in(request, saved)
    messages.success(request, "草稿存好了。")
    return redirect("jobs:employer-desk")


def _handed_in(request: HttpRequest, posting: Posting) -> HttpResponse:
    """Say what became of a posting that was handed in; where the checker has something to say, on its own page."""
    messages.success(request, DONE[Posting.Status(posting.status)])
    found = check(posting, on=timezone.localdate())
    if not found:
        return redirect("jobs:employer-desk")
    messages.warning(request, f"有 {len(found)} 处提醒，列在下面。")
    return redirect("jobs:posting-history", public_id=posting.public_id)


def _edit_page(
    request: HttpRequest, form: PostingForm, posting: Posting | None, organisation: Organisation, *, version: str
) -> HttpResponse:
    words = form["look"].value() or form["title"].value() or ""
    context = {
        "form": form,
        "posting": posting,
        "organisation": organisation,
        "choices": [] if posting else _mine(request),
        "shown_version": version,
        "findings": _findings(posting) if posting and not form.is_bound else [],
        "occupations": occupation_choices.choices(str(words), chosen=str(form["occupation"].value() or "")),
        "templates": PostingTemplate.objects.visible_to(request.user).order_by("name", "pk")[:50]
        if not posting
        else [],
    }
    return render(request, "jobs/posting_edit.html", context, status=422 if form.errors else 200)


def _findings(posting: Posting) -> list[marking.Excerpt]:
    return marking.excerpts(posting, check(posting, on=timezone.localdate()))


@require_GET
def occupations(request: HttpRequest) -> HttpResponse:
    """The occupations that a title may mean, as one types: a part of the page, nothing by itself."""
    if not request.htmx:
        return redirect("jobs:posting-new")
    words = request.GET.get("look", "").strip() or request.GET.get("title", "")
    found = occupation_choices.choices(words.replace("\x00", ""), chosen=request.GET.get("occupation", "")[:12])
    return render(request, "jobs/_occupations.html", {"occupations": found, "asked": words})


@require_GET
def history(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What became of one posting: every step, how many looked and applied, and what may be done next."""
    rows = Posting.objects.owned_by(request.user).select_related("organisation", "region")
    posting = get_object_or_404(rows, public_id=public_id)
    counts = Counter(posting.applications.values_list("status", flat=True))
    context = {
        "posting": posting,
        "steps": posting_history.steps(posting),
        "actions": _offered(posting, validity.renewable_since(on=timezone.localdate())),
        "findings": [] if posting.has_ended else _findings(posting),
        "occupation": occupation_choices.name_of(posting.occupation),
        "applied": sum(counts.values()),
        "answers": [(label, counts[code]) for code, label in Application.Status.choices if counts[code]],
    }
    return render(request, "jobs/posting_history.html", context)


@require_POST
def template_keep(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep what a posting says as a template."""
    posting = get_object_or_404(Posting.objects.owned_by(request.user), public_id=public_id)
    try:
        kept = posting_templates.keep_template(
            posting_id=posting.pk,
            name=request.POST.get("name", "").replace("\x00", ""),
            by=request.user,
            on=timezone.localdate(),
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"模板“{kept.name}”存好了，发新岗位时可以用。")
    return redirect("jobs:posting-history", public_id=public_id)


@require_POST
def template_drop(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Throw a template away."""
    row = get_object_or_404(PostingTemplate.objects.visible_to(request.user), public_id=public_id)
    posting_templates.drop_template(template_id=row.pk, by=request.user)
    messages.success(request, f"模板“{row.name}”删掉了。")
    return redirect("jobs:posting-new")


@require_POST
def posting_act(request: HttpRequest, public_id: UUID, action: str) -> HttpResponse:
    """Pause, end, withdraw, renew or submit a posting."""
    posting = get_object_or_404(Posting.objects.owned_by(request.user), public_id=public_id)
    function, done = ACTIONS[action]
    extra = {"on": timezone.localdate()} if action in NEEDS_DATE else {}
    try:
        changed = function(posting_id=posting.pk, by=request.user, **extra)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        if action == "submit":
            return _handed_in(request, changed)
        if action == "renew" and changed.status == Posting.Status.PUBLISHED:
            done = f"已续期，展示到 {changed.valid_until:%Y-%m-%d}。"
        messages.success(request, done or DONE[Posting.Status(changed.status)])
    return redirect("jobs:employer-desk")
