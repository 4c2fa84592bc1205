"""Reading one's messages, and choosing what to hear about."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from messaging import texts
from messaging.models import InboxMessage, OptOut
from people.models import User


def unread_count(user: User) -> int:
    """Return how many messages wait to be read."""
    return InboxMessage.objects.visible_to(user).unread().count()


@transaction.atomic
def mark_read(*, message: InboxMessage) -> None:
    """Note when a message was first read."""
    InboxMessage.objects.filter(pk=message.pk, read_at=None).update(read_at=timezone.now())


@transaction.atomic
def mark_all_read(*, by: User) -> int:
    """Mark all of one's messages as read; return how many."""
    return InboxMessage.objects.visible_to(by).unread().update(read_at=timezone.now())


def wanted_topics(user: User) -> set[str]:
    """Return the optional topics that this account still hears about."""
    off = set(OptOut.objects.filter(user=user).values_list("topic", flat=True))
    return {topic.code for topic in texts.topics()} - off


@transaction.atomic
def choose_topics(*, by: User, wanted: Collection[str]) -> None:
    """Switch optional topics on and off; what is not optional cannot be switched off."""
    known = {topic.code for topic in texts.topics()}
    OptOut.objects.filter(user=by, topic__in=set(wanted) & known).delete()
    off = [OptOut(user=by, topic=code) for code in sorted(known - set(wanted))]
    OptOut.objects.bulk_create(off, ignore_conflicts=True)
