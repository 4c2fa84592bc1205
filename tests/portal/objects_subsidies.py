"""Doors of claims, notices and payments: one's own, another person's, another county's."""

from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from people.models import Group, GroupMembership
from subsidies import publicity
from subsidies.models import Claim, Objection, PaymentBatch, Programme, PublicityBatch
from subsidies.views import apply, payments, work
from tests.portal.objects import door
from tests.portal.stage import HERE, TODAY, Stage, Thing
from tests.subsidies.world import World


def _world(stage: Stage) -> World:
    return stage.thing("subsidies world", lambda _: World(at=HERE, on=TODAY))


def _applicant(stage: Stage) -> Any:
    """Let the stage's citizen belong to a group and have paid."""
    world, user = _world(stage), stage.user("citizen")
    if not user.person.groups.exists():
        GroupMembership.objects.create(
            person=user.person, group=Group.HARDSHIP, valid=DateRange(date(2024, 1, 1), None), source="测试"
        )
        for month in world.months(3):
            world.pay(user.person, month)
    return user


def _draft(stage: Stage) -> Claim:
    return _world(stage).draft(_applicant(stage))


def _accepted(stage: Stage) -> Claim:
    return _world(stage).accepted()


def _claim(step: str) -> Thing:
    return lambda stage: getattr(_world(stage), step)()


def _own_accepted(stage: Stage) -> Claim:
    """A claim of the citizen that was accepted; the draft is begun after it, so that its months are free."""
    return _world(stage).accepted(_applicant(stage))


def _notice(stage: Stage) -> PublicityBatch:
    world = _world(stage)
    return world.posted(world.ready())


def _objection(stage: Stage) -> Objection:
    notice = stage.thing("notice", _notice)
    return publicity.record_objection(
        batch=notice,
        line=notice.lines.get(),
        content="此人 7 月起在某公司上班，不是灵活就业。",
        contact_name="",
        contact_phone="",
        on=TODAY,
    )


def _batch(stage: Stage) -> PaymentBatch:
    return _world(stage).sent()


def _programme(stage: Stage) -> dict[str, str]:
    return {"code": Programme.objects.get(code="flexible_insurance").code}


THINGS: dict[str, Thing] = {
    "own draft claim": _draft,
    "own accepted claim": _own_accepted,
    "claim to accept": _claim("submitted"),
    "claim to review": _claim("accepted"),
    "claim to approve": _claim("publicised"),
    "notice": _notice,
    "objection": _objection,
    "sent batch": _batch,
    "programme": _programme,
    "no programme": lambda stage: {"code": "nothing"},
}
OTHERS = "stranger, subsidy_intake"
HANDLERS_THERE = "subsidy_reviewer there, subsidy_intake there, county_supervisor there, subsidy_approver there"
OWN = (door("own draft claim", "citizen", "stranger"),)
SENT = (door("own accepted claim", "citizen", "stranger"),)
NOTICE = (
    door(
        "notice", "subsidy_second_reviewer, county_supervisor", "subsidy_second_reviewer there, county_supervisor there"
    ),
)
PAID = (door("sent batch", "subsidy_payer, finance", "subsidy_payer there, finance there"),)
PAYER = "subsidy_payer"
HANGS = (door("notice", "visitor, citizen, subsidy_payer there"),)
TO_REVIEW = door("claim to review", "subsidy_reviewer", HANDLERS_THERE, "county_supervisor, subsidy_intake")

DOORS = {
    **{f"subsidies:claim-{name}": OWN for name in ("show", "continue", "qr", "withdraw", "ask-again", *apply.STEPS)},
    "subsidies:claim-receipt": SENT,
    "subsidies:publicity-show": HANGS,
    "subsidies:publicity-object": HANGS,
    "subsidies:publicity-case": NOTICE,
    "subsidies:objection-add": NOTICE,
    "subsidies:objection-answer": (
        door("objection", "subsidy_second_reviewer", "subsidy_second_reviewer there, county_supervisor there"),
    ),
    "subsidies:payment-show": PAID,
    **{f"subsidies:payment-{verb}": PAID for verb in payments.ACTS},
    "subsidies:payment-file": (door("sent batch", PAYER, "subsidy_payer there", kind="csv"),),
    "subsidies:payment-result": (door("sent batch", PAYER, "subsidy_payer there"),),
    "subsidies:claim-panel": (
        TO_REVIEW,
        door("claim to approve", "subsidy_approver", HANDLERS_THERE, "subsidy_reviewer"),
        door("claim to accept", "subsidy_intake", f"{HANDLERS_THERE}, subsidy_reviewer, subsidy_approver"),
    ),
    "subsidies:claim-receipts": (TO_REVIEW,),
    **{f"subsidies:claim-act-{verb}": (TO_REVIEW,) for verb in work.ACTS},
    "subsidies:programme-show": (door("programme", "visitor"), door("no programme", shut_to="visitor")),
    "subsidies:programme-check": (door("programme", "citizen"), door("no programme", shut_to="citizen")),
    "subsidies:claim-start": (door("programme", "citizen"), door("no programme", shut_to="citizen")),
}
