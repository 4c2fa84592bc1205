"""What a job seeker does with postings: keep them, apply, follow one's applications, answer, withdraw."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.keyset import paginate
from jobs import applications, closing, conversations, interviews, offers, resumes, saving
from jobs.calendars import calendar_file
from jobs.forms import ApplyForm
from jobs.hiring_forms import InterviewReplyForm, MessageForm, OfferReplyForm
from jobs.models import Application, Interview, Offer, Posting, SavedPosting
from jobs.standing import steps, whose_turn
from people.models import User

TALK = 200
"""Lines of a conversation that a page shows: as many as it may hold."""
SENT = "投出去了。单位看过、答复了，都会告诉您。"


def posting_apply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Apply: with one tap from the résumé, or by a form filled in with what the account already knows."""
    rows = Posting.objects.published(on=timezone.localdate()).select_related("region", "organisation")
    posting = rows.filter(public_id=public_id).first()
    if posting is None:
        return redirect("jobs:posting-show", public_id=public_id)
    ready = resumes.to_send(request.user)
    if request.method == "POST" and "quick" in request.POST:
        return _apply_at_once(request, posting, ready)
    initial = _known(request.user) | {"parts": resumes.PARTS}
    form = ApplyForm(request.POST or None, initial=initial, has_resume=ready is not None)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        if (parts := data.pop("parts", None)) and (copy := resumes.to_send(request.user, parts=parts)):
            data |= {name: copy[name] for name in ("education", "experience", "resume")}
        try:
            applications.apply(posting_id=posting.pk, by=request.user, on=timezone.localdate(), **data)
        except applications.CannotApply as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, SENT)
            return redirect("jobs:application-list")
    status = 422 if form.errors else 200
    return render(request, "jobs/posting_apply.html", {"posting": posting, "form": form}, status=status)


def _apply_at_once(request: HttpRequest, posting: Posting, ready: dict[str, Any] | None) -> HttpResponse:
    if ready is None:
        messages.info(request, "简历还缺姓名、电话或内容，请在这里补上再投。")
        return redirect("jobs:posting-apply", public_id=posting.public_id)
    note = request.POST.get("note", "").replace("\x00", "").strip()
    if len(note) > ApplyForm.base_fields["note"].max_length:
        messages.error(request, "想说的话最多 300 个字，请删短一点再投。")
        return redirect("jobs:posting-apply", public_id=posting.public_id)
    try:
        applications.apply(posting_id=posting.pk, by=request.user, note=note, on=timezone.localdate(), **ready)
    except applications.CannotApply as error:
        messages.error(request, error.message)
        return redirect("jobs:posting-show", public_id=posting.public_id)
    messages.success(request, SENT)
    return redirect("jobs:application-list")


def _known(user: User) -> dict[str, Any]:
    return {
        "name": user.person.name if user.person else user.name,
        "phone": resumes.phone_of(user),
        "education": user.person.education if user.person else "",
    }


@require_GET
def application_list(request: HttpRequest) -> HttpResponse:
    """One's own applications: who has it now, what they said. After a hire the open ones are offered for withdrawal."""
    mine = Application.objects.own(request.user)
    rows = mine.select_related("posting__region", "posting__organisation")
    page = paginate(rows, order=("-submitted_at", "-pk"), cursor=request.GET.get("cursor"))
    counts = mine.aggregate(
        hired=Count("pk", filter=Q(status=Application.Status.HIRED)),
        open=Count("pk", filter=Q(status__in=Application.OPEN)),
    )
    rest = counts["open"] if counts["hired"] else 0
    return render(request, "jobs/application_list.html", {"page": page, "rest": rest})


@require_POST
def withdraw_rest(request: HttpRequest) -> HttpResponse:
    """Take back what is still open after a hire."""
    try:
        count = applications.withdraw_rest(by=request.user)
    except applications.CannotAnswer as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"撤回了 {count} 份投递，单位不会再联系您。" if count else "没有还在等的投递。")
    return redirect("jobs:application-list")


def _own(request: HttpRequest, public_id: UUID) -> Application:
    rows = closing.with_sign(Application.objects.own(request.user))
    return get_object_or_404(
        rows.select_related("posting__region", "posting__organisation", "answered_by"), public_id=public_id
    )


