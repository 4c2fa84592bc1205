"""What happened to accounts, told to their owners."""

from django.utils import timezone

from core import events
from core.models import Event
from messaging import outbox
from messaging.models import Outbox
from people.models import PhoneChange, User


@events.consumer("messaging.on_phone_rebound", names=["people.phone_rebound"])
def tell_both_phones(event: Event) -> None:
    """Tell the old phone and the new one: whoever did not ask for it can still call."""
    change = PhoneChange.objects.select_related("user").get(public_id=event.payload["change"])
    values = {
        "on": timezone.localtime(change.changed_at).date(),
        "old": change.old_mask or "未登记",
        "new": change.new_mask,
    }
    if change.old_phone:
        outbox.send_to_address(
            channel=Outbox.Channel.SMS,
            address=change.old_phone.open(),
            template="phone_rebound_old",
            context=values,
            key=f"phone_rebound_old:{change.public_id}",
            user=change.user,
        )
    outbox.send(
        to=change.user,
        template="phone_rebound",
        context=values,
        key=f"phone_rebound:{change.public_id}",
        link="/account/",
    )


@events.consumer("messaging.on_proved", names=["people.proved"])
def tell_proof(event: Event) -> None:
    """Leave a note in the inbox of the account that was joined to its person."""
    user = User.objects.filter(person__public_id=event.subject.removeprefix("person:")).first()
    if user is not None:
        outbox.send(
            to=user,
            template="proved",
            context={"on": timezone.localtime(event.recorded_at).date()},
            key=f"proved:{user.public_id}",
            channels=("inbox",),
        )
