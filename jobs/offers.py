"""Offering work, and the applicant's answer. An accepted offer is no hire yet: the employer confirms the first day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from jobs import agents, applications
from jobs.models import Application, Interview, Offer
from jobs.permissions import can_answer_application
from people.models import User


class CannotOffer(DomainError):
    """The offer stays as it was."""


@transaction.atomic
def make_offer(*, application_id: int, values: Mapping[str, Any], version: object, by: User, on: date) -> Offer:
    """Offer the work with its first day, pay and terms; a new offer takes the place of one that waits. The person is told.

    :param values: starts_on, pay_text, terms, answer_by.
    :raises CannotOffer: not the agent's, decided, already accepted, or the days make no sense.
    :raises StaleVersion: somebody answered since the page was opened.
    """
    application = applications.lock(application_id)
    application.require_version(version)
    if not can_answer_application(by, application):
        raise CannotOffer("这份投递不能再发录用意向，可能已经撤回或者有了结果。请刷新页面。")
    if not on <= values["answer_by"] <= values["starts_on"]:
        raise CannotOffer("答复期限要从今天算起，不晚于上岗日期。请改正日期。")
    if application.offers.filter(status=Offer.Status.ACCEPTED).exists():
        raise CannotOffer("求职者已经接受了录用意向。要改约定，请先留言商量。")
    application.offers.filter(status=Offer.Status.OPEN).update(status=Offer.Status.REPLACED)
    offer = Offer.objects.create(application=application, made_by=by, **values)
    application.interviews.filter(status__in=Interview.LIVE).update(status=Interview.Status.HELD)
    application.status = Application.Status.OFFER
    application.reason = (
        f"请您 {offer.starts_on.month} 月 {offer.starts_on.day} 日上岗，{offer.pay_text}。"
        f"请在 {offer.answer_by.month} 月 {offer.answer_by.day} 日前答复。"
    )
    application.answered_at, application.answered_by = timezone.now(), by
    application.bump()
    application.save()
    applications.tell_applicant(application)
    return offer


@transaction.atomic
def answer_offer(*, offer_id: int, accept: bool, text: str = "", by: User, on: date) -> Offer:
    """Accept an offer or turn it down; the agents are told. Turning it down ends the application, and one may apply again.

    :raises CannotOffer: somebody else's, answered, replaced, or past its day.
    """
    owner = Offer.objects.values_list("application_id", flat=True).get(pk=offer_id)
    application = applications.lock(owner)
    offer = Offer.objects.get(pk=offer_id)
    is_late = offer.status == Offer.Status.LAPSED
    if (
        application.applicant_id != by.pk
        or not application.is_open
        or not (is_late or offer.status == Offer.Status.OPEN)
    ):
        raise CannotOffer("这份录用意向已经答复过，或者单位改了。请刷新页面看最新的。")
    if is_late or (accept and offer.answer_by < on):
        raise CannotOffer("答复期限已经过了。还想去的话，给单位留言，请单位重新发一份。")
    offer.status = Offer.Status.ACCEPTED if accept else Offer.Status.DECLINED
    offer.reply, offer.answered_at = text.strip(), timezone.now()
    offer.save()
    if not accept:
        application.status = Application.Status.DECLINED
    application.bump()
    application.save()
    agents.tell_agents(
        application.posting,
        template="offer_answered",
        context={
            "name": application.name,
            "title": application.posting.title,
            "status": "接受了录用意向，请在上岗后确认录用" if accept else "没有接受录用意向",
            "reply": offer.reply,
        },
        key=f"offer:{offer.pk}:{offer.status}",
        link=f"/employer/applications/{application.public_id}/",
        on=on,
    )
    return offer
