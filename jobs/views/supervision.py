"""The officers' pages of employers: one organisation's facts, agents, postings and decisions."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.keyset import paginate
from jobs import employers
from jobs.employer_forms import FindEmployerForm, RenameForm, WhyForm
from jobs.models import Posting
from people import rechecks
from people.models import Organisation, OrganisationApplication, OrganisationRecord, RoleAssignment
from people.permissions import can_verify_organisation
from people.roles import Role

SHOWN = 20
ACTS: dict[str, tuple[Callable[..., Any], str]] = {
    "suspend": (employers.suspend_employer, "已暂停，岗位都不再展示；经办人和正在等答复的求职者会收到通知。"),
    "lift": (employers.lift_employer, "已解除暂停，没到期的岗位恢复展示。"),
    "rename": (employers.rename_employer, "名称更正了，岗位上的名称一起改，经办人会收到通知。"),
    "recheck": (rechecks.confirm_recheck, "复核通过，新的一期从今天算。"),
}


@require_GET
def employer_list(request: HttpRequest) -> HttpResponse:
    """The organisations of one's regions that may publish postings: by name, code or state."""
    form = FindEmployerForm(request.GET)
    form.is_valid()
    text, state = form.cleaned_data.get("q", ""), form.cleaned_data.get("state", "")
    rows = (
        Organisation.objects.visible_to(request.user).filter(kind__in=Organisation.SIGNING_UP).select_related("region")
    )
    if text:
        rows = rows.matching(text.replace("\x00", ""))
    if state == "recheck":
        rows = rows.to_recheck()
    elif state:
        rows = rows.filter(status=state)
    page = paginate(rows, order=("-created_at", "-pk"), cursor=request.GET.get("cursor"))
    return render(request, "jobs/employer_list.html", {"form": form, "page": page, "asked": text or state})


@require_GET
def employer_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One organisation."""
    return _show(request, public_id)


def _show(request: HttpRequest, public_id: UUID, *, form: WhyForm | None = None, act: str = "") -> HttpResponse:
    rows = Organisation.objects.visible_to(request.user).select_related("region")
    organisation = get_object_or_404(rows, public_id=public_id)
    today = timezone.localdate()
    may_decide = can_verify_organisation(request.user, organisation)
    if organisation.status == Organisation.Status.SUSPENDED:
        offered = ["lift"]
    else:
        offered = ["suspend"] + (["recheck"] if organisation.status == Organisation.Status.VERIFIED else [])
    own = Posting.objects.filter(organisation=organisation)
    offered.append("rename")
    counts = own.aggregate(
        shown=Count("pk", filter=Q(status=Posting.Status.PUBLISHED, valid_until__gte=today)),
        waiting=Count("pk", filter=Q(status=Posting.Status.SUBMITTED)),
        taken_down=Count("pk", filter=Q(status=Posting.Status.TAKEN_DOWN)),
    )
    papers = OrganisationApplication.objects.filter(organisation=organisation)
    papers = papers.select_related("licence", "authorisation", "agency_paper", "user", "organisation__region")
    agents = RoleAssignment.objects.on(today).filter(role=Role.EMPLOYER_AGENT, organisation=organisation)
    context = {
        "organisation": organisation,
        "may_decide": may_decide,
        "agents": agents.select_related("user")[:SHOWN],
        "papers": papers.order_by("-pk").first(),
        "postings": own.select_related("region").order_by("-pk")[:SHOWN],
        "counts": counts,
        "records": OrganisationRecord.objects.filter(organisation=organisation)
        .select_related("by")
        .order_by("-pk")[:SHOWN],
        "forms": [(name, form if name == act and form else _form(name)) for name in offered if may_decide],
        "error_form": form,
    }
    return render(request, "jobs/employer_show.html", context, status=422 if form is not None else 200)


def _form(act: str, data: Any = None) -> WhyForm:
    return (RenameForm if act == "rename" else WhyForm)(data, act=act)


@require_POST
def employer_act(request: HttpRequest, public_id: UUID, act: str) -> HttpResponse:
    """Suspend, lift, correct the name, or confirm that the organisation was looked at again."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), public_id=public_id)
    form = _form(act, request.POST)
    if not form.is_valid():
        return _show(request, public_id, form=form, act=act)
    function, done = ACTS[act]
    try:
        function(organisation_id=organisation.pk, by=request.user, on=timezone.localdate(), **form.cleaned_data)
    except DomainError as error:
        form.add_error("reason", error.message)
        return _show(request, public_id, form=form, act=act)
    messages.success(request, done)
    return redirect("jobs:employer-show", public_id=public_id)
