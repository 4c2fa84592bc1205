"""What lower floors report and this app answers to."""

from datetime import date

from django.utils import timezone

from core import events
from core.models import Event
from unemployment import hardship_exits, households, wishes
from unemployment.deregistration import propose_from_data
from unemployment.employments import EMPLOYED, ENDED
from unemployment.models import Answer, FollowUp, Registration
from unemployment.rules import grounds


@events.consumer("unemployment.on_hired", names=["jobs.hired"])
def propose_after_hire(event: Event) -> None:
    """A hire proposes the end of the registration; it never ends it.

    The event is about `person:<public_id>` (somebody without real-name proof is on no register); its payload holds
    the first day of work (`starts_on`).
    """
    kind, _, public_id = event.subject.partition(":")
    if kind != "person":
        return
    registration = Registration.objects.active().filter(person__public_id=public_id).first()
    if registration is None:
        return
    starts_on = event.payload.get("starts_on")
    hired_on = date.fromisoformat(str(starts_on)) if starts_on else event.recorded_at.date()
    propose_from_data(
        registration=registration,
        ground="11",
        evidence=f"岗位系统记录：被用人单位录用，{hired_on:%Y-%m-%d} 起上班。",
        happened_on=hired_on,
    )


@events.consumer("unemployment.hardship_on_deregistered", names=["unemployment.deregistered"])
def propose_exit_after_deregistration(event: Event) -> None:
    """Who left the register for work, a pension and the like is proposed for leaving the ledger; a person decides."""
    public_id = event.subject.partition(":")[2]
    code, on = str(event.payload["ground"]), date.fromisoformat(str(event.payload["on"]))
    hardship_exits.propose_for_person(
        public_id,
        registration_ground=code,
        evidence=f"失业登记已于 {on} 注销：{grounds()[code].label}。",
        happened_on=on,
    )


@events.consumer("unemployment.hardship_on_hired", names=["jobs.hired", EMPLOYED])
def propose_exit_after_hire(event: Event) -> None:
    """Work proposes the exit from the ledger; whether it is steady a person finds out."""
    kind, _, public_id = event.subject.partition(":")
    if kind != "person":
        return
    known_on, starts_on = event.recorded_at.date(), event.payload.get("starts_on")
    hired_on = min(date.fromisoformat(str(starts_on)), known_on) if starts_on else known_on
    hardship_exits.propose_for_person(
        public_id,
        registration_ground="11",
        evidence=f"系统有就业记录，{starts_on or hired_on} 起上班。是否稳定就业请核实。",
        happened_on=hired_on,
    )


@events.consumer("unemployment.on_contacted", names=["unemployment.contacted"])
def carry_wish_to_profile(event: Event) -> None:
    """What somebody said they look for becomes an intention of their own résumé, which matching and directed push read.

    A résumé that was hidden stays hidden; one with five intentions already is left as it is.
    """
    found = FollowUp.objects.filter(public_id=event.payload["follow_up"]).select_related(
        "registration__person__account", "region"
    )
    follow_up = found.first()
    if follow_up is not None and follow_up.job == Answer.YES:
        wishes.carry_over(follow_up)


@events.consumer("unemployment.household_lost_job", names=["unemployment.registered", ENDED])
def look_at_household_again(event: Event) -> None:
    """Who becomes jobless may leave a household without work: the alarm begins, or begins again, the same day."""
    kind, _, public_id = event.subject.partition(":")
    if kind == "person":
        households.look_again(person=public_id, on=timezone.localdate(event.recorded_at))
