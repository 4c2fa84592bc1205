"""The employer's pipeline: who applied, by stage."""

from dataclasses import dataclass

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from jobs.models import Application, Posting
from people.models import User
from people.roles import Role

STAGES = (
    (Application.Status.SUBMITTED, "新投递"),
    (Application.Status.VIEWED, "看过"),
    (Application.Status.SHORTLISTED, "初选通过"),
    (Application.Status.INTERVIEW, "面试"),
    (Application.Status.OFFER, "录用意向"),
    (Application.Status.HIRED, "已录用"),
    (Application.Status.UNSUITABLE, "不合适"),
)
CARDS = 20
"""Cards of one column; the list has all."""


@dataclass(frozen=True, slots=True)
class Column:
    """One stage of the board: its newest cards, and how many there are in all."""

    status: str
    label: str
    cards: list[Application]
    count: int


def received(user: User) -> "QuerySet[Application]":
    """Return the applications to one's verified organisations' postings, without those the applicant took back."""
    mine = user.verified_organisation_ids(Role.EMPLOYER_AGENT)
    rows = Application.objects.visible_to(user).filter(posting__organisation__in=mine)
    return rows.exclude(status=Application.Status.WITHDRAWN)


def counts(rows: "QuerySet[Application]") -> dict[str, int]:
    """Return how many stand at each stage."""
    return dict(rows.order_by().values_list("status").annotate(n=Count("pk")))


def board(rows: "QuerySet[Application]") -> list[Column]:
    """Return the stages with their newest cards, in two queries whatever the number of applications."""
    number = Window(RowNumber(), partition_by=F("status"), order_by=[F("submitted_at").desc(), F("pk").desc()])
    newest = rows.annotate(number=number).filter(number__lte=CARDS).select_related("posting")
    cards: dict[str, list[Application]] = {}
    for row in newest.order_by("-submitted_at", "-pk"):
        cards.setdefault(row.status, []).append(row)
    totals = counts(rows)
    return [Column(status, label, cards.get(status, []), totals.get(status, 0)) for status, label in STAGES]


def postings_of(user: User) -> "QuerySet[Posting]":
    """Return one's postings for the choice of the list, those that take applications first."""
    return Posting.objects.owned_by(user).filter(posted_at__isnull=False).order_by("-posted_at", "-pk")[:100]
