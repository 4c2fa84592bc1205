"""Who acts for an employer, and telling them something."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from jobs.models import Posting
from messaging import outbox
from people.models import User
from people.roles import Role

MOST_TOLD = 10


def agents_of(posting: Posting, *, on: date) -> list[User]:
    """Return the accounts that act for the posting's employer on a day."""
    rows = User.objects.filter(
        is_active=True,
        role_assignments__role=Role.EMPLOYER_AGENT,
        role_assignments__organisation=posting.organisation_id,
        role_assignments__valid__contains=on,
    )
    return list(rows.order_by("pk").distinct()[:MOST_TOLD]) if posting.organisation_id else []


def tell_agents(posting: Posting, *, template: str, context: Mapping[str, Any], key: str, link: str, on: date) -> None:
    """Put a message into the inbox of each of them; the same key tells each once."""
    for agent in agents_of(posting, on=on):
        outbox.send(to=agent, template=template, context=context, key=key, channels=("inbox",), link=link)
