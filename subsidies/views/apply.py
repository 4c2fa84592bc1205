"""The application: one thing a page, filled with what is known, kept at every step."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import DomainError
from subsidies import claims
from subsidies.assessment import claimable_months, request_of
from subsidies.forms import AccountForm, ConfirmForm, MonthsForm, WorkForm
from subsidies.models import Claim, ClaimMonth, Programme
from subsidies.models.claim import months_text
from subsidies.rules import Assessment, Facts, Month, assess
from subsidies.views.papers import papers_step

STEPS = {
    "work": ("现在的工作", "您现在做什么工作？", "先报一下现在的灵活就业，补贴从这里算起。"),
    "months": ("申请的月份", "要申请哪几个月？", "勾上要领的月份。查得到缴费记录的，金额不用填。"),
    "account": ("收款银行卡", "补贴打到哪张银行卡？", "要用您本人名下的卡。社保卡上的银行账户也可以。"),
    "papers": ("上传凭证", "把缴费凭证拍给我们", "只有系统查不到的月份才要凭证。纸铺平，四个角都拍进去。"),
    "confirm": ("核对并提交", "核对一下，没错就交", "交了以后，工作人员会在 3 个工作日内受理。"),
}


@dataclass(frozen=True)
class Item:
    """One line of the list at the side."""

    key: str
    name: str
    href: str
    kind: str
    state: str
    now: bool


def own_claim(request: HttpRequest, public_id: UUID) -> Claim:
    """Return one's own claim; another's is not found."""
    rows = Claim.objects.own(request.user).select_related("programme", "programme_version__region", "region", "person")
    return get_object_or_404(rows, public_id=public_id)


@require_POST
def claim_start(request: HttpRequest, code: str) -> HttpResponse:
    """Open the draft, or the one that is there, and go to its first page."""
    programme = get_object_or_404(Programme, code=code, is_open=True)
    try:
        claim = claims.start_claim(
            person=request.user.person, programme=programme, by=request.user, on=timezone.localdate()
        )
    except claims.CannotClaim as error:
        messages.error(request, error.message)
        return redirect("subsidies:programme-show", code=code)
    return redirect(f"subsidies:claim-{next_step(claim)}", public_id=claim.public_id)


def steps_of(claim: Claim) -> list[str]:
    """Return the pages this claim needs: papers only when the records lack a month."""
    declared = any(row.source != ClaimMonth.Source.SYSTEM for row in claim.months.all())
    return [key for key in STEPS if key != "papers" or declared or claim.papers.exists()]


def next_step(claim: Claim) -> str:
    """Return the first page that still needs something."""
    missing = claims.missing_parts(claim)
    return missing[0] if missing else "confirm"


def _items(claim: Claim, step: str, *, wrong: bool) -> list[Item]:
    missing = set(claims.missing_parts(claim))
    items = []
    for key in steps_of(claim):
        href = reverse(f"subsidies:claim-{key}", kwargs={"public_id": claim.public_id})
        if key == step and wrong:
            kind, state = "bd", "要改"
        elif key in missing:
            kind, state = "none", "还没填"
        elif key == "confirm":
            kind, state, href = "", ("可以交了" if not missing else "前面填完才能交"), ("" if missing else href)
        else:
            kind, state = "ok", "已填好"
        items.append(Item(key, STEPS[key][0], "" if key == step else href, kind, state, key == step))
    return items


@require_http_methods(["GET", "POST"])
def claim_edit(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """One page of the application."""
    claim = own_claim(request, public_id)
    if not claim.is_editable and not (step == "account" and claim.status == Claim.Status.RETURNED):
        messages.info(request, f"这份申请现在是“{claim.get_status_display()}”，不能再改。")
        return redirect("subsidies:claim-show", public_id=claim.public_id)
    if step == "papers":
        return papers_step(request, claim, lambda **more: page(request, claim, step, **more))
    form, save = FORMS[step](request, claim)
    if request.method == "GET":
        return page(request, claim, step, form=form)
    if form.is_valid():
        try:
            saved = save(form)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            return _after(request, saved, step)
    return page(request, claim, step, form=form, status=422)


def page(request: HttpRequest, claim: Claim, step: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Draw a page of the application with the list of what is left."""
    keys = steps_of(claim)
    form = context.get("form")
    items = _items(claim, step, wrong=bool(form is not None and form.errors))
    index = keys.index(step) if step in keys else 0
    context |= {
        "claim": claim,
        "step": step,
        "question": STEPS[step][1],
        "lead": STEPS[step][2],
        "number": index + 1,
        "total": len(keys),
        "items": items,
        "left": sum(item.kind in ("none", "bd") for item in items),
        "before": reverse(f"subsidies:claim-{keys[index - 1]}", kwargs={"public_id": claim.public_id}) if index else "",
        "before_name": STEPS[keys[index - 1]][0] if index else "",
        "only_account": claim.status == Claim.Status.RETURNED,
    }
    if step == "confirm":
        context |= {"estimate": estimate(claim), "rows": list(claim.months.all())}
        context["months_text"] = months_text([row.month for row in context["rows"]])
    return render(request, f"subsidies/apply_{step}.html", context, status=status)


