"""Papers on A4: receipt, certificate, notices, the visiting list; each with its number and a code that leads to the progress."""

from uuid import UUID

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from unemployment.clocks import remedy_text
from unemployment.models import Deregistration, PrintedList, Registration
from unemployment.permissions import has_task
from unemployment.present import follow_up_badge

Status = Registration.Status
KINDS = {
    "receipt": ("受理通知书", "unemployment/paper_receipt.html"),
    "certificate": ("失业登记凭证", "unemployment/paper_certificate.html"),
    "correction": ("一次性补正告知书", "unemployment/paper_correction.html"),
    "refusal": ("不予登记决定书", "unemployment/paper_refusal.html"),
    "end": ("注销失业登记告知书", "unemployment/paper_end.html"),
}


def _available(kind: str, registration: Registration) -> bool:
    return {
        "receipt": registration.receipt_number is not None,
        "certificate": registration.status == Status.ACTIVE,
        "correction": registration.corrections > 0,
        "refusal": registration.status == Status.REFUSED,
        "end": registration.status == Status.DEREGISTERED and not registration.imported_history,
    }[kind]


def available_papers(registration: Registration) -> list[tuple[str, str]]:
    """Return (code, title) of the papers that exist for a registration."""
    return [(kind, title) for kind, (title, _) in KINDS.items() if _available(kind, registration)]


def _paper(request: HttpRequest, registration: Registration, kind: str, back: str) -> HttpResponse:
    if kind not in KINDS or not _available(kind, registration):
        raise Http404
    title, template = KINDS[kind]
    context = {
        "registration": registration,
        "title": title,
        "back": back,
        "qr": reverse("unemployment:progress-code", args=[registration.receipt_number]),
        "printed_at": timezone.localtime(),
        "ended": registration.deregistrations.filter(status=Deregistration.Status.DECIDED).first(),
        "remedy": remedy_text(on=timezone.localdate()),
    }
    return render(request, template, context)


_ROWS = Registration.objects.select_related("person", "region__parent__parent", "worker", "decided_by")


@require_GET
def own_paper(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    """A paper about oneself."""
    found = get_object_or_404(_ROWS.own(request.user), public_id=public_id)
    return _paper(request, found, kind, reverse("unemployment:registration-show", args=[public_id]))


@require_GET
def office_paper(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    """A paper for the counter to print."""
    found = get_object_or_404(_ROWS.for_staff(request.user), public_id=public_id)
    return _paper(request, found, kind, reverse("unemployment:registration-work", args=[public_id]))


@require_GET
def progress_code(request: HttpRequest, number: str) -> HttpResponse:
    """The QR code that leads to the progress of a number; it tells nothing about anybody."""
    if not (number.isascii() and number.isalnum() and len(number) <= 20):
        raise Http404
    address = request.build_absolute_uri(f"{reverse('unemployment:progress')}?number={number}")
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
