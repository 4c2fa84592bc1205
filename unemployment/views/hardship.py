"""The ledger of hardship persons: its list, an application on behalf, one recognition with what can be done."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from core import audit, keyset, xlsx
from core.errors import DomainError
from people.lookup import CannotLookUp, find_by_id_number
from people.models import Person, Region
from unemployment import care_rules, hardship, hardship_exits
from unemployment.forms import FindForm, handle
from unemployment.forms.care import BehalfForm, ExitForm, StepForm
from unemployment.models import HardshipExit, HardshipRecognition
from unemployment.models.hardship import CHECKERS, DECIDERS, HANDLERS, LEDGER_READERS, UNDER_WAY
from unemployment.present import Badge

SIZE = 50
Status = HardshipRecognition.Status
HEADER = ("认定编号", "姓名", "证件号码", "手机号", "社区", "类别", "状态", "申请日期", "认定日期", "复核期限", "退出日期", "退出情形")  # fmt: skip


def badge(row: HardshipRecognition, on: date) -> Badge:
    """Return where a recognition stands, with its clock."""
    if row.status in UNDER_WAY:
        late = row.due_on is not None and row.due_on < on
        return Badge("bd" if late else "info", f"{row.get_status_display()}{'，超期' if late else ''}")
    if row.status == Status.RECOGNISED:
        late = row.valid_until is not None and row.valid_until < on
        return Badge("wn" if late else "ok", "已认定，要复核" if late else "已认定")
    return Badge("none", row.get_status_display())


def _views(request: HttpRequest, on: date) -> dict[str, tuple[str, Q]]:
    mine = HardshipRecognition.objects.waiting_for(request.user).values("pk")
    return {
        "todo": ("等我办", Q(pk__in=mine)),
        "way": ("在办", Q(status__in=UNDER_WAY)),
        "late": ("超期", Q(status__in=UNDER_WAY, due_on__lt=on)),
        "on": ("已认定", Q(status=Status.RECOGNISED)),
        "renew": ("要复核", Q(status=Status.RECOGNISED, valid_until__lt=on)),
        "exits": ("拟退出", Q(exits__status=HardshipExit.Status.PROPOSED)),
        "over": ("已结束", Q(status__in=(Status.EXITED, Status.REFUSED, Status.WITHDRAWN))),
    }


def _filtered(request: HttpRequest) -> tuple[Any, dict[str, Any]]:
    """Return the rows of the ledger as filtered, and what the filters were."""
    user, today = request.user, timezone.localdate()
    kinds = hardship.categories(on=today)
    views = _views(request, today)
    code = request.GET.get("view", "")
    code = code if code in views else ("todo" if user.has_role(*HANDLERS) else "on")
    rows = HardshipRecognition.objects.for_staff(user).filter(views[code][1])
    places = list(Region.objects.open().streets().within(user.regions(*LEDGER_READERS)).order_by("path")[:300])
    place = next((p for p in places if p.code == request.GET.get("place")), None)
    if place:
        rows = rows.filter(region__path__within=[place.path])
    kind = request.GET.get("kind", "")
    if kind in kinds:
        rows = rows.filter(category=kind)
    if name := "".join(filter(str.isprintable, request.GET.get("q", ""))).strip()[:20]:
        rows = rows.filter(person__name__startswith=name)
    shown = {
        "kinds": kinds,
        "views": [{"code": c, "label": label} for c, (label, _) in views.items()],
        "view": code,
        "places": places,
        "place": place,
        "kind": kind,
        "q": name,
        "today": today,
    }
    return rows.select_related("person", "region"), shown


@require_GET
def hardship_list(request: HttpRequest) -> HttpResponse:
    """The ledger with its filters, the most urgent first."""
    rows, shown = _filtered(request)
    page = keyset.paginate(rows, order=("applied_on", "pk"), cursor=request.GET.get("cursor"), size=SIZE)
    kinds, today = shown["kinds"], shown["today"]
    context = {
        **shown,
        "page": page,
        "rows": [{"r": r, "badge": badge(r, today), "kind": _label(kinds, r.category)} for r in page.items],
        "may_apply": request.user.has_role(*CHECKERS),
    }
    return render(request, "unemployment/hardship_list.html", context)


def _label(kinds: dict[str, hardship.Category], code: str) -> str:
    return kinds[code].title if code in kinds else code


@require_GET
def hardship_export(request: HttpRequest) -> FileResponse:
    """The filtered ledger as a table, masked; who took it is on record."""
    rows, shown = _filtered(request)
    kinds = shown["kinds"]

    def lines() -> Iterator[tuple[Any, ...]]:
        for r in rows.order_by("region__path", "pk").iterator(chunk_size=500):
            yield (
                r.number or "",
                r.person.masked_name,
                r.person.masked_id,
                r.person.masked_phone,
                r.region.full_name,
                _label(kinds, r.category),
                r.get_status_display(),
                r.applied_on,
                r.recognised_on,
                r.valid_until,
                r.exited_on,
                r.exit_label,
            )

    audit.record_access(
        actor=request.user,
        action="export:hardship",
        subject="ledger",
        reason=f"导出就业困难人员台账（{shown['view']}）",
    )
    file = xlsx.write(lines(), HEADER, sheet="就业困难人员台账")
    return FileResponse(file, as_attachment=True, filename=f"就业困难人员台账-{shown['today']}.xlsx")


# On behalf


def _find_page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    defaults = {"find": FindForm(), "form": None, "person": None, "notice": ""}
    return render(request, "unemployment/hardship_new.html", {**defaults, **context}, status=status)


@require_http_methods(["GET", "POST"])
def hardship_new(request: HttpRequest) -> HttpResponse:
    """Take an application down for somebody who stands at the desk: first the full ID number, then the circumstances."""
    if request.method == "GET":
        return _find_page(request)
    if "number" in request.POST:
        return _look_up(request)
    kinds = hardship.categories(on=timezone.localdate())
    form = BehalfForm(request.POST, user=request.user, categories=[(k.code, k.title) for k in kinds.values()])
    person = None
    if form.is_valid():
        values = form.cleaned_data
        person = get_object_or_404(Person, pk=values.pop("person"))
        try:
            row = hardship.apply(person=person, by=request.user, on=timezone.localdate(), **values)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"收下了，接着由街道初审，{row.due_on:%-m 月 %-d 日}前办。")
            return redirect("unemployment:hardship-work", row.public_id)
    return _find_page(request, form=form, person=person, status=422)


def _look_up(request: HttpRequest) -> HttpResponse:
    find = FindForm(request.POST)
    if not find.is_valid():
        return _find_page(request, find=find, status=422)
    try:
        hit = find_by_id_number(find.cleaned_data["number"], by=request.user, reason="申请就业困难人员认定")
    except CannotLookUp as error:
        find.add_error("number", error.message)
        return _find_page(request, find=find, status=422)
    if hit is None:
        return _find_page(request, find=find, notice="全省还没有这个人的档案。请先在“窗口登记”办失业登记。")
    person = Person.objects.select_related("residence_region").get(public_id=hit.public_id)
    kinds = hardship.categories(on=timezone.localdate())
    initial = {"person": handle(person.pk)}
    if person.residence_region:
        initial["region"] = person.residence_region.code
    form = BehalfForm(user=request.user, categories=[(k.code, k.title) for k in kinds.values()], initial=initial)
    return _find_page(request, form=form, person=person)


# One recognition


@require_http_methods(["GET", "POST"])
def hardship_work(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One recognition: what was done, what is known, and the step that is this user's."""
    rows = HardshipRecognition.objects.for_staff(request.user).select_related(
        "person", "region__parent", "recognised_by"
    )
    found = get_object_or_404(rows, public_id=public_id)
    act = request.POST.get("act", "")
    note = StepForm(request.POST if act in STEPS else None, initial={"version": found.version}, auto_id="step_%s")
    leave = ExitForm(request.POST if act == "propose" else None, auto_id="exit_%s")
    form = leave if act == "propose" else note
    if request.method == "POST":
        if form.is_valid():
            try:
                said = _act(request, found, act, form)
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, said)
                return redirect("unemployment:hardship-work", public_id)
        elif act not in (*STEPS, "propose"):
            messages.error(request, "请按页面上的按钮操作。")
            return redirect("unemployment:hardship-work", public_id)
    context = {**_shown(request, found), "form": note, "leave": leave, "failed": form if form.errors else None}
    return render(request, "unemployment/hardship_work.html", context, status=422 if form.errors else 200)


