"""The officer's pages: the registrations that wait, the counter, the decision."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.db.models import F
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django_ratelimit.core import is_ratelimited

from core import audit, keyset
from core.errors import DomainError
from people.lookup import CannotLookUp, find_by_id_number
from people.models import Person, Region
from people.persons import CannotCreatePerson, create_person
from unemployment import consents, present, queue, registration
from unemployment.forms import (
    CheckForm,
    CorrectionForm,
    CounterForm,
    FindForm,
    NewPersonForm,
    NoteForm,
    RefuseForm,
    TakeInForm,
    handle,
)
from unemployment.forms.office import SALT
from unemployment.models import Check, Deregistration, Paper, Registration
from unemployment.permissions import SERVERS, can_decide, can_propose_end, can_serve_paper

Status = Registration.Status
PREFILLED = ("education", "household_kind", "nation", "political", "health")


@require_GET
def registration_list(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, and who is on the register."""
    user, today = request.user, timezone.localdate()
    conditions = queue.registration_views(today)
    code = request.GET.get("view", "todo")
    code = code if code in conditions else "todo"
    rows = queue.registrations(user)
    places = list(queue.registration_places(user))
    place = next((p for p in places if p.code == request.GET.get("place")), None)
    if place:
        rows = rows.filter(region__path__within=[place.path])
    if name := request.GET.get("q", "").strip()[:20]:
        rows = rows.filter(person__name__startswith=name)
    views = queue.counted(rows, queue.REGISTRATION_VIEWS, conditions)
    listed = (
        rows.filter(conditions[code])
        .select_related("person", "region", "worker")
        .annotate(due=Coalesce(F("decide_by"), F("registered_on"), F("created_at__date")))
    )
    page = keyset.paginate(listed, order=("due", "pk"), cursor=request.GET.get("cursor"), size=queue.SIZE)
    current = _current(request, page.items)
    context = {
        "views": views,
        "view": code,
        "places": places,
        "place": place,
        "q": name,
        "rows": [{"r": r, "badge": present.clock_badge(r, today)} for r in page.items],
        "page": page,
        "today": today,
        "total": next(v.count for v in views if v.code == code),
        "is_open": bool(request.GET.get("id")),
        "back": f"{request.path}?view={code}",
        **(_panel(request, current) if current else {"registration": None}),
    }
    template = "unemployment/_registration_panel.html" if request.htmx else "unemployment/registration_list.html"
    response = render(request, template, context)
    response["Vary"] = "HX-Request"
    return response


def _current(request: HttpRequest, rows: list[Registration]) -> Registration | None:
    wanted = request.GET.get("id", "")
    try:
        public_id = UUID(wanted)
    except ValueError:
        return rows[0] if rows else None
    return _find(request, public_id)


def _find(request: HttpRequest, public_id: UUID) -> Registration:
    rows = Registration.objects.for_staff(request.user).select_related(
        "person", "region", "worker", "decided_by", "taken_by"
    )
    return get_object_or_404(rows, public_id=public_id)


def _panel(request: HttpRequest, found: Registration) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "registration": found,
        "person": found.person,
        "age": found.person.age(today),
        "badge": present.clock_badge(found, today),
        "checks": list(found.checks.select_related("reviewed_by").order_by("pk")),
        "may_decide": can_decide(request.user, found),
        "may_end": can_propose_end(request.user, found) and found.status == Status.ACTIVE,
        "waiting": found.status in (Status.SUBMITTED, Status.CHECKING),
        "proposal": found.deregistrations.filter(status=Deregistration.Status.PROPOSED)
        .select_related("proposed_by")
        .first(),
        "log": present.log_of(found) if found.registered_on else [],
        "note_form": NoteForm(initial={"version": found.version}, auto_id="accept_%s"),
    }


