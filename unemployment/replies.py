"""短信联系: a round of text messages to people not reached yet, and the answers that come back.

A message alone decides nothing: 「找到了」 and every wish go to a person as a matter, and after some months of messages
alone somebody has to call or visit.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils import timezone

from core import terms
from core.errors import DomainError
from messaging import outbox
from people.models import User
from unemployment import followups
from unemployment.models import (
    Answer,
    Attempt,
    ContactChannel,
    Escalation,
    FollowUp,
    Outcome,
    ReplyLink,
    Said,
    Situation,
)
from unemployment.models.choices import INTENTIONS
from unemployment.permissions import can_record

MAX_ROUND = 200
_signer = signing.Signer(salt="unemployment.reply-link")


class CannotSend(DomainError):
    """The round was not sent."""


class CannotReply(DomainError):
    """The answer was not taken."""


@dataclass(frozen=True, slots=True)
class Round:
    """What became of a round: to how many a message goes, and why the others get none."""

    sent: int
    waiting: int
    no_phone: int
    call_due: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of an answer: taken, or how many tries are left."""

    taken: bool
    left: int = 0


def token_of(link: ReplyLink) -> str:
    """Return the signed part of the link's address."""
    return _signer.sign(urlsafe_b64encode(link.public_id.bytes).rstrip(b"=").decode())


def find(token: str) -> ReplyLink | None:
    """Return the link behind an address, open or not; None when the address was not made by this portal."""
    try:
        public_id = UUID(bytes=urlsafe_b64decode(_signer.unsign(token) + "=="))
    except (signing.BadSignature, ValueError, Error):
        return None
    return ReplyLink.objects.select_related("follow_up").filter(public_id=public_id).first()


def is_open(link: ReplyLink) -> bool:
    """Say whether the link can be answered now: not answered, not too old, and the contact still waits."""
    return link.is_live(timezone.now()) and link.follow_up.status == FollowUp.Status.OPEN


@transaction.atomic
def send_round(*, follow_up_ids: Iterable[int], address: Callable[[str], str], by: User, on: date) -> Round:
    """Send a link to those of these people who wait for their contact and may be asked by message.

    Left out are people with a link that still waits, people without a phone, and people of whom the last months were
    messages alone.

    :param address: makes the full address of a signed token.
    :raises CannotSend: nobody or too many chosen, or people who are not the user's to contact.
    """
    rows = list(
        FollowUp.objects.select_for_update(of=("self",))
        .filter(pk__in=list(follow_up_ids), status=FollowUp.Status.OPEN)
        .select_related("registration__person__account", "region")
        .order_by("pk")
    )
    if not rows:
        raise CannotSend("请先勾选还没有联系上的人，再发短信。")
    if len(rows) > MAX_ROUND:
        raise CannotSend(f"一次最多给 {MAX_ROUND} 人发短信，现在选了 {len(rows)} 人。请分几次发。")
    if not all(can_record(by, row) for row in rows):
        raise CannotSend("有的人不归您联系，没有发。请只选您负责地区的人。")
    now = timezone.now()
    links = ReplyLink.objects.filter(follow_up__in=rows, status=ReplyLink.Status.OPEN)
    links.filter(expires_at__lte=now).update(status=ReplyLink.Status.EXPIRED)
    waiting = set(links.values_list("follow_up", flat=True))
    call_due = followups.call_due(rows, on=on) - waiting
    rest = [row for row in rows if row.pk not in waiting | call_due]
    asked = [row for row in rest if row.registration.person.phone]
    days = int(_term("sms_link_days", on))
    made = ReplyLink.objects.bulk_create(
        ReplyLink(follow_up=row, sent_by=by, sent_at=now, expires_at=now + timedelta(days=days)) for row in asked
    )
    letters = (
        outbox.Letter(
            row.registration.person,
            {"days": days, "link": address(token_of(link))},
            f"unemployment_ask:{link.public_id}",
            ("sms",),
        )
        for row, link in zip(asked, made, strict=True)
    )
    outbox.send_many(letters, template="unemployment_ask")
    return Round(len(asked), len(waiting), len(rest) - len(asked), len(call_due))


