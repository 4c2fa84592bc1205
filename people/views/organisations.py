"""An agent asks to act for an organisation; the county checks."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people import organisations
from people.forms.administration import DecisionForm, OrganisationForm
from people.models import OrganisationApplication


@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """Ask to act for an organisation, and see what became of earlier applications."""
    form = OrganisationForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            organisations.apply_for_organisation(user=request.user, **form.cleaned_data)
        except organisations.CannotSignUp as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "申请收到了。区县工作人员核验营业执照后，您就能发布岗位，一般 3 个工作日内办好。")
            return redirect("people:organisation-apply")
    mine = OrganisationApplication.objects.filter(user=request.user).select_related("organisation").order_by("-pk")
    context = {"form": form, "mine": mine[:10]}
    return render(request, "people/organisation_apply.html", context, status=422 if form.errors else 200)


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The applications that wait in one's regions, the oldest first."""
    rows = OrganisationApplication.objects.visible_to(request.user).exclude(user=request.user).open()
    rows = rows.select_related("organisation__region", "licence", "user").order_by("pk")[:30]
    context = {"rows": [(row, DecisionForm(auto_id=f"a{row.pk}_%s")) for row in rows]}
    return render(request, "people/organisation_queue.html", context)


@require_POST
def decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Accept or send back."""
    row = get_object_or_404(OrganisationApplication.objects.visible_to(request.user), public_id=public_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选“通过”或“退回补充”。")
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
        messages.success(request, "办好了，单位登录后能看到结果。")
    return redirect("people:organisation-queue")
