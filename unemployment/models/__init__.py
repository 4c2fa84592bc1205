from .choices import Answer, Channel, ContactChannel, Outcome, PlaceKind, ServiceKind, Situation, Status, YesNo
from .consent import ConsentCode
from .employment import Employment, EmploymentKind, EmploymentMatch, EndReason, Roster, RosterRow
from .exit import Deregistration, Escalation
from .figures import Adjustment, Export, MonthReport, ReportLine
from .followup import Attempt, FollowUp, OpenedMonth, PrintedList
from .hardship import (
    HardshipExit,
    HardshipLine,
    HardshipNotice,
    HardshipObjection,
    HardshipRecognition,
    HardshipStatus,
    HardshipStep,
)
from .ledger import Ledger, LedgerRow
from .paper import Paper, PaperStep
from .registration import Check, Registration
from .reply import ReplyLink, Said
from .transfer import Transfer

__all__ = [
    "Adjustment",
    "Answer",
    "Attempt",
    "Channel",
    "Check",
    "ConsentCode",
    "ContactChannel",
    "Deregistration",
    "Employment",
    "EmploymentKind",
    "EmploymentMatch",
    "EndReason",
    "Escalation",
    "Export",
    "FollowUp",
    "HardshipExit",
    "HardshipLine",
    "HardshipNotice",
    "HardshipObjection",
    "HardshipRecognition",
    "HardshipStatus",
    "HardshipStep",
    "Ledger",
    "LedgerRow",
    "MonthReport",
    "OpenedMonth",
    "Outcome",
    "Paper",
    "PaperStep",
    "PlaceKind",
    "PrintedList",
    "Registration",
    "ReplyLink",
    "ReportLine",
    "Roster",
    "RosterRow",
    "Said",
    "ServiceKind",
    "Situation",
    "Status",
    "Transfer",
    "YesNo",
]
