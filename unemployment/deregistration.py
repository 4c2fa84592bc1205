"""注销登记: proposed with evidence, decided by a second person; never because somebody refused or could not be reached."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import events
from core.errors import DomainError
from people.models import Document, User
from unemployment import papers, transfers
from unemployment.clocks import remedy_text
from unemployment.followups import cancel_open
from unemployment.letters import tell
from unemployment.models import Deregistration, Paper, Registration
from unemployment.models.exit import OWN_REQUEST
from unemployment.permissions import can_decide_end, can_propose_end, can_reject_end
from unemployment.rules import closure_obstacles, grounds


class CannotDeregister(DomainError):
    """The registration stays in force."""


@transaction.atomic
def propose(
    *,
    registration_id: int,
    ground: str,
    evidence: str,
    happened_on: date,
    by: User,
    on: date,
    document: Document | None = None,
) -> Deregistration:
    """Propose to end a registration on a lawful ground with its evidence; another officer decides.

    :raises CannotDeregister: the ground is none or forbidden, there is no evidence, or a proposal exists.
    """
    registration = _locked(registration_id)
    if not can_propose_end(by, registration):
        raise CannotDeregister("这份登记不归您办。")
    if obstacles := closure_obstacles(ground, evidence=evidence, has_document=document is not None):
        raise CannotDeregister("".join(obstacles))
    if happened_on > on:
        raise CannotDeregister("情形发生的日期不能晚于今天。")
    return _put_forward(
        registration,
        ground=ground,
        evidence=evidence.strip(),
        document=document,
        happened_on=happened_on,
        source=Deregistration.Source.OFFICER,
        by=by,
    )


@transaction.atomic
def request_own_end(*, registration_id: int, reason: str, by: User, on: date) -> Deregistration:
    """The registered person's own signed wish to leave the register; an officer confirms it.

    :raises CannotDeregister: it is somebody else's registration, or not in force.
    """
    registration = _locked(registration_id)
    if registration.person_id != by.person_id:
        raise CannotDeregister("只能申请终止自己的登记。")
    return _put_forward(
        registration,
        ground=OWN_REQUEST,
        evidence=f"本人实名登录后提出：{reason.strip() or '不再需要失业登记'}",
        happened_on=on,
        source=Deregistration.Source.SELF,
        by=by,
    )


@transaction.atomic
def propose_from_data(
    *, registration: Registration, ground: str, evidence: str, happened_on: date
) -> Deregistration | None:
    """Let a data hit propose a closure with its facts. An officer has to take it up, another one to decide.

    Returns None where the registration is no longer in force or a proposal exists already.
    """
    locked = _locked(registration.pk)
    if locked.status != Registration.Status.ACTIVE:
        return None
    if locked.deregistrations.filter(status=Deregistration.Status.PROPOSED).exists():
        return None
    return _put_forward(
        locked,
        ground=ground,
        evidence=evidence,
        happened_on=happened_on,
        source=Deregistration.Source.DATA,
        by=None,
    )


@transaction.atomic
def take_up(*, proposal_id: int, evidence: str, version: object, by: User) -> Deregistration:
    """Make a machine's proposal one's own, after having asked: it becomes an officer's proposal.

    :raises CannotDeregister: not this officer's, or somebody took it up before.
    :raises StaleVersion: the page was old.
    """
    proposal = _locked_proposal(proposal_id)
    if not can_propose_end(by, proposal.registration):
        raise CannotDeregister("这份登记不归您办。")
    if proposal.status != Deregistration.Status.PROPOSED or proposal.proposed_by_id is not None:
        raise CannotDeregister("这份提议已经有人核实过了。请刷新页面再看。")
    proposal.require_version(version)
    if len(evidence.strip()) < 6:
        raise CannotDeregister("请写明怎么核实的，至少 6 个字，例如“电话问本人，11 月 3 日已到岗”。")
    proposal.evidence = f"{proposal.evidence}\n核实：{evidence.strip()}"
    proposal.proposed_by, proposal.proposed_at = by, timezone.now()
    proposal.bump()
    proposal.save()
    return proposal


@transaction.atomic
def decide(*, proposal_id: int, note: str, version: object, by: User, on: date) -> Deregistration:
    """End the registration: this month's open task is cancelled with the reason, the person is told how to object.

    :raises CannotDeregister: it is the officer's own proposal where two must act, or the ground is forbidden.
    :raises StaleVersion: the page was old.
    """
    proposal = _locked_proposal(proposal_id)
    registration = _locked(proposal.registration_id)
    proposal.registration = registration
    _require_decider(proposal, by)
    proposal.require_version(version)
    registration.require(CannotDeregister, Registration.Status.ACTIVE)
    obstacles = closure_obstacles(
        proposal.ground, evidence=proposal.evidence, has_document=proposal.document_id is not None
    )
    if obstacles:
        raise CannotDeregister("".join(obstacles))
    proposal.status = Deregistration.Status.DECIDED
    proposal.decided_by, proposal.decided_at, proposal.decision_note = by, timezone.now(), note.strip()
    proposal.remedy = remedy_text(on=on)
    proposal.notice_number = _issue_end(proposal, by=by, on=on).number
    proposal.bump()
    proposal.save()
    registration.status = Registration.Status.DEREGISTERED
    registration.ended_on, registration.ended_ground = on, proposal.ground
    registration.bump()
    registration.save()
    transfers.end_open(registration, by=by, why="登记已注销")
    cancel_open(registration, reason=f"登记已注销：{proposal.get_ground_display()}")
    events.append(
        "unemployment.deregistered",
        subject=f"person:{registration.person.public_id}",
        payload={"registration": str(registration.public_id), "ground": proposal.ground, "on": on.isoformat()},
    )
    if proposal.basis.notify:
        tell(registration, "unemployment_ended", on=on, ground=proposal.get_ground_display())
    return proposal


@transaction.atomic
def reject(*, proposal_id: int, note: str, version: object, by: User) -> Deregistration:
    """Leave the registration in force; the note says why.

    :raises CannotDeregister: no reason given, or not this officer's to decide.
    :raises StaleVersion: the page was old.
    """
    proposal = _locked_proposal(proposal_id)
    if proposal.status != Deregistration.Status.PROPOSED:
        raise CannotDeregister("这份提议已经有了决定。请刷新页面再看。")
    if not can_reject_end(by, proposal):
        raise CannotDeregister("这份登记不归您办。")
    proposal.require_version(version)
    if len(note.strip()) < 4:
        raise CannotDeregister("请写明为什么不注销，至少 4 个字。")
    proposal.status = Deregistration.Status.REJECTED
    proposal.decided_by, proposal.decided_at, proposal.decision_note = by, timezone.now(), note.strip()
    proposal.bump()
    proposal.save()
    if proposal.source == Deregistration.Source.SELF:
        tell(proposal.registration, "unemployment_kept", note=note.strip())
    return proposal


def _put_forward(
    registration: Registration,
    *,
    ground: str,
    evidence: str,
    happened_on: date,
    source: str,
    by: User | None,
    document: Document | None = None,
) -> Deregistration:
    registration.require(CannotDeregister, Registration.Status.ACTIVE)
    try:
        with transaction.atomic():
            return Deregistration.objects.create(
                registration=registration,
                ground=ground,
                evidence=evidence,
                document=document,
                happened_on=happened_on,
                source=source,
                proposed_by=by,
            )
    except IntegrityError as error:
        if "deregistration_one" not in str(error):
            raise
        raise CannotDeregister("这份登记已经有一份注销在办，不用重复提出。") from error


def _issue_end(proposal: Deregistration, *, by: User, on: date) -> Paper:
    facts = {
        "ground": proposal.get_ground_display(),
        "citation": proposal.basis.citation,
        "happened_on": papers.day_words(proposal.happened_on),
        "decided_on": papers.day_words(on),
        "remedy": proposal.remedy,
    }
    papers.withdraw(registration=proposal.registration, kinds=("certificate",), reason="失业登记已注销", by=by, on=on)
    return papers.issue(registration=proposal.registration, kind="end", by=by, on=on, facts=facts)


def _require_decider(proposal: Deregistration, by: User) -> None:
    if can_decide_end(by, proposal):
        return
    if proposal.status != Deregistration.Status.PROPOSED:
        raise CannotDeregister("这份提议已经有了决定。请刷新页面再看。")
    if proposal.needs_second and proposal.proposed_by_id is None:
        raise CannotDeregister("数据提出的注销，要先有一位工作人员核实，再由另一位决定。")
    if proposal.needs_second and proposal.proposed_by_id == by.pk:
        raise CannotDeregister("注销要由另一位工作人员决定，提出人不能自己批准。")
    if grounds()[proposal.ground].supervisor:
        raise CannotDeregister("这种情形要由区县业务主管决定。")
    raise CannotDeregister("这份登记不归您决定。")


def _locked(registration_id: int) -> Registration:
    found = Registration.objects.select_for_update(of=("self",)).select_related("region", "person")
    return found.get(pk=registration_id)


def _locked_proposal(proposal_id: int) -> Deregistration:
    found = Deregistration.objects.select_for_update(of=("self",)).select_related(
        "registration__region", "registration__person"
    )
    return found.get(pk=proposal_id)
