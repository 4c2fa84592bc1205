"""What the person is told at each step, through the outbox, in the transaction of the step itself."""

from typing import Any

from django.urls import reverse

from messaging import outbox
from unemployment.models import Registration


def tell(registration: Registration, template: str, **context: Any) -> None:
    """Send one of the messages of `data/messages.toml`; the same step of the same registration tells once."""
    outbox.send(
        to=registration.person,
        template=template,
        context={"number": registration.receipt_number or "", **context},
        key=f"{template}:{registration.public_id}:{registration.version}",
        link=reverse("unemployment:registration-show", args=[registration.public_id]),
    )
