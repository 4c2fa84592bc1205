"""Domain events: how a lower floor moves an upper one without knowing it.

`append` writes the event in the caller's transaction; a `consumer` (in an app's `consumers.py`) gets each event
exactly once: its work and the mark "done" are one transaction. Events of one subject reach a consumer in order. One
that fails is tried again with growing pauses while events of other subjects pass it; after the last try it is set
aside (a system check shows it) and its subject goes on.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from core import audit, clock
from core.models import ConsumerCursor, Delivery, Event

logger = logging.getLogger(__name__)

PAUSES = [timedelta(seconds=s) for s in (10, 60, 300, 1800, 7200, 21600, 43200)]
BATCH = 200
KICK_TASK = "core.tasks.run_consumers"


@dataclass(frozen=True)
class Consumer:
    """A function that deals with events of certain names."""

    code: str
    names: frozenset[str]
    function: Callable[[Event], None]


_consumers: dict[str, Consumer] = {}


def append(name: str, *, subject: str, payload: dict[str, Any] | None = None) -> Event:
    """Record what happened. Call it inside the transaction of the change itself.

    :param name: `<app>.<past participle>`, such as `jobs.hired`.
    :param subject: whom or what it is about, such as `person:<public_id>`; its events are consumed in order.
    :param payload: public ids, codes and dates, no personal data.
    """
    opened = audit.current()
    event = Event.objects.create(
        name=name, subject=subject, payload=payload or {}, context=opened.values() if opened else {}
    )
    _kick_on_commit()
    return event


def append_many(name: str, happened: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Record many events of one name, given as (subject, payload), in one statement; see `append`."""
    opened = audit.current()
    context = opened.values() if opened else {}
    rows = [Event(name=name, subject=subject, payload=payload, context=context) for subject, payload in happened]
    if rows:
        Event.objects.bulk_create(rows, batch_size=1000)
        _kick_on_commit()


def consumer(code: str, *, names: Iterable[str]) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Register a function(event) under a code that never changes; it starts with the first event ever appended."""

    def decorate(function: Callable[[Event], None]) -> Callable[[Event], None]:
        known = _consumers.get(code)
        if known and known.function.__qualname__ != function.__qualname__:
            raise ValueError(f"two consumers are called {code!r}")
        _consumers[code] = Consumer(code=code, names=frozenset(names), function=function)
        return function

    return decorate


def run_consumers() -> int:
    """Hand every consumer what waits for it; return how many events were dealt with."""
    return sum(_run(each) for each in list(_consumers.values()))


def parked() -> list[Delivery]:
    """Return the deliveries that were set aside."""
    return list(Delivery.objects.filter(status=Delivery.Status.PARKED).order_by("consumer", "event_id"))


def retry_parked() -> int:
    """Let the deliveries that were set aside be tried again (after a fix)."""
    return Delivery.objects.filter(status=Delivery.Status.PARKED).update(
        status=Delivery.Status.PENDING, attempts=0, next_try_at=timezone.now()
    )


def _kick_on_commit() -> None:
    if not any(waiting[1] is _kick for waiting in connection.run_on_commit):
        transaction.on_commit(_kick, robust=True)


def _kick() -> None:
    """Ask a worker to look now. Best effort: beat looks every ten seconds anyway."""
    if not settings.EVENTS_KICK:
        return
    try:
        current_app.send_task(KICK_TASK, retry=False, ignore_result=True)
    except OperationalError as error:
        logger.warning("events: the broker does not answer, beat will find the event: %s", error)


def _run(each: Consumer) -> int:
    _take_note(each)
    done = 0
    while waiting := _due(each):
        done += sum(_deliver(each, delivery_id) for delivery_id in waiting)
    return done


@transaction.atomic
def _take_note(each: Consumer) -> None:
    """Make a delivery of every event up to the horizon, so that a late commit is not passed over.

    Events of the present transaction count as well: that is how tests, which never commit, see theirs.
    """
    ConsumerCursor.objects.get_or_create(consumer=each.code)
    cursor = ConsumerCursor.objects.select_for_update(skip_locked=True).filter(consumer=each.code).first()
    if cursor is None:
        return
    horizon = clock.horizon(connection)
    with connection.cursor() as sql:
        sql.execute(
            "INSERT INTO core_delivery (consumer, event_id, subject)"
            " SELECT %s, id, subject FROM core_event"
            " WHERE name = ANY(%s) AND ((xid >= %s AND xid < %s) OR xid = audit_xid())"
            " ON CONFLICT (consumer, event_id) DO NOTHING",
            [each.code, sorted(each.names), cursor.position, horizon],
        )
    if horizon > cursor.position:
        cursor.position = horizon
        cursor.save(update_fields=["position"])


def _due(each: Consumer) -> list[int]:
    """Return the first waiting delivery of each subject, if its time has come."""
    with connection.cursor() as sql:
        sql.execute(
            "SELECT d.id FROM core_delivery d"
            " WHERE d.consumer = %s AND d.status = 'pending' AND d.next_try_at <= statement_timestamp()"
            " AND NOT EXISTS (SELECT FROM core_delivery e WHERE e.consumer = d.consumer AND e.subject = d.subject"
            " AND e.status = 'pending' AND e.event_id < d.event_id)"
            " ORDER BY d.event_id LIMIT %s",
            [each.code, BATCH],
        )
        return [pk for (pk,) in sql.fetchall()]


@transaction.atomic
def _deliver(each: Consumer, delivery_id: int) -> bool:
    delivery = (
        Delivery.objects.select_for_update(skip_locked=True)
        .filter(pk=delivery_id, status=Delivery.Status.PENDING)
        .first()
    )
    if delivery is None:
        return False
    event = Event.objects.get(pk=delivery.event_id)
    delivery.attempts += 1
    try:
        with (
            audit.context(
                channel="task", request_id=event.context.get("request_id", ""), event=event.pk, consumer=each.code
            ),
            transaction.atomic(),
        ):
            each.function(event)
    except Exception as error:
        logger.exception("events: %s failed on event %s, try %s", each.code, event.pk, delivery.attempts)
        _put_off(delivery, error)
    else:
        delivery.status, delivery.done_at, delivery.error = Delivery.Status.DONE, timezone.now(), ""
    delivery.save()
    return delivery.status == Delivery.Status.DONE


def _put_off(delivery: Delivery, error: Exception) -> None:
    delivery.error = f"{type(error).__name__}: {error}"[:1000]
    if delivery.attempts > len(PAUSES):
        delivery.status = Delivery.Status.PARKED
    else:
        delivery.next_try_at = timezone.now() + PAUSES[delivery.attempts - 1]
