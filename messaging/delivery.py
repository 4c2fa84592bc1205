"""Sending what is due, so that nothing is lost and nothing is knowingly sent twice.

A row is marked "sending" and committed before the gateway is called. A worker that dies in between leaves it so; after
a while it becomes "unknown", and goes out again only where the gateway throws away a second copy with the same id.
"""

import time as clock
from collections import Counter
from datetime import datetime, time, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from core import terms
from messaging import texts
from messaging.gateways import Gateway, Letter, Refused, TryLater, Unclear, for_channel
from messaging.models import Outbox

log = structlog.get_logger(__name__)
Status = Outbox.Status
RETRY_MINUTES = (1, 5, 15, 60, 240)
"""How long to wait after each failed try; after the last one the message has failed."""
LEASE = timedelta(minutes=5)
"""Much longer than any gateway's time-outs: a row that is "sending" for longer has lost its worker."""


def sweep(*, limit: int = 500, seconds: float = 50) -> Counter[str]:
    """Send what is due and settle what was cut off; return how many rows ended in each state.

    Several may run at once. Call it outside any transaction: each row is committed before and after its sending.
    """
    done: Counter[str] = Counter()
    until = clock.monotonic() + seconds
    gateways = {channel: for_channel(channel) for channel in Outbox.Channel.values}
    done.update(_settle_cut_off(gateways))
    for _ in range(limit):
        row = _claim()
        if row is None or clock.monotonic() > until:
            break
        done[_send(row, gateways[row.channel])] += 1
    if done:
        log.info("outbox_swept", **done)
    return done


def is_quiet(moment: datetime) -> bool:
    """Tell whether text messages wait now (quiet hours, a dated term)."""
    local = timezone.localtime(moment)
    hours = terms.find("messaging.quiet_hours", on=local.date())
    if hours is None:
        return False
    start, end = (time.fromisoformat(hours.value[name]) for name in ("from", "to"))
    if start <= end:
        return start <= local.time() < end
    return local.time() >= start or local.time() < end


def _claim() -> Outbox | None:
    """Take the next row that nobody else is taking, and commit that it is being sent."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        due = Outbox.objects.due(now=now, quiet=is_quiet(now))
        row = due.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        row.status, row.claimed_at, row.attempts = Status.SENDING, now, row.attempts + 1
        row.save(update_fields=["status", "claimed_at", "attempts"])
    return row


def _send(row: Outbox, gateway: Gateway) -> str:
    if row.expires_at and row.expires_at < timezone.now():
        return _finish(row, gateway, Status.DROPPED, reason="已过有效时间")
    try:
        number = gateway.send(_letter(row))
    except Refused as error:
        return _finish(row, gateway, Status.FAILED, reason=str(error))
    except TryLater as error:
        return _retry(row, gateway, str(error))
    except Unclear as error:
        return _retry(row, gateway, str(error)) if gateway.deduplicates else _unknown(row, gateway, str(error))
    return _finish(row, gateway, Status.SENT, gateway_id=number, sent_at=timezone.now())


def _letter(row: Outbox) -> Letter:
    template = texts.get(row.template)
    text = template.text(row.channel, row.values())
    return Letter(id=row.public_id, address=row.address.open(), title=template.title, text=text)


def _retry(row: Outbox, gateway: Gateway, reason: str) -> str:
    if row.attempts > len(RETRY_MINUTES):
        return _finish(row, gateway, Status.FAILED, reason=reason)
    wait = timedelta(minutes=RETRY_MINUTES[row.attempts - 1])
    return _finish(row, gateway, Status.QUEUED, reason=reason, next_try_at=timezone.now() + wait)


def _unknown(row: Outbox, gateway: Gateway, reason: str) -> str:
    log.warning("message_outcome_unknown", message=str(row.public_id), channel=row.channel, reason=reason)
    return _finish(row, gateway, Status.UNKNOWN, reason=reason)


def _finish(row: Outbox, gateway: Gateway, status: str, **values: object) -> str:
    """Record the outcome, unless the row was taken from us meanwhile and tried again."""
    changes = {"status": status, "gateway": gateway.name, "reason": "", **values}
    if status == Status.SENT and texts.get(row.template).secret:
        changes["context"] = ""
    mine = Outbox.objects.filter(pk=row.pk, attempts=row.attempts, status__in=[Status.SENDING, Status.UNKNOWN])
    return status if mine.update(**changes) else "taken"


def _settle_cut_off(gateways: dict[str, Gateway]) -> Counter[str]:
    """Turn rows whose worker died into "unknown", or queue them again where the gateway deduplicates."""
    done: Counter[str] = Counter()
    before = timezone.now() - LEASE
    for channel, gateway in gateways.items():
        with transaction.atomic(durable=True):
            rows = Outbox.objects.cut_off(before=before).filter(channel=channel)
            for row in rows.select_for_update(skip_locked=True, of=("self",)):
                reason = "发送中断，不知道是否发出"
                again = gateway.deduplicates
                done[_retry(row, gateway, reason) if again else _unknown(row, gateway, reason)] += 1
    return done
