"""What a city's own site needs to keep a mirror of the published postings: a snapshot, and every change since.

Changes are read from the history, which the database writes in the transaction of the change itself, so that nothing
can change without being told. They are walked by transaction number below the horizon (`core.clock`): every transaction
there has ended, so that a late commit is never passed over. What is told of a posting is how it stands now; one that
changed again meanwhile comes again later. A posting told twice, or told as gone to somebody who never had it, does no harm.

An employer's suspension hides postings without changing them: the history of organisations is walked along.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from core import clock, keyset
from jobs.models import Posting
from jobs.withholding import WITHHELD
from people.models import Organisation

MOST = 500
_COLUMNS = ("xid", "posting")
# The history is read in the order of its index and only so far as a page needs: duplicates are dropped afterwards,
# because a DISTINCT in front of the LIMIT makes the planner read all that changed since.
_CHANGED = """
WITH read AS (
    SELECT pgh_xid AS xid, pgh_obj_id AS posting FROM jobs_postinghistory
     WHERE (pgh_xid, pgh_obj_id) > (%(xid)s, %(posting)s) AND pgh_xid < %(horizon)s
     ORDER BY pgh_xid, pgh_obj_id LIMIT %(read)s
), reach AS (
    SELECT count(*) = %(read)s AS is_short, coalesce(max(xid), 0) AS xid FROM read
), far AS (
    SELECT is_short, xid, (SELECT max(posting) FROM read WHERE read.xid = reach.xid) AS posting FROM reach
), employers AS (
    SELECT h.pgh_xid AS xid, p.id AS posting
      FROM far, people_organisationhistory h JOIN jobs_posting p ON p.organisation_id = h.pgh_obj_id
     WHERE h.pgh_xid >= %(xid)s AND h.pgh_xid < %(horizon)s AND h.pgh_label = 'update' AND p.posted_at IS NOT NULL
       AND (h.pgh_xid, p.id) > (%(xid)s, %(posting)s)
       AND (NOT far.is_short OR (h.pgh_xid, p.id) <= (far.xid, far.posting))
     ORDER BY 1, 2 LIMIT %(read)s
)
SELECT xid, posting, (SELECT is_short FROM far)
  FROM (SELECT xid, posting FROM read UNION SELECT xid, posting FROM employers) AS found
 ORDER BY 1, 2 LIMIT %(most)s
"""
# Which of these postings were ever in a place or below it: whoever mirrors that place may have them.
_EVER_THERE = """
SELECT DISTINCT h.pgh_obj_id FROM jobs_postinghistory h JOIN people_region r ON r.id = h.region_id
 WHERE h.pgh_obj_id = ANY(%s) AND (r.path = %s OR r.path LIKE %s)
