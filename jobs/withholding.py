"""Postings for other employers that a suspended organisation's own system handed over: out of sight until it is lifted.

The organisation's own postings are hidden by its status alone. These name another employer, whom the suspension does
not touch, but nobody answers for them any more: they are paused, and come back as they were.
"""

from datetime import date

from django.db import transaction
from django.db.models import F, Q, QuerySet

from jobs.copies import settle
from jobs.indexing import index_postings
from jobs.models import PartnerKey, Posting
from jobs.partners import lock_source

WITHHELD = "推送这个岗位的单位已被暂停，岗位先不展示。"
Status = Posting.Status
IS_WITHHELD = Q(status=Status.PAUSED, status_reason=WITHHELD)


def _of_others(organisation_id: int) -> QuerySet[Posting]:
    rows = Posting.objects.select_for_update(of=("self",)).handed_over_by(organisation_id)
    return rows.exclude(organisation=organisation_id).order_by("pk")


def _lock(organisation_id: int) -> None:
    """Wait for messages of the organisation that are being taken; those that come later find it suspended."""
    names = PartnerKey.objects.filter(organisation=organisation_id).values_list("source", flat=True)
    for name in sorted(set(names)):
        lock_source(name)


@transaction.atomic
def withhold(*, organisation_id: int) -> int:
    """Hide what it handed over for others; a second time finds nothing. Returns how many postings were hidden."""
    _lock(organisation_id)
    ids = list(_of_others(organisation_id).filter(status=Status.PUBLISHED).values_list("pk", flat=True))
    changes = {"status": Status.PAUSED, "status_reason": WITHHELD, "version": F("version") + 1}
    Posting.objects.filter(pk__in=ids).update(**changes)
    index_postings(ids)
    return len(ids)


@transaction.atomic
def give_back(*, organisation_id: int, on: date) -> int:
    """Show again what was hidden by `withhold` and is still valid; the rest ends. Returns how many are shown."""
    hidden = _of_others(organisation_id).filter(IS_WITHHELD)
    rows = dict(hidden.values_list("pk", "valid_until"))
    valid = [pk for pk, until in rows.items() if until is not None and until >= on]
    over = [pk for pk in rows if pk not in set(valid)]
    for ids, status in ((valid, Status.PUBLISHED), (over, Status.EXPIRED)):
        Posting.objects.filter(pk__in=ids).update(status=status, status_reason="", version=F("version") + 1)
    index_postings(rows)
    settle(valid)
    return len(valid)
