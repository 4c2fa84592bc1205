"""Every address, asked by everybody: the declared audience comes in, nobody else does, and nothing breaks."""

import os
from collections import Counter
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.statements import only_reads
from people.access import guard
from people.middleware import ENROLMENT
from tests.portal.objects import Door, address_of, every_door
from tests.portal.routes import Route, every_route, reviewed
from tests.portal.stage import OTHERS, ROLE_ACTORS, Stage

ROUTES = every_route()
DOORS = every_door()
METHODS = ("get", "post")
ONLY_READ = ("jobs:api-", "unemployment:api-", "portal:api-schema")
"""The open data: DRF asks for a permission before it looks at the method."""
TO_SIGN_IN = ("/account/login/?next=", "/account/staff/?next=")
KEYED = ("jobs:api-partner-posting", "unemployment:api-closure")
"""Whose it is, a key decides: tests/jobs/test_partners.py."""
BY_THE_GUARD = (*ROLE_ACTORS, "unproven", "citizen", "former")
"""Whom nothing in front of a view tells from another of the same kind; the middleware sees the rest."""
FULL = bool(os.environ.get("PORTAL_FULL"))
KEPT = ("core_accesslog", "core_answeredrequest", "django_session")
"""Tables of the house itself: who looked, what was answered."""


def _askers(route: Route) -> tuple[str, ...]:
    """Everybody, where roles decide or the page is composed for each; else a few of each kind."""
    if route.audience.kind == "roles" or route.name in ("portal:home", "portal:work"):
        return (*ROLE_ACTORS, *OTHERS)
    return ("employer_agent", "caseworker", "system_admin", *OTHERS)


def _expected(route: Route, actor: str) -> str:
    """Return what an audience means for an actor: "in", "out" (403), "sign in", "prove" or "enrol"."""
    audience = route.audience
    if audience.kind == "public":
        return "in"
    if actor == "visitor" or audience.kind == "key":
        return "sign in"
    if actor == "bare" and route.name not in ENROLMENT:
        return "enrol"
    match audience.kind:
        case "any_user":
            return "in"
        case "verified":
            return "in" if actor in ("citizen", "stranger") else "prove"
        case "office":
            return "in" if actor not in ("citizen", "unproven", "former") else "out"
    return "in" if actor.split()[0] in audience.roles else "out"


def _answer(response: Any, path: str) -> str:
    """Sort an answer into the same words."""
    status, where = response.status_code, response.get("Location", "")
    if status == 401 or (status == 302 and where.startswith(TO_SIGN_IN)):
        return "sign in"
    if status == 302 and where == reverse("mfa_activate_totp") and path != where:
        return "enrol"
    if status == 302 and where.startswith(reverse("people:proof")) and not path.startswith(reverse("people:proof")):
        return "prove"
    if status == 403:
        return "out"
    return "broken" if status >= 500 else "in"


def _is_private(response: Any) -> bool:
    told = response.get("Cache-Control", "")
    return "no-store" in told or ("private" in told and "max-age" in told)


def _methods(name: str) -> tuple[str, ...]:
    return METHODS[:1] if name.startswith(ONLY_READ) else METHODS


def _asks_the_guard(stage: Stage, route: Route, path: str, actor: str) -> str:
    """Ask the guard of a route alone, without the middleware around it and the view behind it."""
    user = stage.user(actor)
    user.activate_roles()
    request = RequestFactory().get(path)
    request.user = user
    try:
        return _answer(guard(lambda _: HttpResponse(), route.audience)(request), path)
    except PermissionDenied:
        return "out"


def _path(stage: Stage, route: Route) -> str:
    return reverse(route.name, kwargs=address_of(stage, DOORS[route.name][0]) if route.parameters else {})


def _written(queries: CaptureQueriesContext) -> list[str]:
    """Return the statements that changed something of substance."""
    return [
        query["sql"][:200]
        for query in queries.captured_queries
        if not only_reads(query["sql"].rsplit("true); ", 1)[-1]) and not any(table in query["sql"] for table in KEPT)
    ]


def test_names_each_route_once():
    names = [route.name for route in ROUTES]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_agrees_with_the_reviewed_list():
    now = {route.name: route.said for route in ROUTES}
    assert now == reviewed(), "routes changed: run `python -m tests.portal.routes` and review the difference"