"""
_FORMER = "SELECT DISTINCT pgh_obj_id, public_id FROM jobs_postinghistory WHERE pgh_obj_id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Position:
    """How far somebody has read: all of the transactions before `xid`, and of that one the postings up to `posting`."""

    xid: int
    posting: int = 0

    def sealed(self, kind: str) -> str:
        """Return it as text that tells nothing and cannot be made up; `kind` says for which list it counts."""
        row = {"xid": self.xid, "posting": self.posting}
        return keyset.seal(f"jobs.feed.{kind}", _COLUMNS, row, backwards=False)


def unseal(text: str, kind: str) -> Position | None:
    """Return a position that was sealed for this list, None for anything else."""
    _, found = keyset.unseal(text, f"jobs.feed.{kind}", len(_COLUMNS))
    return Position(*found) if found else None


@dataclass(frozen=True, slots=True)
class Change:
    """A posting that is shown (anew or otherwise), or no longer and why."""

    id: str
    reason: str
    posting: Posting | None
    shown_as: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A page of the published postings. Whoever has read all pages goes on at `changes`, kept from the first page."""

    rows: list[Posting]
    next: Position | None
    changes: Position


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of changes, and where to go on, now or later."""

    rows: list[Change]
    next: Position
    more: bool


REASONS = {
    "filled": "已招满",
    "expired": "已到期",
    "withdrawn": "单位撤回",
    "taken_down": "已下架",
    "paused": "暂停招聘",
    "review": "正在核验",
    "suspended": "单位被暂停",
    "merged": "与另一个岗位相同，已合并",
    "moved": "工作地点不在这个地区了",
    "deleted": "已删除",
}
"""Why a posting is not shown any more. What officers wrote about it goes to its employer only."""


def snapshot(*, since: Position | None, size: int, on: date, within: str = "") -> Snapshot:
    """Return a page of what is published on a day, in an order that changes never disturb.

    :param since: the position of the page before; None for the first page.
    :param within: the path of the place to which the work must belong; "" for all.
    """
    if since is None:
        # Asked before any row is read: what ends after this moment is told by the feed.
        since = Position(clock.horizon(connection))
    shown = Posting.objects.published(on=on).select_related("region", "organisation").filter(pk__gt=since.posting)
    if within:
        shown = shown.filter(region__path__within=[within])
    rows = list(shown.order_by("pk")[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    return Snapshot(rows, Position(since.xid, rows[-1].pk) if more else None, Position(since.xid))


def changes(*, since: Position, size: int, on: date, within: str = "") -> Changes:
    """Return what changed after a position, the oldest first: never a gap, now and then the same twice. 4 queries at most.

    :param within: the path of a place; told is then what is in it or below, and as removed what ever was and is no more.
        A page may hold few rows or none although more follow. One query more.
    """
    horizon = clock.horizon(connection)
    given = {"xid": since.xid, "posting": since.posting, "horizon": horizon, "most": size + 1, "read": 2 * size + 1}
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, given)
        rows = cursor.fetchall()
    more = len(rows) > size or any(is_short for _, _, is_short in rows)
    found = [Position(xid, posting) for xid, posting, _ in rows[:size]]
    after = found[-1] if more else max(Position(horizon), since, key=lambda one: (one.xid, one.posting))
    last = {one.posting: one.xid for one in found}
    ids = [one.posting for one in found if last[one.posting] == one.xid]
    return Changes(_told(ids, on, within), after, more)


def _told(ids: list[int], on: date, within: str) -> list[Change]:
    rows = Posting.objects.select_related("region", "organisation", "canonical").in_bulk(ids)
    elsewhere = {pk for pk in ids if within and not (pk in rows and _is_there(rows[pk], within))}
    if elsewhere:
        left = _ever_there(list(elsewhere), within)
        ids = [pk for pk in ids if pk not in elsewhere or pk in left]
    former = _former([pk for pk in ids if pk not in rows])
    told = []
    for pk in ids:
        posting = rows.get(pk)
        if posting is None:
            told.append(Change(former[pk], "deleted", None))
        elif posting.posted_at is not None:
            told.append(_change(posting, on, moved=pk in elsewhere))
    return told


def _is_there(posting: Posting, within: str) -> bool:
    path = posting.region.path if posting.region else ""
    return path == within or path.startswith(f"{within}/")


def _ever_there(ids: list[int], within: str) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(_EVER_THERE, [ids, within, f"{within}/%"])
        return {pk for (pk,) in cursor.fetchall()}


def _change(posting: Posting, on: date, *, moved: bool) -> Change:
    reason = _reason(posting, on) or ("moved" if moved else "")
    other = str(posting.canonical.public_id) if reason == "merged" and posting.canonical else None
    return Change(str(posting.public_id), reason, None if reason else posting, other)


def _reason(posting: Posting, on: date) -> str:
    """Say why it is not shown, "" when it is: `PostingQuerySet.published`, posting by posting."""
    if posting.status == Posting.Status.PAUSED and posting.status_reason == WITHHELD:
        return "suspended"
    if posting.status != Posting.Status.PUBLISHED:
        return posting.status if posting.status in REASONS else "review"
    if posting.valid_until is None or posting.valid_until < on:
        return "expired"
    if posting.canonical_id is not None:
        return "merged"
    suspended = posting.organisation is not None and posting.organisation.status == Organisation.Status.SUSPENDED
    return "suspended" if suspended else ""


def _former(ids: list[int]) -> dict[int, str]:
    """Return the public ids of postings that exist no more."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_FORMER, [ids])
        return {pk: str(public_id) for pk, public_id in cursor.fetchall()}
