"""Who may do what with people, organisations and accounts."""

from people.models import Organisation, Person, User
from people.roles import CASE_ROLES, Role

EDITORS = (
    Role.COMMUNITY_WORKER,
    Role.STATION_STAFF,
    Role.CASEWORKER,
    Role.COUNTY_SUPERVISOR,
)
GROUP_READERS = (Role.COMMUNITY_WORKER, Role.CASEWORKER, Role.COUNTY_SUPERVISOR, Role.CITY_SUPERVISOR)
"""Whose work needs to know who is disabled, poor or released (hardship ledger, assistance)."""
VERIFIERS = (Role.CASEWORKER, Role.COUNTY_SUPERVISOR)


def _serves(user: User, person: Person, *roles: str) -> bool:
    places = [region for region in (person.residence_region, person.household_region) if region]
    return any(user.serves(place.path, *roles) for place in places)


def can_edit_person(user: User, person: Person) -> bool:
    """Officers of the person's region keep the record up to date."""
    return _serves(user, person, *EDITORS)


def can_see_sensitive_groups(user: User, person: Person) -> bool:
    """Oneself, and those whose work is about these groups."""
    return user.person_id == person.pk or _serves(user, person, *GROUP_READERS)


def can_verify_organisation(user: User, organisation: Organisation) -> bool:
    """County officers check the licences of their region's organisations; nobody checks their own."""
    return user.serves(organisation.region.path, *VERIFIERS) and organisation.pk not in user.organisation_ids()


def can_answer_requests(user: User) -> bool:
    """Those who serve people face to face answer what people ask about their data."""
    return user.has_role(*CASE_ROLES)
