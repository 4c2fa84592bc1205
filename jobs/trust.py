"""Whether a posting is shown without an officer's look, whoever wrote it and by whichever door it came.

Officers look at whatever the checker doubts, at public-welfare posts (they may name groups), and at everything of an
organisation that is new here, had a posting taken down, or waits for its own re-check. An organisation answers for its
own postings and for those that its system hands over for others.
"""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from jobs.limits import limit
from jobs.models import Posting
from jobs.rules import BLOCK, REVIEW, Finding
from people.models import Organisation

Status = Posting.Status


def is_doubtful(posting: Posting, found: Iterable[Finding]) -> bool:
    """Whether a person must see a posting for its own sake."""
    welfare_post = posting.kind == Posting.Kind.PUBLIC_WELFARE
    return welfare_post or any(finding.action in (BLOCK, REVIEW) for finding in found)


class Trust:
    """What the officers know of an organisation; read once, for however many postings it answers for."""

    def __init__(self, organisation: Organisation, *, on: date) -> None:
        self._waits = organisation.waits_for_recheck
        self._wanted = limit("trusted_after", on=on)
        known = Posting.objects.answered_for_by(organisation.pk).order_by("pk")
        self._taken_down = _first(known.filter(status=Status.TAKEN_DOWN), 2)
        passed = known.filter(decided_by__isnull=False, shown_at__isnull=False)
        passed = passed.exclude(status__in=(Status.RETURNED, Status.SUBMITTED))
        self._passed = _first(passed, self._wanted + 1)

    def covers(self, posting: Posting) -> bool:
        """Whether its other postings are known well enough: enough of them let pass by officers, none taken down."""
        others = self._passed - {posting.pk}
        return not self._waits and not self._taken_down - {posting.pk} and len(others) >= self._wanted


def _first(rows: QuerySet[Posting], most: int) -> set[int]:
    return set(rows.values_list("pk", flat=True)[:most])
