"""The employer's pipeline: who applied, one applicant, interviews, offers, notes, files to take away."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.keyset import paginate
from core.months import first_day, parse_month
from jobs import agents, applications, conversations, exports, interviews, offers, pipeline
from jobs.forms import AnswerForm
from jobs.hiring_forms import BulkForm, InterviewForm, MessageForm, NoteForm, OfferForm
from jobs.limits import limit
from jobs.models import Application, ApplicationNote, Interview, Offer, Posting
from people.models import Organisation
from people.roles import Role

TALK = 200


def _posting(request: HttpRequest, public_id: UUID | None) -> Posting | None:
    if public_id is None:
        return None
    rows = Posting.objects.owned_by(request.user).filter(organisation__status=Organisation.Status.VERIFIED)
    return get_object_or_404(rows.select_related("organisation"), public_id=public_id)


def _chosen_posting(request: HttpRequest) -> Posting | None:
    try:
        wanted = UUID(request.GET.get("posting", ""))
    except ValueError:
        return None
    return Posting.objects.owned_by(request.user).filter(public_id=wanted).first()


@require_GET
def applicants(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """Who applied, to one posting or to all: as a list with ticks, or as a board by stage."""
    posting = _posting(request, public_id) or _chosen_posting(request)
    rows = pipeline.received(request.user)
    if posting is not None:
        rows = rows.filter(posting=posting)
    context: dict[str, Any] = {
        "posting": posting,
        "fixed": public_id is not None,
        "postings": pipeline.postings_of(request.user) if public_id is None else [],
        "month": first_day(timezone.localdate()),
        "shut": agents.closed_to(request.user),
    }
    if request.GET.get("view") == "board":
        return render(request, "jobs/applicants_board.html", context | {"columns": pipeline.board(rows)})
    status = request.GET.get("status", "")
    totals = pipeline.counts(rows)
    views = [{"label": "全部", "url": _query(request, ""), "count": sum(totals.values()), "on": not status, "tone": ""}]
    views += [
        {"label": label, "url": _query(request, code), "count": totals.get(code, 0), "on": status == code, "tone": ""}
        for code, label in pipeline.STAGES
    ]
    if status in dict(pipeline.STAGES):
        rows = rows.filter(status=status)
    page = paginate(
        rows.select_related("posting"), order=("-submitted_at", "-pk"), cursor=request.GET.get("cursor"), size=50
    )
    return render(
        request,
        "jobs/applicants.html",
        context | {"page": page, "views": views, "status": status, "usual": AnswerForm.USUAL},
    )


def _query(request: HttpRequest, status: str) -> str:
    asked = request.GET.copy()
    asked.pop("cursor", None)
    asked["status"] = status
    return f"?{asked.urlencode()}"


@require_POST
def answer_many(request: HttpRequest) -> HttpResponse:
    """Give the ticked applicants one answer."""
    form = BulkForm(request.POST)
    chosen = request.POST.getlist("chosen")
    form.fields["chosen"].choices = [(value, value) for value in chosen]  # type: ignore[attr-defined]
    if not form.is_valid():
        messages.error(request, next(iter(form.errors.values()))[0])
        return _back(request)
    versions = dict(value.partition(".")[::2] for value in chosen[: applications.MOST_AT_ONCE + 1])
    rows = pipeline.received(request.user).filter(public_id__in=[key for key in versions if _is_uuid(key)])
    pairs = [(row.pk, versions[str(row.public_id)]) for row in rows.order_by("pk")]
    data = form.cleaned_data
    try:
        done, refused = applications.answer_many(
            chosen=pairs, status=data["status"], reason=data["reason"], by=request.user, on=timezone.localdate()
        )
    except applications.CannotAnswer as error:
        messages.error(request, error.message)
        return _back(request)
    if done:
        messages.success(request, f"答复了 {done} 个人。")
    for sentence in refused:
        messages.warning(request, f"有人没有答复成：{sentence}")
    return _back(request)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _back(request: HttpRequest) -> HttpResponse:
    posting = request.POST.get("posting", "")
    if _is_uuid(posting):
        return redirect("jobs:applicants", public_id=UUID(posting))
    return redirect("jobs:applicant-list")


def _received(request: HttpRequest, public_id: UUID) -> Application:
    rows = pipeline.received(request.user).select_related("posting__organisation", "posting__region", "applicant")
    return get_object_or_404(rows, public_id=public_id)


@require_POST
def application_open(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open a new application: the applicant is shown that it was seen."""
    row = _received(request, public_id)
    if row.status == Application.Status.SUBMITTED:
        applications.answer(
            application_id=row.pk,
            status=Application.Status.VIEWED,
            version=row.version,
            by=request.user,
            on=timezone.localdate(),
        )
    return redirect("jobs:application-answer", public_id=public_id)


