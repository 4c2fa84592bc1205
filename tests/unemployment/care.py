"""Hardship persons in every state, for the tests and pages of those who need more."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from people.models import Person, User
from people.roles import Role
from tests import factories
from unemployment import hardship, hardship_publicity
from unemployment.models import HardshipNotice, HardshipRecognition

TODAY = date(2026, 11, 3)
WORDS = "低保家庭，去年 9 月起没有工作。"


class Street:
    """Those who handle the ledger of a street, and the steps they take."""

    def __init__(self, *, on: date = TODAY, **staff: User) -> None:
        self.on = on
        street = factories.community().parent
        self.worker = staff.get("worker") or factories.staff(Role.COMMUNITY_WORKER, at=street)
        self.reviewer = staff.get("reviewer") or factories.staff(Role.CASEWORKER)
        self.supervisor = staff.get("supervisor") or factories.staff(Role.COUNTY_SUPERVISOR)

    @classmethod
    def of(cls, stage: Any) -> "Street":
        """Return the street whose staff are the actors of a stage."""
        worker, reviewer = stage.user("community_worker"), stage.user("caseworker")
        return cls(
            on=timezone.localdate(), worker=worker, reviewer=reviewer, supervisor=stage.user("county_supervisor")
        )

    def applied(self, person: Person | None = None, **changes: Any) -> HardshipRecognition:
        """Return an application that the worker took down: the street is next."""
        values = {
            "category": "minimum_living",
            "region": factories.community(),
            "circumstances": WORDS,
            "consent": "在社区当面签字",
            **changes,
        }
        return hardship.apply(person=person or factories.person(), by=self.worker, on=self.on, **values)

    def reviewed(self, person: Person | None = None, **changes: Any) -> HardshipRecognition:
        """Return one that waits for the notice."""
        row = self.applied(person, **changes)
        return hardship.review(
            recognition_id=row.pk, note="民政低保在册", version=row.version, by=self.reviewer, on=self.on
        )

    def posted(self, *rows: HardshipRecognition) -> HardshipNotice:
        """Return a notice that hangs."""
        found = rows or (self.reviewed(),)
        return hardship_publicity.post(
            region=factories.region(), recognition_ids=[row.pk for row in found], by=self.reviewer, on=self.on
        )

    def at_county(self, person: Person | None = None, **changes: Any) -> HardshipRecognition:
        """Return one whose publicity is over."""
        row = self.reviewed(person, **changes)
        notice = self.posted(row)
        hardship_publicity.end(notice_id=notice.pk, on=notice.ends_on + timedelta(days=1))
        row.refresh_from_db()
        return row

    def recognised(self, person: Person | None = None, **changes: Any) -> HardshipRecognition:
        """Return one on the ledger."""
        row = self.at_county(person, **changes)
        return hardship.recognise(
            recognition_id=row.pk, note="同意", version=row.version, by=self.supervisor, on=self.on
        )
