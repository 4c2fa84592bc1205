"""The citizen's pages: apply page by page, see where it stands, leave."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_ratelimit.decorators import ratelimit

from core.errors import DomainError
from people.models import Region
from unemployment import deregistration, present, registration
from unemployment.forms import STEP_FORMS, CommunityForm, PledgeForm, ProgressForm
from unemployment.forms.office import HearForm, NoteForm
from unemployment.models import Deregistration, Registration

Status = Registration.Status
PAGES = {
    "place": ("您按哪个地方登记？", "户籍地、常住地、就业地、参保地，选一个就行。"),
    "community": ("您归哪个社区管？", "以后由这个社区的工作人员每月联系您。"),
    "job": ("您什么时候、为什么没有工作了？", "照实填就行，不用交离职证明。"),
    "about": ("这些情况对不对？", "从您的档案里带出来的，不对就改。"),
    "wishes": ("您有什么打算？", "说得越具体，我们推荐得越准。没有打算也可以登记。"),
}
ORDER = list(PAGES)
COURSE = (
    ("填申请", "5 步，随时能存"),
    ("核验", "工作人员核对，3 个工作日内办结"),
    ("首次联系", "办好后 5 个工作日内联系您"),
    ("每月联系", "每月问一次您的求职、培训、创业打算"),
)
TASKS = (("place", "在哪里登记"), ("job", "失业情况"), ("about", "基本情况"), ("wishes", "打算"))


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """What a registration is, who may have one, what is needed, and the button."""
    own = Registration.objects.own(request.user).open().first() if request.user.is_authenticated else None
    return render(request, "unemployment/start.html", {"own": own, "steps": COURSE})


def mine(request: HttpRequest) -> HttpResponse:
    """Lead to one's own registration, or to the start."""
    found = Registration.objects.own(request.user).order_by("-created_at", "-pk").first()
    if found is None:
        return redirect("unemployment:start")
    return redirect("unemployment:registration-show", found.public_id)


