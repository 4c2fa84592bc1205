"""What a portal in a test of mirrors does and says; the same in both processes."""

from typing import Any

from django.utils import timezone

from core import audit
from jobs import pulling
from jobs.models import PartnerFeed, Posting
from tests import factories as people

SAID = ("title", "employer_name", "kind", "region__code", "headcount", "suits", "welfare")


def follow(address: str) -> str:
    """Read all that the portal at an address has to say; returns what went wrong, "" for nothing."""
    feed = PartnerFeed.objects.filter(source="对方门户").first()
    feed = feed or PartnerFeed.objects.create(source="对方门户", address=address, made_by=people.user())
    with audit.context(channel="task"):
        pulling.pull(feed_id=feed.pk, on=timezone.localdate())
    feed.refresh_from_db()
    return feed.problem or ("" if not feed.refused else f"{feed.refused} refused")


def shown() -> dict[str, list[list[Any]]]:
    """Return what is shown here: one's own, and what stands for the other portal's, by the number there."""
    rows = Posting.objects.published(on=timezone.localdate()).order_by("public_id")
    own = rows.filter(source_site="").values_list("public_id", *SAID)
    theirs = rows.filter(source_site="对方门户").order_by("source_id").values_list("source_id", *SAID)
    return {"own": [[str(row[0]), *row[1:]] for row in own], "theirs": [list(row) for row in theirs]}
