"""Doors of the register: one's own, another person's, another county's."""

from datetime import date
from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from core import xlsx
from tests import factories
from tests.portal.objects import door
from tests.portal.stage import THERE, TODAY, Stage, Thing
from tests.unemployment.conftest import registered, submitted
from unemployment import deregistration, followups, ledger, registration, replies, transfers
from unemployment.models import (
    Cell,
    Deregistration,
    Escalation,
    FollowUp,
    Ledger,
    Paper,
    PrintedList,
    QualityCheck,
    Registration,
    Transfer,
)


def _draft(stage: Stage) -> Registration:
    user = stage.user("citizen")
    return registration.start_draft(person=user.person, by=user)


def _submitted(stage: Stage) -> Registration:
    return submitted(by=stage.user("station_staff"), on=TODAY)


def _active(stage: Stage) -> Registration:
    stage.user("community_worker")
    return registered(by=stage.user("caseworker"), on=TODAY)


def _of_active(stage: Stage, *, kind: str) -> Any:
    found: Registration = stage.thing("active registration", _active)
    if kind == "contact":
        return FollowUp.objects.get(registration=found)
    if kind == "matter":
        return Escalation.objects.create(
            registration=found, region=found.region, kind=Escalation.Kind.FOLLOW_UP, month=date(2026, 11, 1)
        )
    if kind == "letter":
        return found.papers.get(kind="certificate")
    return deregistration.propose(
        registration_id=found.pk,
        ground="11",
        evidence="社保已参保，本人电话确认。",
        happened_on=TODAY,
        by=stage.user("caseworker"),
        on=TODAY,
    )


def _own_paper(stage: Stage) -> Paper:
    user = stage.user("citizen again")
    return registered(by=stage.user("caseworker"), on=TODAY, person=user.person).papers.get(kind="certificate")


def _transfer(stage: Stage) -> Transfer:
    found = registered(by=stage.user("caseworker"), on=TODAY)
    return transfers.request_transfer(
        registration_id=found.pk,
        target=factories.community(county=THERE),
        reason="搬家",
        by=stage.user("caseworker"),
        on=TODAY,
    )


def _quality(stage: Stage) -> QualityCheck:
    contact: FollowUp = stage.thing("contact", THINGS["contact"])
    return QualityCheck.objects.create(follow_up=contact, recorded_by=stage.user("community_worker"), drawn_on=TODAY)


def _ledger(stage: Stage) -> Ledger:
    header = ["姓名", "身份证号", "社区", "登记日期"]
    rows = [["赵台账", factories.id_number(), factories.community().code, "2026-02-01"]]
    upload = SimpleUploadedFile("台账.xlsx", xlsx.write(rows, header).read())
    return ledger.receive(upload=upload, region=factories.region(), by=stage.user("caseworker"), on=TODAY)


def _end(stage: Stage) -> Deregistration:
    return _of_active(stage, kind="end")


def _list(stage: Stage) -> PrintedList:
    worker, contact = stage.user("community_worker"), stage.thing("contact", THINGS["contact"])
    return followups.print_list(
        follow_up_ids=[contact.pk], month=date(2026, 11, 1), filters="全部", by=worker, on=TODAY
    )


def _reply(stage: Stage) -> dict[str, str]:
    worker, contact = stage.user("community_worker"), stage.thing("contact", THINGS["contact"])
    if not contact.links.exists():
        replies.send_round(follow_up_ids=[contact.pk], address=lambda token: token, by=worker, on=TODAY)
    return {"token": replies.token_of(contact.links.get())}