def test_knows_an_object_for_each_route_with_a_parameter():
    assert sorted(route.name for route in ROUTES if route.parameters and route.name not in DOORS) == []


def test_keeps_no_door_of_a_route_that_is_gone():
    assert sorted(set(DOORS) - {route.name for route in ROUTES}) == []


def test_names_an_outsider_for_each_object_that_is_not_public():
    closed = {route.name for route in ROUTES if route.audience and route.audience.kind != "public" and route.parameters}
    # Belongs to nobody: whoever has the role sees all of them.
    open_to_all = {"jobs:posting-apply", "jobs:resume-entry-new", "jobs:partner-feed-switch", "jobs:import-show"}
    lacking = {name for name in closed if not any(door.shut_to for door in DOORS.get(name, ()))}
    assert sorted(lacking - open_to_all - {*KEYED}) == []


@pytest.mark.parametrize("route", [r for r in ROUTES if r.audience is not None], ids=lambda r: r.name)
def test_lets_in_exactly_the_declared_audience(stage: Stage, route: Route):
    path, wrong, asked = _path(stage, route), [], Counter()
    for actor in _askers(route):
        expected = _expected(route, actor)
        asked[expected] += 1
        # One that comes in and one that is refused go all the way; the others differ only before the guard.
        if actor in BY_THE_GUARD and asked[expected] > 1 and route.audience.kind != "key":
            found = _asks_the_guard(stage, route, path, actor)
            if found != expected:
                wrong.append(f"{path} by {actor}: {found}, not {expected}")
            continue
        client = stage.client(actor)
        # The guard does not look at the method: one of each kind also posts; of those within, test_bad_input does.
        for method in _methods(route.name)[: 2 if asked[expected] == 1 and (FULL or expected != "in") else 1]:
            with stage.scene():
                response = getattr(client, method)(path)
            found = _answer(response, path)
            excused = (route.parameters or route.name.startswith("admin:")) and expected == "in" and found == "out"
            # Pages of signing in send whoever has come in on to what they lack.
            excused = excused or (expected == "in" and found == "enrol" and path.startswith("/account/"))
            kept = response.status_code == 200 and route.audience.kind != "public" and not _is_private(response)
            if kept:
                wrong.append(f"{method.upper()} {path} by {actor} may be kept by a shared computer")
            if found != expected and not excused:
                why = repr(response.exc_info[1])[:200] if response.exc_info else response.status_code
                wrong.append(f"{method.upper()} {path} by {actor}: {found} ({why}), not {expected}")
    assert wrong == []


def _visits() -> list[Any]:
    return [
        pytest.param(name, door, id=f"{name} {door.thing}")
        for name, doors in DOORS.items()
        for door in doors
        if any(route.name == name for route in ROUTES)
    ]


@pytest.mark.parametrize(("name", "door"), _visits())
def test_opens_an_object_to_its_own_people_only(stage: Stage, name: str, door: Door):
    path, wrong = reverse(name, kwargs=address_of(stage, door)), []
    for actor in (*door.opens_to, *door.reads, *door.shut_to):
        client, statuses = stage.client(actor), {}
        for method in _methods(name):
            connection.queries_log.clear()
            with stage.scene(), CaptureQueriesContext(connection) as queries:
                statuses[method] = getattr(client, method)(path).status_code
            if actor not in door.opens_to and (written := _written(queries)):
                wrong.append(f"{method.upper()} {path} by {actor} wrote {written[0]}")
        problem = _problem(door, actor, statuses)
        if problem:
            wrong.append(f"{path} by {actor}: {problem} {statuses}")
    assert wrong == []


def _problem(door: Door, actor: str, statuses: dict[str, int]) -> str:
    if any(status >= 500 for status in statuses.values()):
        return "breaks"
    if actor in door.shut_to:
        rest = set(statuses.values()) - {405}
        # Whoever must first give the second factor again is sent there for any key, so that nothing is learnt.
        asked_again = door.thing == "passkey" and rest <= {302, 404}
        return "" if rest == {404} or asked_again else "learns that it exists"
    if statuses["get"] in (401, 403, 404) or (actor in door.opens_to and statuses.get("post") in (401, 403, 404)):
        return "stands before a shut door"
    return ""
