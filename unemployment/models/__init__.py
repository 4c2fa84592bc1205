from .choices import Answer, Channel, ContactChannel, Outcome, PlaceKind, ServiceKind, Situation, Status, YesNo
from .exit import Deregistration, Escalation
from .followup import Attempt, FollowUp, OpenedMonth, PrintedList
from .registration import Check, Registration
from .reply import ReplyLink, Said

__all__ = [
    "Answer",
    "Attempt",
    "Channel",
    "Check",
    "ContactChannel",
    "Deregistration",
    "Escalation",
    "FollowUp",
    "OpenedMonth",
    "Outcome",
    "PlaceKind",
    "PrintedList",
    "Registration",
    "ReplyLink",
    "Said",
    "ServiceKind",
    "Situation",
    "Status",
    "YesNo",
]
