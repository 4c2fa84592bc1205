"""Making and mending a person's record (一人一档)."""

from django.db import IntegrityError, transaction

from core.errors import DomainError
from people import identifiers
from people.models import Person, Region, User
from people.permissions import can_edit_person


class CannotCreatePerson(DomainError):
    """The record was not made."""


class CannotUpdatePerson(DomainError):
    """The record stays as it is."""


@transaction.atomic
def create_person(
    *,
    name: str,
    id_number: str,
    phone: str = "",
    residence_region: Region | None = None,
    household_region: Region | None = None,
    proof: str = Person.Proof.NONE,
    is_demo: bool = False,
    **fields: object,
) -> Person:
    """Make the one record of a real person.

    :raises CannotCreatePerson: the ID number is wrong, or this person has a record already (province-wide).
    """
    person = Person(
        name=name.strip(),
        residence_region=residence_region,
        household_region=household_region,
        proof=proof,
        is_demo=is_demo,
        **fields,
    )
    try:
        person.set_id_number(id_number)
        person.set_phone(identifiers.check_phone(phone) if phone else "")
    except identifiers.InvalidId as error:
        raise CannotCreatePerson(str(error)) from error
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        if "id_index" not in str(error):
            raise
        raise CannotCreatePerson("这个证件号码已经建过档。请按证件号码查找，不要重复建档。") from error
    return person


@transaction.atomic
def update_person(*, person_id: int, version: object, by: User, phone: str, address: str, **codes: str) -> Person:
    """Bring a person's record up to date; an empty phone or address leaves the old one.

    :param codes: education, health, political, as codes of their tables.
    :raises CannotUpdatePerson: the officer does not serve this region.
    :raises StaleVersion: somebody else changed the record since the page was opened.
    """
    person = (
        Person.objects.select_for_update(of=("self",))
        .select_related("residence_region", "household_region")
        .get(pk=person_id)
    )
    if not can_edit_person(by, person):
        raise CannotUpdatePerson("您的岗位不能改这个人的档案。请找负责该地区的同事。")
    person.require_version(version)
    if phone:
        person.set_phone(phone)
    if address.strip():
        person.address = address.strip()
    for name, code in codes.items():
        setattr(person, name, code)
    person.bump()
    person.save()
    return person