@require_POST
def apply_start(request: HttpRequest) -> HttpResponse:
    """Begin an application, or go on with the one begun."""
    try:
        draft = registration.start_draft(person=request.user.person, by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("unemployment:start")
    if draft.status != Status.DRAFT:
        return redirect("unemployment:registration-show", draft.public_id)
    return redirect(_next_page(draft))


def _own(request: HttpRequest, public_id: UUID) -> Registration:
    rows = Registration.objects.own(request.user).select_related(
        "region", "person__residence_region", "person__household_region", "worker", "decided_by"
    )
    return get_object_or_404(rows, public_id=public_id)


def _step_url(draft: Registration, step: str, query: str = "") -> str:
    return reverse("unemployment:apply-step", args=[draft.public_id, step]) + query


def _next_page(draft: Registration) -> str:
    left = [step for step, _ in TASKS if step not in draft.steps_done]
    return _step_url(draft, left[0]) if left else reverse("unemployment:apply-check", args=[draft.public_id])


@require_http_methods(["GET", "POST"])
def apply_step(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """One page of the application: shown, saved, and on to the next."""
    draft = _own(request, public_id)
    if step not in STEP_FORMS:
        raise Http404
    if draft.status not in (Status.DRAFT, Status.CORRECTION):
        return redirect("unemployment:registration-show", draft.public_id)
    options: dict[str, Any] = {"registration": draft}
    if step == "community":
        county = Region.objects.counties().filter(code=request.GET.get("county", "").replace("\x00", "")).first()
        if county is None:
            return redirect(_step_url(draft, "place"))
        options["county"] = county
    form = STEP_FORMS[step](request.POST if request.method == "POST" else None, **options)
    if request.method == "POST" and form.is_valid():
        try:
            draft = registration.save_draft(
                registration_id=draft.pk,
                step={"place": "", "community": "place"}.get(step, step),
                values=form.values(),
                version=form.cleaned_data["version"],
                by=request.user,
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            return redirect(_after(request, draft, step, form))
    status = 422 if form.errors else 200
    return render(request, "unemployment/apply_step.html", _step_context(draft, step, form), status=status)


def _after(request: HttpRequest, draft: Registration, step: str, form: Any) -> str:
    if request.POST.get("later"):
        messages.success(request, "存好了。换手机、换电脑登录，都能接着填。")
        return reverse("unemployment:registration-show", args=[draft.public_id])
    if step == "place":
        return _step_url(draft, "community", f"?county={form.cleaned_data['county'].code}")
    if draft.status == Status.CORRECTION:
        return reverse("unemployment:apply-check", args=[draft.public_id])
    return _next_page(draft)


def _step_context(draft: Registration, step: str, form: Any) -> dict[str, Any]:
    question, lead = PAGES[step]
    number = {"place": 1, "community": 1, "job": 2, "about": 3, "wishes": 4}[step]
    before = ORDER[ORDER.index(step) - 1] if ORDER.index(step) else ""
    named = [item for item in draft.correction_items if item["field"] in form.fields]
    return {
        "registration": draft,
        "form": form,
        "step": step,
        "question": question,
        "lead": lead,
        "number": number,
        "back": _step_url(draft, "place" if before == "community" else before) if before else "",
        "tasks": _tasks(draft, step),
        "named": named if draft.status == Status.CORRECTION else [],
        "county": form.fields["region"].queryset.first() if isinstance(form, CommunityForm) else None,
    }


def _tasks(draft: Registration, step: str) -> list[dict[str, Any]]:
    current = "place" if step == "community" else step
    lines = [
        {
            "name": name,
            "now": code == current,
            "href": _step_url(draft, code),
            "kind": "ok" if code in draft.steps_done else "none",
            "state": "已填好" if code in draft.steps_done else "还没填",
        }
        for code, name in TASKS
    ]
    ready = all(code in draft.steps_done for code, _ in TASKS)
    check = {"name": "核对并承诺", "now": step == "check", "kind": "", "state": "前面填完才能交", "href": ""}
    if ready:
        check |= {"href": reverse("unemployment:apply-check", args=[draft.public_id]), "state": "可以交了"}
    return [*lines, check]


@require_http_methods(["GET", "POST"])
def apply_check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everything once more, the pledge, and the button that hands it in."""
    draft = _own(request, public_id)
    if draft.status not in (Status.DRAFT, Status.CORRECTION):
        return redirect("unemployment:registration-show", draft.public_id)
    form = PledgeForm(request.POST if request.method == "POST" else None, initial={"version": draft.version})
    mending = draft.status == Status.CORRECTION
    if mending:
        del form.fields["pledged"]
    if request.method == "POST" and form.is_valid():
        today = timezone.localdate()
        try:
            draft.require_version(form.cleaned_data["version"])
            if mending:
                registration.resubmit(registration_id=draft.pk, by=request.user, on=today)
            else:
                registration.submit(registration_id=draft.pk, pledged=True, by=request.user, on=today)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "交好了。办结后我们发短信告诉您。")
            return redirect("unemployment:registration-show", draft.public_id)
    context = {
        "registration": draft,
        "form": form,
        "mending": mending,
        "tasks": _tasks(draft, "check"),
        "missing": registration.missing_steps(draft),
        "today": timezone.localdate(),
    }
    return render(request, "unemployment/apply_check.html", context, status=422 if form.errors else 200)


@require_GET
def registration_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where it stands, who has it now, and what the person has to do."""
    found = _own(request, public_id)
    context = {
        "registration": found,
        "headline": present.to_do(found),
        "badge": present.state_badge(found),
        "timeline": present.timeline(found),
        "log": present.log_of(found) if found.registered_on else [],
        "hits": found.checks.filter(verdict="hit").exclude(review="explained"),
        "proposal": found.deregistrations.filter(status=Deregistration.Status.PROPOSED).first(),
        "ended": found.deregistrations.filter(status=Deregistration.Status.DECIDED).first(),
        "transfer": found.transfers.open().select_related("target").first(),
        "papers": list(found.papers.with_steps().order_by("pk")),
        "hear_form": HearForm(),
        "earlier": Registration.objects.own(request.user)
        .exclude(pk=found.pk)
        .exclude(status=Status.DRAFT)
        .order_by("-created_at", "-pk")[:5],
        "continue_url": _next_page(found) if found.status == Status.DRAFT else "",
        "fields": {item["field"]: item["text"] for item in found.correction_items},
        "corrections": [
            (Registration.label_of(item["field"]), item["text"], _page_of(found, item["field"]))
            for item in found.correction_items
        ],
    }
    return render(request, "unemployment/registration_show.html", context)


def _page_of(found: Registration, field: str) -> str:
    step = next((code for code, form in STEP_FORMS.items() if field in form.base_fields), "place")
    return _step_url(found, "place" if step == "community" else step)


@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the application back."""
    found = _own(request, public_id)
    try:
        registration.withdraw(registration_id=found.pk, by=request.user)
        messages.success(request, "申请已撤回。以后随时可以重新申请。")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("unemployment:registration-show", found.public_id)


@require_POST
def hearing(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """陈述申辩: what one says to an intended end; or that one has nothing against it."""
    found = _own(request, public_id)
    proposal = found.deregistrations.filter(status=Deregistration.Status.PROPOSED).first()
    form = HearForm(request.POST)
    try:
        if proposal is None or not form.is_valid():
            raise deregistration.CannotDeregister("没有记下。请写得短一些，最多 1000 个字，再交一次。")
        agrees = request.POST.get("act") == "agree"
        deregistration.hear(
            proposal_id=proposal.pk, statement=form.cleaned_data["statement"], agrees=agrees, by=request.user
        )
        messages.success(request, "记下了：您没有意见。" if agrees else "您的意见记下了，决定以前会认真核实。")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("unemployment:registration-show", public_id)


@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask to leave the register oneself."""
    found = _own(request, public_id)
    if found.status != Status.ACTIVE:
        return redirect("unemployment:registration-show", found.public_id)
    form = NoteForm(request.POST if request.method == "POST" else None, initial={"version": found.version})
    form.fields["note"].label = "为什么不再需要登记"
    form.fields["note"].help_text = "例如“11 月 20 日上班了”。可以不写。"
    if request.method == "POST" and form.is_valid():
        try:
            deregistration.request_own_end(
                registration_id=found.pk,
                reason=form.cleaned_data["note"],
                by=request.user,
                on=timezone.localdate(),
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "收到了。工作人员核对后办理注销，办好发短信告诉您。")
            return redirect("unemployment:registration-show", found.public_id)
    context = {"registration": found, "form": form}
    return render(request, "unemployment/leave.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@ratelimit(key="ip", rate="20/h", method="POST", block=False)
@ratelimit(key="post:number", rate="5/h", method="POST", block=False)
def progress(request: HttpRequest) -> HttpResponse:
    """Say where an application stands to whoever knows its number and the end of the phone number; no sign-in."""
    if request.method == "GET":
        form = ProgressForm(initial={"number": request.GET.get("number", "")[:24]})
        return render(request, "unemployment/progress.html", {"form": form, "found": None})
    form = ProgressForm(request.POST)
    if getattr(request, "limited", False):
        form.add_error(None, "查得太勤了。为了防止别人乱试号码，请过 1 小时再查，或者拨打 12333。")
        return render(request, "unemployment/progress.html", {"form": form, "found": None}, status=429)
    found = None
    if form.is_valid():
        found = (
            Registration.objects.filter(receipt_number=form.cleaned_data["number"])
            .select_related("person", "region", "worker")
            .first()
        )
        if found is None or not found.person.phone_mask.endswith(form.cleaned_data["tail"]):
            found = None
            form.add_error(None, "没有查到。请核对受理编号和手机号后四位；还查不到，请拨打 12333。")
    context: dict[str, Any] = {"form": form, "found": found}
    if found is not None:
        context |= {
            "headline": present.to_do(found),
            "badge": present.state_badge(found),
            "timeline": present.timeline(found),
        }
    return render(request, "unemployment/progress.html", context, status=422 if form.errors else 200)
