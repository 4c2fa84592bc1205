"""The call-backs that were drawn, and what a visitor keeps of a visit."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import keyset
from core.errors import DomainError
from unemployment import quality
from unemployment.forms import QualityForm, VisitProofForm
from unemployment.models import FollowUp, QualityCheck
from unemployment.permissions import can_record

SIZE = 30


@require_GET
def quality_list(request: HttpRequest) -> HttpResponse:
    """The contacts to ask about again, and what came of those that were asked about."""
    mine = QualityCheck.objects.visible_to(request.user)
    rows = mine.open().select_related("follow_up__registration__person", "follow_up__region", "recorded_by")
    page = keyset.paginate(rows, order=("drawn_on", "pk"), cursor=request.GET.get("cursor"), size=SIZE)
    counts = dict(mine.exclude(outcome="").values_list("outcome").annotate(n=Count("pk")).order_by("outcome"))
    context = {
        "rows": [
            (row, QualityForm(initial={"version": row.version}, auto_id=f"q{n}_%s")) for n, row in enumerate(page.items)
        ],
        "page": page,
        "results": [(label, counts.get(code, 0)) for code, label in QualityCheck.Outcome.choices],
    }
    return render(request, "unemployment/quality_list.html", context)


@require_POST
def quality_record(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down what the person said."""
    found = get_object_or_404(QualityCheck.objects.visible_to(request.user), public_id=public_id)
    form = QualityForm(request.POST)
    try:
        if not form.is_valid():
            raise quality.CannotCheck("请选抽查的结果；不属实、没打通的写明情况。")
        quality.record_check(check_id=found.pk, by=request.user, **form.cleaned_data)
        messages.success(request, "抽查结果记好了。")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("unemployment:quality-list")


@require_http_methods(["GET", "POST"])
def visit_proof(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """At the door, on the phone: the place and a photo, when the person agrees."""
    rows = FollowUp.objects.visible_to(request.user).select_related("registration__person", "region")
    found = get_object_or_404(rows, public_id=public_id)
    back = f"{reverse('unemployment:follow-up-list')}?id={found.public_id}"
    post = request.method == "POST"
    form = VisitProofForm(request.POST if post else None, request.FILES if post else None, user=request.user)
    if post and form.is_valid():
        data = form.cleaned_data
        try:
            photo = data["photo"]
            person = found.registration.person
            quality.keep_proof(
                follow_up_id=found.pk,
                consented=data["consented"],
                lng=data["lng"],
                lat=data["lat"],
                photo=photo.keep(by=request.user, person=person) if photo else None,
                by=request.user,
            )
        except DomainError as error:
            form.add_error(None, error.message)
            request.roll_back = True  # type: ignore[attr-defined]
        else:
            messages.success(request, "走访的位置、照片留好了。")
            return redirect(back)
    context = {
        "follow_up": found,
        "person": found.registration.person,
        "form": form,
        "back": back,
        "proofs": found.proofs.select_related("by", "photo"),
        "may": can_record(request.user, found),
    }
    return render(request, "unemployment/visit_proof.html", context, status=422 if form.errors else 200)
