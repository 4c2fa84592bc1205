"""The officers' queue: one list composed by role, the claim beside it, and every decision."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.keyset import paginate
from core.workdays import working_days_between
from people.models import User
from people.roles import Role
from subsidies import review
from subsidies.comparison import compare
from subsidies.forms import CORRECTIONS, CorrectionForm, NoteForm, ReceiptsForm, RefuseForm, SettleForm
from subsidies.models import Claim, Office
from subsidies.models.claim import Status, months_text
from subsidies.permissions import CLAIM_OFFICERS, STATUS_OFFICE, earlier_office, holds_office


@dataclass(frozen=True)
class Tab:
    """One view of the queue: its name, the statuses in it, and whose move it is."""

    key: str
    label: str
    statuses: tuple[str, ...]
    roles: frozenset[str]


NOTHING_TYPED = {"verb": "", "reason": "", "extra": "", "note": "", "rule": ""}
SUPERVISORS = frozenset({Role.COUNTY_SUPERVISOR, Role.CITY_SUPERVISOR})
TABS = (
    Tab("intake", "待受理", (Status.SUBMITTED,), frozenset({Role.SUBSIDY_INTAKE})),
    Tab("review", "待初审", (Status.ACCEPTED, Status.REVIEW), frozenset({Role.SUBSIDY_REVIEWER})),
    Tab("correction", "等补正", (Status.CORRECTION,), frozenset({Role.SUBSIDY_INTAKE, Role.SUBSIDY_REVIEWER})),
    Tab("second", "待复核", (Status.SECOND_REVIEW,), frozenset({Role.SUBSIDY_SECOND_REVIEWER})),
    Tab("approval", "待审批", (Status.APPROVAL,), frozenset({Role.SUBSIDY_APPROVER})),
    Tab(
        "publicity",
        "公示",
        (Status.PUBLICITY,),
        frozenset({Role.SUBSIDY_SECOND_REVIEWER, Role.SUBSIDY_APPROVER}),
    ),
    Tab("payment", "待拨付", (Status.APPROVED,), frozenset({Role.SUBSIDY_PAYER, Role.FINANCE})),
    Tab("returned", "银行退回", (Status.RETURNED,), frozenset({Role.SUBSIDY_PAYER})),
    Tab(
        "all",
        "全部",
        tuple(s for s in Status if s is not Status.DRAFT),
        frozenset(CLAIM_OFFICERS),
    ),
)


def _tabs(user: User) -> list[Tab]:
    return [tab for tab in TABS if user.has_role(*tab.roles) or (tab.key != "all" and user.has_role(*SUPERVISORS))]


def _listing(request: HttpRequest, tab: Tab) -> QuerySet[Claim]:
    rows = Claim.objects.for_officer(request.user).filter(status__in=tab.statuses)
    # A functional zone's numbers begin with its own code, which has letters.
    if number := "".join(filter(str.isalnum, request.GET.get("q", ""))).upper()[:24]:
        rows = rows.filter(receipt_number__endswith=number)
    return rows


def _draw(
    request: HttpRequest,
    claim: Claim | None = None,
    *,
    status: int = 200,
    errors: list[str] | None = None,
    typed: dict[str, Any] | None = None,
) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    tabs = _tabs(user)
    wanted = request.GET.get("view", "")
    tab = next((t for t in tabs if t.key == wanted), None) or _tab_of(tabs, claim)
    counts = Claim.objects.for_officer(user).aggregate(
        **{t.key: Count("pk", filter=Q(status__in=t.statuses)) for t in tabs}
    )
    far = Coalesce("due_on", today.replace(year=2999))
    listed = _listing(request, tab).annotate(due=far).select_related("person", "programme", "region")
    page = paginate(listed.prefetch_related("months"), order=("due", "pk"), cursor=request.GET.get("after"), size=30)
    rows = [_row(row, today) for row in page.items]
    if claim is None and page.items:
        claim = _one(request, page.items[0].public_id)
    context = {
        "tabs": [(t, counts[t.key], t.key == tab.key) for t in tabs],
        "tab": tab,
        "rows": rows,
        "page": page,
        "claim": claim,
        "panel": _panel(user, claim) if claim else None,
        "errors": errors or [],
        "typed": {**NOTHING_TYPED, **(typed or {})},
        "view": tab.key,
        "q": request.GET.get("q", ""),
        "today": today,
    }
    return render(request, "subsidies/queue.html", context, status=status)


def _tab_of(tabs: list[Tab], claim: Claim | None) -> Tab:
    if claim is not None:
        return next((t for t in tabs if claim.status in t.statuses), tabs[0])
    return tabs[0]


def _row(claim: Claim, today: Any) -> dict[str, Any]:
    return {
        "claim": claim,
        "due": due_badge(claim, today),
        "months": months_text([m.month for m in claim.months.all()]),
    }


def due_badge(claim: Claim, today: Any) -> tuple[str, str]:
    """Return kind and words for how much time a claim has left, in working days."""
    if claim.due_on is None or claim.status in (Status.PAID, Status.REFUSED, Status.WITHDRAWN):
        return ("none", claim.get_status_display())
    left = working_days_between(today, claim.due_on)
    if left < 0:
        return ("bd", f"过期 {-left} 天")
    return ("wn", "今天") if left == 0 else ("info", f"还有 {left} 天")


def _one(request: HttpRequest, public_id: UUID) -> Claim:
    rows = Claim.objects.for_officer(request.user).select_related(
        "person__residence_region", "person__household_region", "programme", "programme_version__region", "region"
    )
    return get_object_or_404(rows, public_id=public_id)


def _panel(user: User, claim: Claim) -> dict[str, Any]:
    office = STATUS_OFFICE.get(claim.status, "")
    acts = bool(office) and holds_office(user, office, claim.region.path)
    earlier = earlier_office(user, claim, office) if acts else ""
    rows = list(claim.months.all())
    verdicts, compared = claim.rule_rows, compare(claim, rows)
    return {
        "office": office if acts and not earlier else "",
        "blocked": Office(earlier).label if earlier else "",
        "rows": rows,
        "months_text": months_text([row.month for row in rows]),
        "receipts": [row for row in rows if row.source != "system"],
        "differences": [line for line in compared if line.result != "same"],
        "same": [line for line in compared if line.result == "same"],
        "failed": [v for v in verdicts if v["verdict"] == "failed"],
        "unknown": [v for v in verdicts if v["verdict"] == "unknown"],
        "met": [v for v in verdicts if v["verdict"] == "met"],
        "steps": list(claim.steps.select_related("actor").order_by("-at", "-pk")),
        "papers": list(claim.papers.select_related("document")),
        "corrections": [(str(i), text, label) for i, (text, label) in enumerate(CORRECTIONS)],
        "due": due_badge(claim, timezone.localdate()),
        "can_settle": office == Office.REVIEW and acts and not earlier,
    }


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The list, and its first claim."""
    return _draw(request)


