"""What a person wishes, carried from the monthly contact to their own job profile."""

import re

import structlog
from django.db import transaction

from jobs import resumes
from jobs.models import Posting
from people.models import Region, User
from unemployment.models import FollowUp

log = structlog.get_logger(__name__)
TITLE = 40
_PAY = re.compile(r"\d{3,6}")


@transaction.atomic
def carry_over(follow_up: FollowUp) -> bool:
    """Write the kind of work and the pay into the person's intentions; say whether anything was written.

    Nobody's résumé is opened by it: it stays as hidden or as open as its owner left it. The same kind of work is
    brought up to date, not written twice.
    """
    account: User | None = getattr(follow_up.registration.person, "account", None)
    said = (follow_up.details or {}).get("job", {})
    title = str(said.get("trade", "")).strip()[:TITLE]
    if account is None or not title:
        return False
    resume = resumes.resume_of(account)
    same = resume.intentions.filter(title=title).first() if resume else None
    county = Region.objects.counties().filter(code=follow_up.region.county_code).first()
    values = {
        "title": title,
        "region": same.region if same else county or follow_up.region,
        "kind": same.kind if same else Posting.Kind.FULL_TIME,
    }
    if pay := _PAY.search(str(said.get("pay", "")).replace(",", "")):
        values["pay_min"] = int(pay[0])
    try:
        resumes.save_entry(section="intention", by=account, values=values, entry=same)
    except resumes.CannotWriteResume as error:
        log.info("wish_not_carried_over", why=error.message, follow_up=str(follow_up.public_id))
        return False
    return True
