"""Doors of accounts, people, papers and employers' applications."""

from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator

from people.documents import Checked, take_document
from people.models import AccountRequest, Document, OrganisationApplication, RoleAssignment
from people.roles import Role
from tests import factories
from tests.portal.objects import door
from tests.portal.stage import HERE, Stage, Thing

NOBODY = "01890000-0000-7000-8000-000000000000"


def _passkey(stage: Stage) -> dict[str, int]:
    row = Authenticator.objects.create(
        user=stage.user("caseworker city"),
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "办公室电脑", "credential": {}},
    )
    return {"pk": row.pk}


def _role(stage: Stage) -> dict[str, Any]:
    row = RoleAssignment.objects.create(
        user=factories.user(), role=Role.ADVISER, region=factories.region(HERE), valid=(date(2026, 1, 1), None)
    )
    return {"public_id": row.user.public_id, "pk": row.pk}


def _paper(stage: Stage) -> Document:
    user = stage.user("citizen")
    return take_document(upload=Checked(b"%PDF-1.4 %%EOF", "application/pdf"), kind="id_card", by=user, name="身份证")


def _request(stage: Stage) -> AccountRequest:
    user = stage.user("citizen")
    return AccountRequest.objects.create(user=user, person=user.person, kind=AccountRequest.Kind.values[0], text="改名")


def _asks_to_act(stage: Stage) -> OrganisationApplication:
    user, employer = factories.citizen(name="赵经办"), stage.employer()
    licence = Document.objects.create(
        kind="licence",
        organisation=employer,
        uploaded_by=user,
        name="执照.jpg",
        storage_key="none/2.jpg",
        content_type="image/jpeg",
        size=1,
        sha256="1" * 64,
    )
    row = OrganisationApplication(user=user, organisation=employer, licence=licence, agent_name="赵经办")
    row.set_agent_id(factories.id_number())
    row.save()
    return row


THINGS: dict[str, Thing] = {
    "passkey": _passkey,
    "account": lambda stage: factories.user(name="同事"),
    "no account": lambda stage: {"public_id": NOBODY},
    "role": _role,
    "no role": lambda stage: {"public_id": NOBODY, "pk": 1},
    "person": lambda stage: factories.person(name="周居民"),
    "paper": _paper,
    "request": _request,
    "employer's application": _asks_to_act,
    "employer": lambda stage: stage.employer(),
}
KEY = (door("passkey", "caseworker city", "caseworker there, system_admin"),)
SYSTEM = (door("account", "system_admin"), door("no account", shut_to="system_admin"))
SECURITY = (door("account", "security_admin"), door("no account", shut_to="security_admin"))
THERE = "caseworker there, station_staff there, county_supervisor there, adviser there"
PERSON = (
    door("person", "caseworker, station_staff, community_worker, county_supervisor, city_supervisor city", THERE),
)
DOORS = {
    "mfa_edit_webauthn": KEY,
    "mfa_remove_webauthn": KEY,
    "people:account-show": SYSTEM,
    "people:account-reset": SYSTEM,
    "people:account-switch": SYSTEM,
    "people:account-roles": SECURITY,
    "people:role-grant": SECURITY,
    "people:role-end": (door("role", "security_admin"), door("no role", shut_to="security_admin")),
    "people:person-show": PERSON,
    "people:person-edit": PERSON,
    "people:reveal": PERSON,
    "people:document": (
        door("paper", "citizen", "", "caseworker"),
        door("paper", shut_to="stranger, unproven, employer_agent, caseworker there, system_admin, leader"),
    ),
    "people:request-answer": (door("request", "caseworker", "caseworker there, adviser there"),),
    "people:organisation-recheck": (door("employer", "employer_agent", "employer_agent there"),),
    "people:agent-id-reveal": (
        door("employer's application", "caseworker, county_supervisor", "caseworker there, county_supervisor there"),
    ),
    "people:organisation-decide": (
        door("employer's application", "caseworker, county_supervisor", "caseworker there, county_supervisor there"),
    ),
}
