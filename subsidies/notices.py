"""What the applicant is told, in the transaction of the step itself."""

from typing import Any

from django.urls import reverse

from messaging import outbox
from subsidies.models import Claim

TEMPLATES = {
    "submitted": "claim_received",
    "accepted": "claim_accepted",
    "correction": "claim_returned",
    "published": "claim_published",
    "approved": "claim_approved",
    "refused": "claim_refused",
    "paid": "claim_paid",
    "returned": "claim_bounced",
}


def tell(claim: Claim, event: str, **words: Any) -> None:
    """Tell the applicant that something happened to the claim; the same event of the same version is told once."""
    outbox.send(
        to=claim.person,
        template=TEMPLATES[event],
        context={"programme": claim.programme.short_name, "number": claim.spaced_receipt, **words},
        key=f"subsidies:{event}:{claim.public_id}:{claim.version}",
        link=reverse("subsidies:claim-show", kwargs={"public_id": claim.public_id}),
    )
