"""Synthetic postings and applications for tests."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from jobs.indexing import index_postings
from jobs.models import Application, Posting
from jobs.postings import derive
from people.models import Organisation, User
from tests import factories


def posting(
    *, title: str = "低压维修电工", organisation: Organisation | None = None, published: bool = True, **fields: object
) -> Posting:
    """Return a saved posting in 铁西区, published and indexed unless told otherwise."""
    if organisation is None and "imported_at" not in fields:
        organisation = factories.organisation()
    values: dict[str, object] = {
        "headcount": 2,
        "pay_min": Decimal(6500),
        "pay_max": Decimal(8000),
        "pay_period": "month",
        "region": factories.region(),
        "description": "负责车间低压电路的日常检修。",
        "welfare": ["五险一金", "白班"],
    }
    row = Posting(organisation=organisation, title=title, **(values | fields))
    if published:
        row.status, row.posted_at = Posting.Status.PUBLISHED, timezone.now()
        row.valid_until = fields.get("valid_until") or timezone.localdate() + timedelta(days=30)
    derive(row)
    row.save()
    index_postings([row.pk])
    return row


def application(*, posting: Posting, applicant: User | None = None, **fields: object) -> Application:
    """Return a saved application with a sealed phone."""
    row = Application(posting=posting, applicant=applicant or factories.citizen(), **({"name": "张应聘"} | fields))
    row.phone, row.phone_mask = "13900001234", "139****1234"
    row.save()
    return row


TODAY = date(2026, 11, 23)