THINGS: dict[str, Thing] = {
    "reported closure": lambda stage: {"number": "A1"},
    "own registration": _draft,
    "submitted registration": _submitted,
    "active registration": _active,
    "contact": partial(_of_active, kind="contact"),
    "matter": partial(_of_active, kind="matter"),
    "end": _end,
    "visiting list": _list,
    "reply": _reply,
    "quality": _quality,
    "ledger": _ledger,
    "cell": lambda stage: Cell.objects.create(region=factories.community(), code="01", name="东院"),
    "transfer": _transfer,
    "letter": partial(_of_active, kind="letter"),
    "own paper": lambda stage: _own_paper(stage),
    "paper code": lambda stage: {"token": stage.thing("letter", THINGS["letter"]).token},
}
CITIZEN = "citizen", "stranger"
OFFICER, OTHER = "caseworker, county_supervisor, city_supervisor city", "caseworker there, county_supervisor there"
ANY_THERE = f"{OTHER}, community_worker there"
OWN = (door("own registration", *CITIZEN),)
WAITS = (door("submitted registration", "caseworker, county_supervisor", OTHER),)

DOORS = {
    "unemployment:api-closure": (door("reported closure"),),
    "unemployment:reply": (door("reply", "visitor"),),
    "unemployment:paper-code": (door("paper code", "visitor"),),
    "unemployment:paper-verify": (door("paper code", "visitor"),),
    "unemployment:own-paper": (door("own paper", "citizen again", "citizen, stranger"),),
    "unemployment:paper-received": (door("own paper", "citizen again", "citizen, stranger"),),
    "unemployment:transfer-show": (
        door("transfer", "caseworker, caseworker there, community_worker", "caseworker far"),
    ),
    "unemployment:cell-change": (door("cell", "caseworker, county_supervisor", OTHER),),
    "unemployment:ledger-show": (door("ledger", "caseworker, county_supervisor", OTHER),),
    "unemployment:ledger-outcomes": (door("ledger", "caseworker, county_supervisor", OTHER),),
    "unemployment:revoke-propose": (door("active registration", "caseworker, county_supervisor", OTHER),),
    "unemployment:transfer-ask": (door("active registration", "caseworker, community_worker", ANY_THERE),),
    "unemployment:paper-step": (door("letter", "caseworker, community_worker", ANY_THERE),),
    "unemployment:certificate-issue": (door("active registration", "caseworker, community_worker", ANY_THERE),),
    **{
        f"unemployment:{name}": OWN
        for name in ("registration-show", "apply-check", "withdraw", "leave", "move", "move-withdraw", "hearing")
    },
    "unemployment:apply-step": (
        door("own registration", *CITIZEN, step="place"),
        door("own registration", *CITIZEN, step="community"),
        door("own registration", *CITIZEN, step="job"),
        door("own registration", *CITIZEN, step="about"),
        door("own registration", *CITIZEN, step="wishes"),
        door("own registration", shut_to="citizen, stranger", step="nothing"),
    ),
    "unemployment:office-paper": (door("letter", OFFICER, ANY_THERE),),
    "unemployment:registration-work": (
        *WAITS,
        door("active registration", f"{OFFICER}, community_worker", ANY_THERE),
        door("own registration", shut_to="caseworker, county_supervisor"),
    ),
    "unemployment:check-review": (
        door("submitted registration", "caseworker, county_supervisor", OTHER, kind="insurance"),
    ),
    **{
        f"unemployment:{name}": WAITS
        for name in (
            "registration-phone",
            "check-again",
            "registration-accept",
            "registration-refuse",
            "registration-correction",
        )
    },
    "unemployment:end-propose": (door("active registration", "caseworker, community_worker", ANY_THERE),),
    "unemployment:end-decide": (door("end", "caseworker, county_supervisor, community_worker", ANY_THERE),),
    "unemployment:matter-close": (door("matter", "caseworker, county_supervisor", ANY_THERE),),
    "unemployment:visit-proof": (
        door("contact", "community_worker, caseworker", "caseworker there, community_worker there"),
    ),
    "unemployment:quality-record": (door("quality", "caseworker, county_supervisor", OTHER),),
    "unemployment:contact-record": (
        door("contact", "community_worker, caseworker", "caseworker there, community_worker there"),
    ),
    "unemployment:contact-draft": (
        door("contact", "community_worker, caseworker", "caseworker there, community_worker there"),
    ),
    "unemployment:visiting-list": (
        door("visiting list", "community_worker, county_supervisor", f"{ANY_THERE}, caseworker"),
    ),
}
