"""The person's own pages about 就业困难人员: apply, see where it stands, take it back, ask to leave."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from people.models import Region, User
from people.models.region import RegionQuerySet
from unemployment import hardship, hardship_exits
from unemployment.forms.care import OwnHardshipForm, WishForm
from unemployment.models import HardshipRecognition, Registration
from unemployment.views.hardship import badge


def own_communities(user: User) -> RegionQuerySet:
    """Return the communities of the streets in which this person lives, is at home or is registered."""
    person = user.person
    found = Registration.objects.own(user).open().select_related("region").first()
    places = [person.residence_region, person.household_region, found.region if found else None] if person else []
    streets = {place.path.rsplit("/", 1)[0] for place in places if place and place.level == Region.Level.COMMUNITY}
    return Region.objects.open().communities().within(streets)


@require_http_methods(["GET", "POST"])
def own_list(request: HttpRequest) -> HttpResponse:
    """One's own recognitions, and the form for another one."""
    today = timezone.localdate()
    kinds = hardship.categories(on=today)
    person = request.user.person
    home = person.residence_region
    form = OwnHardshipForm(
        request.POST if request.method == "POST" else None,
        categories=[(kind.code, kind.title) for kind in kinds.values()],
        communities=own_communities(request.user),
        initial={"region": home.code if home else None},
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = hardship.apply(person=person, by=request.user, on=today, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"收到了。社区会在 {row.due_on:%-m 月 %-d 日}前核实，办到哪一步这里都能看到。")
            return redirect("unemployment:hardship-show", row.public_id)
    rows = HardshipRecognition.objects.own(request.user).select_related("region").order_by("-pk")[:20]
    context = {
        "form": form,
        "rows": [{"r": r, "badge": badge(r, today), "kind": kinds.get(r.category)} for r in rows],
    }
    return render(request, "unemployment/hardship_own.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def own_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One of one's own recognitions: its steps, and the way out."""
    rows = HardshipRecognition.objects.own(request.user).select_related("region", "person")
    row = get_object_or_404(rows, public_id=public_id)
    today = timezone.localdate()
    form = WishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("act") == "withdraw":
                hardship.withdraw(recognition_id=row.pk, by=request.user, on=today)
                messages.success(request, "已撤回。以后需要，随时可以再申请。")
            else:
                hardship_exits.request(
                    recognition_id=row.pk, reason=form.cleaned_data["reason"], by=request.user, on=today
                )
                messages.success(request, "收到了。工作人员确认后办理，办好会告诉您。")
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            return redirect("unemployment:hardship-show", public_id)
    kinds = hardship.categories(on=today)
    kind = kinds.get(row.category)
    context = {
        "row": row,
        "badge": badge(row, today),
        "kind_label": kind.title if kind else row.category,
        "steps": row.steps.order_by("at", "pk"),
        "form": form,
        "may_withdraw": row.status in (row.Status.COMMUNITY, row.Status.STREET),
        "may_leave": row.status == row.Status.RECOGNISED and not row.exits.proposed().exists(),
    }
    return render(request, "unemployment/hardship_show.html", context, status=422 if form.errors else 200)
