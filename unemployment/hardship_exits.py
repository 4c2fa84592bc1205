"""Leaving the ledger of hardship persons: proposed with evidence, decided by a person. Refusals and silence are no ground."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from people.models import User
from unemployment.care_rules import exit_for, exit_obstacles
from unemployment.clocks import remedy_text
from unemployment.hardship import CannotHandle, end_membership, locked, record, tell
from unemployment.models.hardship import CHECKERS, DECIDERS, HANDLERS, HardshipExit, HardshipRecognition, HardshipStep

OWN_REQUEST = "request"
ACTIVE = HardshipRecognition.Status.RECOGNISED


@transaction.atomic
def propose(*, recognition_id: int, ground: str, evidence: str, happened_on: date, by: User, on: date) -> HardshipExit:
    """Propose that somebody leave the ledger, with evidence; the county's supervisor decides.

    :raises CannotHandle: no listed ground, no evidence, not this officer's, or a proposal waits already.
    """
    row = locked(recognition_id)
    if by.person_id == row.person_id or not by.serves(row.region.path, *CHECKERS, *DECIDERS):
        raise CannotHandle("这个人不归您办。")
    if obstacles := exit_obstacles(ground, category=row.category, evidence=evidence):
        raise CannotHandle("".join(obstacles))
    if happened_on > on:
        raise CannotHandle("情形发生的日期不能晚于今天。")
    return _put_forward(row, ground, evidence.strip(), happened_on, HardshipExit.Source.OFFICER, by)


@transaction.atomic
def request(*, recognition_id: int, reason: str, by: User, on: date) -> HardshipExit:
    """The person's own wish to leave the ledger; an officer confirms it.

    :raises CannotHandle: somebody else's, or not on the ledger.
    """
    row = locked(recognition_id)
    if by.person_id != row.person_id:
        raise CannotHandle("只能申请自己退出。")
    words = f"本人实名登录后提出：{reason.strip() or '不再需要就业援助'}"
    return _put_forward(row, OWN_REQUEST, words, on, HardshipExit.Source.SELF, by)


@transaction.atomic
def propose_from_data(
    *, row: HardshipRecognition, ground: str, evidence: str, happened_on: date
) -> HardshipExit | None:
    """Let data propose an exit with its facts; None where the person is off the ledger or a proposal waits."""
    row = locked(row.pk)
    if row.status != ACTIVE or row.exits.proposed().exists():
        return None
    return _put_forward(row, ground, evidence, happened_on, HardshipExit.Source.DATA, None)


@transaction.atomic
def decide(*, exit_id: int, note: str, version: Any, by: User, on: date) -> HardshipExit:
    """Take the person off the ledger: the history stays, the group ends, the person is told how to object.

    :raises CannotHandle: not the county's supervisor, their own proposal where two must act, or no words.
    :raises StaleVersion: the page was old.
    """
    proposal, row = _pair(exit_id)
    proposal.recognition = row
    _require(proposal, by, note, version)
    if not by.serves(row.region.path, *DECIDERS):
        raise CannotHandle("退出台账由区县业务主管决定。")
    if proposal.basis.second_person and proposal.proposed_by_id == by.pk:
        raise CannotHandle("退出要由另一位工作人员决定，提出人不能自己批准。")
    row.require(CannotHandle, ACTIVE)
    _close(proposal, HardshipExit.Status.DECIDED, note, by)
    row.status, row.exited_on, row.exit_ground = HardshipRecognition.Status.EXITED, on, proposal.ground
    row.bump()
    row.save()
    record(row, HardshipStep.Kind.EXIT, by=by, note=f"{proposal.get_ground_display()}：{note.strip()}")
    end_membership(row, on=on)
    if proposal.basis.notify:
        tell(row, "hardship_exited", on=on, remedy=remedy_text(on=on))
    return proposal


@transaction.atomic
def reject(*, exit_id: int, note: str, version: Any, by: User) -> HardshipExit:
    """Leave the person on the ledger; the note says why.

    :raises CannotHandle: not the user's, decided already, or no words.
    :raises StaleVersion: the page was old.
    """
    proposal, row = _pair(exit_id)
    _require(proposal, by, note, version)
    if not by.serves(row.region.path, *HANDLERS):
        raise CannotHandle("这个人不归您办。")
    _close(proposal, HardshipExit.Status.REJECTED, note, by)
    return proposal


def propose_for_person(
    person: str, *, registration_ground: str, evidence: str, happened_on: date
) -> list[HardshipExit]:
    """Propose the exit of a person (public id) from every category, for what happened to the registration."""
    ground = exit_for(registration_ground)
    if ground is None:
        return []
    rows = HardshipRecognition.objects.recognised().filter(person__public_id=person).order_by("pk")
    made = [
        propose_from_data(row=row, ground=ground.code, evidence=evidence, happened_on=happened_on)
        for row in rows
        if not ground.categories or row.category in ground.categories
    ]
    return [exit_ for exit_ in made if exit_ is not None]


def _put_forward(
    row: HardshipRecognition, ground: str, evidence: str, happened_on: date, source: str, by: User | None
) -> HardshipExit:
    row.require(CannotHandle, ACTIVE)
    try:
        with transaction.atomic():
            return HardshipExit.objects.create(
                recognition=row,
                ground=ground,
                evidence=evidence,
                happened_on=happened_on,
                source=source,
                proposed_by=by,
            )
    except IntegrityError as error:
        if "hardship_exit_one" not in str(error):
            raise
        raise CannotHandle("已经有一份退出提议在办，不用重复提出。") from error


def _pair(exit_id: int) -> tuple[HardshipExit, HardshipRecognition]:
    proposal = HardshipExit.objects.select_for_update().get(pk=exit_id)
    return proposal, locked(proposal.recognition_id)


def _require(proposal: HardshipExit, by: User, note: str, version: Any) -> None:
    if proposal.status != HardshipExit.Status.PROPOSED:
        raise CannotHandle("这份提议已经有了决定。请刷新页面再看。")
    if proposal.recognition.person_id == by.person_id:
        raise CannotHandle("不能决定自己的事。")
    proposal.require_version(version)
    if len(note.strip()) < 4:
        raise CannotHandle("请写明怎么核实的、为什么这样决定，至少 4 个字。")


def _close(proposal: HardshipExit, status: str, note: str, by: User) -> None:
    proposal.status, proposal.decision_note = status, note.strip()
    proposal.decided_by, proposal.decided_at = by, timezone.now()
    proposal.bump()
    proposal.save()
