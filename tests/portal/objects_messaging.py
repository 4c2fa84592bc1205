"""Doors of the inbox: nobody reads another's messages."""

from messaging.models import InboxMessage
from tests.portal.objects import door
from tests.portal.stage import Stage, Thing


def _message(stage: Stage) -> InboxMessage:
    return InboxMessage.objects.create(
        user=stage.user("citizen"), key="1", template="x", title="您的申请有结果了", text="请查看。", link="/"
    )


THINGS: dict[str, Thing] = {"message": _message}
OWN = (door("message", "citizen", "stranger, unproven, caseworker, system_admin"),)
DOORS = {"messaging:message-show": OWN, "messaging:message-read": OWN}
