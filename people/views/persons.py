"""The officers' pages of people: find, read, keep up to date, open a sealed value, prove and rebind at a counter."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import audit, registry
from core.errors import DomainError, StaleVersion
from people import lookup, proofing, rebinding, requests
from people.forms.person import (
    AnswerForm,
    CounterProofForm,
    PersonForm,
    PersonSearchForm,
    RebindForm,
    RevealForm,
)
from people.models import SENSITIVE_GROUPS, AccountRequest, Person
from people.permissions import can_edit_person, can_see_sensitive_groups
from people.persons import CannotUpdatePerson, update_person
from people.reference import education_label, label
from people.reveal import REVEALABLE, CannotReveal, can_reveal, reveal

LOOKUP_REASON = "窗口按证件号码查找"


@never_cache
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Find somebody. A POST, so that neither name nor number reaches an address or a server log."""
    form = PersonSearchForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "rows": None, "hit": None, "asked": False}
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["q"].strip()
        context["asked"] = True
        try:
            if len(text) in (15, 18) and text[:-1].isdigit():
                context["hit"] = lookup.find_by_id_number(text, by=request.user, reason=LOOKUP_REASON)
            else:
                context["rows"] = lookup.search_people(text, by=request.user)
        except lookup.CannotLookUp as error:
            form.add_error("q", error.message)
    return render(request, "people/person_search.html", context, status=422 if form.errors else 200)


def _person(request: HttpRequest, public_id: UUID) -> Person:
    found = Person.objects.visible_to(request.user).select_related("residence_region", "household_region")
    return get_object_or_404(found, public_id=public_id)


@never_cache
@require_GET
def show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One person's file, masked; each app adds its section. Opening it leaves a record the person sees."""
    person = _person(request, public_id)
    audit.record_access(actor=request.user, action="person:open", subject=person, reason="查看档案")
    groups = person.groups.on(timezone.localdate()).order_by("pk")
    sees_all = can_see_sensitive_groups(request.user, person)
    masked = {"id_number": person.masked_id, "phone": person.masked_phone}
    sealed = [
        {
            "field": field,
            "label": title,
            "masked": masked.get(field, "已登记，内容遮住"),
            "may_open": can_reveal(request.user, person, field),
        }
        for field, title in REVEALABLE.items()
        if getattr(person, field)
    ]
    context = {
        "person": person,
        "age": person.age(timezone.localdate()),
        "education": education_label(person.education),
        "health": label("health", person.health),
        "groups": [row for row in groups if sees_all or row.group not in SENSITIVE_GROUPS],
        "sealed": sealed,
        "may_edit": can_edit_person(request.user, person),
        "papers": person.documents.order_by("-pk")[:20],
        "sections": registry.person_sections(request.user, person),
        "account": getattr(person, "account", None),
    }
    return render(request, "people/person_show.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep the basic data up to date; a stale page is told."""
    person = _person(request, public_id)
    form = PersonForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            update_person(person_id=person.pk, by=request.user, **form.cleaned_data)
        except (CannotUpdatePerson, StaleVersion) as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "档案改好了，改动前后都有记录。")
            return redirect("people:person-show", public_id=person.public_id)
    context = {"form": form, "person": person}
    return render(request, "people/person_edit.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
def reveal_value(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open one sealed value for one reason; shown once, recorded for good. A partial for htmx, a page without."""
    person = _person(request, public_id)
    form = RevealForm(request.POST)
    value, refusal = "", ""
    if form.is_valid():
        try:
            value = reveal(person=person, by=request.user, **form.cleaned_data)
        except CannotReveal as error:
            refusal = error.message
    else:
        refusal = "请写明查看原因，至少 4 个字，例如“电话核对材料”。"
    context = {
        "whose": person.masked_name,
        "value": value,
        "refusal": refusal,
        "label": REVEALABLE.get(request.POST.get("field", ""), ""),
        "back": reverse("people:person-show", args=[person.public_id]),
        "back_label": "回档案",
    }
    template = "people/_revealed.html" if request.htmx else "people/revealed.html"
    response = render(request, template, context, status=422 if refusal else 200)
    response["Vary"] = "HX-Request"
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def counter_proof(request: HttpRequest) -> HttpResponse:
    """Join the account on somebody's phone to the person whose card lies on the counter."""
    form = CounterProofForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            person = proofing.prove_at_counter(
                code=data["code"],
                id_number=data["id_number"],
                name=data["name"],
                by=request.user,
                on=timezone.localdate(),
            )
        except proofing.CannotProve as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"{person.masked_name} 核验好了，本人手机上刷新就能看到。")
            return redirect("people:counter-proof")
    return render(request, "people/counter_proof.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def rebind(request: HttpRequest) -> HttpResponse:
    """Give an account the phone its owner holds now."""
    form = RebindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            change = rebinding.rebind_phone(
                code=data["code"],
                id_number=data["id_number"],
                reason=data["reason"],
                by=request.user,
                on=timezone.localdate(),
            )
        except proofing.CannotProve as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"换绑好了，新手机号 {change.new_mask}。原来的登录已全部退出。")
            return redirect("people:rebind")
    return render(request, "people/rebind.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def request_list(request: HttpRequest) -> HttpResponse:
    """What people of one's regions ask about their own data."""
    rows = AccountRequest.objects.visible_to(request.user).exclude(user=request.user).open()
    rows = rows.select_related("person", "user").order_by("made_at", "pk")[:50]
    return render(
        request, "people/request_list.html", {"rows": [(row, AnswerForm(auto_id=f"r{row.pk}_%s")) for row in rows]}
    )


@require_POST
def request_answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Answer one of them."""
    row = get_object_or_404(AccountRequest.objects.visible_to(request.user), public_id=public_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选办了没有，并写好答复。")
        return redirect("people:request-list")
    try:
        requests.answer_request(
            request_id=row.pk,
            done=form.cleaned_data["done"] == "1",
            answer=form.cleaned_data["answer"],
            by=request.user,
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "答复好了，本人在“我的”里能看到。")
    return redirect("people:request-list")
