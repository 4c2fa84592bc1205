"""An employer's roster: uploaded by its agent or at a counter, looked at, followed while it is taken over."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from core import keyset
from core.errors import DomainError
from people.models import Organisation, User
from people.roles import Role
from unemployment import roster, roster_files, uploads
from unemployment.forms import RosterForm
from unemployment.models import Roster
from unemployment.tasks import take_roster

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
def roster_list(request: HttpRequest) -> HttpResponse:
    """The rosters that were handed in, and a new one."""
    own = list(Organisation.objects.filter(pk__in=request.user.organisation_ids(Role.EMPLOYER_AGENT))[:2])
    initial = {"credit_code": own[0].credit_code} if len(own) == 1 else {}
    form = RosterForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = roster.receive(
                upload=form.cleaned_data["file"],
                employer=_employer(request.user, form.cleaned_data["credit_code"]),
                by=request.user,
                on=timezone.localdate(),
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            return redirect("unemployment:roster-show", made.public_id)
    rows = Roster.objects.visible_to(request.user).select_related("employer", "by")
    page = keyset.paginate(rows, order=("-created_at", "-pk"), cursor=request.GET.get("cursor"), size=30)
    context = {"form": form, "page": page, "limits": roster_files.MAX_ROWS}
    return render(request, "unemployment/roster_list.html", context, status=422 if form.errors else 200)


def _employer(user: User, credit_code: str) -> Organisation:
    found = Organisation.objects.filter(credit_code=credit_code).select_related("region").first()
    if found is None or not roster.can_hand_in(user, found):
        raise roster.CannotTakeRoster(
            "没有找到这个单位，或者它不归您办。请核对代码；没建档的单位请先在窗口登记一位职工。"
        )
    return found


@require_http_methods(["GET", "POST"])
def roster_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One roster: what is in it while it waits, then how far it is and what became of the rows."""
    found = get_object_or_404(
        Roster.objects.visible_to(request.user).select_related("employer__region", "by"), public_id=public_id
    )
    if request.method == "POST":
        try:
            roster.start(roster_id=found.pk, version=request.POST.get("version"), by=request.user)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            transaction.on_commit(lambda: take_roster.delay(roster_id=found.pk))
            messages.success(request, "开始登记了。可以离开这一页，登记不会停。")
        return redirect("unemployment:roster-show", public_id)
    context: dict[str, object] = {"roster": found}
    if found.status == Roster.Status.UPLOADED:
        try:
            context["preview"] = roster.preview(found)
        except DomainError as error:
            context["lost"] = error.message
    return render(request, "unemployment/roster_show.html", context)


@require_GET
def roster_outcomes(request: HttpRequest, public_id: UUID) -> FileResponse:
    """What became of each row, masked, as a table to download."""
    found = get_object_or_404(Roster.objects.visible_to(request.user), public_id=public_id)
    name = f"名册逐行结果{found.received_on:%Y%m%d}.xlsx"
    return FileResponse(uploads.outcome_file(found), as_attachment=True, filename=name, content_type=XLSX)


@require_GET
def roster_template(request: HttpRequest) -> FileResponse:
    """An empty roster to fill in."""
    return FileResponse(roster_files.template(), as_attachment=True, filename="用工名册模板.xlsx", content_type=XLSX)
