"""零就业家庭: the list, one household with its members, the wall of the counties, and one's own declaration."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from core import keyset
from core.errors import DomainError
from people.lookup import CannotLookUp, find_by_id_number
from people.models import Person
from unemployment import households
from unemployment.forms import FindForm, handle
from unemployment.forms.care import (
    ClearForm,
    DeclareForm,
    DeclareForOtherForm,
    LeaveForm,
    MemberChangeForm,
    MemberForm,
    VerifyForm,
)
from unemployment.models import Household
from unemployment.models.household import KEEPERS
from unemployment.present import Badge
from unemployment.views.hardship_own import own_communities

SIZE = 50
Status = Household.Status
TONES = {Status.PROPOSED: "wn", Status.OPEN: "bd", Status.CLEARED: "ok"}
VIEWS = (
    ("open", "没有清零", Q(status=Status.OPEN)),
    ("proposed", "待核实", Q(status=Status.PROPOSED)),
    ("cleared", "已清零", Q(status=Status.CLEARED)),
    ("left", "单独退出", Q(status=Status.LEFT)),
    ("known", "在册", Q(status=Status.KNOWN)),
)


def badge(row: Household) -> Badge:
    """Return where a household stands."""
    return Badge(TONES.get(Status(row.status), "none"), row.get_status_display())


@require_GET
def household_list(request: HttpRequest) -> HttpResponse:
    """The households of one's regions, the longest open first; those with news of work are marked."""
    today = timezone.localdate()
    rows = Household.objects.for_staff(request.user)
    code = request.GET.get("view", "open")
    condition = next((q for c, _, q in VIEWS if c == code), VIEWS[0][2])
    listed = (
        rows.filter(condition).select_related("region").annotate(size=Count("members", filter=Q(members__left_on=None)))
    )
    page = keyset.paginate(listed, order=("created_at", "pk"), cursor=request.GET.get("cursor"), size=SIZE)
    news = set(households.with_news_of_work(rows, on=today).values_list("pk", flat=True))
    context = {
        "views": [{"code": c, "label": label} for c, label, _ in VIEWS],
        "view": code,
        "rows": [{"h": h, "badge": badge(h), "days": h.days_open(today), "news": h.pk in news} for h in page.items],
        "page": page,
        "may_declare": request.user.has_role(*KEEPERS),
    }
    return render(request, "unemployment/household_list.html", context)


