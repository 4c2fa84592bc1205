"""Ending a registration, and the matters that rise instead."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import keyset
from core.errors import DomainError
from unemployment import deregistration, escalations, present, reopening, rules
from unemployment.forms import EndForm, MatterForm, NoteForm, RevokeForm
from unemployment.models import Deregistration, Escalation, Registration
from unemployment.permissions import can_decide_end, can_propose_end, can_reject_end, can_reopen

SIZE = 50


@require_http_methods(["GET", "POST"])
def end_propose(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Propose to end a registration: a lawful ground, its article, the evidence."""
    rows = Registration.objects.for_staff(request.user).select_related("person", "region")
    found = get_object_or_404(rows, public_id=public_id)
    form = EndForm(request.POST if request.method == "POST" else None, registration=found, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            proposal = deregistration.propose(
                registration_id=found.pk, by=request.user, on=timezone.localdate(), **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "注销提议交上去了，由另一位工作人员决定。")
            return redirect("unemployment:end-decide", proposal.public_id)
    context = {
        "registration": found,
        "person": found.person,
        "form": form,
        "grounds": rules.lawful_grounds(),
        "guard": rules.guard_sentence(),
        "may": can_propose_end(request.user, found) and found.status == Registration.Status.ACTIVE,
    }
    return render(request, "unemployment/end_propose.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def revoke_propose(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Propose 撤销: a false pledge, with the facts; the county's supervisor decides."""
    rows = Registration.objects.for_staff(request.user).select_related("person", "region")
    found = get_object_or_404(rows, public_id=public_id)
    form = RevokeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            proposal = deregistration.propose_revocation(
                registration_id=found.pk, by=request.user, on=timezone.localdate(), **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "撤销提议交上去了，告知书发给本人了，由区县业务主管决定。")
            return redirect("unemployment:end-decide", proposal.public_id)
    context = {
        "registration": found,
        "person": found.person,
        "form": form,
        "ground": rules.revoking_grounds()[0],
        "may": can_propose_end(request.user, found) and found.status == Registration.Status.ACTIVE,
    }
    return render(request, "unemployment/revoke_propose.html", context, status=422 if form.errors else 200)


def _proposal(request: HttpRequest, public_id: UUID) -> Deregistration:
    rows = Deregistration.objects.filter(registration__in=Registration.objects.for_staff(request.user)).select_related(
        "registration__person", "registration__region", "proposed_by", "decided_by", "document"
    )
    return get_object_or_404(rows, public_id=public_id)


@require_http_methods(["GET", "POST"])
def end_decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Decide on a proposal, take up a machine's, or leave the registration in force."""
    proposal = _proposal(request, public_id)
    form = NoteForm(request.POST if request.method == "POST" else None, initial={"version": proposal.version})
    form.fields["note"].label = "决定说明"
    if request.method == "POST" and form.is_valid():
        try:
            said = _act(request, proposal, form)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, said)
            return redirect("unemployment:end-decide", public_id)
    user = request.user
    context = {
        "proposal": proposal,
        "registration": proposal.registration,
        "person": proposal.registration.person,
        "badge": present.proposal_badge(proposal),
        "form": form,
        "may_decide": can_decide_end(user, proposal),
        "may_reject": can_reject_end(user, proposal),
        "may_take_up": proposal.status == Deregistration.Status.PROPOSED
        and proposal.proposed_by_id is None
        and can_propose_end(user, proposal.registration),
        "may_hear": proposal.heard_until is not None
        and proposal.status == Deregistration.Status.PROPOSED
        and can_propose_end(user, proposal.registration),
        "may_reopen": proposal.status == Deregistration.Status.DECIDED
        and not proposal.imported_history
        and can_reopen(user, proposal),
        "waits": proposal.heard_until is not None
        and not proposal.waived_at
        and timezone.localdate() <= proposal.heard_until,
        "own": proposal.proposed_by_id == user.pk and proposal.needs_second,
        "papers": proposal.registration.papers.filter(kind__in=["intent", "end", "revocation"]).order_by("pk"),
        "log": present.log_of(proposal.registration),
    }
    return render(request, "unemployment/end_decide.html", context, status=422 if form.errors else 200)


def _act(request: HttpRequest, proposal: Deregistration, form: NoteForm) -> str:
    note, version = form.cleaned_data["note"], form.cleaned_data["version"]
    match request.POST.get("act"):
        case "decide":
            deregistration.decide(
                proposal_id=proposal.pk, note=note, version=version, by=request.user, on=timezone.localdate()
            )
            return "决定作出了，本月没做的跟踪调查已取消，决定书可以打印了。"
        case "take_up":
            deregistration.take_up(
                proposal_id=proposal.pk, evidence=note, version=version, by=request.user, on=timezone.localdate()
            )
            return "核实记好了，告知书发给本人了。陈述申辩期满以后，由另一位工作人员决定。"
        case "hear":
            deregistration.hear(proposal_id=proposal.pk, statement=note, agrees=False, by=request.user)
            return "本人的陈述申辩记好了。"
        case "reopen":
            reopening.reopen(
                proposal_id=proposal.pk, reason=note, version=version, by=request.user, on=timezone.localdate()
            )
            return "登记恢复了，以前的记录都在，本月的联系要继续做。"
        case "reject":
            deregistration.reject(proposal_id=proposal.pk, note=note, version=version, by=request.user)
            return "登记继续有效。"
    raise deregistration.CannotDeregister("请按页面上的按钮操作。")


@require_GET
def matter_list(request: HttpRequest) -> HttpResponse:
    """What rose: late decisions and contacts, and people to look for."""
    rows = Escalation.objects.visible_to(request.user).open()
    kinds = {kind.value: kind.label for kind in Escalation.Kind}
    kind = request.GET.get("kind", "")
    if kind in kinds:
        rows = rows.filter(kind=kind)
    rows = rows.select_related("registration__person", "region")
    page = keyset.paginate(rows, order=("raised_at", "pk"), cursor=request.GET.get("cursor"), size=SIZE)
    today = timezone.localdate()
    context = {
        "rows": [
            {"m": m, "late": m.is_late(today), "form": MatterForm(auto_id=f"m{n}_%s")} for n, m in enumerate(page.items)
        ],
        "page": page,
        "kinds": kinds,
        "kind": kind,
        "steps": {step.code: step for step in rules.SEARCH_STEPS},
        "guard": rules.guard_sentence(),
    }
    return render(request, "unemployment/matter_list.html", context)


@require_POST
def matter_close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down what came of a matter; a search goes on to its next step."""
    matter = get_object_or_404(Escalation.objects.visible_to(request.user), public_id=public_id)
    form = MatterForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请写明处理结果，至少 4 个字。")
        return redirect("unemployment:matter-list")
    try:
        escalations.close_step(escalation_id=matter.pk, by=request.user, **form.cleaned_data)
        messages.success(request, "处理结果记好了。")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("unemployment:matter-list")
