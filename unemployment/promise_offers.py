"""Which work is offered under a promise: a posting that is open today, found by its address, its number or words."""

import re
from datetime import date
from uuid import UUID

from jobs.finding import list_page
from jobs.hits import Criteria
from jobs.models import Posting
from people.models import Region
from people.models.region import county_path

SHOWN = 8
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def named_posting(text: str, *, on: date) -> Posting | None:
    """Return the open posting whose number, or whose page's address, somebody pasted; None when none is open."""
    found = _UUID.search(text)
    if found is None:
        return None
    rows = Posting.objects.published(on=on).select_related("region", "organisation")
    shown = rows.filter(public_id=UUID(found[0])).first()
    return shown or rows.filter(copies__public_id=UUID(found[0])).first()


def search_postings(text: str, *, near: Region, on: date) -> list[Posting]:
    """Return a few open postings that hold the words, of the city in which the person lives."""
    if not text.strip():
        return []
    path = (county_path(near.path) or near.path).rpartition("/")[0]
    city = Region.objects.open().filter(path=path).first()
    return list_page(Criteria(text=text.strip()[:40], region=city), on=on, cursor=None, size=SHOWN).items


def words(posting: Posting) -> str:
    """Return an offer in a line: who, what, pay, where."""
    return "，".join(filter(None, [posting.employer_name, posting.title, posting.pay_label, posting.place_label]))[:200]
