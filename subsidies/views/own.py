"""One's own claims: the list, where each stands, the receipt, taking it back."""

from io import BytesIO
from uuid import UUID

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from subsidies import claims, progress
from subsidies.models import Claim
from subsidies.models.claim import months_text
from subsidies.views.apply import own_claim

RECEIPT_FROM = (Claim.Status.SUBMITTED, Claim.Status.DRAFT, Claim.Status.WITHDRAWN)
CAN_WITHDRAW = (
    Claim.Status.DRAFT,
    Claim.Status.SUBMITTED,
    Claim.Status.CORRECTION,
    Claim.Status.ACCEPTED,
    Claim.Status.REVIEW,
    Claim.Status.SECOND_REVIEW,
)


@require_GET
def claim_list(request: HttpRequest) -> HttpResponse:
    """All claims of the person, newest first."""
    rows = Claim.objects.own(request.user).select_related("programme").prefetch_related("months")
    rows = rows.order_by("-created_at", "-pk")[:50]
    listed = [
        {
            "claim": claim,
            "tone": progress.tone(claim),
            "headline": progress.headline(claim),
            "months": months_text([row.month for row in claim.months.all()]),
        }
        for claim in rows
    ]
    return render(request, "subsidies/claim_list.html", {"rows": listed})


@require_GET
def claim_show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where the claim stands, what the applicant has to do, what was decided and why."""
    claim = own_claim(request, public_id)
    steps = list(claim.steps.select_related("actor").order_by("at", "pk"))
    rows = list(claim.months.all())
    context = {
        "claim": claim,
        "tone": progress.tone(claim),
        "headline": progress.headline(claim),
        "stops": progress.timeline(claim, steps),
        "rows": rows,
        "months_text": months_text([row.month for row in rows]),
        "open_rules": [row for row in claim.rule_rows if row["verdict"] != "met"],
        "met_rules": [row for row in claim.rule_rows if row["verdict"] == "met"],
        "can_withdraw": claim.status in CAN_WITHDRAW,
        "has_receipt": claim.accepted_at is not None,
        "notice": next(
            (line.batch for line in claim.publicity_lines.select_related("batch") if not line.outcome), None
        ),
    }
    return render(request, "subsidies/claim_show.html", context)


@require_GET
def claim_receipt(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """受理回执, for print."""
    claim = own_claim(request, public_id)
    if claim.accepted_at is None:
        raise Http404
    accepted = claim.steps.filter(kind="accept").select_related("actor").order_by("pk").last()
    context = {
        "claim": claim,
        "rows": list(claim.months.all()),
        "months_text": months_text([row.month for row in claim.months.all()]),
        "accepted": accepted,
        "papers": list(claim.papers.select_related("document")),
        "now": timezone.now(),
    }
    return render(request, "subsidies/claim_receipt.html", context)


@require_GET
def claim_qr(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A QR code that opens the claim's page on another device (after signing in there)."""
    claim = own_claim(request, public_id)
    address = request.build_absolute_uri(reverse("subsidies:claim-show", kwargs={"public_id": claim.public_id}))
    out = BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=4, border=2, dark="#15202b")
    response = HttpResponse(out.getvalue(), content_type="image/svg+xml")
    response["Cache-Control"] = "private, max-age=3600"
    return response


@require_POST
def claim_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the claim back."""
    claim = own_claim(request, public_id)
    try:
        claims.withdraw_claim(claim_id=claim.pk, by=request.user)
    except claims.CannotClaim as error:
        messages.error(request, error.message)
        return redirect("subsidies:claim-show", public_id=public_id)
    messages.success(request, "已撤回。这些月份以后还能再申请。")
    return redirect("subsidies:claim-list")
