"""What the inbox adds to the portal's pages."""

from core import registry
from messaging.inbox import unread_count

registry.register(
    registry.Link(
        "messages", "消息", "messaging:message-list", ("workbar",), icon="bell", order=10, waiting=unread_count
    )
)