@require_GET
def application_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One application: who has it now, the interview, the offer, the conversation, what was sent."""
    return _application(request, _own(request, public_id))


def _application(request: HttpRequest, row: Application, *, status: int = 200, **forms: Any) -> HttpResponse:
    interview = row.interviews.first()
    offer = row.offers.exclude(status=Offer.Status.REPLACED).first()
    ends_on = closing.ends_after(row.sign_at, on=timezone.localdate())  # type: ignore[attr-defined]
    sentence, is_mine = whose_turn(row, interview=interview, offer=offer, ends_on=ends_on)
    context: dict[str, Any] = {
        "application": row,
        "posting": row.posting,
        "sentence": sentence,
        "is_mine": is_mine,
        "steps": steps(row),
        "interview": interview,
        "may_reply": interview and interview.is_live and row.is_open and interview.starts_at > timezone.now(),
        "offer": offer,
        "talk": list(row.messages.all()[:TALK]),
        "may_talk": conversations.may_talk(row),
        "reply_form": InterviewReplyForm(),
        "offer_form": OfferReplyForm(),
        "message_form": MessageForm(auto_id="message_%s"),
    }
    return render(request, "jobs/application_show.html", context | forms, status=status)


@require_POST
def application_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take one's own application back."""
    row = get_object_or_404(Application.objects.own(request.user), public_id=public_id)
    try:
        applications.withdraw(application_id=row.pk, by=request.user)
    except applications.CannotAnswer as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "已经撤回。以后还想投，可以再投一次。")
    return redirect("jobs:application-list")


@require_POST
def application_message(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write to the employer."""
    row, form = _own(request, public_id), MessageForm(request.POST, auto_id="message_%s")
    if form.is_valid():
        try:
            conversations.send_message(
                application_id=row.pk, text=form.cleaned_data["text"], by=request.user, on=timezone.localdate()
            )
        except DomainError as error:
            form.add_error("text", error.message)
        else:
            messages.success(request, "发给单位了。对方回话，会在“消息”里告诉您。")
            return redirect("jobs:application-show", public_id=public_id)
    return _application(request, row, status=422, message_form=form)


def _interview(request: HttpRequest, public_id: UUID) -> Interview:
    rows = Interview.objects.filter(application__applicant=request.user).select_related("application")
    return get_object_or_404(rows, public_id=public_id)


@require_POST
def interview_reply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say whether one comes."""
    interview, form = _interview(request, public_id), InterviewReplyForm(request.POST)
    own = interview.application.public_id
    if form.is_valid():
        try:
            interviews.reply(interview_id=interview.pk, by=request.user, now=timezone.now(), **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "回复好了，单位会看到。")
            return redirect("jobs:application-show", public_id=own)
    return _application(request, _own(request, own), status=422, reply_form=form)


@require_GET
def interview_calendar(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The interview as a file for the calendar of a phone; for both sides."""
    rows = Interview.objects.visible_to(request.user).select_related("application__posting")
    found = get_object_or_404(rows.exclude(application__status="withdrawn"), public_id=public_id)
    text = calendar_file(interviews.appointment(found), product=settings.PORTAL_NAME)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="interview.ics"'
    return response


@require_POST
def offer_reply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Accept an offer or turn it down."""
    offers_to_me = Offer.objects.filter(application__applicant=request.user).select_related("application")
    offer = get_object_or_404(offers_to_me, public_id=public_id)
    own, form = offer.application.public_id, OfferReplyForm(request.POST)
    if form.is_valid():
        accept = form.cleaned_data["accept"] == "1"
        try:
            offers.answer_offer(
                offer_id=offer.pk,
                accept=accept,
                text=form.cleaned_data["text"],
                by=request.user,
                on=timezone.localdate(),
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "接受了，单位会看到。" if accept else "已经告诉单位您不去。")
            return redirect("jobs:application-show", public_id=own)
    return _application(request, _own(request, own), status=422, offer_form=form)


@require_GET
def saved_list(request: HttpRequest) -> HttpResponse:
    """The postings one keeps; what has ended says so."""
    rows = SavedPosting.objects.visible_to(request.user).select_related("posting__region", "posting__organisation")
    page = paginate(rows, order=("-saved_at", "-pk"), cursor=request.GET.get("cursor"))
    return render(request, "jobs/saved_list.html", {"page": page, "today": timezone.localdate()})


@require_POST
def posting_save(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep a posting, or keep it no longer; back to where one was."""
    keep = request.POST.get("keep") != "0"
    kept = SavedPosting.objects.visible_to(request.user).values("posting")
    rows = Posting.objects.visible_to(request.user) if keep else Posting.objects.filter(pk__in=kept)
    posting = get_object_or_404(rows, public_id=public_id)
    try:
        (saving.save_posting if keep else saving.drop_posting)(posting_id=posting.pk, by=request.user)
    except saving.CannotSave as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "收藏好了，在“我的收藏”里。" if keep else "不再收藏。")
    if request.POST.get("from") == "list":
        return redirect("jobs:saved-list")
    return redirect("jobs:posting-show", public_id=public_id)
