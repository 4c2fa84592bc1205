"""What happened to accounts, told to their owners."""

from django.utils import timezone

from core import events
from core.models import Event
from messaging import outbox
from messaging.models import Outbox
from people.models import OrganisationRecord, PhoneChange, RoleAssignment, User
from people.roles import Role

TOLD = {
    OrganisationRecord.Kind.ACCEPTED: "organisation_accepted",
    OrganisationRecord.Kind.RETURNED: "organisation_returned",
    OrganisationRecord.Kind.ASKED: "organisation_recheck_soon",
    OrganisationRecord.Kind.DUE: "organisation_recheck_due",
    OrganisationRecord.Kind.RECHECKED: "organisation_rechecked",
    OrganisationRecord.Kind.SUSPENDED: "organisation_suspended",
    OrganisationRecord.Kind.LIFTED: "organisation_lifted",
    OrganisationRecord.Kind.RENAMED: "organisation_renamed",
}


@events.consumer("messaging.on_organisation_record", names=[f"people.organisation_{kind}" for kind in TOLD])
def tell_agents(event: Event) -> None:
    """Tell the agents of an organisation what was decided about it, why, and what they can do."""
    record = OrganisationRecord.objects.select_related("organisation", "application__user").get(
        public_id=event.payload["record"]
    )
    kind = OrganisationRecord.Kind(record.kind)
    applicant = record.application.user if record.application else None
    if applicant is not None and kind in (OrganisationRecord.Kind.ACCEPTED, OrganisationRecord.Kind.RETURNED):
        told = [applicant]
    else:
        roles = RoleAssignment.objects.on(timezone.localdate()).filter(role=Role.EMPLOYER_AGENT)
        told = [row.user for row in roles.filter(organisation=record.organisation).select_related("user__person")]
    agent_link = f"/account/organisation/{record.organisation.public_id}/"
    joining = kind in (OrganisationRecord.Kind.ACCEPTED, OrganisationRecord.Kind.RETURNED)
    context = {"employer": record.organisation.name, "reason": record.reason, "until": record.term or record.on}
    letters = [
        outbox.Letter(
            to=user,
            context=context,
            key=f"organisation:{record.public_id}:{user.pk}",
            link="/account/organisation/" if joining else agent_link,
        )
        for user in told
    ]
    outbox.send_many(letters, template=TOLD[kind])


@events.consumer("messaging.on_phone_rebound", names=["people.phone_rebound"])
def tell_both_phones(event: Event) -> None:
    """Tell the old phone and the new one: whoever did not ask for it can still call."""
    change = PhoneChange.objects.select_related("user").get(public_id=event.payload["change"])
    values = {
        "on": timezone.localtime(change.changed_at).date(),
        "old": change.old_mask or "未登记",
        "new": change.new_mask,
    }
    if change.old_phone:
        outbox.send_to_address(
            channel=Outbox.Channel.SMS,
            address=change.old_phone.open(),
            template="phone_rebound_old",
            context=values,
            key=f"phone_rebound_old:{change.public_id}",
            user=change.user,
        )
    outbox.send(
        to=change.user,
        template="phone_rebound",
        context=values,
        key=f"phone_rebound:{change.public_id}",
        link="/account/",
    )


@events.consumer("messaging.on_proved", names=["people.proved"])
def tell_proof(event: Event) -> None:
    """Leave a note in the inbox of the account that was joined to its person."""
    user = User.objects.filter(person__public_id=event.subject.removeprefix("person:")).first()
    if user is not None:
        outbox.send(
            to=user,
            template="proved",
            context={"on": timezone.localtime(event.recorded_at).date()},
            key=f"proved:{user.public_id}",
            channels=("inbox",),
        )
