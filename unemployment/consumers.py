"""What lower floors report and this app answers to."""

from datetime import date

from core import events
from core.models import Event
from unemployment.deregistration import propose_from_data
from unemployment.models import Registration


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
