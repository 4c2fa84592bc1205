from .alerts import MOST_SEARCHES, Alert, AlertRun, AlertSetting, Frequency, SavedSearch
from .application import Application, Placement
from .callback import CallBack
from .copies import PostingPrint
from .employing import PostingTemplate, ViewFlush
from .fairs import Fair, FairPosting
from .hiring import ApplicationMessage, ApplicationNote, Interview, Offer, SavedPosting
from .imports import ImportBatch, ImportMapping
from .partners import PartnerFeed, PartnerKey, SupplyList
from .posting import DEFAULT_DAYS, MAX_DAYS, OFFICERS, Posting, Suits
from .reports import PostingReport
from .resume import Certificate, Education, Intention, Resume, Skill, Work
from .search import PostingSearch, SearchWord, Suggestion, TalentSearch
from .talent import TalentBlock, TalentInvitation

__all__ = [
    "DEFAULT_DAYS",
    "MAX_DAYS",
    "MOST_SEARCHES",
    "OFFICERS",
    "Alert",
    "AlertRun",
    "AlertSetting",
    "Application",
    "ApplicationMessage",
    "ApplicationNote",
    "CallBack",
    "Certificate",
    "Education",
    "Fair",
    "FairPosting",
    "Frequency",
    "ImportBatch",
    "ImportMapping",
    "Intention",
    "Interview",
    "Offer",
    "PartnerFeed",
    "PartnerKey",
    "Placement",
    "Posting",
    "PostingPrint",
    "PostingReport",
    "PostingSearch",
    "PostingTemplate",
    "Resume",
    "SavedPosting",
    "SavedSearch",
    "SearchWord",
    "Skill",
    "Suggestion",
    "Suits",
    "SupplyList",
    "TalentBlock",
    "TalentInvitation",
    "TalentSearch",
    "ViewFlush",
    "Work",
]
