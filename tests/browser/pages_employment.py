from datetime import timedelta

from django.utils import timezone

from people.models import User
from tests import factories
from tests.browser.pages import PageCase
from tests.browser.pages_unemployment import officer
from tests.unemployment.test_employments import hire
from tests.unemployment.test_rosters import upload
from unemployment import roster
from unemployment.models import EmploymentMatch


def _list() -> tuple[str, User | None]:
    clerk, today = officer(), timezone.localdate()
    hire(by=clerk, on=today, started_on=today - timedelta(days=70))
    return "/work/employments/", clerk


def _show() -> tuple[str, User | None]:
    clerk, today = officer(), timezone.localdate()
    row = hire(by=clerk, on=today, started_on=today - timedelta(days=70))
    return f"/work/employments/{row.public_id}/", clerk


def _match(tail: str = "") -> tuple[str, User | None]:
    clerk, today = officer(), timezone.localdate()
    row = hire(by=clerk, on=today, started_on=today - timedelta(days=70))
    made = EmploymentMatch.objects.create(
        person=row.person,
        employer=row.employer,
        region=row.region,
        kind="end",
        since=today,
        found_on=today,
        data_as_of=today,
        employment=row,
    )
    return f"/work/employments/matches/{f'{made.public_id}/' if tail else ''}", clerk


def _roster(done: bool = False) -> tuple[str, User | None]:
    employer, today = factories.organisation(), timezone.localdate()
    agent = factories.agent(employer)
    rows = [("演示甲", factories.id_number(), "2026-10-20", "焊工", "", ""), ("演示乙", "1", "2026-10-20", "", "", "")]
    made = roster.receive(upload=upload(*rows), employer=employer, by=agent, on=today)
    if done:
        roster.start(roster_id=made.pk, version=made.version, by=agent)
        roster.run(roster_id=made.pk)
    return f"/employer/rosters/{made.public_id}/", agent


def _rosters() -> tuple[str, User | None]:
    return "/employer/rosters/", _roster()[1]


PAGES = [
    PageCase("employments", _list),
    PageCase("employment", _show),
    PageCase("employment counter", lambda: ("/work/employments/new/", officer())),
    PageCase("differences with social insurance", _match),
    PageCase("difference with social insurance", lambda: _match("one")),
    PageCase("rosters", _rosters),
    PageCase("roster to be looked at", _roster),
    PageCase("roster taken over", lambda: _roster(done=True)),
]
