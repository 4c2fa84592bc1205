from .inbox import InboxMessage, OptOut
from .outbox import Outbox

__all__ = ["InboxMessage", "OptOut", "Outbox"]