def _after(request: HttpRequest, claim: Claim, step: str) -> HttpResponse:
    if step == "confirm" or claim.status not in (Claim.Status.DRAFT, Claim.Status.CORRECTION):
        messages.success(request, "交好了。" if step == "confirm" else "收款账户改好了，会重新打款。")
        return redirect("subsidies:claim-show", public_id=claim.public_id)
    if "later" in request.POST:
        messages.success(request, "存好了。什么时候都能接着填。")
        return redirect("subsidies:claim-list")
    keys = steps_of(claim)
    following = keys[keys.index(step) + 1] if step in keys[:-1] else "confirm"
    return redirect(f"subsidies:claim-{following}", public_id=claim.public_id)


def estimate(claim: Claim) -> Assessment:
    """Return what the months would give, before any department is asked again."""
    asked = request_of(claim, claim.programme_version)
    months = []
    for row in claim.months.all():
        fen = [None if value is None else int(value * 100) for value in (row.pension, row.medical)]
        months.append(Month(f"{row.month:%Y-%m}", {"pension_fen": fen[0], "medical_fen": fen[1]}))
    return assess(asked.version.rules, Facts({}, tuple(months)))


Save = Callable[[Any], Claim]


def _work(request: HttpRequest, claim: Claim) -> tuple[Form, Save]:
    form = WorkForm(request.POST or None, claim=claim)
    return form, lambda f: claims.save_work(
        claim_id=claim.pk,
        work=f.cleaned_data["work"],
        since=f.cleaned_data["since"],
        retirement_age=f.cleaned_data.get("retirement_age"),
        by=request.user,
        on=timezone.localdate(),
        version=request.POST.get("version", ""),
    )


def _months(request: HttpRequest, claim: Claim) -> tuple[Form, Save]:
    today = timezone.localdate()
    months = sorted({*claimable_months(on=today), *(row.month for row in claim.months.all())})
    form = MonthsForm(request.POST or None, claim=claim, months=months, taken=claims.taken_months(claim))
    return form, lambda f: claims.save_months(
        claim_id=claim.pk,
        months=f.cleaned_data["months"],
        declared=f.cleaned_data["declared"],
        by=request.user,
        on=today,
        version=request.POST.get("version", ""),
    )


def _account(request: HttpRequest, claim: Claim) -> tuple[Form, Save]:
    known = {"bank": claim.bank_name if claim.bank_tail else ""}
    form = AccountForm(request.POST or None, initial=known)
    if request.method == "POST" and "keep" in request.POST and claim.bank_tail and claim.is_editable:
        form = Form({})
        return form, lambda f: claim
    return form, lambda f: claims.save_account(
        claim_id=claim.pk,
        bank_name=f.cleaned_data["bank"],
        account=f.cleaned_data["account"],
        by=request.user,
        version=request.POST.get("version", ""),
    )


def _confirm(request: HttpRequest, claim: Claim) -> tuple[Form, Save]:
    form = ConfirmForm(request.POST or None)
    return form, lambda f: claims.submit_claim(
        claim_id=claim.pk,
        pledged=f.cleaned_data["pledge"],
        by=request.user,
        on=timezone.localdate(),
        version=request.POST.get("version", ""),
    )


FORMS: dict[str, Callable[[HttpRequest, Claim], tuple[Form, Save]]] = {
    "work": _work,
    "months": _months,
    "account": _account,
    "confirm": _confirm,
}


@require_POST
def claim_ask_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Fetch the payment records again."""
    claim = own_claim(request, public_id)
    try:
        claims.ask_again(claim_id=claim.pk, by=request.user, on=timezone.localdate())
    except claims.CannotClaim as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "重新查过了，下面是最新的缴费记录。")
    return redirect("subsidies:claim-months", public_id=public_id)


@require_GET
def claim_continue(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Go on where the applicant stopped."""
    claim = own_claim(request, public_id)
    if not claim.is_editable:
        return redirect("subsidies:claim-show", public_id=public_id)
    return redirect(f"subsidies:claim-{next_step(claim)}", public_id=public_id)
