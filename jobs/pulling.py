"""Fetching published postings from another portal that speaks our format: its snapshot once, then change by change.

Each page is taken in one transaction together with the position after it, so that a run that breaks off is gone on
with and nothing is taken twice. Postings that the other portal has from us are left out (their number is one of ours):
two portals may mirror each other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core import fetching
from core.errors import DomainError
from jobs import feed as feeds
from jobs import partners
from jobs.alone import alone
from jobs.import_files import CannotImport
from jobs.imports import CannotEndGone
from jobs.indexing import index_postings
from jobs.models import PartnerFeed, Posting
from jobs.partner_serializers import NumberedPostingSerializer, sentences
from jobs.pulling_lists import CannotReadList, take_list
from jobs.pulling_lists import said as why_refused

LIST_EVERY = timedelta(minutes=55)
"""A whole list comes each time: once an hour is enough."""
MOST_PAGES = 200
"""Pages of one run; the next run goes on."""
PAGE = feeds.MOST
"""Rows of a page that are asked for."""
LIVE = (Posting.Status.PUBLISHED, Posting.Status.SUBMITTED, Posting.Status.PAUSED)


class CannotPull(DomainError):
    """The other portal's answer is not what our format promises."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one answer says, checked as far as its shape goes."""

    shown: list[Mapping[str, Any]]
    removed: list[str]
    next: str
    changes: str
    more: bool


def pull(*, feed_id: int, on: date, pages: int = MOST_PAGES) -> int:
    """Read on where the last run stopped; returns how many pages were taken. What goes wrong is noted at the source.

    A position that the other portal does not know any more begins a new snapshot; at its end, what it lists no more ends.
    """
    listed = PartnerFeed.objects.due().filter(pk=feed_id, format=PartnerFeed.Format.LIST).first()
    if listed is not None:
        return _pull_list(listed, on)
    taken, anew = 0, False
    try:
        while taken < pages:
            try:
                more = _step(feed_id, on)
            except fetching.Rejected:
                if anew or not _begin_anew(feed_id):
                    raise
                anew = True
                continue
            if more is None:
                break
            taken += 1
            if not more:
                _note(feed_id, problem="", done=True)
                break
    except (fetching.CannotFetch, CannotPull) as error:
        _note(feed_id, problem=error.message, done=False)
    return taken


def _pull_list(feed: PartnerFeed, on: date) -> int:
    """Read a portal's whole list, unless that was done within the hour."""
    if feed.last_done_at and timezone.now() - feed.last_done_at < LIST_EVERY:
        return 0
    with alone("jobs.feed", feed.pk) as mine:
        if not mine:
            return 0
        try:
            outcome = take_list(feed, on=on)
        except (fetching.CannotFetch, CannotReadList, CannotImport, CannotEndGone) as error:
            _note(feed.pk, problem=error.message, done=False)
            return 0
    counts = {"taken": F("taken") + outcome.added + outcome.changed, "removed": F("removed") + outcome.gone}
    refused = {"refused": outcome.rejected, "refusals": why_refused(outcome)[:300]}
    PartnerFeed.objects.filter(pk=feed.pk).update(**counts, **refused)
    _note(feed.pk, problem="", done=True)
    return 1


def _step(feed_id: int, on: date) -> bool | None:
    """Take one page; tells whether there is more, None when the source is off or another run is at it."""
    feed = PartnerFeed.objects.due().filter(pk=feed_id).first()
    if feed is None:
        return None
    asked = feed.position
    in_snapshot = not asked or bool(feed.changes)
    answer = fetching.fetch_json(asked or f"{feed.address}{'&' if '?' in feed.address else '?'}limit={PAGE}")
    page = _read(answer, feed, snapshot=in_snapshot)
    with transaction.atomic():
        locked = PartnerFeed.objects.select_for_update(skip_locked=True).filter(pk=feed.pk, position=asked).first()
        if locked is None:
            return None
        _apply(locked, page, snapshot=in_snapshot, on=on)
    return page.more


def _begin_anew(feed_id: int) -> bool:
    """Forget a position that the other portal knows no more; False where there is none."""
    known = PartnerFeed.objects.filter(pk=feed_id).exclude(position="")
    return bool(known.update(position="", changes="", started_at=None))


