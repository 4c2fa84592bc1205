"""How long a posting is shown: its employer is reminded before the end, told of the end, and renews with one click."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F

from jobs import agents
from jobs.indexing import index_postings
from jobs.limits import limit
from jobs.models import Posting
from jobs.postings import CannotEditPosting, hand_over, lock, shortcomings
from messaging import outbox
from messaging.outbox import Letter
from people.models import User
from people.roles import Role

NAMED = 3
Status = Posting.Status


def renewable_since(*, on: date) -> date:
    """Return the day from which on what expired may be renewed. One query: asked once for however many postings."""
    return on - timedelta(days=limit("renew_within_days", on=on))


def can_renew(posting: Posting, *, since: date) -> bool:
    """Whether it may be prolonged with one click: while it is shown, and for some days after it expired by itself.

    What a partner's system handed over ended because its source says so: it is prolonged there.

    :param since: `renewable_since` today.
    """
    if posting.status == Status.PUBLISHED:
        return True
    by_itself = posting.status == Status.EXPIRED and posting.imported_at is None
    return by_itself and posting.valid_until is not None and posting.valid_until >= since


@transaction.atomic
def renew_posting(*, posting_id: int, by: User, on: date) -> Posting:
    """Prolong a posting from today by the span it was published for; one click.

    The rules and the wages of today count: what they forbid is refused. One that had expired goes the way of a new one,
    so that a person looks at it where one must.

    :raises CannotEditPosting: it is not the user's, was not shown, expired too long ago, or is no longer lawful.
    """
    posting = lock(posting_id)
    owner = posting.organisation_id in by.organisation_ids(Role.EMPLOYER_AGENT)
    if not owner or not can_renew(posting, since=renewable_since(on=on)):
        raise CannotEditPosting("这个岗位现在不能续期，可能已经有人改过，或者到期太久了。可以照它再发一个。")
    if problems := shortcomings(posting, on=on):
        raise CannotEditPosting("现在不能续期。" + "".join(problems) + "请先暂停，改好再提交；已到期的，照它再发一个。")
    posting.bump()
    if posting.status == Status.EXPIRED:
        posting.status_reason, posting.publish_at = "", None
        return hand_over(posting, on=on)
    posting.valid_until = on + timedelta(days=posting.valid_days)
    posting.save()
    index_postings([posting.pk])
    return posting


@transaction.atomic
def expire_postings(*, on: date) -> int:
    """End every published posting whose day has passed and tell its employer; returns how many. Beat: every hour."""
    rows = Posting.objects.select_for_update(of=("self",), skip_locked=True).select_related("organisation")
    late = list(rows.filter(status=Status.PUBLISHED, valid_until__lt=on).order_by("pk"))
    ids = [posting.pk for posting in late]
    Posting.objects.filter(pk__in=ids).update(status=Status.EXPIRED, version=F("version") + 1)
    index_postings(ids)
    days = limit("renew_within_days", on=on)
    # Several runs a day may each end some: the first number keeps their messages apart.
    _tell(late, "posting_expired", {"days": days}, key=f"posting-expired:{on}:{min(ids, default=0)}", on=on)
    return len(ids)


@transaction.atomic
def remind_of_end(*, on: date) -> int:
    """Tell employers of the postings that end within some days (`jobs.remind_days_before`), once for each last day.

    Returns how many postings end. Beat: every morning; a missed morning is caught up by the next.
    """
    last = on + timedelta(days=limit("remind_days_before", on=on))
    ending = Posting.objects.published(on=on).filter(valid_until__lte=last, imported_at=None)
    by_day: defaultdict[date, list[Posting]] = defaultdict(list)
    for posting in ending.exclude(organisation=None).order_by("pk"):
        if posting.valid_until is not None:
            by_day[posting.valid_until].append(posting)
    for day, rows in sorted(by_day.items()):
        _tell(rows, "posting_ending", {"until": day}, key=f"posting-ending:{day}", on=on)
    return sum(map(len, by_day.values()))


def _tell(rows: Iterable[Posting], template: str, context: dict[str, int | date], *, key: str, on: date) -> None:
    """Write to the agents of each employer, one message for all of its postings."""
    by_employer: defaultdict[int, list[Posting]] = defaultdict(list)
    for posting in rows:
        if posting.organisation_id is not None and posting.imported_at is None:
            by_employer[posting.organisation_id].append(posting)
    told = agents.agents_by_employer(by_employer, on=on)
    letters = [
        Letter(agent, context | {"titles": _named(own)}, f"{key}:{number}", ("inbox",), _page(own))
        for number, own in by_employer.items()
        for agent in told.get(number, ())
    ]
    outbox.send_many(letters, template=template)


def _page(rows: list[Posting]) -> str:
    return "/employer/" if len(rows) > 1 else f"/employer/postings/{rows[0].public_id}/history/"


def _named(rows: list[Posting]) -> str:
    names = "、".join(f"“{posting.title}”" for posting in rows[:NAMED])
    return names if len(rows) <= NAMED else f"{names}等 {len(rows)} 个岗位"
