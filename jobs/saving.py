"""Keeping postings for later."""

from django.db import transaction

from core.errors import DomainError
from jobs.models import Posting, SavedPosting
from people.models import User

MOST = 300
"""What a list may hold that people still read."""


class CannotSave(DomainError):
    """The posting was not kept."""


@transaction.atomic
def save_posting(*, posting_id: int, by: User) -> None:
    """Keep a posting; a second time changes nothing.

    :raises CannotSave: the list is full, or the posting is not shown.
    """
    if not Posting.objects.visible_to(by).filter(pk=posting_id).exists():
        raise CannotSave("这个岗位已经不展示了，收藏不了。")
    if SavedPosting.objects.filter(user=by).count() >= MOST:
        raise CannotSave(f"最多收藏 {MOST} 个岗位，请先去掉一些不要的。")
    SavedPosting.objects.bulk_create([SavedPosting(user=by, posting_id=posting_id)], ignore_conflicts=True)


@transaction.atomic
def drop_posting(*, posting_id: int, by: User) -> None:
    """Keep a posting no longer."""
    SavedPosting.objects.filter(user=by, posting_id=posting_id).delete()