def application_answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One application: what the applicant sent, and the answer. The phone shows: the applicant gave it for this."""
    row = _received(request, public_id)
    if request.method != "POST":
        return _page(request, row)
    form = AnswerForm(request.POST, application=row)
    if form.is_valid():
        data = form.cleaned_data
        try:
            applications.answer(
                application_id=row.pk,
                status=data["status"],
                reason=data["reason"],
                starts_on=data["starts_on"],
                version=data["version"],
                by=request.user,
                on=timezone.localdate(),
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            told = data["status"] != Application.Status.VIEWED
            messages.success(request, "答复已经发给求职者。" if told else "记好了，求职者能看到您看过。")
            return redirect("jobs:applicants", public_id=row.posting.public_id)
    return _page(request, row, status=422, form=form)


def _page(request: HttpRequest, row: Application, *, status: int = 200, **forms: Any) -> HttpResponse:
    interview = row.interviews.first()
    offer = row.offers.exclude(status=Offer.Status.REPLACED).first()
    live = interview if interview and interview.is_live else None
    today = timezone.localdate()
    agreed = offer.starts_on if offer and offer.status == Offer.Status.ACCEPTED else None
    context: dict[str, Any] = {
        "application": row,
        "phone": row.phone.open(),
        "interview": interview,
        "offer": offer,
        "notes": list(
            ApplicationNote.objects.visible_to(request.user).filter(application=row).select_related("author")
        ),
        "talk": list(row.messages.all()[:TALK]),
        "may_talk": conversations.may_talk(row),
        "form": AnswerForm(initial={"version": row.version, "starts_on": agreed}, application=row),
        "interview_form": InterviewForm(initial=InterviewForm.initial_of(live, row), auto_id="interview_%s"),
        "offer_form": OfferForm(
            initial={
                "version": row.version,
                "pay_text": row.posting.pay_label,
                "answer_by": today + timedelta(days=limit("offer_answer_days", on=today)),
            },
            auto_id="offer_%s",
        ),
        "message_form": MessageForm(auto_id="message_%s"),
        "note_form": NoteForm(auto_id="note_%s"),
    }
    return render(request, "jobs/application_answer.html", context | forms, status=status)


@require_POST
def interview_invite(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Invite to an interview, or change its time."""
    row, form = _received(request, public_id), InterviewForm(request.POST, auto_id="interview_%s")
    if form.is_valid():
        try:
            interviews.invite(
                application_id=row.pk,
                values=form.values(),
                version=form.cleaned_data["version"],
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "面试邀请已经发给求职者。")
            return redirect("jobs:application-answer", public_id=public_id)
    return _page(request, row, status=422, interview_form=form)


@require_POST
def interview_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Call an interview off, from the page of the application or, while suspended, from the one that says so."""
    mine = request.user.organisation_ids(Role.EMPLOYER_AGENT)
    rows = Interview.objects.filter(application__posting__organisation__in=mine)
    rows = rows.exclude(application__status=Application.Status.WITHDRAWN).select_related("application__posting")
    interview = get_object_or_404(rows, public_id=public_id)
    try:
        interviews.cancel(interview_id=interview.pk, by=request.user)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "面试取消了，已经告诉求职者。")
    if interview.application.posting.organisation_id not in request.user.verified_organisation_ids():
        return redirect("jobs:applicant-list")
    return redirect("jobs:application-answer", public_id=interview.application.public_id)


@require_POST
def offer_make(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Offer the work."""
    row, form = _received(request, public_id), OfferForm(request.POST, auto_id="offer_%s")
    if form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version")
        try:
            offers.make_offer(
                application_id=row.pk, values=values, version=version, by=request.user, on=timezone.localdate()
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "录用意向已经发给求职者。")
            return redirect("jobs:application-answer", public_id=public_id)
    return _page(request, row, status=422, offer_form=form)


@require_POST
def note_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Note something for one's own organisation."""
    row, form = _received(request, public_id), NoteForm(request.POST, auto_id="note_%s")
    if form.is_valid():
        try:
            conversations.add_note(application_id=row.pk, text=form.cleaned_data["text"], by=request.user)
        except DomainError as error:
            form.add_error("text", error.message)
        else:
            messages.success(request, "备注存好了，求职者看不到。")
            return redirect("jobs:application-answer", public_id=public_id)
    return _page(request, row, status=422, note_form=form)


@require_POST
def message_send(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write to the applicant."""
    row, form = _received(request, public_id), MessageForm(request.POST, auto_id="message_%s")
    if form.is_valid():
        try:
            conversations.send_message(
                application_id=row.pk, text=form.cleaned_data["text"], by=request.user, on=timezone.localdate()
            )
        except DomainError as error:
            form.add_error("text", error.message)
        else:
            messages.success(request, "发给求职者了。")
            return redirect("jobs:application-answer", public_id=public_id)
    return _page(request, row, status=422, message_form=form)


@require_GET
def month_table(request: HttpRequest) -> HttpResponse | FileResponse:
    """The month's applications as a table; who takes it stands in it and in the access log."""
    try:
        month = parse_month(request.GET.get("month") or f"{timezone.localdate():%Y-%m}")
        file = exports.month_table(by=request.user, month=month, now=timezone.now())
    except (ValueError, OverflowError):
        messages.error(request, "月份请写成“2026-11”这样的格式。")
        return redirect("jobs:applicant-list")
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("jobs:applicant-list")
    return FileResponse(file, as_attachment=True, filename=f"applications-{month:%Y-%m}.xlsx")


@require_GET
def resume_files(request: HttpRequest) -> HttpResponse | FileResponse:
    """The résumés that the list shows, in one zip; who takes it stands on each and in the access log."""
    rows, posting = pipeline.received(request.user), _chosen_posting(request)
    if posting is not None:
        rows = rows.filter(posting=posting)
    if request.GET.get("status") in dict(pipeline.STAGES):
        rows = rows.filter(status=request.GET["status"])
    try:
        file = exports.resume_files(by=request.user, rows=rows, now=timezone.now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("jobs:applicant-list")
    return FileResponse(file, as_attachment=True, filename="resumes.zip")