@require_http_methods(["GET", "POST"])
def household_new(request: HttpRequest) -> HttpResponse:
    """Declare a household for somebody: first the full ID number, then what is at home."""
    find, form, person, notice = FindForm(), None, None, ""
    if request.method == "POST" and "number" in request.POST:
        find = FindForm(request.POST)
        if find.is_valid():
            try:
                hit = find_by_id_number(find.cleaned_data["number"], by=request.user, reason="申报零就业家庭")
            except CannotLookUp as error:
                find.add_error("number", error.message)
            else:
                person = Person.objects.filter(public_id=hit.public_id).first() if hit else None
                notice = "" if person else "全省还没有这个人的档案。请先在“窗口登记”办失业登记。"
        if person:
            home = person.residence_region
            form = DeclareForOtherForm(
                user=request.user, initial={"person": handle(person.pk), "region": home.code if home else None}
            )
    elif request.method == "POST":
        form = DeclareForOtherForm(request.POST, user=request.user)
        if form.is_valid():
            values = form.cleaned_data
            person = get_object_or_404(Person, pk=values.pop("person"))
            try:
                made = households.declare(person=person, by=request.user, on=timezone.localdate(), **values)
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, "记下了，警报从今天算起。请加上家里的其他人，再核实。")
                return redirect("unemployment:household-work", made.public_id)
    context = {"find": find, "form": form, "person": person, "notice": notice}
    wrong = find.errors or (form is not None and form.errors)
    return render(request, "unemployment/household_new.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "POST"])
def household_work(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One household: its members, whether it meets the definition, and what can be done now."""
    rows = Household.objects.for_staff(request.user).select_related("region", "verified_by", "cleared_person")
    found = get_object_or_404(rows, public_id=public_id)
    today = timezone.localdate()
    members = households.people_of(found)
    act = request.POST.get("act", "")
    forms_: dict[str, forms.Form] = _forms(request, found, members, act)
    failed = None
    if request.method == "POST":
        form = forms_.get(act)
        if form is None:
            messages.error(request, "请按页面上的按钮操作。")
            return redirect("unemployment:household-work", public_id)
        if form.is_valid():
            try:
                said = _act(request, found, act, form)
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                messages.success(request, said)
                return redirect("unemployment:household-work", public_id)
        failed = form
    facts = households.facts_of(found, on=today)
    registered = households.registered_of(found)
    context = {
        "household": found,
        "badge": badge(found),
        "days": found.days_open(today),
        "members": [
            {"m": m, "facts": f, "registered": m.person_id in registered, "form": _change(found, m)}
            for m, f in zip(members, facts, strict=True)
        ],
        "obstacles": households.obstacles_of(found, on=today),
        "forms": forms_,
        "failed": failed,
        "steps": found.steps.select_related("by").order_by("at", "pk"),
        "may": request.user.serves(found.region.path, *KEEPERS),
    }
    return render(request, "unemployment/household_work.html", context, status=422 if failed else 200)


def _change(household: Household, member: Any) -> MemberChangeForm:
    initial = {"member": member.pk, "version": household.version, "able": member.able, "wants_work": member.wants_work}
    return MemberChangeForm(initial=initial, auto_id=f"m{member.pk}_%s")


def _forms(request: HttpRequest, household: Household, members: Any, act: str) -> dict[str, forms.Form]:
    initial = {"version": household.version}

    def data(name: str) -> Any:
        return request.POST if act == name else None

    return {
        "add": MemberForm(data("add"), initial=initial, auto_id="add_%s"),
        "change": MemberChangeForm(data("change"), initial=initial, auto_id="change_%s"),
        "verify": VerifyForm(data("verify"), initial=initial, auto_id="verify_%s"),
        "clear": ClearForm(data("clear"), members=members, initial=initial, auto_id="clear_%s"),
        "leave": LeaveForm(data("leave"), initial=initial, auto_id="leave_%s"),
    }


def _act(request: HttpRequest, household: Household, act: str, form: forms.Form) -> str:
    values, by, on = dict(form.cleaned_data), request.user, timezone.localdate()
    if act == "add":
        hit = find_by_id_number(values.pop("number"), by=by, reason="零就业家庭成员")
        if hit is None:
            raise households.CannotKeepHousehold("全省还没有这个人的档案。请先在“窗口登记”办失业登记。")
        person = Person.objects.get(public_id=hit.public_id)
        households.add_member(household_id=household.pk, person=person, by=by, **values)
        return f"{person.masked_name}已加入这个家庭。"
    if act == "change":
        member = household.members.current().filter(pk=values.pop("member")).first()
        if member is None:
            raise households.CannotKeepHousehold("没有找到这位成员。请刷新页面再看。")
        households.change_member(member_id=member.pk, by=by, on=on, **values)
        return "成员情况改好了。"
    if act == "verify":
        household = households.verify(household_id=household.pk, by=by, on=on, **values)
        return "已核实，计入没有清零的家庭。" if household.status == Status.OPEN else "已核实，不符合零就业家庭的条件。"
    if act == "clear":
        households.clear(household_id=household.pk, by=by, on=on, **values)
        return "已清零。以后又失业的，会重新计入。"
    households.leave(household_id=household.pk, by=by, on=on, **values)
    return "已单独退出，不算清零。"


@require_GET
def household_wall(request: HttpRequest) -> HttpResponse:
    """The open count of every county, always on the wall; no names."""
    lines = households.wall(request.user, on=timezone.localdate())
    context = {
        "lines": lines,
        "today": timezone.localdate(),
        "open": sum(line.open for line in lines),
        "waiting": sum(line.to_verify for line in lines),
        "cleared": sum(line.cleared for line in lines),
        "left": sum(line.left for line in lines),
    }
    return render(request, "unemployment/household_wall.html", context)


@require_http_methods(["GET", "POST"])
def household_own(request: HttpRequest) -> HttpResponse:
    """Declare one's own household, or see where it stands."""
    found = Household.objects.own(request.user).select_related("region").first()
    home = request.user.person.residence_region
    form = DeclareForm(
        request.POST if request.method == "POST" else None,
        communities=own_communities(request.user),
        initial={"region": home.code if home else None},
    )
    if request.method == "POST" and form.is_valid():
        try:
            households.declare(
                person=request.user.person, by=request.user, on=timezone.localdate(), **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "收到了。社区会上门核实，核实后一直帮到有人就业。")
            return redirect("unemployment:household-own")
    context = {"household": found, "badge": badge(found) if found else None, "form": form}
    return render(request, "unemployment/household_own.html", context, status=422 if form.errors else 200)
