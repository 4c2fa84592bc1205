from .application import STEP_FORMS, AboutForm, CommunityForm, JobForm, PlaceForm, PledgeForm, ProgressForm, WishesForm
from .cell import CellChangeForm, CellForm, PutInCellForm
from .employment import EmploymentForm, EndEmploymentForm, MatchForm, RosterForm
from .followup import AssignForm, ContactForm, QueueFilter, draft_values
from .ledger import LedgerForm
from .office import (
    CheckForm,
    CorrectionForm,
    CounterForm,
    EndForm,
    FindForm,
    HearForm,
    MatterForm,
    NewPersonForm,
    NoteForm,
    RefuseForm,
    RevokeForm,
    handle,
)
from .paper import PaperCheckForm, PaperStepForm
from .quality import QualityForm, VisitProofForm
from .reply import ReplyForm
from .transfer import AnswerForm, CountyForm, TakeInForm, TransferForm

__all__ = [
    "STEP_FORMS",
    "AboutForm",
    "AnswerForm",
    "AssignForm",
    "CellChangeForm",
    "CellForm",
    "CheckForm",
    "CommunityForm",
    "ContactForm",
    "CorrectionForm",
    "CounterForm",
    "CountyForm",
    "EmploymentForm",
    "EndEmploymentForm",
    "EndForm",
    "FindForm",
    "HearForm",
    "JobForm",
    "LedgerForm",
    "MatchForm",
    "MatterForm",
    "NewPersonForm",
    "NoteForm",
    "PaperCheckForm",
    "PaperStepForm",
    "PlaceForm",
    "PledgeForm",
    "ProgressForm",
    "PutInCellForm",
    "QualityForm",
    "QueueFilter",
    "RefuseForm",
    "ReplyForm",
    "RevokeForm",
    "RosterForm",
    "TakeInForm",
    "TransferForm",
    "VisitProofForm",
    "WishesForm",
    "draft_values",
    "handle",
]