@require_GET
def claim_panel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One claim: the panel alone for htmx, the whole queue without scripts."""
    claim = _one(request, public_id)
    if request.htmx:
        view = request.GET.get("view", "")
        context = {
            "claim": claim,
            "panel": _panel(request.user, claim),
            "errors": [],
            "typed": NOTHING_TYPED,
            "view": view,
        }
        response = render(request, "subsidies/_panel.html", context)
        response["Vary"] = "HX-Request"
        return response
    return _draw(request, claim)


Act = Callable[[Claim, Any, dict[str, Any]], Claim]


def _call(function: Callable[..., Claim], **more: Any) -> Act:
    def act(claim: Claim, form: Any, common: dict[str, Any]) -> Claim:
        return function(claim_id=claim.pk, **common, **{k: v(form) for k, v in more.items()})

    return act


def _note(form: Any) -> str:
    return form.cleaned_data["note"]


def _without_day(function: Callable[..., Claim], **more: Any) -> Act:
    inner = _call(function, **more)
    return lambda claim, form, common: inner(claim, form, {k: v for k, v in common.items() if k != "on"})


ACTS: dict[str, tuple[type[Form], Act, str, bool]] = {
    "accept": (NoteForm, _call(review.accept_claim), "已受理，转给初审。", True),
    "correct": (CorrectionForm, _call(review.ask_correction, note=lambda f: f.sentence()), "已发给申请人补正。", True),
    "recheck": (NoteForm, _call(review.recheck), "重新比对过了，下面是最新结果。", False),
    "settle": (
        SettleForm,
        _without_day(
            review.settle_rule,
            rule=lambda f: f.cleaned_data["rule"],
            verdict=lambda f: f.cleaned_data["verdict"],
            reason=lambda f: f.cleaned_data["reason"],
        ),
        "核实结果记下了。",
        False,
    ),
    "pass": (NoteForm, _call(review.pass_review, note=_note), "初审通过，转给复核。", True),
    "second": (NoteForm, _call(review.pass_second_review, note=_note), "复核通过，等公示。", True),
    "back": (NoteForm, _call(review.send_back, note=_note), "已退回初审。", True),
    "approve": (NoteForm, _call(review.approve_claim), "已批准，转给拨付。", True),
    "refuse": (
        RefuseForm,
        _call(review.refuse_claim, rule=lambda f: f.cleaned_data["rule"], reason=lambda f: f.cleaned_data["reason"]),
        "已作出不予补贴的决定，并通知了申请人。",
        True,
    ),
}


@require_POST
def claim_receipts(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put in what the payment receipts show, for months that the records lack."""
    claim = _one(request, public_id)
    form = ReceiptsForm(request.POST, rows=[row for row in claim.months.all() if row.source != "system"])
    errors = [error for field in form.errors.values() for error in field]
    if not errors:
        try:
            review.check_receipts(
                claim_id=claim.pk,
                paid=form.paid(),
                by=request.user,
                on=timezone.localdate(),
                version=request.POST.get("version", ""),
            )
        except DomainError as error:
            errors = [error.message]
    claim = _one(request, public_id)
    if errors:
        return _draw(request, claim, status=422, errors=errors)
    messages.success(request, f"{claim.person.masked_name}：按凭证核实的金额记下了。")
    return redirect(_address(claim))


