"""Text messages of the demo's month: some wait for an answer, some were answered, and what was said lies with a person."""

from datetime import date, timedelta

from django.utils import timezone

from people.models import User
from unemployment import replies
from unemployment.models import FollowUp, ReplyLink, Said

ANSWERS = (
    ((Said.SEEKING,), ""),
    ((Said.FOUND,), ""),
    ((Said.SEEKING, Said.TRAINING), "想学叉车"),
    ((Said.BUSINESS,), "想开早餐店"),
)
WAITING = 5


def build_replies(*, worker: User, on: date) -> int:
    """Send links to some of the worker's open contacts and let some of the people answer; return how many were sent."""
    rows = FollowUp.objects.pending().filter(assignee=worker, registration__is_demo=True, failed_attempts=0)
    chosen = list(rows.select_related("registration__person").order_by("-due_on", "pk")[: WAITING + len(ANSWERS)])
    now = timezone.now()
    links = [
        ReplyLink.objects.create(
            follow_up=row,
            sent_by=worker,
            sent_at=now - timedelta(hours=3),
            expires_at=now + timedelta(days=7),
        )
        for row in chosen
    ]
    for link, (said, wish) in zip(links[WAITING:], ANSWERS, strict=False):
        tail = link.follow_up.registration.person.id_mask[-4:]
        replies.answer(link_id=link.pk, tail=tail, said=list(said), wish=wish, on=on)
    return len(links)
