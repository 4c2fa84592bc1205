"""注销登记: proposed with evidence, decided by a second person; never because somebody refused or could not be reached."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import events, terms
from core.errors import DomainError
from core.workdays import add_working_days
from people.models import Document, User
from unemployment import papers, transfers
from unemployment.clocks import remedy_text
from unemployment.followups import cancel_open
from unemployment.letters import tell
from unemployment.models import Deregistration, Paper, Registration
from unemployment.models.exit import OWN_REQUEST
from unemployment.permissions import can_decide_end, can_propose_end, can_reject_end
from unemployment.rules import closure_obstacles, grounds, revoking_grounds


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
    if ground in grounds() and grounds()[ground].revokes:
        raise CannotDeregister("承诺不实不是注销，是撤销：请在登记页面按“提出撤销”办理。")
    return _propose(
        registration_id=registration_id,
        ground=ground,
        evidence=evidence,
        happened_on=happened_on,
        by=by,
        on=on,
        document=document,
    )


def _propose(
    *,
    registration_id: int,
    ground: str,
    evidence: str,
    happened_on: date,
    by: User,
    on: date,
    document: Document | None,
) -> Deregistration:
    registration = _locked(registration_id)
    if not can_propose_end(by, registration):
        raise CannotDeregister("这份登记不归您办。")
    if obstacles := closure_obstacles(ground, evidence=evidence, has_document=document is not None):
        raise CannotDeregister("".join(obstacles))
    if happened_on > on:
        raise CannotDeregister("情形发生的日期不能晚于今天。")
    made = _put_forward(
        registration,
        ground=ground,
        evidence=evidence.strip(),
        document=document,
        happened_on=happened_on,
        source=Deregistration.Source.OFFICER,
        by=by,
    )
    return begin_hearing(made, by=by, on=on)


@transaction.atomic
def propose_revocation(
    *, registration_id: int, evidence: str, by: User, on: date, document: Document | None = None
) -> Deregistration:
    """Propose 撤销: what the person pledged was false from the first day. The county's supervisor decides.

    :raises CannotDeregister: no facts, not the officer's, or something is proposed already.
    """
    [ground] = revoking_grounds()
    if len(evidence.strip()) < 10:
        raise CannotDeregister("请写明承诺的哪一条不实、事实是什么、从哪里查到，至少 10 个字。")
    registered_on = Registration.objects.values_list("registered_on", flat=True).get(pk=registration_id)
    return _propose(
        registration_id=registration_id,
        ground=ground.code,
        evidence=evidence,
        happened_on=registered_on or on,
        document=document,
        by=by,
        on=on,
    )


def begin_hearing(proposal: Deregistration, *, by: User, on: date) -> Deregistration:
    """Tell the person what is intended, and leave some working days to say otherwise; nothing where none is owed."""
    if not proposal.basis.hearing:
        return proposal
    registration = proposal.registration
    region = registration.region
    days = int(terms.value("unemployment.hearing_days", on=on, region=(region.county_code if region else "") or "21"))
    proposal.heard_until = add_working_days(on, days)
    proposal.bump()
    proposal.save()
    facts = {
        "ground": proposal.get_ground_display(),
        "citation": proposal.basis.citation,
        "evidence": proposal.evidence,
        "happened_on": papers.day_words(proposal.happened_on),
        "heard_until": papers.day_words(proposal.heard_until),
        "hearing_days": days,
    }
    papers.withdraw(registration=registration, kinds=("intent",), reason="有新的告知书", by=by, on=on)
    papers.issue(registration=registration, kind="intent", by=by, on=on, facts=facts)
    tell(registration, "unemployment_intent", ground=proposal.get_ground_display(), until=proposal.heard_until)
    return proposal


@transaction.atomic
def hear(*, proposal_id: int, statement: str, agrees: bool, by: User) -> Deregistration:
    """Write down what the person says to the intended end: typed by themselves, or told to an officer.

    :param agrees: the person has nothing against it, so that nobody has to wait for the last day.
    :raises CannotDeregister: not theirs to say or to write down, decided already, or nothing was said.
    """
    proposal = _locked_proposal(proposal_id)
    own = by.person_id is not None and proposal.registration.person_id == by.person_id
    if not own and not can_propose_end(by, proposal.registration):
        raise CannotDeregister("这份登记不归您办。")
    if proposal.status != Deregistration.Status.PROPOSED or proposal.heard_until is None:
        raise CannotDeregister("现在没有等您陈述申辩的事。请刷新页面再看。")
    if not agrees and len(statement.strip()) < 4:
        raise CannotDeregister("请写明不同意的理由，至少 4 个字，例如“这份工作我没有去”。")
    if statement.strip():
        said = statement.strip() if own else f"{statement.strip()}（{by.get_full_name()}记录）"
        proposal.statement = "\n".join(filter(None, [proposal.statement, said]))[:1000]
        proposal.stated_at, proposal.stated_to = timezone.now(), None if own else by
    # Only the person's own click ends the wait: an officer writes down words, never consent.
    proposal.waived_at = timezone.now() if agrees and own else None
    proposal.bump()
    proposal.save()
    return proposal


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
    *,
    registration: Registration,
    ground: str,
    evidence: str,
    happened_on: date,
    source: str = Deregistration.Source.DATA,
) -> Deregistration | None:
    """Let a data hit, or another system's report, propose a closure with its facts. An officer has to take it up, another one to decide.

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
        source=source,
        by=None,
    )


