"""Who acts for an employer, and telling them something."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from jobs.models import Interview, Posting
from messaging import outbox
from people.models import Organisation, RoleAssignment, User
from people.roles import Role

MOST_TOLD = 10


def closed_to(user: User) -> list[Organisation]:
    """Return the organisations this agent acts for whose applicants are closed to everybody there: suspended or not verified.

    While that lasts nobody there reads an application or a phone, takes a file away, answers, writes, notes, invites,
    offers, hires, or looks for people. One rule says so (`Organisation.is_verified`): `visible_to` and `received` read
    it through `User.verified_organisation_ids`, workflows through `permissions.can_deal_with`, and the pages show what
    happened and what to do (`jobs.views.hiring_door`).

    What stays: objecting (`people.organisations.ask_to_recheck`); pausing and withdrawing one's own postings; reporting
    hires and dismissals of one's staff, which is a duty (就业登记, `unemployment.roster`); calling off an interview, in
    fixed words, so that nobody comes for nothing. An offer stands as it is: the person may turn it down, and it lapses
    on its day. A hire is confirmed after the suspension. What an inspection or a court wants to know is asked of the
    county's officers, not of these pages. Applicants may withdraw at any time, and what stands still ends kindly.

    An agent whose authorisation ended acts for no organisation (`RoleAssignment.valid`): the door stays shut at once.
    """
    closed = {
        row.organisation.pk: row.organisation
        for row in user.assignments()
        if row.role == Role.EMPLOYER_AGENT and row.organisation and not row.organisation.is_verified
    }
    return [closed[pk] for pk in sorted(closed)]


def interviews_to_call_off(organisations: list[Organisation], *, now: datetime) -> "QuerySet[Interview]":
    """Return the interviews to come of closed organisations."""
    rows = Interview.objects.filter(
        application__posting__organisation__in=organisations, status__in=Interview.LIVE, starts_at__gt=now
    )
    return rows.select_related("application__posting").order_by("starts_at", "pk")


def agents_of(posting: Posting, *, on: date) -> list[User]:
    """Return the accounts that act for the posting's employer on a day."""
    rows = User.objects.filter(
        is_active=True,
        role_assignments__role=Role.EMPLOYER_AGENT,
        role_assignments__organisation=posting.organisation_id,
        role_assignments__valid__contains=on,
    )
    return list(rows.order_by("pk").distinct()[:MOST_TOLD]) if posting.organisation_id else []


def agents_by_employer(organisations: Iterable[int], *, on: date) -> dict[int, list[User]]:
    """Return the accounts that act for each of some employers on a day. One query."""
    rows = RoleAssignment.objects.on(on).filter(role=Role.EMPLOYER_AGENT, organisation__in=list(organisations))
    found: dict[int, dict[int, User]] = {}
    for row in rows.filter(user__is_active=True).select_related("user__person").order_by("user_id"):
        if row.organisation_id is not None:
            found.setdefault(row.organisation_id, {})[row.user_id] = row.user
    return {number: list(accounts.values())[:MOST_TOLD] for number, accounts in found.items()}


def tell_agents(posting: Posting, *, template: str, context: Mapping[str, Any], key: str, link: str, on: date) -> None:
    """Put a message into the inbox of each of them; the same key tells each once."""
    for agent in agents_of(posting, on=on):
        outbox.send(to=agent, template=template, context=context, key=key, channels=("inbox",), link=link)
