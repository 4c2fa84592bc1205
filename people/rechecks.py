"""How long a check of an organisation counts, and what happens when it runs out. A machine reminds and marks; people decide."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from core import events, terms
from core.errors import DomainError
from core.months import add_months
from people.models import Organisation, OrganisationApplication, OrganisationRecord, User
from people.permissions import can_verify_organisation

BATCH = 500
Kind = OrganisationRecord.Kind


class CannotRecheck(DomainError):
    """The organisation stays as it is."""


def begin_term(organisation: Organisation, *, on: date) -> None:
    """Let a check count from a day, for as many months as its county's term says (every six: 2026 notice)."""
    months = int(terms.value("organisation.recheck_months", on=on, region=_place(organisation)))
    organisation.verified_on, organisation.verified_until = on, add_months(on, months)
    organisation.recheck_since = None


def _place(organisation: Organisation) -> str:
    return organisation.region.statutory_path.rpartition("/")[2]


def record(
    organisation: Organisation,
    kind: str,
    *,
    on: date,
    reason: str = "",
    by: User | None = None,
    application: OrganisationApplication | None = None,
) -> OrganisationRecord:
    """Write down a step and let the other floors know of it: they tell the people concerned."""
    row = OrganisationRecord.objects.create(
        organisation=organisation,
        kind=kind,
        reason=reason.strip(),
        term=organisation.verified_until,
        by=by,
        on=on,
        application=application,
    )
    events.append(
        f"people.organisation_{kind}",
        subject=f"organisation:{organisation.public_id}",
        payload={"record": str(row.public_id), "organisation": str(organisation.public_id)},
    )
    return row


@transaction.atomic
def confirm_recheck(*, organisation_id: int, reason: str, by: User, on: date) -> Organisation:
    """Begin a new term on an officer's own look (a visit, the register of enterprises), without papers handed in.

    :raises CannotRecheck: not verified, another county's, the officer's own, or nothing says how it was checked.
    """
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation_id)
    if organisation.status != Organisation.Status.VERIFIED or not can_verify_organisation(by, organisation):
        raise CannotRecheck("这个单位不能由您来复核，或者它现在不是已核验的单位。")
    if len(reason.strip()) < 4:
        raise CannotRecheck("请写明怎么核的，例如“在市场监管系统里查了，状态存续”。")
    begin_term(organisation, on=on)
    organisation.bump()
    organisation.save()
    record(organisation, Kind.RECHECKED, reason=reason, by=by, on=on)
    return organisation


def remind(*, on: date) -> int:
    """Ask the agents of those whose check runs out soon to hand in their papers; returns how many organisations.

    Once a term: a unique constraint sees to it, so that a run that is repeated or caught up tells nobody twice.
    """
    days = int(terms.value("organisation.recheck_notice_days", on=on))
    due = Organisation.objects.verified().filter(
        kind__in=Organisation.SIGNING_UP,
        recheck_since=None,
        verified_until__gte=on,
        verified_until__lte=on + timedelta(days=days),
    )
    asked = OrganisationRecord.objects.filter(
        organisation=OuterRef("pk"), kind=Kind.ASKED, term=OuterRef("verified_until")
    )
    return _each(due.exclude(Exists(asked)), Kind.ASKED, on=on)


def mark_due(*, on: date) -> int:
    """Mark those whose check has run out as 待复核; returns how many. Their postings stay: only an officer suspends."""
    begin_missing_terms()
    late = Organisation.objects.verified().filter(
        kind__in=Organisation.SIGNING_UP, recheck_since=None, verified_until__lt=on
    )
    return _each(late, Kind.DUE, on=on)


def begin_missing_terms() -> int:
    """Give those that were verified before terms were kept the end of theirs; returns how many."""
    rows = Organisation.objects.verified().filter(verified_until=None, verified_on__isnull=False)
    rows = rows.filter(kind__in=Organisation.HIRING).select_related("region")
    spans = terms.snapshot("organisation.recheck_months")
    found = list(rows.order_by("pk"))
    for row in found:
        assert row.verified_on is not None
        months = int(spans.value("organisation.recheck_months", on=row.verified_on, region=_place(row)))
        row.verified_until = add_months(row.verified_on, months)
    Organisation.objects.bulk_update(found, ["verified_until"], batch_size=BATCH)
    return len(found)


def _each(rows: "QuerySet[Organisation]", kind: str, *, on: date) -> int:
    """Take a step with each organisation, a batch in a transaction, so that a stopped run goes on where it was."""
    done = 0
    while True:
        with transaction.atomic():
            batch = list(rows.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:BATCH])
            for organisation in batch:
                if kind == Kind.DUE:
                    organisation.recheck_since = on
                    organisation.bump()
                    organisation.save()
                record(organisation, kind, on=on)
        done += len(batch)
        if len(batch) < BATCH:
            return done
