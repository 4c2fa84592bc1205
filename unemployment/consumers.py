"""What lower floors report and this app answers to."""

from datetime import date

from core import events
from core.models import Event
from unemployment.deregistration import propose_from_data
from unemployment.models import Registration


@events.consumer("unemployment.on_hired", names=["jobs.hired"])
def propose_after_hire(event: Event) -> None:
    """A hire proposes the end of the registration; it never ends it.

    The event is about `person:<public_id>`; its payload may hold the day (`on`) and the employer's name (`employer`).
    """
    kind, _, public_id = event.subject.partition(":")
    if kind != "person":
        return
    registration = Registration.objects.active().filter(person__public_id=public_id).first()
    if registration is None:
        return
    hired_on = date.fromisoformat(str(event.payload["on"])) if event.payload.get("on") else event.recorded_at.date()
    employer = str(event.payload.get("employer") or "用人单位")
    propose_from_data(
        registration=registration,
        ground="11",
        evidence=f"岗位系统记录：{hired_on:%Y-%m-%d} 被{employer}录用。",
        happened_on=hired_on,
    )