@require_GET
def registration_work(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One registration in full, with every action the officer has on it."""
    return _work(request, _find(request, public_id))


def _papers(request: HttpRequest, found: Registration) -> dict[str, Any]:
    issued = list(found.papers.with_steps().order_by("pk"))
    certified = any(paper.kind == "certificate" and paper.status == Paper.Status.VALID for paper in issued)
    return {
        "papers": issued,
        "may_serve": can_serve_paper(request.user, found),
        "transfer": found.transfers.open().select_related("target", "origin").first(),
        "may_certify": found.status == Status.ACTIVE and not certified,
    }


def _work(request: HttpRequest, found: Registration, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = {**_panel(request, found), **_papers(request, found), "failed": None, "check_forms": []}
    if context["may_decide"] and context["waiting"]:
        initial = {"version": found.version}
        context["refuse_form"] = RefuseForm(initial=initial, auto_id="refuse_%s")
        context["correction_form"] = None if found.corrections else CorrectionForm(initial=initial, auto_id="fix_%s")
        context["check_forms"] = [
            (check, CheckForm(auto_id=f"check_{check.kind}_%s"))
            for check in context["checks"]
            if check.verdict == Check.Verdict.HIT and not check.review
        ]
    return render(request, "unemployment/registration_work.html", {**context, **forms}, status=status)


@require_POST
def check_review(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    """Write down what was found out about a hit."""
    found = _find(request, public_id)
    check = get_object_or_404(Check, registration=found, kind=kind)
    form = CheckForm(request.POST, auto_id=f"check_{kind}_%s")
    if form.is_valid():
        try:
            registration.review_check(check_id=check.pk, by=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"“{check.about.label}”的核实结论记好了。")
            return redirect("unemployment:registration-work", public_id)
    return _work(request, found, status=422, failed=form)


@require_POST
def check_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask the departments once more."""
    found = _find(request, public_id)
    try:
        registration.check_again(registration_id=found.pk, by=request.user, on=timezone.localdate())
        messages.success(request, "重新比对过了。")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("unemployment:registration-work", public_id)


@require_POST
def accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put the person on the register."""
    found = _find(request, public_id)
    form = NoteForm(request.POST, auto_id="accept_%s")
    if form.is_valid():
        try:
            found = registration.accept(
                registration_id=found.pk, by=request.user, on=timezone.localdate(), **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            worker = found.worker.get_full_name() if found.worker else "还没有责任人，请指定"
            messages.success(
                request, f"{found.person.masked_name}的登记办好了。首次联系：{worker}，最晚 {found.first_contact_by}。"
            )
            return redirect("unemployment:registration-work", public_id)
    return _work(request, found, status=422, failed=form)


@require_POST
def refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Refuse with the reason."""
    found = _find(request, public_id)
    form = RefuseForm(request.POST, auto_id="refuse_%s")
    if form.is_valid():
        try:
            registration.refuse(registration_id=found.pk, by=request.user, on=timezone.localdate(), **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "不予登记的决定已经告知本人。请打印决定书送达。")
            return redirect("unemployment:registration-work", public_id)
    return _work(request, found, status=422, failed=form)


@require_POST
def correction(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask, once and in full, to mend fields of the form."""
    found = _find(request, public_id)
    form = CorrectionForm(request.POST, auto_id="fix_%s")
    if form.is_valid():
        try:
            registration.ask_correction(
                registration_id=found.pk,
                items=form.items(),
                version=form.cleaned_data["version"],
                by=request.user,
                on=timezone.localdate(),
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "已经一次性告知本人要改的内容。")
            return redirect("unemployment:registration-work", public_id)
    return _work(request, found, status=422, failed=form)


# The counter


def _counter(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    context.setdefault("find", FindForm())
    defaults = {"form": None, "new_person": None, "person": None, "notice": "", "existing": None}
    defaults |= {"code_notice": "", "take_in": None}
    return render(request, "unemployment/counter.html", {**defaults, **context}, status=status)


@require_GET
def counter(request: HttpRequest) -> HttpResponse:
    """Who stands at the counter?"""
    return _counter(request)


@require_POST
def counter_find(request: HttpRequest) -> HttpResponse:
    """Look the full ID number up in the whole province. A POST, so that no number reaches a URL or a log."""
    find = FindForm(request.POST)
    if not find.is_valid():
        return _counter(request, find=find, status=422)
    try:
        hit = find_by_id_number(find.cleaned_data["number"], by=request.user, reason="窗口办理失业登记")
    except CannotLookUp as error:
        find.add_error("number", error.message)
        return _counter(request, find=find, status=422)
    if hit is None:
        new_person = NewPersonForm(initial={"number": find.cleaned_data["number"]}, auto_id="new_%s")
        return _counter(request, form=CounterForm(user=request.user), new_person=new_person)
    person = Person.objects.get(public_id=hit.public_id)
    if existing := registration.open_registration_of(person):
        place = existing.region.full_name if existing.region else ""
        notice = f"{hit.masked_name}在{place}已经有一份失业登记（{existing.get_status_display()}），全省只能有一份。"
        mine = Registration.objects.for_staff(request.user).filter(pk=existing.pk).first()
        take_in = None
        if mine is None and existing.status == Status.ACTIVE:
            places = Region.objects.communities().within(request.user.regions(*SERVERS))
            take_in = TakeInForm(places=places, initial={"person": handle(person.pk)})
        return _counter(request, notice=notice, existing=mine, take_in=take_in)
    return _counter(request, form=_prefilled(request, person), person=person)


def _prefilled(request: HttpRequest, person: Person) -> CounterForm:
    """Fill in what is on record; a draft the person began at home counts as well."""
    draft = Registration.objects.open().filter(person=person).first()
    source: Any = draft or person
    names = [f for f in CounterForm.base_fields if hasattr(draft, f)] if draft else list(PREFILLED)
    initial = {name: getattr(source, name) for name in names if name not in ("person", "region")}
    place = (draft.region if draft else None) or person.residence_region
    initial["region"] = place.code if place else None
    if not initial.get("place_kind"):
        initial["place_kind"] = "residence"
    return CounterForm(user=request.user, initial={**initial, "person": handle(person.pk)})


@require_POST
def counter_register(request: HttpRequest) -> HttpResponse:
    """Take the application down; a person without a record gets one first."""
    if request.POST.get("send_code"):
        return _send_code(request)
    form = CounterForm(request.POST, request.FILES, user=request.user)
    is_new = not request.POST.get("person")
    new_person = NewPersonForm(request.POST, auto_id="new_%s") if is_new else None
    valid = form.is_valid()
    if new_person is not None:
        valid = new_person.is_valid() and valid
    person = None if is_new or not form.cleaned_data.get("person") else _person_of(form.cleaned_data["person"])
    if not valid:
        return _counter(request, form=form, new_person=new_person, person=person, status=422)
    try:
        if new_person is not None:
            person = _create(form, new_person)
        assert person is not None
        consent = _consent(request, form, person)
        if consent is None:  # a wrong code is counted: nothing is rolled back
            form.add_error("code", "验证码不对，请本人再看一遍短信。")
            return _counter(request, form=form, person=person, status=422)
        made = registration.register_at_counter(
            person=person, values=form.values(), pledged=True, by=request.user, on=timezone.localdate(), **consent
        )
    except DomainError as error:
        form.add_error(None, error.message)
        request.roll_back = True  # type: ignore[attr-defined]
        return _counter(request, form=form, new_person=new_person, person=person if not is_new else None, status=422)
    messages.success(request, f"收件了，受理编号 {made.receipt_number}。核验结果在下面，没有问题可以当场办结。")
    return redirect("unemployment:registration-work", made.public_id)


def _consent(request: HttpRequest, form: CounterForm, person: Person) -> dict[str, Any] | None:
    """Return what shows the person's yes where somebody applies on their behalf; None when the code is wrong."""
    data = form.cleaned_data
    if data["presence"] != "behalf":
        return {}
    channel = {"channel": Registration.Channel.ON_BEHALF}
    if data["consent"]:
        return {**channel, "consent": data["consent"].keep(by=request.user, person=person)}
    found = consents.take_code(person=person, code=data["code"], by=request.user, on=timezone.localdate())
    return {**channel, "consent_code": found} if found else None


def _send_code(request: HttpRequest) -> HttpResponse:
    """Send the code of consent, and show the form again as it was typed."""
    typed = {name: request.POST[name] for name in CounterForm.base_fields if name in request.POST and name != "consent"}
    form = CounterForm(user=request.user, initial={**typed, "presence": "behalf"})
    try:
        person = _person_of(int(signing.loads(request.POST.get("person", ""), salt=SALT, max_age=3600)))
    except signing.BadSignature:
        messages.error(
            request, "验证码只能发给已经建档的人。没有档案的，请上传签字委托书的照片；查找过期的，请重新查一次。"
        )
        return redirect("unemployment:counter")
    notice = ""
    try:
        if is_ratelimited(request, group="consent-code", key="user", rate="30/h", increment=True):
            raise consents.CannotAskConsent("您这一小时发的验证码太多了，请稍后再发，或者用签字委托书的照片。")
        sent = consents.send_code(person=person, by=request.user, on=timezone.localdate())
        notice = f"验证码发到 {sent.phone_mask} 了，请本人报给您。"
    except DomainError as error:
        notice = error.message
    return _counter(request, form=form, person=person, code_notice=notice)


def _person_of(pk: int) -> Person:
    found = Person.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _create(form: CounterForm, new_person: NewPersonForm) -> Person:
    data, answers = new_person.cleaned_data, form.cleaned_data
    try:
        return create_person(
            name=data["name"],
            id_number=data["number"],
            phone=data["phone"],
            residence_region=answers["region"],
            household_region=answers["region"] if answers["place_kind"] == "household" else None,
            proof=Person.Proof.COUNTER,
            proved_at=timezone.now(),
            **{name: answers[name] for name in PREFILLED},
        )
    except CannotCreatePerson as error:
        raise registration.CannotRegister(error.message) from error


@require_POST
def reveal_phone(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the phone of somebody whose registration this officer has to decide: it is their own open task."""
    found = _find(request, public_id)
    if not (can_decide(request.user, found) and found.status in (Status.SUBMITTED, Status.CHECKING)):
        raise Http404
    audit.record_access(
        actor=request.user, action="task:phone", subject=found.person, reason=f"核验失业登记 {found.receipt_number}"
    )
    phone = found.person.phone.open() if found.person.phone else ""
    return render(request, "unemployment/_phone.html", {"phone": phone or "没有登记手机号"})
