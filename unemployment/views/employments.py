"""就业登记 and 解除备案 at the counter, the differences with 社保, and the proof on paper."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import keyset
from core.errors import DomainError
from people.lookup import CannotLookUp, find_by_id_number
from people.models import Person
from people.persons import CannotCreatePerson, create_person
from unemployment import employment_matches, employments, papers
from unemployment.forms import EmploymentForm, EndEmploymentForm, FindForm, MatchForm, NewPersonForm, handle
from unemployment.models import Employment, EmploymentKind, EmploymentMatch, Paper
from unemployment.permissions import can_serve_proof

SIZE = 50
VIEWS = {"open": "在业", "late": "超期登记", "ended": "已解除", "all": "全部"}


@require_GET
def employment_list(request: HttpRequest) -> HttpResponse:
    """The employments of the regions one serves, the newest first."""
    rows = Employment.objects.for_staff(request.user)
    view = request.GET.get("view", "open")
    view = view if view in VIEWS else "open"
    match view:
        case "open":
            rows = rows.open()
        case "late":
            rows = rows.late()
        case "ended":
            rows = rows.filter(ended_on__isnull=False)
    name = request.GET.get("q", "").replace("\x00", "").strip()[:20]
    if name:
        rows = rows.filter(person__name__startswith=name)
    rows = rows.select_related("person", "employer", "region")
    page = keyset.paginate(rows, order=("-reported_on", "-pk"), cursor=request.GET.get("cursor"), size=SIZE)
    context = {
        "page": page,
        "view": view,
        "views": VIEWS,
        "q": name,
        "differences": EmploymentMatch.objects.visible_to(request.user).open().count(),
    }
    return render(request, "unemployment/employment_list.html", context)


def _find(request: HttpRequest, public_id: UUID) -> Employment:
    rows = Employment.objects.for_staff(request.user).select_related(
        "person", "employer", "region", "home_region", "registration", "entered_by", "ended_by"
    )
    return get_object_or_404(rows, public_id=public_id)


@require_http_methods(["GET", "POST"])
def employment_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One employment; its end is reported here."""
    found = _find(request, public_id)
    may_end = found.is_open and employments.can_end(request.user, found)
    form = EndEmploymentForm(request.POST or None, initial={"version": found.version}) if may_end else None
    if request.method == "POST":
        if form is None:
            messages.error(request, "这份就业登记已经解除，或者不归您办。")
            return redirect("unemployment:employment-show", public_id)
        if form.is_valid():
            try:
                row = employments.end_employment(
                    employment_id=found.pk, by=request.user, on=timezone.localdate(), **form.cleaned_data
                )
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, f"解除备案记好了。{_late(row.end_late_days)}")
                return redirect("unemployment:employment-show", public_id)
    issued = list(found.papers.with_steps().order_by("pk"))
    context = {
        "e": found,
        "person": found.person,
        "form": form,
        "papers": issued,
        "office": True,
        "may_serve": can_serve_proof(request.user, found),
        "proven": any(paper.status == Paper.Status.VALID for paper in issued),
    }
    return render(
        request, "unemployment/employment_show.html", context, status=422 if form is not None and form.errors else 200
    )


def _late(days: int | None) -> str:
    return f"超过规定期限 {days} 天，已如实记下。" if days else ""


