"""When a posting that comes back counts as new.

"Newest first" would be a matter of pausing and handing in again if every return made a posting new. So: what was public
and comes back while it is still valid keeps its date, unless it is for other work, another place or other pay now, and
even then at most once in some days (`jobs.new_again_days`). What comes back after it had expired is new.
"""

from datetime import date, datetime, timedelta
from typing import Any

from jobs.limits import limit
from jobs.models import Posting

MATERIAL = ("title", "kind", "employer_name", "region_id", "pay_min", "pay_max", "pay_period")
"""What makes it another offer. Other words for the same work, more people wanted or another shift do not."""


def date_of(posting: Posting, *, on: date, now: datetime) -> datetime:
    """Return the moment from which a posting that is about to be shown counts as posted."""
    before = posting.posted_at
    if before is None:
        return now
    if posting.imported_at is not None:
        return before
    if posting.valid_until is None or posting.valid_until < on:
        return now
    rested = before <= now - timedelta(days=limit("new_again_days", on=on))
    return now if rested and _is_other(posting) else before


def _is_other(posting: Posting) -> bool:
    """Whether it says something else than when it was last public, in what matters."""
    history: Any = Posting.pgh_event_models["insert"]  # type: ignore[attr-defined]  # made by `audit.track`
    shown = history.objects.filter(pgh_obj=posting.pk, status=Posting.Status.PUBLISHED)
    last = shown.order_by("-pgh_id").values(*MATERIAL).first()
    return last is not None and any(getattr(posting, name) != value for name, value in last.items())
