"""Finding a person: inside one's regions by what is shown, province-wide only by a full ID number."""

from dataclasses import dataclass
from uuid import UUID

from core import audit
from core.errors import DomainError
from people import identifiers
from people.models import Person, User
from people.roles import CASE_ROLES, CLAIM_ROLES


class CannotLookUp(DomainError):
    """The look-up was not carried out."""


@dataclass(frozen=True)
class Hit:
    """What an exact look-up answers: who (masked) and where, nothing else."""

    public_id: UUID
    masked_name: str
    place: str
    in_my_regions: bool


def find_by_id_number(number: str, *, by: User, reason: str) -> Hit | None:
    """Look a full ID number up in the whole province, so that a counter can serve anyone and nobody is entered twice.

    The one exception to region scoping: it answers the masked name and the place only, and leaves a record.

    :raises CannotLookUp: the number is not one, or the user serves nobody.
    """
    if not by.has_role(*CASE_ROLES, *CLAIM_ROLES):
        raise CannotLookUp("您的岗位不能按证件号码查人。")
    try:
        checked = identifiers.check_id_number(number)
    except identifiers.InvalidId as error:
        raise CannotLookUp(str(error)) from error
    person = (
        Person.objects.with_id_number(checked.number).select_related("residence_region", "household_region").first()
    )
    audit.record_access(actor=by, action="lookup:id_number", subject=person or "", reason=reason)
    if person is None:
        return None
    region = person.residence_region or person.household_region
    mine = bool(region and by.serves(region.path))
    return Hit(person.public_id, person.masked_name, region.full_name if region else "未登记常住地", mine)


def search_people(text: str, *, by: User, limit: int = 50) -> list[Person]:
    """Find people of one's regions by a part of the name or by a full phone number.

    :raises CannotLookUp: less than two characters of a name, or a phone number that is none.
    """
    found = Person.objects.visible_to(by).select_related("residence_region", "household_region")
    digits = "".join(text.split())
    if digits.isdigit():
        try:
            phone = identifiers.check_phone(digits)
        except identifiers.InvalidId as error:
            raise CannotLookUp("手机号要输全 11 位，身份证号要输全 18 位。") from error
        audit.record_access(actor=by, action="lookup:phone", subject="search", reason="按手机号查找本辖区的人")
        return list(found.with_phone(phone).order_by("pk")[:limit])
    if len(digits) < 2:
        raise CannotLookUp("请至少输入姓名里的两个字。")
    return list(found.filter(name__contains=digits).order_by("name", "pk")[:limit])