@require_POST
def employment_prove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Issue 就业登记证明, numbered and to be checked by its code, and show it for printing."""
    found = _find(request, public_id)
    try:
        made = papers.issue_proof(employment_id=found.pk, by=request.user, on=timezone.localdate())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("unemployment:employment-show", public_id)
    return redirect("unemployment:office-paper", made.public_id)


@require_GET
def employment_verify(request: HttpRequest, number: str) -> HttpResponse:
    """Where the code on an unnumbered proof of earlier days led: papers are checked by their number and code now."""
    return redirect("unemployment:paper-check", permanent=True)


# The counter


def _counter(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    context.setdefault("find", FindForm())
    return render(
        request,
        "unemployment/employment_counter.html",
        {"form": None, "new_person": None, "person": None, **context},
        status=status,
    )


@require_GET
def employment_counter(request: HttpRequest) -> HttpResponse:
    """Who stands at the counter?"""
    return _counter(request)


@require_POST
def employment_find(request: HttpRequest) -> HttpResponse:
    """Look the full ID number up in the whole province. A POST, so that no number reaches a URL or a log."""
    find = FindForm(request.POST)
    if not find.is_valid():
        return _counter(request, find=find, status=422)
    try:
        hit = find_by_id_number(find.cleaned_data["number"], by=request.user, reason="窗口办理就业登记")
    except CannotLookUp as error:
        find.add_error("number", error.message)
        return _counter(request, find=find, status=422)
    if hit is None:
        new_person = NewPersonForm(initial={"number": find.cleaned_data["number"]}, auto_id="new_%s")
        return _counter(request, form=EmploymentForm(user=request.user), new_person=new_person)
    person = Person.objects.get(public_id=hit.public_id)
    return _counter(
        request, person=person, form=EmploymentForm(user=request.user, initial={"person": handle(person.pk)})
    )


@require_POST
def employment_register(request: HttpRequest) -> HttpResponse:
    """Take the employment down; a person without a record gets one first."""
    form = EmploymentForm(request.POST, user=request.user)
    is_new = not request.POST.get("person")
    new_person = NewPersonForm(request.POST, auto_id="new_%s") if is_new else None
    valid = form.is_valid()
    if new_person is not None:
        valid = new_person.is_valid() and valid
    pk = None if is_new else form.cleaned_data.get("person")
    person = Person.objects.filter(pk=pk).first() if pk else None
    if not valid:
        return _counter(request, form=form, new_person=new_person, person=person, status=422)
    try:
        made = _register(request, form, new_person, person)
    except DomainError as error:
        form.add_error(None, error.message)
        request.roll_back = True  # type: ignore[attr-defined]
        return _counter(request, form=form, new_person=new_person, person=person, status=422)
    messages.success(request, f"就业登记办好了，编号 {made.number}。{_late(made.late_days)}")
    return redirect("unemployment:employment-show", made.public_id)


def _register(
    request: HttpRequest, form: EmploymentForm, new_person: NewPersonForm | None, person: Person | None
) -> Employment:
    data = form.cleaned_data
    if new_person is not None:
        try:
            person = create_person(
                name=new_person.cleaned_data["name"],
                id_number=new_person.cleaned_data["number"],
                phone=new_person.cleaned_data["phone"],
                proof=Person.Proof.COUNTER,
                proved_at=timezone.now(),
            )
        except CannotCreatePerson as error:
            raise employments.CannotRecordEmployment(error.message) from error
    if person is None:
        raise Http404
    employer = None
    if data["kind"] != EmploymentKind.FLEXIBLE and data["credit_code"]:
        employer = employments.find_or_make_employer(
            credit_code=data["credit_code"], name=data["employer_name"], region=data["region"]
        )
    return employments.register_hire(
        person=person,
        kind=data["kind"],
        employer=employer,
        work_place=data["work_place"],
        title=data["title"],
        region=data["region"] if employer is None else None,
        started_on=data["started_on"],
        by=request.user,
        on=timezone.localdate(),
    )


# Differences with 社保


@require_GET
def match_list(request: HttpRequest) -> HttpResponse:
    """What the comparison with 社保 found and nobody has looked into yet."""
    rows = EmploymentMatch.objects.visible_to(request.user).open().select_related("person", "employer", "region")
    page = keyset.paginate(rows, order=("found_on", "pk"), cursor=request.GET.get("cursor"), size=SIZE)
    return render(request, "unemployment/match_list.html", {"page": page})


@require_http_methods(["GET", "POST"])
def match_decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down what was found out: register it, or leave things as they are."""
    rows = EmploymentMatch.objects.visible_to(request.user)
    match = get_object_or_404(
        rows.select_related("person", "employer", "region", "employment", "decided_by"), public_id=public_id
    )
    form = MatchForm(request.POST or None, initial={"version": match.version, "day": match.since})
    if request.method == "POST" and form.is_valid():
        try:
            said = _decide(request, match, form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.message)
            request.roll_back = True  # type: ignore[attr-defined]
        else:
            messages.success(request, said)
            return redirect("unemployment:match-list")
    context = {"m": match, "person": match.person, "form": form}
    return render(request, "unemployment/match_decide.html", context, status=422 if form.errors else 200)


def _decide(request: HttpRequest, match: EmploymentMatch, data: dict[str, Any]) -> str:
    act = request.POST.get("act")
    if act == "dismiss":
        employment_matches.dismiss(match_id=match.pk, note=data["note"], version=data["version"], by=request.user)
        return "核实结论记好了，没有登记。"
    if act != "take":
        raise employment_matches.CannotDecideMatch("请按页面上的按钮操作。")
    day: date | None = data["day"]
    if day is None:
        raise employment_matches.CannotDecideMatch("请填写核实到的日期。")
    if match.kind == EmploymentMatch.Kind.END and not data["reason"]:
        raise employment_matches.CannotDecideMatch("请选解除的原因。")
    row = employment_matches.take(
        match_id=match.pk,
        day=day,
        reason=data["reason"],
        note=data["note"],
        version=data["version"],
        by=request.user,
        on=timezone.localdate(),
    )
    return f"登记好了，编号 {row.number}。"
