"""A stage that is set once for a whole module of tests: one account for each role, and things to try its doors with.

Everything is built in one transaction that the module rolls back; each test plays inside a savepoint of its own. An
actor is named by words: "caseworker" (of 铁西区), "caseworker there" (of another county), "caseworker far" (of a third), "citizen", "stranger",
"unproven", "visitor", "closed" (every business role, but a session without second factor), "bare" (the same, and no
second factor enrolled yet), "former" (roles that ended).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cache import SessionStore
from django.db import transaction
from django.test import Client
from django.utils import timezone

from people.middleware import SECOND_FACTOR_KEY
from people.models import Organisation, RoleAssignment, User
from people.roles import ADMINS, SELF_SERVICE, Role
from people.second_factor import enrol_totp
from tests import factories

HERE, THERE, FAR, CITY = "210106", "210102", "210302", "2101"
TODAY = date(2026, 11, 23)
ROLE_ACTORS = tuple(str(role) for role in Role)
OTHERS = ("visitor", "unproven", "citizen", "closed", "bare", "former")
ONE_FACTOR = ("closed", "bare")
Thing = Callable[["Stage"], dict[str, Any]]


class Stage:
    """Actors and things, each made when it is first asked for."""

    def __init__(self) -> None:
        self._actors: dict[str, User | None] = {"visitor": None}
        self._things: dict[str, Any] = {}

    def actor(self, name: str) -> User | None:
        """Return the account of this name; None for a visitor."""
        if name not in self._actors:
            self._actors[name] = self._hire(name)
        return self._actors[name]

    def user(self, name: str) -> User:
        """Return the account of this name, with its roles switched on."""
        found = self.actor(name)
        assert found is not None
        return found

    def _hire(self, name: str) -> User:
        role, _, place = name.partition(" ")
        if role in ("citizen", "stranger"):
            return factories.citizen(name="王小明" if role == "citizen" else "李陌生")
        if role == "unproven":
            return factories.user(name="没核验")
        if role in (*ONE_FACTOR, "former"):
            return self._without(role)
        if role == Role.EMPLOYER_AGENT:
            return factories.agent(self.employer(place))
        where = None if role in ADMINS else {"": HERE, "there": THERE, "far": FAR, "city": CITY}[place]
        account = factories.staff(role, at=where)
        enrol_totp(account)
        return account

    def _without(self, name: str) -> User:
        account = factories.user(name=name)
        start, end = date(2020, 1, 1), TODAY - timedelta(days=1) if name == "former" else None
        RoleAssignment.objects.bulk_create(
            RoleAssignment(user=account, role=role, region=factories.region(HERE), valid=(start, end))
            for role in Role
            if role not in ADMINS and role not in SELF_SERVICE
        )
        if name == "closed":
            enrol_totp(account)
        return account

    def employer(self, place: str = "") -> Organisation:
        """Return the employer of "employer_agent" (""), or another one ("there")."""
        return self.thing(f"employer {place}", lambda _: factories.organisation(name=f"用人单位{place}"))

    def thing(self, name: str, build: Callable[["Stage"], Any]) -> Any:
        """Return the thing of this name, built once."""
        if name not in self._things:
            self._things[name] = build(self)
        return self._things[name]

    def client(self, name: str) -> Client:
        """Return a browser in which this actor is signed in; staff gave their second factor, "closed" did not."""
        client, user = Client(raise_request_exception=False), self.actor(name)
        if user is None:
            return client
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        if name not in ONE_FACTOR:
            session[SECOND_FACTOR_KEY] = timezone.now().timestamp()
        again = {"method": "password", "at": timezone.now().timestamp(), "reauthenticated": True}
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [again]
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return client

    @contextmanager
    def scene(self) -> Iterator[None]:
        """Undo whatever happens inside."""
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
