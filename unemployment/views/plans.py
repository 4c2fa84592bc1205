"""援助计划: the list of the worker, one plan, and the person's own page."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from core import keyset
from core.errors import DomainError
from people.lookup import CannotLookUp, find_by_id_number
from people.models import Person
from unemployment import plans
from unemployment.forms import FindForm, handle
from unemployment.forms.plan import ClosePlanForm, MeasureForm, PlanForm, ReviseForm, SaidForm, SettleForm
from unemployment.models import AssistancePlan
from unemployment.models.plan import PLANNERS

SIZE = 50


@require_GET
def plan_list(request: HttpRequest) -> HttpResponse:
    """The plans of one's regions, the next to revise first."""
    user, today = request.user, timezone.localdate()
    rows = AssistancePlan.objects.for_staff(user)
    view = request.GET.get("view", "")
    if view == "late":
        rows = rows.overdue(on=today)
    elif view == "closed":
        rows = rows.exclude(closed_on=None)
    elif view == "mine":
        rows = rows.open().filter(worker=user)
    else:
        view, rows = "open", rows.open()
    listed = rows.select_related("person", "region", "worker")
    page = keyset.paginate(listed, order=("revise_by", "pk"), cursor=request.GET.get("cursor"), size=SIZE)
    views = [("open", "在帮扶"), ("mine", "我负责的"), ("late", "超期"), ("closed", "已结束")]
    context = {"rows": page.items, "page": page, "view": view, "views": views, "today": today}
    context["may_plan"] = user.has_role(*PLANNERS)
    return render(request, "unemployment/plan_list.html", context)


def look_up(request: HttpRequest, find: FindForm, *, reason: str) -> tuple[Person | None, str]:
    """Return the person of a full ID number, or the sentence to show."""
    if not find.is_valid():
        return None, ""
    try:
        hit = find_by_id_number(find.cleaned_data["number"], by=request.user, reason=reason)
    except CannotLookUp as error:
        find.add_error("number", error.message)
        return None, ""
    person = Person.objects.select_related("residence_region").filter(public_id=hit.public_id).first() if hit else None
    return person, "" if person else "全省还没有这个人的档案。请先在“窗口登记”办失业登记。"


def begun_for(request: HttpRequest, person: Person) -> dict[str, Any]:
    """Return what a form for this person starts with."""
    home = person.residence_region
    return {"person": handle(person.pk), "region": home.code if home else None}


@require_http_methods(["GET", "POST"])
def plan_new(request: HttpRequest) -> HttpResponse:
    """Make a plan for somebody: first the full ID number, then the needs."""
    find, form, person, notice = FindForm(), None, None, ""
    if request.method == "POST" and "number" in request.POST:
        find = FindForm(request.POST)
        person, notice = look_up(request, find, reason="制定援助计划")
        if person:
            form = PlanForm(user=request.user, initial=begun_for(request, person))
    elif request.method == "POST":
        form = PlanForm(request.POST, user=request.user)
        if form.is_valid():
            values = form.cleaned_data
            person = get_object_or_404(Person, pk=values.pop("person"))
            try:
                plan = plans.make_plan(person=person, by=request.user, on=timezone.localdate(), **values)
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, "计划建好了。请加上要做的措施。")
                return redirect("unemployment:plan-work", plan.public_id)
    context = {"find": find, "form": form, "person": person, "notice": notice}
    wrong = find.errors or (form is not None and form.errors)
    return render(request, "unemployment/plan_new.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "POST"])
def plan_work(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One plan: needs, measures, call-backs, versions, and what can be done now."""
    user, today = request.user, timezone.localdate()
    rows = AssistancePlan.objects.for_staff(user).select_related("person", "region", "worker")
    plan = get_object_or_404(rows, public_id=public_id)
    act, initial = request.POST.get("act", ""), {"version": plan.version}

    def data(name: str) -> Any:
        return request.POST if act == name else None

    shown: dict[str, forms.Form] = {
        "measure": MeasureForm(data("measure"), initial=initial, auto_id="measure_%s"),
        "settle": SettleForm(data("settle"), initial=initial, auto_id="settle_%s"),
        "said": SaidForm(data("said"), initial=initial, auto_id="said_%s"),
        "revise": ReviseForm(data("revise"), initial={**initial, "needs": plan.needs}, auto_id="revise_%s"),
        "close": ClosePlanForm(data("close"), initial=initial, auto_id="close_%s"),
    }
    failed = None
    if request.method == "POST":
        form = shown.get(act)
        if form is None:
            messages.error(request, "请按页面上的按钮操作。")
            return redirect("unemployment:plan-work", public_id)
        if form.is_valid():
            try:
                said = _act(request, plan, act, dict(form.cleaned_data))
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, said)
                return redirect("unemployment:plan-work", public_id)
        failed = form
    measures = list(plan.measures.select_related("done_by").order_by("due_on", "pk"))
    context = {
        "plan": plan,
        "person": plan.person,
        "late": AssistancePlan.objects.overdue(on=today).filter(pk=plan.pk).exists(),
        "measures": [
            {"m": m, "form": SettleForm(initial={**initial, "measure": m.public_id}, auto_id=f"m{m.public_id}_%s")}
            for m in measures
        ],
        "calls": plan.call_backs.select_related("done_by").order_by("due_on", "pk"),
        "revisions": plan.revisions.select_related("by").order_by("-number"),
        "forms": shown,
        "failed": failed,
        "today": today,
        "may": plan.closed_on is None and user.serves(plan.region.path, *PLANNERS),
    }
    return render(request, "unemployment/plan_work.html", context, status=422 if failed else 200)


def _act(request: HttpRequest, plan: AssistancePlan, act: str, values: dict[str, Any]) -> str:
    who: dict[str, Any] = {"by": request.user}
    today = timezone.localdate()
    if act == "measure":
        plans.add_measure(plan_id=plan.pk, on=today, **who, **values)
        return "措施加好了。"
    if act == "settle":
        measure = plan.measures.filter(public_id=values.pop("measure")).first()
        if measure is None:
            raise plans.CannotPlan("没有找到这项措施。请刷新页面再看。")
        plans.settle_measure(measure_id=measure.pk, **who, **{**values, "done": values["done"] == "1"})
        return "结果记好了。"
    if act == "said":
        plans.call_back(plan_id=plan.pk, on=today, **who, **values)
        return "回访记好了，下个月再回访。"
    if act == "revise":
        plans.revise(plan_id=plan.pk, on=today, **who, **values)
        return "修订好了，以前的版本都留着。"
    plans.close_plan(plan_id=plan.pk, on=today, **who, **values)
    return "计划结束了。"


@require_GET
def plan_own(request: HttpRequest) -> HttpResponse:
    """One's own plan: who helps, with what, until when."""
    plan = AssistancePlan.objects.own(request.user).select_related("worker", "region").order_by("-pk").first()
    context = {"plan": plan, "measures": plan.measures.order_by("due_on", "pk") if plan else []}
    return render(request, "unemployment/plan_own.html", context)