def _read(answer: Any, feed: PartnerFeed, *, snapshot: bool) -> Page:
    rows = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or len(rows) > feeds.MOST or not all(isinstance(row, dict) for row in rows):
        raise CannotPull("答复不是岗位快照或变更的格式。请核对地址。")
    if snapshot:
        following, changes = answer.get("next") or "", answer.get("changes") or ""
        return Page(rows, [], _same_place(following, feed), _same_place(changes, feed, needed=True), True)
    shown = [row["posting"] for row in rows if row.get("change") == "shown" and isinstance(row.get("posting"), dict)]
    removed = [str(row.get("id"))[:80] for row in rows if row.get("change") == "removed"]
    return Page(shown, removed, _same_place(answer.get("next") or "", feed, needed=True), "", bool(answer.get("more")))


def _same_place(address: Any, feed: PartnerFeed, *, needed: bool = False) -> str:
    """Return an address that the answer names, if it is the same portal's: it decides nothing about where we ask."""
    if not address and not needed:
        return ""
    found, own = urlsplit(str(address)), urlsplit(feed.address)
    if (found.scheme, found.netloc) != (own.scheme, own.netloc) or len(str(address)) > fetching.MAX_ADDRESS:
        raise CannotPull("答复里的下一页不在同一个网站，没有跟过去。")
    return str(address)


def _apply(feed: PartnerFeed, page: Page, *, snapshot: bool, on: date) -> None:
    """Take a page and move on, within the caller's transaction."""
    now, source = timezone.now(), partners.Source(feed.source)
    outcomes = partners.take(_given(page.shown), source=source, on=on)
    feed.taken += sum(one.result in (partners.ADDED, partners.CHANGED) for one in outcomes)
    feed.refused += sum(one.result == partners.REFUSED for one in outcomes)
    for number in page.removed:
        try:
            feed.removed += partners.remove(source=source, source_id=number, reason="gone").result == partners.REMOVED
        except partners.UnknownPosting:
            continue
    if snapshot:
        feed.started_at = feed.started_at or now
        _mark_listed(source, [one.source_id for one in outcomes], now)
        feed.changes = feed.changes or page.changes
        feed.position = page.next
        if not page.next:
            feed.removed += _end_unlisted(source, feed.started_at)
            feed.position, feed.changes, feed.started_at = feed.changes, "", None
    else:
        feed.position = page.next
    feed.last_run_at, feed.problem = now, ""
    feed.save()


def _given(rows: Iterable[Mapping[str, Any]]) -> list[partners.Given]:
    rows = list(rows)
    own = _own({str(_origin(row)) for row in rows})
    given = []
    for row in rows:
        if str(_origin(row)) in own:
            continue
        read = NumberedPostingSerializer(data=row)
        if read.is_valid():
            values = dict(read.validated_data)
            given.append(partners.Given(values.pop("id"), values))
        else:
            given.append(partners.Given(str(row.get("id"))[:80], None, tuple(sentences(read.errors))))
    return given


def _origin(row: Mapping[str, Any]) -> Any:
    source = row.get("source")
    return source.get("id", "") if isinstance(source, dict) else ""


def _own(numbers: set[str]) -> set[str]:
    """Return which of these are numbers of our own postings."""
    ids = [number for text in numbers if (number := _uuid(text))]
    return {str(one) for one in Posting.objects.filter(public_id__in=ids).values_list("public_id", flat=True)}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _mark_listed(source: partners.Source, numbers: list[str], now: datetime) -> None:
    Posting.objects.filter(source_site=source.name, source_id__in=numbers).update(imported_at=now)


def _end_unlisted(source: partners.Source, since: datetime) -> int:
    """End what the snapshot did not list."""
    status, reason = partners.REASONS["gone"]
    gone = (
        Posting.objects.select_for_update()
        .filter(source_site=source.name, status__in=LIVE, imported_at__lt=since)
        .exclude(source_id="")
    )
    ids = list(gone.values_list("pk", flat=True))
    Posting.objects.filter(pk__in=ids).update(status=status, status_reason=reason, version=F("version") + 1)
    index_postings(ids)
    return len(ids)


def _note(feed_id: int, *, problem: str, done: bool) -> None:
    now = timezone.now()
    values: dict[str, Any] = {"last_run_at": now, "problem": problem[:300]}
    PartnerFeed.objects.filter(pk=feed_id).update(**values, **({"last_done_at": now} if done else {}))


@transaction.atomic
def switch(*, feed_id: int, version: Any) -> PartnerFeed:
    """Stop fetching from a portal, or go on where it stopped.

    :raises StaleVersion: somebody switched it since the page was opened.
    """
    feed = PartnerFeed.objects.select_for_update().get(pk=feed_id)
    feed.require_version(version)
    feed.bump()
    feed.is_on = not feed.is_on
    feed.save()
    return feed
