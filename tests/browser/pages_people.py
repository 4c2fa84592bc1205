from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from people import documents, rechecks, requests
from people.models import Document, Group, GroupMembership, Organisation, OrganisationApplication, User
from people.roles import Role
from tests import factories
from tests.browser.pages import PageCase

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def paper(user: User, **owner: object) -> Document:
    upload = SimpleUploadedFile("证明.pdf", PDF)
    return documents.take_document(upload=upload, kind=Document.Kind.CERTIFICATE, by=user, **owner)


def _public(path: str) -> PageCase:
    return PageCase(path, lambda: (path, None))


def _account() -> tuple[str, User | None]:
    citizen = factories.citizen()
    GroupMembership.objects.create(
        person=citizen.person, group=Group.GRADUATE, valid=(date(2026, 1, 1), None), source="测试"
    )
    paper(citizen)
    requests.make_request(user=citizen, kind="correct", text="常住地址改为铁西区")
    return "/account/", citizen


def _unproved(path: str) -> PageCase:
    return PageCase(f"{path} (no proof)", lambda: (path, factories.user(name="")))


def _file() -> tuple[str, User | None]:
    person = factories.person()
    GroupMembership.objects.create(person=person, group=Group.DISABLED, valid=(date(2026, 1, 1), None), source="测试")
    officer = factories.staff(Role.CASEWORKER)
    paper(officer, person=person)
    return f"/work/people/{person.public_id}/", officer


def _edit() -> tuple[str, User | None]:
    return f"/work/people/{factories.person().public_id}/edit/", factories.staff(Role.CASEWORKER)


def _requests() -> tuple[str, User | None]:
    requests.make_request(user=factories.citizen(), kind="copy", text="")
    return "/work/people/requests/", factories.staff(Role.CASEWORKER)


def _organisations() -> tuple[str, User | None]:
    agent = factories.user()
    organisation = factories.organisation(verified=False)
    OrganisationApplication.objects.create(
        user=agent, organisation=organisation, agent_name="吴经办", licence=paper(agent, organisation=organisation)
    )
    assert organisation.status == Organisation.Status.PENDING
    factories.organisation(verified_until=date(2026, 11, 1))
    rechecks.mark_due(on=date(2026, 11, 2))
    return "/work/organisations/", factories.staff(Role.CASEWORKER)


def _recheck(**fields: object) -> tuple[str, User | None]:
    organisation = factories.organisation(kind="hr_agency", agency_licence="辽 1 号", **fields)
    agent = factories.agent(organisation)
    rechecks.mark_due(on=date(2026, 12, 1))
    return f"/account/organisation/{organisation.public_id}/", agent


def _objection() -> tuple[str, User | None]:
    reason = "收取求职者押金，已立案调查。"
    return _recheck(status=Organisation.Status.SUSPENDED, status_reason=reason)


def _role_page() -> tuple[str, User | None]:
    account = factories.staff(Role.CASEWORKER)
    return f"/work/roles/{account.public_id}/", factories.staff(Role.SECURITY_ADMIN, at=None)


def _account_page() -> tuple[str, User | None]:
    account = factories.staff(Role.CASEWORKER)
    return f"/work/accounts/{account.public_id}/", factories.staff(Role.SYSTEM_ADMIN, at=None)


def _work(path: str, role: str) -> PageCase:
    at = None if role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN) else "210106"
    return PageCase(path, lambda: (path, factories.staff(role, at=at)))


PAGES = [
    _public("/account/login/"),
    _public("/account/staff/"),
    _public("/account/inactive/"),
    PageCase("account", _account),
    _unproved("/account/"),
    _unproved("/account/proof/"),
    _unproved("/account/organisation/"),
    _unproved("/account/documents/new/"),
    _unproved("/account/requests/new/"),
    _work("/account/second-factor/", Role.CASEWORKER),
    _work("/account/password/", Role.CASEWORKER),
    _work("/work/people/", Role.CASEWORKER),
    _work("/work/people/proof/", Role.STATION_STAFF),
    _work("/work/people/rebind/", Role.STATION_STAFF),
    PageCase("person file", _file),
    PageCase("person edit", _edit),
    PageCase("account requests", _requests),
    PageCase("organisation queue", _organisations),
    PageCase("organisation, re-check", lambda: _recheck(verified_until=date(2026, 11, 1))),
    PageCase("organisation, objection", _objection),
    _work("/work/accounts/", Role.SYSTEM_ADMIN),
    PageCase("account page", _account_page),
    _work("/work/roles/", Role.SECURITY_ADMIN),
    PageCase("role page", _role_page),
    _work("/work/audit/", Role.AUDIT_ADMIN),
]