@transaction.atomic
def take_up(*, proposal_id: int, evidence: str, version: object, by: User, on: date) -> Deregistration:
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
    return begin_hearing(proposal, by=by, on=on)


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
    _require_heard(proposal, note, on)
    proposal.status, proposal.decided_on = Deregistration.Status.DECIDED, on
    proposal.decided_by, proposal.decided_at, proposal.decision_note = by, timezone.now(), note.strip()
    proposal.remedy = remedy_text(on=on)
    proposal.notice_number = _issue_end(proposal, by=by, on=on).number
    proposal.bump()
    proposal.save()
    revokes = proposal.basis.revokes
    registration.status = Registration.Status.REVOKED if revokes else Registration.Status.DEREGISTERED
    registration.ended_on, registration.ended_ground = on, proposal.ground
    registration.bump()
    registration.save()
    transfers.end_open(registration, by=by, why="登记已注销")
    cancel_open(registration, reason=f"登记已{'撤销' if revokes else '注销'}：{proposal.get_ground_display()}")
    events.append(
        "unemployment.revoked" if revokes else "unemployment.deregistered",
        subject=f"person:{registration.person.public_id}",
        payload={"registration": str(registration.public_id), "ground": proposal.ground, "on": on.isoformat()},
    )
    if proposal.basis.notify:
        template = "unemployment_revoked" if revokes else "unemployment_ended"
        tell(registration, template, on=on, ground=proposal.get_ground_display())
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
    registration, revokes = proposal.registration, proposal.basis.revokes
    facts = {
        "ground": proposal.get_ground_display(),
        "citation": proposal.basis.citation,
        "happened_on": papers.day_words(proposal.happened_on),
        "decided_on": papers.day_words(on),
        "heard": _heard(proposal),
        "remedy": proposal.remedy,
        "evidence": proposal.evidence,
        "registered_on": papers.day_words(registration.registered_on),
    }
    why = "失业登记已撤销" if revokes else "失业登记已注销"
    papers.withdraw(registration=registration, kinds=("certificate",), reason=why, by=by, on=on)
    return papers.issue(registration=registration, kind="revocation" if revokes else "end", by=by, on=on, facts=facts)


def _heard(proposal: Deregistration) -> str:
    """Return what the decision says about what the person said."""
    if proposal.heard_until is None:
        return ""
    if not proposal.statement:
        return "本人表示没有意见" if proposal.waived_at else "期限内没有提出不同意见"
    return f"本人陈述：{proposal.statement}\n意见：{proposal.decision_note}"


def _require_heard(proposal: Deregistration, note: str, on: date) -> None:
    if not proposal.basis.hearing or proposal.waived_at:
        return
    if proposal.heard_until is None:
        raise CannotDeregister("还没有把拟注销的情形告知本人。请先核实，系统出告知书以后再决定。")
    if on <= proposal.heard_until:
        raise CannotDeregister(
            f"要听取本人陈述申辩，{proposal.heard_until:%Y-%m-%d} 期满以后才能决定；本人在网上表示没有意见的，可以提前决定。"
        )
    if proposal.statement and len(note.strip()) < 10:
        raise CannotDeregister("本人有陈述申辩，请在决定说明里写明采纳不采纳、为什么，至少 10 个字。")


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
