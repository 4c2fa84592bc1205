from .application import Application, Placement
from .imports import ImportBatch
from .posting import DEFAULT_DAYS, MAX_DAYS, OFFICERS, Posting, Suits
from .resume import Certificate, Education, Intention, Resume, Skill, Work
from .search import PostingSearch, SearchWord

__all__ = [
    "DEFAULT_DAYS",
    "MAX_DAYS",
    "OFFICERS",
    "Application",
    "Certificate",
    "Education",
    "ImportBatch",
    "Intention",
    "Placement",
    "Posting",
    "PostingSearch",
    "Resume",
    "SearchWord",
    "Skill",
    "Suits",
    "Work",
]
