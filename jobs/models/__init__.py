from .application import Application, Placement
from .imports import ImportBatch
from .posting import DEFAULT_DAYS, MAX_DAYS, OFFICERS, Posting, Suits
from .search import PostingSearch

__all__ = [
    "DEFAULT_DAYS",
    "MAX_DAYS",
    "OFFICERS",
    "Application",
    "ImportBatch",
    "Placement",
    "Posting",
    "PostingSearch",
    "Suits",
]