STEPS = ("check", "review", "recognise", "refuse", "renew", "exit", "keep")


def _act(request: HttpRequest, row: HardshipRecognition, act: str, form: Any) -> str:
    today, values = timezone.localdate(), form.cleaned_data
    who = {"by": request.user, "on": today}
    if act == "propose":
        hardship_exits.propose(recognition_id=row.pk, **who, **values)
        return "退出提议交上去了，由区县业务主管决定。"
    note, version = values["note"], values["version"]
    if act in ("exit", "keep"):
        proposal = get_object_or_404(row.exits.proposed())
        version = request.POST.get("exit_version", "")
        if act == "exit":
            hardship_exits.decide(exit_id=proposal.pk, note=note, version=version, **who)
            return "已退出台账，历史都留着。"
        hardship_exits.reject(exit_id=proposal.pk, note=note, version=version, by=request.user)
        return "没有采纳，继续在台账。"
    if act == "refuse":
        hardship.refuse(recognition_id=row.pk, reason=note, version=version, **who)
        return "不予认定，理由和救济途径已告知本人。"
    step = {
        "check": hardship.check,
        "review": hardship.review,
        "recognise": hardship.recognise,
        "renew": hardship.renew,
    }[act]
    step(recognition_id=row.pk, note=note, version=version, **who)
    return {
        "check": "核实记好了，接着由街道初审。",
        "review": "初审通过，可以发公示了。",
        "recognise": "已认定，已告知本人。",
        "renew": "复核记好了，继续有效。",
    }[act]


def _shown(request: HttpRequest, row: HardshipRecognition) -> dict[str, Any]:
    user, today = request.user, timezone.localdate()
    kinds = hardship.categories(on=today)
    proposal = row.exits.proposed().select_related("proposed_by").first()
    active = row.status == Status.RECOGNISED
    return {
        "row": row,
        "person": row.person,
        "badge": badge(row, today),
        "kind": kinds.get(row.category),
        "kind_label": _label(kinds, row.category),
        "facts": hardship.facts(row.person, on=today),
        "steps": row.steps.select_related("by").order_by("at", "pk"),
        "step": hardship.step_for(user, row),
        "proposal": proposal,
        "may_decide": proposal is not None and user.serves(row.region.path, *DECIDERS),
        "may_keep": proposal is not None and user.serves(row.region.path, *HANDLERS),
        "may_renew": active and user.serves(row.region.path, *HANDLERS),
        "may_propose": active and proposal is None and user.serves(row.region.path, *HANDLERS),
        "grounds": care_rules.exit_grounds().values(),
        "line": row.lines.select_related("notice").order_by("-pk").first(),
    }
