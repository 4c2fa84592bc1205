"""招聘会: entered by one officer, approved by another; employers bring their postings; cancelled with a reason."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from core.errors import DomainError
from jobs import agents
from jobs.checking import names_a_group
from jobs.indexing import index_postings
from jobs.models import OFFICERS, Fair, FairPosting, Posting
from people.models import Region, User

LOOKED_BACK = timedelta(days=30)
"""So long a missed night is caught up."""
LEAST = 4
"""Characters of a reason that somebody can act upon."""
Status = Fair.Status


class CannotHoldFair(DomainError):
    """The fair stays as it is."""


class CannotBring(DomainError):
    """The posting was not brought to the fair."""


def may_enter(user: User, region: Region) -> bool:
    """Officers enter and decide about fairs of their regions."""
    return user.serves(region.path, *OFFICERS)


@transaction.atomic
def propose_fair(*, fair: Fair, by: User, at: datetime) -> Fair:
    """Enter a fair; it is shown once somebody else has approved it.

    :raises CannotHoldFair: another officer's region, or it would be over already.
    """
    if not may_enter(by, fair.region):
        raise CannotHoldFair("这个地区不归您管。请选您服务的地区。")
    if fair.ends_at <= at:
        raise CannotHoldFair("结束时间已经过了。请写还没开的招聘会。")
    fair.made_by, fair.status = by, Status.PROPOSED
    fair.save()
    return fair


@transaction.atomic
def decide_fair(*, fair_id: int, version: Any, accept: bool, reason: str, by: User, at: datetime) -> Fair:
    """Show a fair, or say why not.

    :raises CannotHoldFair: decided before, one's own, another region's, over, or no reason for a no.
    :raises StaleVersion: it changed since the page was opened.
    """
    fair = _lock(fair_id, version, by)
    if fair.status != Status.PROPOSED:
        raise CannotHoldFair("这场招聘会已经有人审核过了。请刷新页面。")
    if fair.made_by_id == by.pk:
        raise CannotHoldFair("自己登记的招聘会要由别人审核。")
    if accept and fair.ends_at <= at:
        raise CannotHoldFair("这场招聘会的时间已经过了，不能再公布。")
    if not accept and len(reason.strip()) < LEAST:
        raise CannotHoldFair("请写明不通过的理由，登记人会看到。")
    return _decide(fair, Status.APPROVED if accept else Status.RETURNED, reason, by, at)


@transaction.atomic
def cancel_fair(*, fair_id: int, version: Any, reason: str, by: User, at: datetime) -> Fair:
    """Call a fair off: employers who bring postings are told, and what only this fair allowed is looked at again.

    :raises CannotHoldFair: not shown, over, another region's, or no reason.
    :raises StaleVersion: it changed since the page was opened.
    """
    fair = _lock(fair_id, version, by)
    if fair.status != Status.APPROVED or fair.ends_at <= at:
        raise CannotHoldFair("只有公布了、还没结束的招聘会能取消。请刷新页面。")
    if len(reason.strip()) < LEAST:
        raise CannotHoldFair("请写明取消的理由，参加的单位会看到。")
    _decide(fair, Status.CANCELLED, reason, by, at)
    brought = list(_locked().filter(fairs__fair=fair))
    for posting in brought:
        agents.tell_agents(
            posting,
            template="fair_cancelled",
            context={"fair": fair.name, "title": posting.title, "reason": fair.reason},
            key=f"fair_cancelled:{fair.public_id}:{posting.pk}",
            link=reverse("jobs:employer-desk"),
            on=timezone.localdate(at),
        )
    look_again(brought, on=timezone.localdate(at))
    return fair


def _lock(fair_id: int, version: Any, by: User) -> Fair:
    fair = Fair.objects.select_for_update(of=("self",)).select_related("region").get(pk=fair_id)
    fair.require_version(version)
    if not may_enter(by, fair.region):
        raise CannotHoldFair("这场招聘会不归您管。")
    return fair


def _decide(fair: Fair, status: str, reason: str, by: User, at: datetime) -> Fair:
    fair.status, fair.reason, fair.decided_by, fair.decided_at = status, reason.strip()[:200], by, at
    fair.bump()
    fair.save()
    return fair


@transaction.atomic
def bring_postings(*, fair_id: int, postings: Iterable[Posting], by: User, at: datetime) -> int:
    """Let these postings of one's own, and no others of them, be at a fair; returns how many are there.

    What is taken away may name the fair's group no longer, and is looked at again.

    :raises CannotBring: the fair is not shown or over.
    """
    fair = Fair.objects.select_for_update(of=("self",), no_key=True).coming(at=at).filter(pk=fair_id).first()
    if fair is None:
        raise CannotBring("这场招聘会已经结束或者取消了，不能再改参加的岗位。")
    own = Posting.objects.owned_by(by)
    wanted = set(
        own.exclude(status__in=Posting.ENDED).filter(pk__in=[p.pk for p in postings]).values_list("pk", flat=True)
    )
    there = FairPosting.objects.filter(fair=fair, posting__in=own.values("pk"))
    known = set(there.values_list("posting_id", flat=True))
    FairPosting.objects.bulk_create(FairPosting(fair=fair, posting_id=pk, added_by=by) for pk in sorted(wanted - known))
    gone = sorted(known - wanted)
    there.filter(posting__in=gone).delete()
    look_again(_locked().filter(pk__in=gone), on=timezone.localdate(at))
    return len(wanted)


@transaction.atomic
def end_fairs(*, on: date) -> int:
    """Look again at what only fairs allowed that ended on the days before; returns how many postings wait for officers."""
    begins = timezone.make_aware(datetime.combine(on, time()))
    over = Fair.objects.shown().filter(kind__in=Fair.KEPT, ends_at__lt=begins, ends_at__gte=begins - LOOKED_BACK)
    return look_again(_locked().filter(fairs__fair__in=over.values("pk")), on=on)


def _locked() -> "QuerySet[Posting]":
    return Posting.objects.select_for_update(of=("self",)).select_related("organisation", "region").order_by("pk")


def look_again(postings: Iterable[Posting], *, on: date) -> int:
    """Send shown postings back to the officers that name a group as only a fair allowed; returns how many."""
    held = []
    for posting in postings:
        if posting.status == Posting.Status.PUBLISHED and names_a_group(posting, on=on):
            posting.status, posting.submitted_at, posting.decided_by = Posting.Status.SUBMITTED, timezone.now(), None
            posting.bump()
            posting.save()
            held.append(posting.pk)
    if held:
        index_postings(held)
    return len(held)
