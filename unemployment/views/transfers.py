"""转出、转入: asked on the person's or the officer's page or at the new place's counter, answered by the other side."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import keyset
from core.errors import DomainError
from people.models import Region
from unemployment import transfers
from unemployment.forms import AnswerForm, CountyForm, TakeInForm, TransferForm
from unemployment.models import Registration, Transfer
from unemployment.permissions import PROPOSERS, SERVERS, can_answer_transfer
from unemployment.present import due_badge
from unemployment.registration import open_registration_of_id

SIZE = 50
TABS = {"ours": "等我方答复", "theirs": "等对方答复", "done": "已答复"}
_ROWS = Transfer.objects.select_related("registration__person", "origin", "target", "asked_by", "answered_by")


def _ask(request: HttpRequest, found: Registration, template: str, after: str) -> HttpResponse:
    """Choose the county (GET), then the community and the reason (POST)."""
    county = Region.objects.counties().filter(code=request.GET.get("county", "").replace("\x00", "")).first()
    form = None
    if county:
        places = county.descendants().communities()
        form = TransferForm(request.POST if request.method == "POST" else None, places=places)
        if request.method == "POST" and form.is_valid():
            try:
                transfers.request_transfer(
                    registration_id=found.pk, by=request.user, on=timezone.localdate(), **form.cleaned_data
                )
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, "转移申请交上去了。对方答复以前，还归原来的社区管。")
                return redirect(after, found.public_id)
    context = {
        "registration": found,
        "person": found.person,
        "county": county,
        "county_form": CountyForm(initial={"county": county.code if county else ""}),
        "form": form,
    }
    return render(request, template, context, status=422 if form and form.errors else 200)


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask to move one's own registration."""
    rows = Registration.objects.own(request.user).select_related("region", "person")
    found = get_object_or_404(rows, public_id=public_id)
    if found.status != Registration.Status.ACTIVE:
        return redirect("unemployment:registration-show", public_id)
    return _ask(request, found, "unemployment/move.html", "unemployment:registration-show")


@require_http_methods(["GET", "POST"])
def transfer_ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask to move a registration of one's places."""
    rows = Registration.objects.for_staff(request.user).select_related("region", "person")
    found = get_object_or_404(rows, public_id=public_id)
    if found.status != Registration.Status.ACTIVE:
        return redirect("unemployment:registration-work", public_id)
    return _ask(request, found, "unemployment/transfer_ask.html", "unemployment:registration-work")


@require_POST
def move_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take one's own request back."""
    found = get_object_or_404(Registration.objects.own(request.user), public_id=public_id)
    transfer = found.transfers.open().first()
    try:
        if transfer is None:
            raise transfers.CannotTransfer("没有等答复的转移。")
        transfers.withdraw_transfer(transfer_id=transfer.pk, by=request.user)
        messages.success(request, "转移申请撤回了。")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("unemployment:registration-show", public_id)


@require_POST
def take_in(request: HttpRequest) -> HttpResponse:
    """转入 at the counter of the new place, the person present; the old place answers."""
    places = Region.objects.communities().within(request.user.regions(*SERVERS))
    form = TakeInForm(request.POST, places=places)
    if form.is_valid():
        data = form.cleaned_data
        existing = open_registration_of_id(data["person"])
        try:
            if existing is None:
                raise transfers.CannotTransfer("此人现在没有有效的失业登记，直接在窗口办理登记。")
            made = transfers.request_transfer(
                registration_id=existing.pk,
                target=data["target"],
                reason=data["reason"],
                by=request.user,
                on=timezone.localdate(),
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "转入申请发给原管理地了，对方答复以后转过来。")
            return redirect("unemployment:transfer-show", made.public_id)
    return render(request, "unemployment/take_in.html", {"form": form}, status=422)


@require_GET
def transfer_list(request: HttpRequest) -> HttpResponse:
    """The transfers of one's places, by who has to do something."""
    tab = request.GET.get("view", "ours")
    tab = tab if tab in TABS else "ours"
    rows, user = _ROWS.for_staff(request.user), request.user
    waiting = Transfer.objects.to_answer_in(user.regions(*PROPOSERS)).values("pk")
    chosen = {
        "ours": rows.filter(pk__in=waiting),
        "theirs": rows.open().exclude(pk__in=waiting),
        "done": rows.exclude(status=Transfer.Status.REQUESTED),
    }[tab]
    order = ("-asked_at", "-pk") if tab == "done" else ("answer_by", "pk")
    page = keyset.paginate(chosen, order=order, cursor=request.GET.get("cursor"), size=SIZE)
    today = timezone.localdate()
    context = {
        "tabs": TABS,
        "view": tab,
        "page": page,
        "rows": [(row, due_badge(row.answer_by, today)) for row in page.items],
    }
    return render(request, "unemployment/transfer_list.html", context)


@require_http_methods(["GET", "POST"])
def transfer_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One transfer: who asked, why, and the answer."""
    found = get_object_or_404(_ROWS.for_staff(request.user), public_id=public_id)
    form = AnswerForm(request.POST if request.method == "POST" else None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            said = _act(request, found, form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, said)
            return redirect("unemployment:transfer-show", public_id)
    here = Registration.objects.for_staff(request.user).filter(pk=found.registration_id).exists()
    context = {
        "transfer": found,
        "person": found.registration.person,
        "form": form,
        "badge": due_badge(found.answer_by, timezone.localdate()),
        "may_answer": can_answer_transfer(request.user, found),
        "may_withdraw": found.asked_by_id == request.user.pk and found.status == Transfer.Status.REQUESTED,
        "here": here,
    }
    return render(request, "unemployment/transfer_show.html", context, status=422 if form.errors else 200)


def _act(request: HttpRequest, found: Transfer, data: dict[str, Any]) -> str:
    common = {"transfer_id": found.pk, "version": data["version"], "by": request.user}
    match request.POST.get("act"):
        case "accept":
            transfers.accept_transfer(**common, on=timezone.localdate())
            return "同意了。从现在起由新管理地负责，没做的跟踪调查一起转过去了。"
        case "refuse":
            transfers.refuse_transfer(**common, note=data["note"])
            return "已答复不同意，理由告诉本人了。"
        case "withdraw":
            transfers.withdraw_transfer(transfer_id=found.pk, by=request.user)
            return "转移申请撤回了。"
    raise transfers.CannotTransfer("请按页面上的按钮操作。")
