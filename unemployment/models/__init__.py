from .cell import Cell, CellWorker
from .choices import Answer, Channel, ContactChannel, Outcome, PlaceKind, ServiceKind, Situation, Status, YesNo
from .closure_report import ClosureReport
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
from .household import Household, HouseholdMember, HouseholdStatus, HouseholdStep
from .ledger import Ledger, LedgerMapping, LedgerRow
from .paper import Paper, PaperStep
from .plan import AssistancePlan, PlanCallBack, PlanMeasure, PlanRevision
from .promise import JobPromise, PromiseOffer, PromiseStatus
from .quality import QualityCheck, VisitProof
from .registration import Check, Registration
from .reply import ReplyLink, Said
from .transfer import Transfer
from .welfare_post import PostQuota, WelfareAttendance, WelfarePlacement, WelfarePost

__all__ = [
    "Adjustment",
    "Answer",
    "AssistancePlan",
    "Attempt",
    "Cell",
    "CellWorker",
    "Channel",
    "Check",
    "ClosureReport",
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
    "Household",
    "HouseholdMember",
    "HouseholdStatus",
    "HouseholdStep",
    "JobPromise",
    "Ledger",
    "LedgerMapping",
    "LedgerRow",
    "MonthReport",
    "OpenedMonth",
    "Outcome",
    "Paper",
    "PaperStep",
    "PlaceKind",
    "PlanCallBack",
    "PlanMeasure",
    "PlanRevision",
    "PostQuota",
    "PrintedList",
    "PromiseOffer",
    "PromiseStatus",
    "QualityCheck",
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
    "VisitProof",
    "WelfareAttendance",
    "WelfarePlacement",
    "WelfarePost",
    "YesNo",
]