@require_POST
def claim_act(request: HttpRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Carry one decision out; then the next claim of the same list."""
    claim = _one(request, public_id)
    form_class, act, done, moves_on = ACTS[verb]
    form = form_class(request.POST)
    errors = [error for field in form.errors.values() for error in field]
    if not errors:
        common = {"by": request.user, "on": timezone.localdate(), "version": request.POST.get("version", "")}
        try:
            act(claim, form, common)
        except DomainError as error:
            errors = [error.message]
    if errors:
        claim = _one(request, public_id)
        return _draw(request, claim, status=422, errors=errors, typed={**request.POST.dict(), "verb": verb})
    messages.success(request, f"{claim.person.masked_name}：{done}")
    view = request.GET.get("view", "")
    following = _following(request, claim, view) if moves_on else claim
    if following is None:
        return redirect(f"{_address()}?view={view}" if view else _address())
    return redirect(f"{_address(following)}?view={view}" if view else _address(following))


def _following(request: HttpRequest, done: Claim, view: str) -> Claim | None:
    tab = next((t for t in TABS if t.key == view), None)
    statuses = tab.statuses if tab and tab.key != "all" else (done.status,)
    rows = Claim.objects.for_officer(request.user).filter(status__in=statuses).exclude(pk=done.pk)
    return rows.order_by("due_on", "pk").first()


def _address(claim: Claim | None = None) -> str:

    if claim is None:
        return reverse("subsidies:queue")
    return reverse("subsidies:claim-panel", kwargs={"public_id": claim.public_id})
