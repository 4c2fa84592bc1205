"""Keeping shown postings true: an employer who leaves applicants without an answer is not shown to more of them.

What expires by its day and what a source no longer lists is ended elsewhere (`jobs.postings`, `jobs.imports`).
"""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from jobs import agents
from jobs.indexing import index_postings
from jobs.limits import limit
from jobs.models import Application, Offer, Posting

SILENT = "有人应聘后长时间没有得到答复，岗位先暂停展示。请答复应聘的人；还在招的话，再提交核验。"


@transaction.atomic
def pause_silent(*, on: date) -> int:
    """Pause the postings whose employer has let an application lapse and answered nobody since; return how many.

    A message is an answer; an application that ended because the person left an offer unanswered is not held against it.

    The days are a dated term (`jobs.silent_days`). Only applications since the last publication count, so that whoever
    publishes anew starts afresh. Run again it finds nothing.
    """
    before = timezone.make_aware(datetime.combine(on - timedelta(days=limit("silent_days", on=on)), time.min))
    # A posting that comes back keeps its date (`jobs.newness`): handing it in again is what begins anew.
    since = Greatest(OuterRef("posted_at"), OuterRef("submitted_at"))
    applied = Application.objects.filter(posting=OuterRef("pk"), submitted_at__gt=since)
    waited = applied.filter(status__in=[Application.Status.LAPSED, *Application.UNANSWERED], submitted_at__lt=before)
    waited = waited.exclude(offers__status=Offer.Status.LAPSED)
    answered = applied.filter(Q(answered_at__gte=before) | Q(messages__by_employer=True, messages__sent_at__gte=before))
    rows = Posting.objects.select_for_update(of=("self",), skip_locked=True).filter(
        Exists(waited), ~Exists(answered), status=Posting.Status.PUBLISHED, organisation__isnull=False
    )
    silent = list(rows)
    ids = [posting.pk for posting in silent]
    Posting.objects.filter(pk__in=ids).update(
        status=Posting.Status.PAUSED, status_reason=SILENT, version=F("version") + 1
    )
    index_postings(ids)
    for posting in silent:
        agents.tell_agents(
            posting,
            template="posting_paused_silent",
            context={"title": posting.title},
            key=f"posting-silent:{posting.pk}:{posting.version}",
            link=f"/employer/postings/{posting.public_id}/applicants/",
            on=on,
        )
    return len(silent)
