"""Doors of the employments: another county, another employer, oneself."""

from datetime import date
from typing import Any

from tests.portal.objects import door
from tests.portal.stage import TODAY, Stage, Thing
from tests.unemployment.test_employments import hire
from tests.unemployment.test_rosters import upload
from unemployment import roster
from unemployment.models import Employment, EmploymentMatch, Roster


def _employment(stage: Stage) -> Employment:
    return hire(by=stage.user("caseworker"), employer=stage.employer(), started_on=date(2026, 11, 1), on=TODAY)


def _match(stage: Stage) -> EmploymentMatch:
    found: Any = stage.thing("employment", _employment)
    return EmploymentMatch.objects.create(
        person=found.person,
        employer=found.employer,
        region=found.region,
        kind="end",
        since=TODAY,
        found_on=TODAY,
        data_as_of=TODAY,
        employment=found,
    )


def _roster(stage: Stage) -> Roster:
    rows = [("演示", "210199198001010000", "2026-11-01", "", "", "")]
    return roster.receive(upload=upload(*rows), employer=stage.employer(), by=stage.user("employer_agent"), on=TODAY)


def _number(stage: Stage) -> dict[str, str]:
    found: Any = stage.thing("employment", _employment)
    return {"number": found.number}


THINGS: dict[str, Thing] = {"employment number": _number, "employment": _employment, "match": _match, "roster": _roster}
OFFICERS, OTHERS = "caseworker, county_supervisor", "caseworker there, community_worker there"
DOORS = {
    "unemployment:employment-verify": (door("employment number", "visitor"),),
    "unemployment:employment-show": (door("employment", OFFICERS, OTHERS),),
    "unemployment:employment-prove": (door("employment", OFFICERS, OTHERS),),
    "unemployment:match-decide": (door("match", OFFICERS, OTHERS),),
    "unemployment:roster-show": (door("roster", f"employer_agent, {OFFICERS}", f"employer_agent there, {OTHERS}"),),
    "unemployment:roster-outcomes": (door("roster", f"employer_agent, {OFFICERS}", f"employer_agent there, {OTHERS}"),),
}
