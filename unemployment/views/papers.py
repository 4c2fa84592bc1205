"""Papers on A4: shown as they were issued, handed over, signed, and checked by whoever holds one; the visiting list."""

from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_ratelimit.decorators import ratelimit

from core.errors import DomainError
from unemployment import papers
from unemployment.forms import PaperCheckForm, PaperStepForm
from unemployment.models import Paper, PrintedList, Registration
from unemployment.permissions import can_serve, has_task
from unemployment.present import follow_up_badge

_ROWS = Paper.objects.select_related("registration", "employment")


def _paper(request: HttpRequest, paper: Paper, back: str) -> HttpResponse:
    context = {
        "paper": paper,
        "c": paper.content,
        "title": paper.get_kind_display(),
        "back": back,
        "qr": reverse("unemployment:paper-code", args=[paper.token]),
    }
    return render(request, paper.layout, context)


@require_GET
def own_paper(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A paper about oneself, as it was issued."""
    found = get_object_or_404(_ROWS.own(request.user), public_id=public_id)
    return _paper(request, found, _own_back(found))


def _own_back(paper: Paper) -> str:
    if paper.registration is None:
        return reverse("people:account")
    return reverse("unemployment:registration-show", args=[paper.registration.public_id])


def _office_back(paper: Paper) -> str:
    if paper.registration is None:
        assert paper.employment is not None
        return reverse("unemployment:employment-show", args=[paper.employment.public_id])
    return reverse("unemployment:registration-work", args=[paper.registration.public_id])


@require_POST
def paper_received(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """「我收到了」: one's own signature for a paper."""
    found = get_object_or_404(_ROWS.own(request.user), public_id=public_id)
    try:
        papers.confirm_receipt(paper_id=found.pk, by=request.user, on=timezone.localdate())
        messages.success(request, f"记下了：您收到了《{found.get_kind_display()}》。")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect(_own_back(found))


@require_GET
def office_paper(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A paper for the counter to print."""
    found = get_object_or_404(_ROWS.for_staff(request.user), public_id=public_id)
    return _paper(request, found, _office_back(found))


@require_http_methods(["GET", "POST"])
def paper_step(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What became of a paper so far, and one more delivery or signature."""
    rows = Paper.objects.for_staff(request.user).select_related(
        "registration__person",
        "registration__region",
        "employment__person",
        "employment__region",
        "employment__home_region",
    )
    found = get_object_or_404(rows.with_steps(), public_id=public_id)
    post = request.method == "POST"
    form = PaperStepForm(request.POST if post else None, request.FILES if post else None, user=request.user)
    if post and form.is_valid():
        try:
            _record(request, found, form.cleaned_data)
        except DomainError as error:
            form.add_error(None, error.message)
            request.roll_back = True  # type: ignore[attr-defined]
        else:
            messages.success(request, "记好了。")
            return redirect(_office_back(found))
    context = {
        "paper": found,
        "back": _office_back(found),
        "person": found.person,
        "form": form,
        "may": can_serve(request.user, found),
    }
    return render(request, "unemployment/paper_step.html", context, status=422 if form.errors else 200)


def _record(request: HttpRequest, paper: Paper, data: dict[str, Any]) -> None:
    scan = data["scan"]
    document = scan.keep(by=request.user, person=paper.person) if scan else None
    papers.record_step(
        paper_id=paper.pk,
        way=data["way"],
        on=data["on"],
        today=timezone.localdate(),
        by=request.user,
        note=data["note"],
        document=document,
    )


@require_POST
def certificate_issue(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Issue the certificate of somebody who has none."""
    found = get_object_or_404(Registration.objects.for_staff(request.user), public_id=public_id)
    try:
        made = papers.issue_certificate(registration_id=found.pk, by=request.user, on=timezone.localdate())
        messages.success(request, f"登记凭证开好了：{made.number}。")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("unemployment:registration-work", public_id)


# Checking a paper


@require_GET
def paper_verify(request: HttpRequest, token: str) -> HttpResponse:
    """Where the QR code leads: whether the paper is genuine and still valid. No sign-in; the name is masked."""
    found = papers.find(token)
    context = {"paper": found, "form": None}
    return render(request, "unemployment/paper_check.html", context, status=200 if found else 404)


@require_http_methods(["GET", "POST"])
@ratelimit(key="ip", rate="20/h", method="POST", block=False)
def paper_check(request: HttpRequest) -> HttpResponse:
    """The same for whoever cannot scan: number and check code are typed."""
    form = PaperCheckForm(request.POST if request.method == "POST" else None)
    found, status = None, 200
    if getattr(request, "limited", False):
        form.add_error(None, "查得太勤了。为了防止别人乱试，请过 1 小时再查，或者拨打 12333。")
        status = 429
    elif request.method == "POST":
        if form.is_valid():
            found = papers.find(form.cleaned_data["token"])
            if found is None or found.number != form.cleaned_data["number"]:
                found = None
                form.add_error(None, "没有查到这份文书。请照纸上核对文书号和校验码；还查不到，请拨打 12333。")
        status = 200 if found else 422
    return render(request, "unemployment/paper_check.html", {"form": form, "paper": found}, status=status)


@require_GET
def paper_code(request: HttpRequest, token: str) -> HttpResponse:
    """The QR code of a paper; it tells nothing about anybody."""
    if not (token.isascii() and token.isalnum() and len(token) <= 24):
        raise Http404
    return qr_code(request.build_absolute_uri(reverse("unemployment:paper-verify", args=[token])))


def qr_code(address: str) -> HttpResponse:
    """Return an address as a QR code."""
    svg = segno.make(address, error="m").svg_inline(scale=4, border=2, omitsize=True)
    body = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    response = HttpResponse(body, content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=86400"
    return response


@require_GET
def visiting_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A printed visiting list: phones and addresses of one's own open tasks, the serial number on every page."""
    found = get_object_or_404(
        PrintedList.objects.visible_to(request.user).select_related("region", "printed_by"), public_id=public_id
    )
    today = timezone.localdate()
    rows = (
        found.follow_ups.select_related("registration__person", "region", "assignee")
        .order_by("region__path", "due_on", "pk")
        .all()
    )
    lines = []
    for row in rows:
        person = row.registration.person
        shown = found.printed_by_id == request.user.pk and has_task(request.user, row)
        lines.append(
            {
                "follow_up": row,
                "person": person,
                "badge": follow_up_badge(row, today),
                "phone": person.phone.open() if shown and person.phone else person.masked_phone,
                "address": person.address.open() if shown and person.address else "",
            }
        )
    return render(request, "unemployment/paper_visits.html", {"printed": found, "lines": lines, "today": today})
