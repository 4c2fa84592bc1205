"""Ending kindly what an employer does not go on with, so that nobody waits for ever. Both sides are told.

A machine ends only waiting, never says no: the person may apply again at once, and nothing is held against them. What
needs somebody's knowledge, such as whether a person who accepted an offer has begun, is asked, not decided.
"""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Case, DateTimeField, Exists, F, Max, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Cast, Greatest
from django.utils import timezone

from jobs import agents, applications
from jobs.limits import limit
from jobs.models import Application, ApplicationMessage, Interview, Offer
from messaging import outbox

Status = Application.Status
CATCH_UP = timedelta(days=14)
"""How long a missed reminder is still worth sending."""


def with_sign(rows: "QuerySet[Application]") -> "QuerySet[Application]":
    """Add `sign_at`: when the employer last did something that the applicant could see, or is bound to by a day agreed.

    That is an answer (having looked is none), a message, the hour of an interview that was not called off, and the last
    day of an offer; the day of applying stands for the first of them.
    """
    mine = {"application": OuterRef("pk")}
    said = ApplicationMessage.objects.filter(**mine, by_employer=True)
    meetings = Interview.objects.filter(**mine).exclude(status=Interview.Status.CANCELLED)
    offered = Offer.objects.filter(**mine).exclude(status=Offer.Status.REPLACED)
    answered = Case(When(status__in=Application.UNANSWERED, then=None), default=F("answered_at"))
    signs = (
        Subquery(said.order_by().values("application").annotate(at=Max("sent_at")).values("at")),
        Subquery(meetings.order_by().values("application").annotate(at=Max("starts_at")).values("at")),
        Cast(
            Subquery(offered.order_by().values("application").annotate(at=Max("answer_by")).values("at")),
            DateTimeField(),
        ),
    )
    return rows.annotate(sign_at=Greatest("submitted_at", answered, *signs, output_field=DateTimeField()))


def ends_after(sign_at: datetime, *, on: date) -> date:
    """Return the day until which an application waits for the employer's next step (the days are a dated term)."""
    return timezone.localdate(sign_at) + timedelta(days=limit("unanswered_days", on=on))


@transaction.atomic
def close_unanswered(*, on: date, size: int = 200) -> int:
    """End one batch of open applications with which the employer did not go on in time; return how many.

    Left alone are those with an offer that waits for the person or was accepted. Run again it takes the next ones; rows
    that another run holds are passed over.
    """
    before = timezone.make_aware(datetime.combine(on - timedelta(days=limit("unanswered_days", on=on)), time.min))
    pending = Offer.objects.filter(application=OuterRef("pk"), status__in=[Offer.Status.OPEN, Offer.Status.ACCEPTED])
    rows = with_sign(Application.objects.open().filter(submitted_at__lt=before))
    rows = rows.filter(sign_at__lt=before)  # type: ignore[misc]
    rows = rows.filter(~Exists(pending)).select_for_update(of=("self",), skip_locked=True)
    batch = list(rows.select_related("posting", "applicant").order_by("submitted_at", "pk")[:size])
    for application in batch:
        template = "application_lapsed" if application.status in Application.UNANSWERED else "application_stopped"
        applications.end(application, Status.LAPSED)
        posting = application.posting
        outbox.send(
            to=application.applicant,
            template=template,
            context={"employer": posting.employer_name, "title": posting.title},
            key=f"application-lapsed:{application.pk}",
            link=f"/jobs/applications/{application.public_id}/",
        )
        agents.tell_agents(
            posting,
            template="applications_lapsed",
            context={"title": posting.title},
            key=f"applications-lapsed:{posting.pk}:{on}",
            link=f"/employer/postings/{posting.public_id}/applicants/",
            on=on,
        )
    return len(batch)


@transaction.atomic
def lapse_offers(*, on: date, size: int = 200) -> int:
    """Let one batch of offers lapse whose day has passed without an answer, and tell both; return how many.

    The application goes on: the person may ask for another offer, the employer may send one, or say no itself.
    """
    late = Offer.objects.filter(application=OuterRef("pk"), status=Offer.Status.OPEN, answer_by__lt=on)
    rows = Application.objects.filter(Exists(late)).select_for_update(of=("self",), skip_locked=True)
    batch = list(rows.select_related("posting", "applicant").order_by("pk")[:size])
    for application in batch:
        offer = application.offers.get(status=Offer.Status.OPEN)
        offer.status = Offer.Status.LAPSED
        offer.save()
        application.bump()
        application.save()
        _tell_both(
            application,
            templates=("offer_lapsed", "offer_lapsed_employer"),
            key=f"offer-lapsed:{offer.pk}",
            day=offer.answer_by,
            on=on,
        )
    return len(batch)


@transaction.atomic
def ask_about_hires(*, on: date) -> int:
    """Ask both sides, once, about accepted offers whose first day is long past and unconfirmed; return how many.

    Only they know whether the work began: the employer confirms or says no, the person may withdraw.
    """
    late = on - timedelta(days=limit("unanswered_days", on=on))
    rows = Offer.objects.filter(status=Offer.Status.ACCEPTED, starts_on__lt=late, starts_on__gte=late - CATCH_UP)
    rows = rows.filter(application__status=Status.OFFER)
    found = list(rows.select_related("application__posting", "application__applicant").order_by("pk"))
    for offer in found:
        _tell_both(
            offer.application,
            templates=("hire_unconfirmed", "hire_unconfirmed_employer"),
            key=f"hire-unconfirmed:{offer.pk}",
            day=offer.starts_on,
            on=on,
        )
    return len(found)


def _tell_both(application: Application, *, templates: tuple[str, str], key: str, day: date, on: date) -> None:
    posting, (to_person, to_agents) = application.posting, templates
    outbox.send(
        to=application.applicant,
        template=to_person,
        context={"employer": posting.employer_name, "title": posting.title, "day": day},
        key=key,
        link=f"/jobs/applications/{application.public_id}/",
    )
    agents.tell_agents(
        posting,
        template=to_agents,
        context={"name": application.name, "title": posting.title, "day": day},
        key=key,
        link=f"/employer/applications/{application.public_id}/",
        on=on,
    )
