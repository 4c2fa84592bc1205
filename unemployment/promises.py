"""24 小时就业承诺: terms accepted, the clock starts; every offer is on record; an accepted one stops it.

The clock is nowhere defined: it runs by hours of the calendar, and the hours are a dated term (示例，待地方确认).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from core import terms
from core.errors import DomainError
from jobs.models import Posting
from messaging import outbox
from messaging.models import Outbox
from people.models import Person, Region, User
from unemployment.models import JobPromise, PromiseOffer, PromiseStatus
from unemployment.models.promise import PROMISERS
from unemployment.promise_offers import words

Status, Answer = PromiseStatus, PromiseOffer.Answer


class CannotPromise(DomainError):
    """The promise was not begun or changed."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the person accepts: the words, the hours, and the version that is kept."""

    words: list[str]
    hours: int
    version: str


def conditions(*, at: datetime) -> Conditions:
    """Return the terms in force."""
    term = terms.get("promise.conditions", on=timezone.localdate(at), region="21")
    return Conditions(list(term.value["words"]), int(term.value["hours"]), term.version)


def accepted_terms(promise: JobPromise) -> terms.Term:
    """Return the very terms the person accepted, with their name, first day and source."""
    return terms.version(promise.terms_version)


@transaction.atomic
def begin(*, person: Person, region: Region, by: User, at: datetime, consent: str = "") -> JobPromise:
    """Let the clock start: the person accepted the terms, or a worker wrote how they did.

    :raises CannotPromise: another's region, no consent, or the clock runs already.
    """
    own = by.person_id == person.pk
    if not own and not by.serves(region.path, *PROMISERS):
        raise CannotPromise("这个社区不归您负责，不能代为登记。")
    if not own and len(consent.strip()) < 4:
        raise CannotPromise("请写明本人是怎么同意的，例如“电话里念过条款，本人同意”。")
    accepted = conditions(at=at)
    try:
        with transaction.atomic():
            return JobPromise.objects.create(
                person=person,
                region=region,
                terms_version=accepted.version,
                consent="" if own else consent.strip(),
                accepted_by=by,
                accepted_at=at,
                due_at=at + timedelta(hours=accepted.hours),
                is_demo=person.is_demo,
            )
    except IntegrityError as error:
        if "promise_one_running" not in str(error):
            raise
        raise CannotPromise("已经在计时，不用再登记一次。") from error


@transaction.atomic
def offer(
    *, promise_id: int, what: str, channel: str, by: User, at: datetime, posting: Posting | None = None
) -> PromiseOffer:
    """Write an offer down when it is made, and send it to the person's phone and inbox, so that they have it in writing.

    :param posting: which is open today; it says what the work is where `what` does not.
    :raises CannotPromise: not the user's, no longer running, no words, the posting has ended, or no phone for a message.
    """
    promise = _locked(promise_id)
    if not by.serves(promise.region.path, *PROMISERS) or by.person_id == promise.person_id:
        raise CannotPromise("这个人不归您推荐。")
    _require_running(promise)
    if posting is not None and not Posting.objects.published(on=timezone.localdate(at)).filter(pk=posting.pk).exists():
        raise CannotPromise("这个岗位已经不招人了，请换一个。")
    what = what.strip() or (words(posting) if posting else "")
    if channel not in PromiseOffer.Channel.values or len(what) < 4:
        raise CannotPromise("请写明是什么工作、怎么告诉的。")
    if channel == PromiseOffer.Channel.SMS and not promise.person.phone:
        raise CannotPromise("这个人没有留手机号，发不了短信。请打电话或者当面告诉。")
    made = PromiseOffer.objects.create(
        promise=promise, posting=posting, what=what, channel=channel, offered_by=by, offered_at=at
    )
    outbox.send(
        to=promise.person,
        template="promise_offer",
        context={"what": what, "due_at": promise.due_at},
        key=message_key(made),
        link=reverse("unemployment:promise-own"),
    )
    return made


def message_key(row: PromiseOffer) -> str:
    """Return under which key the message about an offer went out."""
    return f"promise_offer:{row.public_id}"


