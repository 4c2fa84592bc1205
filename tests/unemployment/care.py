"""Hardship persons in every state, for the tests and pages of those who need more."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from people.models import Person, User
from people.roles import Role
from tests import factories
from unemployment import hardship, hardship_publicity, households, plans, promises, welfare_posts
from unemployment.models import (
    AssistancePlan,
    HardshipNotice,
    HardshipRecognition,
    Household,
    JobPromise,
    PostQuota,
    WelfarePost,
)

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


def family(by: User, *, size: int = 2, on: date = TODAY) -> Household:
    """Return a household that a worker declared, with so many jobless people of working age."""
    first, *rest = [factories.person() for _ in range(size)]
    home = households.declare(person=first, region=factories.community(), note="夫妻二人都下岗了。", by=by, on=on)
    for person in rest:
        households.add_member(
            household_id=home.pk,
            person=person,
            relation="spouse",
            able=True,
            wants_work=True,
            version=home.version,
            by=by,
        )
        home.refresh_from_db()
    return home


def opened(by: User, *, on: date = TODAY) -> Household:
    """Return a household whose alarm stands."""
    home = family(by, on=on)
    return households.verify(
        household_id=home.pk, business_income=False, note="上门看过", version=home.version, by=by, on=on
    )


def with_quota(most: int) -> PostQuota:
    """Let 铁西区 hold so many posts."""
    by = factories.staff(Role.COUNTY_SUPERVISOR)
    return PostQuota.objects.create(
        region=factories.region(), valid=(date(2020, 1, 1), None), least=0, most=most, reason="测试", set_by=by
    )


def welfare_post(by: User) -> WelfarePost:
    """Return a post in the first community of 铁西区."""
    return welfare_posts.open_post(
        organisation=factories.organisation(),
        region=factories.community(),
        title="社区保洁",
        duties="打扫楼道和院子",
        by=by,
        on=TODAY,
    )


def plan_for(by: User, person: Person | None = None, *, on: date = TODAY) -> AssistancePlan:
    """Return a plan."""
    return plans.make_plan(
        person=person or factories.person(),
        region=factories.community(),
        kind="older",
        needs="血压高，不能久站，想找离家近的活",
        by=by,
        on=on,
    )


def promise_for(by: User) -> JobPromise:
    """Return a promise with an offer that waits for its answer."""
    promise = promises.begin(
        person=factories.person(), region=factories.community(), by=by, at=timezone.now(), consent="电话里同意"
    )
    promises.offer(promise_id=promise.pk, what="某物业，保洁", channel="phone", by=by, at=timezone.now())
    return promise
