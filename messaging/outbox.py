"""Telling people something. Rows are written in the caller's transaction; `messaging.delivery` sends them later."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from messaging import texts
from messaging.models import InboxMessage, OptOut, Outbox
from messaging.texts import Template
from people.identifiers import mask_email, mask_phone
from people.models import Person, User

log = structlog.get_logger(__name__)
SWEEP = "messaging.tasks.sweep_outbox"


@transaction.atomic
def send(
    *,
    to: User | Person,
    template: str,
    context: Mapping[str, Any],
    key: str,
    channels: tuple[str, ...] = ("inbox", "sms"),
    optional: bool = False,
    link: str = "",
) -> None:
    """Tell a person something, in the transaction of the matter itself: both happen or neither does.

    Channels that the template has no text for are left out, and so is the inbox of a person without an account.

    :param context: values for the template; text, numbers, `Decimal` (money) and dates. Never identity numbers.
    :param key: names the occasion, e.g. f"claim_paid:{claim.public_id}"; the same key twice sends once.
    :param optional: skip it where the person switched off the template's topic.
    :param link: the address of the page where the matter goes on (a path of this portal).
    :raises texts.UnknownTemplate: no file defines the template.
    :raises KeyError: the context lacks a value.
    """
    kind = texts.get(template)
    values = {name: texts.shown(value) for name, value in context.items()}
    user, person = _account(to)
    if (optional or kind.topic) and user and _has_opted_out(user, kind):
        return
    for channel in channels:
        if not kind.has(channel):
            continue
        text = kind.text(channel, values)
        if channel == "inbox":
            _put_in_inbox(user, kind, text, key, link)
        else:
            _queue(channel, _address(channel, user, person), kind, values, key, user)


@transaction.atomic
def send_to_address(
    *, channel: str, address: str, template: str, context: Mapping[str, Any], key: str, user: User | None = None
) -> None:
    """Send to a phone or mailbox that belongs to nobody yet, such as a login code. Otherwise as `send`."""
    kind = texts.get(template)
    values = {name: texts.shown(value) for name, value in context.items()}
    kind.text(channel, values)
    _queue(channel, address, kind, values, key, user)


def _account(to: User | Person) -> tuple[User | None, Person | None]:
    if isinstance(to, User):
        return to, to.person
    return getattr(to, "account", None), to


def _has_opted_out(user: User, kind: Template) -> bool:
    return bool(kind.topic) and OptOut.objects.filter(user=user, topic=kind.topic).exists()


def _address(channel: str, user: User | None, person: Person | None) -> str:
    if channel == Outbox.Channel.EMAIL:
        return user.email if user else ""
    sealed = [owner.phone for owner in (person, user) if owner and owner.phone]
    return sealed[0].open() if sealed else ""


def _put_in_inbox(user: User | None, kind: Template, text: str, key: str, link: str) -> None:
    if user is None:
        return
    if link and not (link.startswith("/") and not link.startswith(("//", "/\\"))):
        raise ValueError("an inbox link is a path of this portal")
    message = InboxMessage(user=user, key=key, template=kind.code, title=kind.title, text=text, link=link)
    InboxMessage.objects.bulk_create([message], ignore_conflicts=True)


def _queue(channel: str, address: str, kind: Template, values: dict[str, str], key: str, user: User | None) -> None:
    row = Outbox(channel=channel, template=kind.code, key=key, user=user, is_urgent=kind.urgent)
    row.address = address
    row.address_mask = mask_email(address) if channel == Outbox.Channel.EMAIL else mask_phone(address)
    row.set_values(values)
    if kind.minutes:
        row.expires_at = timezone.now() + timedelta(minutes=kind.minutes)
    if not address:
        row.status, row.reason = Outbox.Status.DROPPED, "没有登记可用的地址"
    Outbox.objects.bulk_create([row], ignore_conflicts=True)
    if kind.urgent and address:
        transaction.on_commit(_sweep_soon)


def _sweep_soon() -> None:
    """Ask a worker to send now instead of at the next minute; without a broker the minute will do."""
    try:
        current_app.signature(SWEEP).apply_async(retry=False)
    except OperationalError:
        log.warning("outbox_sweep_not_queued")
