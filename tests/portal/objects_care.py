"""Doors of those who need more: one's own, another person's, another county's."""

from typing import Any

from tests import factories
from tests.portal.objects import door
from tests.portal.stage import Stage, Thing
from tests.unemployment import care as made
from tests.unemployment.care import WORDS, Street
from unemployment import hardship


def _street(stage: Stage) -> Street:
    return stage.thing("the street", lambda s: Street.of(s))


def _own(stage: Stage) -> Any:
    user = stage.user("citizen")
    return hardship.apply(
        person=user.person, category="older", region=factories.community(), circumstances=WORDS, by=user, on=made.TODAY
    )


THINGS: dict[str, Thing] = {
    "own recognition": _own,
    "recognition": lambda stage: _street(stage).applied(),
    "hardship notice": lambda stage: _street(stage).posted(),
    "welfare post": lambda stage: made.welfare_post(_street(stage).reviewer),
    "plan": lambda stage: made.plan_for(_street(stage).worker, on=made.TODAY),
    "promise": lambda stage: made.promise_for(_street(stage).worker),
    "household": lambda stage: made.opened(_street(stage).worker),
}
LEDGER = "caseworker, community_worker, county_supervisor, city_supervisor city"
THERE = "caseworker there, community_worker there, county_supervisor there"

DOORS = {
    "unemployment:hardship-show": (door("own recognition", "citizen", "stranger"),),
    "unemployment:hardship-work": (door("recognition", LEDGER, THERE),),
    "unemployment:hardship-notice-work": (door("hardship notice", LEDGER, THERE),),
    "unemployment:hardship-notice-print": (door("hardship notice", LEDGER, THERE),),
    "unemployment:welfare-post-work": (door("welfare post", LEDGER, THERE),),
    "unemployment:plan-work": (door("plan", f"{LEDGER}, adviser", THERE),),
    "unemployment:promise-work": (door("promise", f"{LEDGER}, adviser", THERE),),
    "unemployment:household-work": (door("household", LEDGER, THERE),),
    "unemployment:publicity-show": (door("hardship notice", "visitor"),),
}
