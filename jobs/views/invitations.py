"""What employers who found one's résumé ask, and one's answer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.keyset import paginate
from jobs import resumes, talent
from jobs.hiring_forms import InvitationAnswerForm
from jobs.models import TalentInvitation

DONE = {
    "apply": "投出去了，单位现在看得到您的姓名和电话。",
    "decline": "已经告诉单位您没有兴趣。",
    "block": "已经告诉单位您没有兴趣。这家单位从现在起找不到您。",
}


@require_GET
def invitation_list(request: HttpRequest) -> HttpResponse:
    """The invitations one got, the latest first."""
    rows = TalentInvitation.objects.filter(user=request.user)
    rows = rows.select_related("posting__region", "posting__organisation", "application")
    page = paginate(rows, order=("-invited_at", "-pk"), cursor=request.GET.get("cursor"))
    context = {"page": page, "resume": resumes.resume_of(request.user)}
    return render(request, "jobs/invitation_list.html", context)


@require_POST
def invitation_answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Apply, say no, or say no for good."""
    row = get_object_or_404(TalentInvitation.objects.filter(user=request.user), public_id=public_id)
    form = InvitationAnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选投简历、不感兴趣，或者不让这家单位再找到您。")
        return redirect("jobs:invitation-list")
    choice = form.cleaned_data["choice"]
    try:
        talent.answer_invitation(invitation_id=row.pk, choice=choice, by=request.user, on=timezone.localdate())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, DONE[choice])
    return redirect("jobs:invitation-list")
