"""One's own résumé: the page, its sections line by line, who may find it, the sheet to print."""

from uuid import UUID

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from jobs import resumes
from jobs.resume_forms import FORMS, ProfileForm
from jobs.resume_hints import completeness
from people.models import User

QUESTIONS = {
    "intention": ("想做什么工作？", "最多写 5 个。合适的新岗位会照着这里推给您。"),
    "work": ("干过什么？", "短工、零工、家里的买卖都算。"),
    "education": ("在哪里上的学？", "写最后上的学校就行。"),
    "skill": ("会干什么？", "一条写一样。"),
    "certificate": ("有什么证书？", "没有就不用写，很多活不要证。"),
}
"""Per section: the question of its page, and what helps to answer it."""
TITLES = {
    "intention": ("求职意向", "intentions"),
    "work": ("工作经历", "works"),
    "education": ("教育经历", "educations"),
    "skill": ("技能", "skills"),
    "certificate": ("证书", "certificates"),
}
"""Per section: its heading, and the name of its rows."""


def _phone_known(user: User) -> bool:
    return bool((user.person and user.person.phone) or user.phone)


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The résumé as it stands, what it lacks, and who may find it."""
    resume = resumes.resume_of(request.user)
    points, hints = completeness(resumes.filled(resume, has_phone=_phone_known(request.user)))
    sections = [
        {
            "code": code,
            "title": title,
            "rows": list(getattr(resume, rows).all()) if resume else [],
            "most": resumes.MOST[code],
        }
        for code, (title, rows) in TITLES.items()
    ]
    context = {"resume": resume, "points": points, "hints": hints[:3], "sections": sections}
    return render(request, "jobs/resume_show.html", context)


def profile(request: HttpRequest) -> HttpResponse:
    """Introduce oneself, say where one lives and who may find one."""
    resume = resumes.resume_of(request.user)
    initial = {"visibility": "hidden", "version": ""}
    if resume:
        initial = model_to_dict(resume, ["headline", "region", "visibility"]) | {"version": resume.version}
    elif request.user.person:
        initial["region"] = _county(request.user)
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            resumes.save_profile(by=request.user, values=data, version=data["version"])
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "存好了。")
            return redirect("jobs:resume")
    return render(request, "jobs/resume_profile.html", {"form": form}, status=422 if form.errors else 200)


def _county(user: User) -> int | None:
    place = user.person.residence_region if user.person else None
    while place is not None and place.level > place.Level.COUNTY:
        place = place.parent
    return place.pk if place else None


@require_POST
def hide(request: HttpRequest) -> HttpResponse:
    """Stop being found by employers, at once and without a question."""
    resumes.hide(by=request.user)
    messages.success(request, "已经关掉，单位从现在起找不到您。投递过的岗位不受影响。")
    return redirect("jobs:resume")


def entry(request: HttpRequest, section: str, public_id: UUID | None = None) -> HttpResponse:
    """Add a line to a section, or change one."""
    if section not in FORMS:
        raise Http404
    row = None
    if public_id is not None:
        rows = resumes.SECTIONS[section].objects.visible_to(request.user)
        row = get_object_or_404(rows, public_id=public_id)
    form = FORMS[section](request.POST or None, initial=model_to_dict(row) if row else _offered(request, section))
    if request.method == "POST" and form.is_valid():
        try:
            resumes.save_entry(section=section, by=request.user, values=form.cleaned_data, entry=row)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "存好了。")
            return redirect("jobs:resume")
    question, help_text = QUESTIONS[section]
    context = {"form": form, "row": row, "section": section, "question": question, "help_text": help_text}
    return render(request, "jobs/resume_entry.html", context, status=422 if form.errors else 200)


def _offered(request: HttpRequest, section: str) -> dict[str, object]:
    """Return what the portal knows already: nobody types their education twice."""
    person = request.user.person
    if section == "education" and person and person.education:
        return {"level": person.education}
    if section == "intention" and person:
        return {"region": _county(request.user), "kind": "full_time"}
    return {}


@require_POST
def entry_delete(request: HttpRequest, section: str, public_id: UUID) -> HttpResponse:
    """Take a line out."""
    if section not in FORMS:
        raise Http404
    row = get_object_or_404(resumes.SECTIONS[section].objects.visible_to(request.user), public_id=public_id)
    resumes.delete_entry(section=section, by=request.user, entry_id=row.pk)
    messages.success(request, "删掉了。已经投出去的简历不受影响。")
    return redirect("jobs:resume")


@require_GET
def paper(request: HttpRequest) -> HttpResponse:
    """The résumé on a sheet of A4; the browser prints it or saves it as PDF."""
    resume = resumes.resume_of(request.user)
    if resume is None:
        return redirect("jobs:resume")
    person = request.user.person
    context = {
        "sheet": resumes.sheet(resume),
        "name": person.name if person else request.user.name,
        "phone": resumes.phone_of(request.user),
        "printed_at": timezone.now(),
    }
    return render(request, "jobs/resume_print.html", context)
