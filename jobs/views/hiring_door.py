"""The door to applicants and open résumés: shut while the organisation is suspended, with the reason and what to do."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from jobs import agents
from jobs.models import Application, Posting
from people.identifiers import mask_name
from people.models import Organisation
from people.roles import Role

View = Callable[..., HttpResponseBase]


def hiring_door(view: View) -> View:
    """Let an agent in for the organisations whose applicants are open to them (`jobs.agents.closed_to`); else 403."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        shut = agents.closed_to(request.user)
        if shut and not request.user.verified_organisation_ids(Role.EMPLOYER_AGENT):
            return _closed(request, shut)
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if shut and _is_behind(shut, kwargs.get("public_id")):
                return _closed(request, shut)
            raise

    return opened


def _is_behind(shut: list[Organisation], public_id: UUID | None) -> bool:
    """Whether what was asked for is one of theirs, of somebody who acts for another organisation too."""
    if public_id is None:
        return False
    asked = Application.objects.filter(posting__organisation__in=shut, public_id=public_id)
    return asked.exists() or Posting.objects.filter(organisation__in=shut, public_id=public_id).exists()


def _closed(request: HttpRequest, shut: list[Organisation]) -> HttpResponseBase:
    rows = agents.interviews_to_call_off(shut, now=timezone.now())[:50]
    interviews = [(row, mask_name(row.application.name)) for row in rows]
    return render(request, "jobs/hiring_closed.html", {"shut": shut, "interviews": interviews}, status=403)
