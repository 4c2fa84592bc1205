"""An agent asks to act for an organisation and hands in its papers again; the county checks."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people import organisations
from people.forms.organisation import DecisionForm, OrganisationForm, RecheckForm
from people.models import Organisation, OrganisationApplication, OrganisationRecord
from people.permissions import VERIFIERS
from people.reveal import CannotReveal, reveal_agent_id
from people.roles import Role

SHOWN = 30


@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """Ask to act for an organisation, and see what became of earlier applications."""
    form = OrganisationForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            organisations.apply_for_organisation(user=request.user, **form.asked())
        except organisations.CannotSignUp as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "申请收到了。区县工作人员核验材料后，您就能发布岗位，一般 3 个工作日内办好。")
            return redirect("people:organisation-apply")
    mine = OrganisationApplication.objects.filter(user=request.user).select_related("organisation").order_by("-pk")
    context = {"form": form, "mine": mine[:10]}
    return render(request, "people/organisation_apply.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def recheck(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand in what the half-yearly re-check needs, or object to a suspension; and see what was decided."""
    mine = request.user.organisation_ids(Role.EMPLOYER_AGENT)
    organisation = get_object_or_404(Organisation.objects.filter(pk__in=mine), public_id=public_id)
    form = RecheckForm(request.POST or None, request.FILES or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        try:
            organisations.ask_to_recheck(
                organisation_id=organisation.pk,
                user=request.user,
                papers=form.papers(),
                note=form.cleaned_data["note"],
            )
        except organisations.CannotSignUp as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "收到了，区县工作人员看过后，结果发到您的消息里。")
            return redirect("people:organisation-recheck", public_id=public_id)
    records = OrganisationRecord.objects.filter(organisation=organisation).order_by("-pk")
    context = {
        "form": form,
        "organisation": organisation,
        "records": records[:10],
        "waiting": OrganisationApplication.objects.filter(organisation=organisation, user=request.user).open().first(),
    }
    return render(request, "people/organisation_recheck.html", context, status=422 if form.errors else 200)


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """What agents handed in and waits in one's regions, the oldest first, and whose check has run out."""
    rows = OrganisationApplication.objects.visible_to(request.user).exclude(user=request.user).open()
    rows = rows.select_related("organisation__region", "licence", "authorisation", "agency_paper", "user")
    due = Organisation.objects.to_recheck().filter(region__path__within=request.user.regions(*VERIFIERS))
    due = due.exclude(pk__in=OrganisationApplication.objects.open().values("organisation"))
    context = {
        "rows": [(row, DecisionForm(auto_id=f"a{row.pk}_%s")) for row in rows.order_by("pk")[:SHOWN]],
        "due": due.order_by("recheck_since", "pk")[:SHOWN],
    }
    return render(request, "people/organisation_queue.html", context)


@require_POST
def decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Accept or send back."""
    row = get_object_or_404(OrganisationApplication.objects.visible_to(request.user), public_id=public_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选“通过”或“退回补充”，原因不超过 255 个字。")
        return redirect("people:organisation-queue")
    try:
        organisations.decide_application(
            application_id=row.pk,
            accept=form.cleaned_data["accept"] == "1",
            reason=form.cleaned_data["reason"],
            by=request.user,
            on=timezone.localdate(),
        )
    except organisations.CannotVerify as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "办好了，结果已经告诉单位经办人。")
    return redirect("people:organisation-queue")


@never_cache
@require_POST
def agent_id(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open the agent's ID number for one reason; shown once, recorded for good. A partial for htmx, a page without."""
    rows = OrganisationApplication.objects.visible_to(request.user).select_related("organisation__region")
    row = get_object_or_404(rows, public_id=public_id)
    value, refusal = "", ""
    reason = request.POST.get("reason", "").replace("\x00", "")[:200]
    try:
        value = reveal_agent_id(application=row, by=request.user, reason=reason)
    except CannotReveal as error:
        refusal = error.message
    context = {
        "whose": f"{row.organisation}的经办人",
        "label": "身份证号",
        "value": value,
        "refusal": refusal,
        "back": reverse("people:organisation-queue"),
        "back_label": "回单位核验",
    }
    template = "people/_revealed.html" if request.htmx else "people/revealed.html"
    response = render(request, template, context, status=422 if refusal else 200)
    response["Vary"] = "HX-Request"
    return response
