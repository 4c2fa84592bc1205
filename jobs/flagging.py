"""What the checker finds in a posting that the law wants told: kept for the officers, also when the posting is refused."""

from datetime import date

from django.db import transaction

from jobs.checking import check
from jobs.models import Posting, PostingReport

_REASONS = {"deposit": "money", "fraud": "fake"}


@transaction.atomic
def keep_findings(posting: Posting, *, on: date) -> int:
    """Report a posting by each rule that says so (`report` in posting_rules.toml); once while the report is open.

    Returns how many reports are new.
    """
    flagged = {finding.code: finding for finding in check(posting, on=on) if finding.report}
    made = 0
    for code, finding in flagged.items():
        reason = _REASONS.get(code, PostingReport.Reason.UNLAWFUL)
        text = f"{finding.name}：“{finding.words}”（{finding.article}）"[:500]
        _, new = PostingReport.objects.open().get_or_create(
            posting=posting, rule=code, defaults={"reason": reason, "text": text}
        )
        made += new
    return made