def messages_of(rows: Iterable[PromiseOffer]) -> dict[str, str]:
    """Return for each offer's public id what became of its text message; no entry where none was to be sent."""
    keys = {message_key(row): str(row.public_id) for row in rows}
    sent = Outbox.objects.filter(channel=Outbox.Channel.SMS, key__in=list(keys))
    return {keys[row.key]: row.get_status_display() for row in sent}


@transaction.atomic
def answer(*, offer_id: int, accepted: bool, note: str, by: User, at: datetime) -> PromiseOffer:
    """Keep the person's answer: yes stops the clock, no ends the promise and has no other consequence.

    :raises CannotPromise: neither the person nor their office, or answered already.
    """
    row = PromiseOffer.objects.select_for_update(of=("self",)).get(pk=offer_id)
    promise = _locked(row.promise_id)
    if by.person_id != promise.person_id and not by.serves(promise.region.path, *PROMISERS):
        raise CannotPromise("这份推荐不归您答复。")
    if row.answer:
        raise CannotPromise("这份推荐已经答复过。")
    _require_running(promise)
    row.answer = Answer.ACCEPTED if accepted else Answer.REFUSED
    row.answered_at, row.answered_by, row.note = at, by, note.strip()
    row.save()
    _end(promise, Status.KEPT if accepted else Status.REFUSED, at)
    return row


@transaction.atomic
def withdraw(*, promise_id: int, by: User, at: datetime) -> JobPromise:
    """End the promise at the person's own wish.

    :raises CannotPromise: somebody else's, or over.
    """
    promise = _locked(promise_id)
    if by.person_id != promise.person_id:
        raise CannotPromise("只能结束自己的承诺。")
    _require_running(promise)
    return _end(promise, Status.WITHDRAWN, at)


@dataclass(frozen=True, slots=True)
class CountyTimes:
    """How long people of a county waited for work, in hours, and how many waited too long."""

    county: str
    promises: int
    kept: int
    breached: int
    median: float | None
    ninetieth: float | None


_TIMES = """
    SELECT c.name, count(*), count(*) FILTER (WHERE p.status = 'kept'),
           count(*) FILTER (WHERE (p.status = 'running' AND p.due_at < %(now)s)
                               OR (p.status = 'kept' AND p.ended_at > p.due_at)),
           percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (
               ORDER BY extract(epoch FROM p.ended_at - p.accepted_at) / 3600) FILTER (WHERE p.status = 'kept')
      FROM unemployment_jobpromise p
      JOIN people_region r ON r.id = p.region_id
      JOIN unnest(%(counties)s::text[], %(names)s::text[]) c (path, name)
        ON r.path = c.path OR starts_with(r.path, c.path || '/')
     WHERE p.accepted_at >= %(since)s
     GROUP BY c.path, c.name
     ORDER BY c.path
"""


def times(*, paths: Sequence[str], since: datetime, now: datetime) -> list[CountyTimes]:
    """Return for each county the percentiles of the hours until an accepted offer, and the breaches."""
    counties = list(Region.objects.open().counties().within(paths).order_by("path").values_list("path", "name"))
    values = {"counties": [path for path, _ in counties], "names": [name for _, name in counties]}
    with connection.cursor() as cursor:
        cursor.execute(_TIMES, {**values, "since": since, "now": now})
        rows = cursor.fetchall()
    return [
        CountyTimes(name, count, kept, late, *(round(float(h), 1) for h in hours) if hours else (None, None))
        for name, count, kept, late, hours in rows
    ]


def _require_running(promise: JobPromise) -> None:
    if promise.status != Status.RUNNING:
        raise CannotPromise(f"这份承诺现在是“{promise.get_status_display()}”，不能这样办。请刷新页面再看。")


def _end(promise: JobPromise, status: str, at: datetime) -> JobPromise:
    promise.status, promise.ended_at = status, at
    promise.save()
    return promise


def _locked(promise_id: int) -> JobPromise:
    return JobPromise.objects.select_for_update(of=("self",)).select_related("region", "person").get(pk=promise_id)
