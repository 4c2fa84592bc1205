"""Synthetic people, organisations and accounts for tests. ID numbers use the prefecture code 2199, assigned to nobody."""

import itertools
from datetime import date

from django.utils import timezone

from people.identifiers import id_check_character
from people.models import Organisation, Person, Region, RoleAssignment, User
from people.persons import create_person
from people.roles import Role

_numbers = itertools.count(1)


def id_number(*, birth: date = date(1980, 5, 17), male: bool = True) -> str:
    """Return a fresh valid ID number of a birth date and sex in the unassigned area 2199xx."""
    serial = next(_numbers)
    order = f"{(serial % 499) * 2 + (1 if male else 0):03d}"
    area = f"2199{serial // 499 % 100:02d}"
    body = f"{area}{birth:%Y%m%d}{order}"
    return body + id_check_character(body)


def phone() -> str:
    """Return a fresh phone number."""
    return f"1390000{next(_numbers) % 10000:04d}"


def region(code: str = "210106") -> Region:
    """Return a region by code; the test database carries the real tree (210106 is 沈阳市铁西区)."""
    return Region.objects.open().get(code=code)


def community(index: int = 0, county: str = "210106") -> Region:
    """Return the n-th community of a county."""
    return region(county).descendants().communities().order_by("code")[index]


def person(*, name: str = "张测试", birth: date = date(1980, 5, 17), male: bool = True, **fields: object) -> Person:
    """Return a saved synthetic person who lives in the first community of 铁西区."""
    fields.setdefault("residence_region", community())
    fields.setdefault("phone", phone())
    return create_person(name=name, id_number=id_number(birth=birth, male=male), is_demo=True, **fields)


def organisation(*, name: str = "测试用人单位", verified: bool = True, **fields: object) -> Organisation:
    """Return a saved employer in 铁西区."""
    fields.setdefault("region", region())
    fields.setdefault("status", Organisation.Status.VERIFIED if verified else Organisation.Status.PENDING)
    return Organisation.objects.create(
        name=f"{name}{next(_numbers)}", verified_on=timezone.localdate(), is_demo=True, **fields
    )


def user(*, name: str = "测试用户", person: Person | None = None, **fields: object) -> User:
    """Return a saved account without any role."""
    return User.objects.create_user(f"user{next(_numbers)}", name=name, person=person, password="pw", **fields)


def citizen(**fields: object) -> User:
    """Return the account of a person with real-name proof."""
    who = person(proof=Person.Proof.COUNTER, proved_at=timezone.now(), **fields)
    return user(name=who.name, person=who)


def staff(
    role: str = Role.CASEWORKER, *, at: Region | str | None = "210106", organisation: Organisation | None = None
) -> User:
    """Return an account with one role at a region, its second factor already given."""
    account = user(name=f"{Role(role).label}{next(_numbers)}")
    where = region(at) if isinstance(at, str) else at
    RoleAssignment.objects.create(
        user=account, role=role, region=where, organisation=organisation, valid=(date(2020, 1, 1), None)
    )
    account.activate_roles()
    return account


def agent(organisation: Organisation) -> User:
    """Return the account of an employer's agent."""
    return staff(Role.EMPLOYER_AGENT, at=None, organisation=organisation)
