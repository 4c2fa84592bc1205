"""What happens to employers, as far as their applicants are concerned."""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from core import events
from core.models import Event
from jobs.indexing import forget_counts
from jobs.models import Application, Posting
from jobs.withholding import give_back
from messaging import outbox
from people.models import OrganisationRecord

BATCH = 500


@events.consumer("jobs.on_organisation_suspended", names=["people.organisation_suspended"])
def tell_applicants(event: Event) -> None:
    """Tell those who wait for a suspended employer's answer that its postings are hidden, and what they can do.

    The reason is between the employer and the officers; the applicant is told what it means for them.
    """
    record = OrganisationRecord.objects.get(public_id=event.payload["record"])
    handed = Posting.objects.handed_over_by(record.organisation_id)
    waiting = Application.objects.open().filter(
        Q(posting__organisation=record.organisation_id) | Q(posting__in=handed.values("pk"))
    )
    rows = waiting.select_related("applicant__person", "posting").order_by("pk")
    letters: list[outbox.Letter] = []
    for row in rows.iterator(chunk_size=BATCH):
        letters.append(
            outbox.Letter(
                to=row.applicant,
                context={"title": row.posting.title, "employer": row.posting.employer_name},
                key=f"employer_suspended:{record.public_id}:{row.pk}",
                link=reverse("jobs:application-show", args=[row.public_id]),
            )
        )
        if len(letters) == BATCH:
            outbox.send_many(letters, template="employer_suspended")
            letters = []
    if letters:
        outbox.send_many(letters, template="employer_suspended")


@events.consumer("jobs.on_organisation_lifted", names=["people.organisation_lifted"])
def find_again(event: Event) -> None:
    """Let the search answer anew: an accepted objection brings back what was hidden."""
    record = OrganisationRecord.objects.get(public_id=event.payload["record"])
    give_back(organisation_id=record.organisation_id, on=timezone.localdate())
    forget_counts()
