"""Telling people something. Rows are written in the caller's transaction; `messaging.delivery` sends them later."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is told; the fields are those of `send`."""

    to: User | Person
    context: Mapping[str, Any]
    key: str
    channels: tuple[str, ...] = ("inbox", "sms")
    link: str = ""


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
    send_many([Letter(to, context, key, channels, link)], template=template, optional=optional)


@transaction.atomic
def send_many(letters: Iterable[Letter], *, template: str, optional: bool = False) -> None:
    """Tell many people something of one kind, with as many statements as for one. Otherwise as `send`."""
    kind = texts.get(template)
    told = [(letter, *_account(letter.to)) for letter in letters]
    silent = _opted_out([user for _, user, _ in told if user], kind) if optional or kind.topic else frozenset()
    inbox: list[InboxMessage] = []
    queued: list[Outbox] = []
    for letter, user, person in told:
        if user and user.pk in silent:
            continue
        values = {name: texts.shown(value) for name, value in letter.context.items()}
        for channel in filter(kind.has, letter.channels):
            text = kind.text(channel, values)
            if channel != "inbox":
                queued.append(_queued(channel, _address(channel, user, person), kind, values, letter.key, user))
            elif user:
                inbox.append(_message(user, kind, text, letter.key, letter.link))
    InboxMessage.objects.bulk_create(inbox, ignore_conflicts=True, batch_size=BATCH)
    _queue(queued)


@transaction.atomic
def send_to_address(
    *, channel: str, address: str, template: str, context: Mapping[str, Any], key: str, user: User | None = None
) -> None:
    """Send to a phone or mailbox that belongs to nobody yet, such as a login code. Otherwise as `send`."""
    kind = texts.get(template)
    values = {name: texts.shown(value) for name, value in context.items()}
    kind.text(channel, values)
    _queue([_queued(channel, address, kind, values, key, user)])


def _account(to: User | Person) -> tuple[User | None, Person | None]:
    if isinstance(to, User):
        return to, to.person
    return getattr(to, "account", None), to


def _opted_out(users: list[User], kind: Template) -> frozenset[int]:
    if not kind.topic:
        return frozenset()
    return frozenset(OptOut.objects.filter(user__in=users, topic=kind.topic).values_list("user_id", flat=True))


def _address(channel: str, user: User | None, person: Person | None) -> str:
    if channel == Outbox.Channel.EMAIL:
        return user.email if user else ""
    sealed = [owner.phone for owner in (person, user) if owner and owner.phone]
    return sealed[0].open() if sealed else ""


def _message(user: User, kind: Template, text: str, key: str, link: str) -> InboxMessage:
    if link and not (link.startswith("/") and not link.startswith(("//", "/\\"))):
        raise ValueError("an inbox link is a path of this portal")
    return InboxMessage(user=user, key=key, template=kind.code, title=kind.title, text=text, link=link)


def _queued(channel: str, address: str, kind: Template, values: dict[str, str], key: str, user: User | None) -> Outbox:
    row = Outbox(channel=channel, template=kind.code, key=key, user=user, is_urgent=kind.urgent)
    row.address = address
    row.address_mask = mask_email(address) if channel == Outbox.Channel.EMAIL else mask_phone(address)
    row.set_values(values)
    if kind.minutes:
        row.expires_at = timezone.now() + timedelta(minutes=kind.minutes)
    if not address:
        row.status, row.reason = Outbox.Status.DROPPED, "没有登记可用的地址"
    return row


def _queue(rows: list[Outbox]) -> None:
    Outbox.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
    if any(row.is_urgent and row.status == Outbox.Status.QUEUED for row in rows):
        transaction.on_commit(_sweep_soon)


def _sweep_soon() -> None:
    """Ask a worker to send now instead of at the next minute; without a broker the minute will do."""
    try:
        current_app.signature(SWEEP).apply_async(retry=False)
    except OperationalError:
        log.warning("outbox_sweep_not_queued")