@transaction.atomic
def answer(*, link_id: int, tail: str, said: Collection[str], wish: str, on: date) -> Tried:
    """Take a person's answer as the month's record, if the end of the ID number is right; the link is used up then.

    A wrong number is counted and not raised, so that the count is kept; too many end the link.

    :param tail: the last four characters of the ID number.
    :param said: what was ticked (`Said`).
    :raises CannotReply: the link is used up, too old or ended, or nothing sensible was ticked.
    """
    # The contact is locked first, as a round does: two tries at once are counted one after the other.
    follow_up = followups.locked(ReplyLink.objects.get(pk=link_id).follow_up_id)
    link = ReplyLink.objects.select_for_update(of=("self",)).select_related("sent_by").get(pk=link_id)
    if not link.is_live(timezone.now()) or follow_up.status != FollowUp.Status.OPEN:
        raise CannotReply("这个链接已经不能用了。")
    chosen = [choice for choice in Said if choice in said]
    if not chosen or len(chosen) != len(set(said)):
        raise CannotReply("请选您现在的情况。")
    if {Said.SEEKING, Said.FOUND} <= set(chosen):
        raise CannotReply("“还在找工作”和“找到工作了”只能选一个。")
    expected = follow_up.registration.person.id_mask[-4:].upper()
    if not hmac.compare_digest(expected.encode(), tail.strip().upper().encode()):
        return _count_wrong(link, on)
    link.status, link.answered_at = ReplyLink.Status.ANSWERED, timezone.now()
    link.save()
    words = "、".join(choice.label for choice in chosen) + (f"；{wish.strip()}" if wish.strip() else "")
    note = f"本人短信回答：{words}"
    Attempt.objects.create(
        follow_up=follow_up, channel=ContactChannel.SMS, outcome=Outcome.SELF, note=note[:255], by=link.sent_by
    )
    if followups.call_due([follow_up], on=on):
        _raise(follow_up, f"{note}。已连续几个月只用短信，要打电话或上门")
        return Tried(taken=True)
    followups.complete(follow_up, {**_record(chosen), "note": note}, by=link.sent_by, on=on)
    if set(chosen) != {Said.SEEKING} or wish.strip():
        _raise(follow_up, note)
    return Tried(taken=True)


def _count_wrong(link: ReplyLink, on: date) -> Tried:
    link.wrong_tries += 1
    left = int(_term("sms_link_tries", on)) - link.wrong_tries
    if left <= 0:
        link.status = ReplyLink.Status.LOCKED
    link.save()
    return Tried(taken=False, left=max(0, left))


def _record(chosen: Collection[Said]) -> dict[str, Any]:
    """Return the record of the answer: what was not ticked was not asked, and says so."""
    situation = Situation.OTHER
    if Said.FOUND in chosen:
        situation = Situation.WORKING
    elif Said.SEEKING in chosen:
        situation = Situation.SEEKING
    ticked = {"job": Said.SEEKING, "training": Said.TRAINING, "business": Said.BUSINESS}
    answers = {code: Answer.YES if ticked[code] in chosen else Answer.NOT_ASKED for code, _ in INTENTIONS}
    missing = {code: {"reason": "短信里没有单独问"} for code, given in answers.items() if given == Answer.NOT_ASKED}
    return {
        "channel": ContactChannel.SMS,
        "outcome": Outcome.SELF,
        "situation": situation,
        **answers,
        "details": missing,
    }


def _raise(follow_up: FollowUp, about: str) -> None:
    Escalation.objects.get_or_create(
        registration=follow_up.registration,
        kind=Escalation.Kind.REPLY,
        step="",
        month=follow_up.month,
        defaults={"region": follow_up.region, "about": about[:300]},
    )


def _term(code: str, on: date) -> Any:
    return terms.value(f"unemployment.{code}", on=on, region="21")
