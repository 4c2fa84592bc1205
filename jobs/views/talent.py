"""An employer's search for people whose résumé is open."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.keyset import paginate
from jobs import resumes, talent
from jobs.hiring_forms import InviteForm, TalentForm
from jobs.models import Posting, Resume, TalentInvitation
from jobs.places import find_place
from people import reference
from people.identifiers import mask_name


@require_GET
def talent_list(request: HttpRequest) -> HttpResponse:
    """Find people: masked, the latest résumé first. What makes no sense in the address is left out."""
    form = TalentForm(request.GET or None)
    form.is_valid()
    asked = getattr(form, "cleaned_data", {})
    wanted = talent.Wanted(
        text=asked.get("q") or "",
        region=find_place(asked.get("region") or ""),
        kind=asked.get("kind") or "",
        education=asked.get("edu") or "",
        pay=asked.get("pay") or 0,
    )
    rows = talent.search(request.user, wanted).select_related("user__person")
    rows = rows.prefetch_related("intentions__region", "works", "skills", "educations")
    page = paginate(rows, order=("-updated_at", "-pk"), cursor=request.GET.get("cursor"))
    cards = [_card(row) for row in page.items]
    return render(request, "jobs/talent_list.html", {"form": form, "page": page, "cards": cards})


def _card(resume: Resume) -> dict[str, Any]:
    code = resumes.highest_education(resume)
    return {
        "resume": resume,
        "name": _masked(resume),
        "intentions": list(resume.intentions.all()),
        "works": list(resume.works.all())[:3],
        "skills": list(resume.skills.all())[:6],
        "education": reference.education_label(code) if code else "",
    }


def _masked(resume: Resume) -> str:
    user = resume.user
    return mask_name(user.person.name if user.person else user.name) or "求职者"


def _open_postings(request: HttpRequest) -> Any:
    return Posting.objects.owned_by(request.user).published(on=timezone.localdate()).order_by("-posted_at", "-pk")


def _resume(request: HttpRequest, public_id: UUID) -> Resume:
    rows = talent.visible_talents(request.user).select_related("user__person", "region")
    return get_object_or_404(rows, public_id=public_id)


@require_GET
def talent_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One open résumé, with the name masked and no phone. Opening it leaves a record that its owner sees."""
    return _page(request, _resume(request, public_id), InviteForm(postings=_open_postings(request)))


def _page(request: HttpRequest, resume: Resume, form: InviteForm, *, status: int = 200) -> HttpResponse:
    try:
        sheet = talent.open_talent(resume=resume, by=request.user, on=timezone.localdate())
    except talent.CannotFindTalent as error:
        messages.error(request, error.message)
        return redirect("jobs:talent-list")
    sent = TalentInvitation.objects.visible_to(request.user).filter(user=resume.user).select_related("posting")
    context = {
        "resume": resume,
        "name": _masked(resume),
        "sheet": sheet,
        "form": form,
        "sent": list(sent.order_by("-pk")),
        "has_postings": form.fields["posting"].queryset.exists(),  # type: ignore[attr-defined]
    }
    return render(request, "jobs/talent_show.html", context, status=status)


@require_POST
def talent_invite(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask this person to apply."""
    resume = _resume(request, public_id)
    form = InviteForm(request.POST, postings=_open_postings(request))
    if form.is_valid():
        try:
            talent.invite(
                resume=resume,
                posting_id=form.cleaned_data["posting"].pk,
                text=form.cleaned_data["text"],
                by=request.user,
                on=timezone.localdate(),
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "邀请发到了本人的消息里。本人答应以后，姓名和电话会出现在“应聘的人”里。")
            return redirect("jobs:talent-list")
    return _page(request, resume, form, status=422)
