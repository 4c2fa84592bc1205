"""What a job seeker does with postings: apply, follow one's applications, withdraw."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.keyset import paginate
from jobs import applications, resumes
from jobs.forms import ApplyForm
from jobs.models import Application, Posting
from people.models import User

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
    """One's own applications: who has it now, what they said."""
    rows = Application.objects.own(request.user).select_related("posting__region", "posting__organisation")
    page = paginate(rows, order=("-submitted_at", "-pk"), cursor=request.GET.get("cursor"))
    return render(request, "jobs/application_list.html", {"page": page})


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
