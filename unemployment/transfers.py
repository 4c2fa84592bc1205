"""转出、转入: asked by the person or an officer, answered by the other side; until then the old place stays responsible."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import events, terms
from core.errors import DomainError
from core.workdays import add_working_days
from people.models import Region, User
from unemployment import papers
from unemployment.assignment import assign_worker
from unemployment.letters import tell
from unemployment.models import Escalation, FollowUp, Registration, Transfer
from unemployment.permissions import SERVERS, can_answer_transfer, can_serve_paper

Direction, Status = Transfer.Direction, Transfer.Status


class CannotTransfer(DomainError):
    """The registration stays where it is."""


@transaction.atomic
def request_transfer(*, registration_id: int, target: Region, reason: str, by: User, on: date) -> Transfer:
    """Ask to move a registration: its person, an officer of the old place, or one of the new place with the person there.

    Asked by the person or the old place, the new one answers; asked at the new place, the old one does.

    :raises CannotTransfer: not theirs to ask, no community, the same place, not in force, or one is under way.
    """
    registration = _locked(registration_id)
    origin = registration.region
    by_person = registration.person_id == by.person_id
    outward = by_person or can_serve_paper(by, registration)
    if not outward and not by.serves(target.path, *SERVERS):
        raise CannotTransfer("这份登记不归您办，新地方也不归您管。")
    registration.require(CannotTransfer, Registration.Status.ACTIVE)
    if origin is None or target.level != Region.Level.COMMUNITY or not target.is_open:
        raise CannotTransfer("请选新的社区或村。")
    if target.pk == origin.pk:
        raise CannotTransfer("新的社区和现在的一样，不用转移。")
    if len(reason.strip()) < 2:
        raise CannotTransfer("请写明为什么转，例如“搬家”。")
    days = int(terms.value("unemployment.transfer_days", on=on, region=origin.county_code or "21"))
    try:
        with transaction.atomic():
            made = Transfer.objects.create(
                registration=registration,
                direction=Direction.OUT if outward else Direction.IN,
                origin=origin,
                target=target,
                reason=reason.strip(),
                asked_by=by,
                by_person=by_person,
                answer_by=add_working_days(on, days),
            )
    except IntegrityError as error:
        if "transfer_one_open" not in str(error):
            raise
        raise CannotTransfer("这份登记已经有一次转移在办，等答复以后再申请。") from error
    tell(registration, "unemployment_transfer_asked", place=target.full_name, by=made.answer_by)
    return made


@transaction.atomic
def accept_transfer(*, transfer_id: int, version: object, by: User, on: date) -> Transfer:
    """Agree: from now on the new place is responsible, and what is open goes with the person.

    :raises CannotTransfer: not this officer's to answer, answered before, or the registration ended meanwhile.
    :raises StaleVersion: the page was old.
    """
    registration, transfer = _locked_transfer(transfer_id)
    _require_answer(transfer, by)
    transfer.require_version(version)
    registration.require(CannotTransfer, Registration.Status.ACTIVE)
    _answer(transfer, Status.ACCEPTED, note="", by=by)
    registration.region, registration.worker, registration.cell = transfer.target, None, None
    registration.worker = assign_worker(registration, on=on)
    registration.bump()
    registration.save()
    FollowUp.objects.pending().filter(registration=registration).update(
        region=transfer.target, assignee=registration.worker
    )
    Escalation.objects.open().filter(registration=registration).exclude(kind=Escalation.Kind.TRANSFER).update(
        region=transfer.target
    )
    moved = f"{on:%Y-%m-%d} 转到{transfer.target.full_name}"
    papers.withdraw(registration=registration, kinds=("certificate",), reason=moved, by=by, on=on)
    papers.certify(registration, by=by, on=on)
    _close_matters(registration, "已经转移", by)
    events.append(
        "unemployment.transferred",
        subject=f"person:{registration.person.public_id}",
        payload={"registration": str(registration.public_id), "from": transfer.origin.code, "to": transfer.target.code},
    )
    worker = registration.worker.get_full_name() if registration.worker else "社区工作人员"
    tell(registration, "unemployment_transferred", place=transfer.target.full_name, worker=worker)
    return transfer


@transaction.atomic
def refuse_transfer(*, transfer_id: int, note: str, version: object, by: User) -> Transfer:
    """Decline with a reason: the old place stays responsible, and the person is told why.

    :raises CannotTransfer: no reason, not this officer's to answer, or answered before.
    :raises StaleVersion: the page was old.
    """
    registration, transfer = _locked_transfer(transfer_id)
    _require_answer(transfer, by)
    transfer.require_version(version)
    if len(note.strip()) < 4:
        raise CannotTransfer("请写明为什么不同意，至少 4 个字，例如“不在本社区居住”。")
    _answer(transfer, Status.REFUSED, note=note.strip(), by=by)
    _close_matters(registration, "已经答复：不同意转移", by)
    tell(registration, "unemployment_transfer_refused", place=transfer.target.full_name, note=note.strip())
    return transfer


@transaction.atomic
def withdraw_transfer(*, transfer_id: int, by: User) -> Transfer:
    """Take one's request back before it is answered.

    :raises CannotTransfer: somebody else asked, or it is answered.
    """
    registration, transfer = _locked_transfer(transfer_id)
    if transfer.asked_by_id != by.pk:
        raise CannotTransfer("只能撤回自己提出的转移。")
    if transfer.status != Status.REQUESTED:
        raise CannotTransfer("这次转移已经有答复了，不能撤回。")
    _answer(transfer, Status.WITHDRAWN, note="申请人撤回", by=by)
    _close_matters(registration, "申请人撤回了转移", by)
    return transfer


def end_open(registration: Registration, *, by: User, why: str) -> None:
    """Take the open transfer of a registration that ends from the desks."""
    for transfer in Transfer.objects.open().filter(registration=registration):
        _answer(transfer, Status.WITHDRAWN, note=why[:200], by=by)


def _answer(transfer: Transfer, status: str, *, note: str, by: User) -> None:
    transfer.status, transfer.answer_note = status, note
    transfer.answered_by, transfer.answered_at = by, timezone.now()
    transfer.bump()
    transfer.save()


def _close_matters(registration: Registration, result: str, by: User) -> None:
    Escalation.objects.open().filter(registration=registration, kind=Escalation.Kind.TRANSFER).update(
        status=Escalation.Status.DONE, result=result, done_by=by, done_at=timezone.now()
    )


def _require_answer(transfer: Transfer, by: User) -> None:
    if transfer.status != Status.REQUESTED:
        raise CannotTransfer("这次转移已经有答复了。请刷新页面再看。")
    if not can_answer_transfer(by, transfer):
        raise CannotTransfer("要由对方管理地的工作人员答复，提出的人不能自己答复。")


def _locked(registration_id: int) -> Registration:
    found = Registration.objects.select_for_update(of=("self",)).select_related("region", "person__account", "worker")
    return found.get(pk=registration_id)


def _locked_transfer(transfer_id: int) -> tuple[Registration, Transfer]:
    """Lock the registration first, as every other step does, then its transfer."""
    registration = _locked(Transfer.objects.values_list("registration", flat=True).get(pk=transfer_id))
    transfer = Transfer.objects.select_for_update(of=("self",)).select_related("origin", "target").get(pk=transfer_id)
    transfer.registration = registration
    return registration, transfer
