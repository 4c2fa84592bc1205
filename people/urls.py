"""Accounts and people: signing in, one's own page, the officers' pages of people, the administrators' desks."""

from people.access import ANY_USER, OFFICE, PUBLIC, roles, route
from people.permissions import VERIFIERS
from people.proofing import COUNTER_ROLES
from people.roles import CASE_ROLES, Role
from people.views import account, administration, organisations, persons, sign_in

app_name = "people"
COUNTER = roles(*COUNTER_ROLES)
OFFICERS = roles(*CASE_ROLES)
SYSTEM, SECURITY, AUDIT = (roles(role) for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN))

own_patterns = [
    route("account/", account.show, to=ANY_USER, name="account"),
    route("account/proof/", account.proof, to=ANY_USER, name="proof"),
    route("account/proof/code/", account.counter_code, to=ANY_USER, name="counter-code"),
    route("account/documents/new/", account.document_new, to=ANY_USER, name="document-new"),
    route("account/documents/<uuid:public_id>/", account.document_show, to=ANY_USER, name="document"),
    route("account/requests/new/", account.request_new, to=ANY_USER, name="request-new"),
    route("account/copy/", account.own_copy, to=ANY_USER, name="own-copy"),
    route("account/organisation/", organisations.apply, to=ANY_USER, name="organisation-apply"),
    route(
        "account/organisation/<uuid:public_id>/",
        organisations.recheck,
        to=roles(Role.EMPLOYER_AGENT),
        name="organisation-recheck",
    ),
]

sign_in_patterns = [
    route("account/login/", sign_in.PhoneView.as_view(), to=PUBLIC, name="login"),
    route("account/staff/", sign_in.StaffView.as_view(), to=PUBLIC, name="staff-login"),
    route("account/logout/", sign_in.sign_out, to=PUBLIC, name="logout"),
    route("account/second-factor/app/qr.svg", sign_in.totp_qr, to=OFFICE, name="totp-qr"),
]

person_patterns = [
    route("work/people/", persons.search, to=OFFICERS, name="person-search"),
    route("work/people/<uuid:public_id>/", persons.show, to=OFFICERS, name="person-show"),
    route("work/people/<uuid:public_id>/edit/", persons.edit, to=OFFICERS, name="person-edit"),
    route("work/people/<uuid:public_id>/reveal/", persons.reveal_value, to=OFFICERS, name="reveal"),
    route("work/people/proof/", persons.counter_proof, to=COUNTER, name="counter-proof"),
    route("work/people/rebind/", persons.rebind, to=COUNTER, name="rebind"),
    route("work/people/requests/", persons.request_list, to=OFFICERS, name="request-list"),
    route("work/people/requests/<uuid:public_id>/", persons.request_answer, to=OFFICERS, name="request-answer"),
    route("work/organisations/", organisations.queue, to=roles(*VERIFIERS), name="organisation-queue"),
    route(
        "work/organisations/<uuid:public_id>/",
        organisations.decide,
        to=roles(*VERIFIERS),
        name="organisation-decide",
    ),
    route(
        "work/organisations/<uuid:public_id>/agent-id/",
        organisations.agent_id,
        to=roles(*VERIFIERS),
        name="agent-id-reveal",
    ),
]

administration_patterns = [
    route("work/accounts/", administration.account_list, to=SYSTEM, name="account-list"),
    route("work/accounts/<uuid:public_id>/", administration.account_show, to=SYSTEM, name="account-show"),
    route("work/accounts/<uuid:public_id>/reset/", administration.account_reset, to=SYSTEM, name="account-reset"),
    route("work/accounts/<uuid:public_id>/switch/", administration.account_switch, to=SYSTEM, name="account-switch"),
    route("work/roles/", administration.role_list, to=SECURITY, name="role-list"),
    route("work/roles/<uuid:public_id>/", administration.account_show, to=SECURITY, name="account-roles"),
    route("work/roles/<uuid:public_id>/grant/", administration.role_grant, to=SECURITY, name="role-grant"),
    route("work/roles/<uuid:public_id>/end/<int:pk>/", administration.role_end, to=SECURITY, name="role-end"),
    route("work/audit/", administration.audit_log, to=AUDIT, name="audit-log"),
]

urlpatterns = [*own_patterns, *sign_in_patterns, *person_patterns, *administration_patterns]
