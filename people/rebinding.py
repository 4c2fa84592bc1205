"""换绑手机号: at a counter, with the card in hand, an account gets the phone that its owner holds now."""

from datetime import date

from django.db import transaction

from core import audit, events
from people import identifiers
from people.models import Person, PhoneChange, User
from people.proofing import COUNTER_ROLES, CannotProve, account_behind, forget_code


@transaction.atomic
def rebind_phone(*, code: str, id_number: str, reason: str, by: User, on: date) -> PhoneChange:
    """Give a person's account the phone on which a code was shown just now; sessions on the old phone end.

    The person has signed in with the new phone (which proves that they hold it) and shows its counter code. The account
    that this sign-in made gives its phone away and is closed.

    :raises CannotProve: no such code, no account of this person, or the phone belongs to somebody else.
    """
    if not by.has_role(*COUNTER_ROLES):
        raise CannotProve("您的岗位不能换绑手机号。")
    if len(reason.strip()) < 4:
        raise CannotProve("请写明换绑的原因，至少 4 个字，例如“原手机丢失”。")
    try:
        number = identifiers.check_id_number(id_number, on=on).number
    except identifiers.InvalidId as error:
        raise CannotProve(error.message) from error
    person = Person.objects.with_id_number(number).first()
    user = User.objects.select_for_update(of=("self",)).filter(person=person).first() if person else None
    if person is None or user is None:
        raise CannotProve("这个人还没有核验过的账号，不用换绑。请直接办实名核验。")
    newcomer = User.objects.select_for_update(of=("self",)).get(pk=account_behind(code, by=by).pk)
    if newcomer.pk == user.pk:
        raise CannotProve("这个账号本来就是用这个手机号登录的，不用换绑。")
    if user.pk == by.pk:
        raise CannotProve("不能给自己的账号换绑，请找同事办。")
    if newcomer.person_id or newcomer.held():
        raise CannotProve("这个手机号的账号是别人的，不能换绑。请让本人用自己的手机号登录后再生成核验码。")
    phone = newcomer.phone.open()
    newcomer.set_phone("")
    newcomer.is_active = False
    newcomer.save(update_fields=["phone", "phone_index", "is_active"])
    newcomer.end_sessions()
    change = PhoneChange(user=user, reason=reason.strip(), changed_by=by, new_mask=identifiers.mask_phone(phone))
    if user.phone:
        change.old_phone = user.phone.open()
        change.old_mask = identifiers.mask_phone(user.phone.open())
    change.save()
    user.set_phone(phone)
    user.save(update_fields=["phone", "phone_index"])
    user.end_sessions()
    person.set_phone(phone)
    person.bump()
    person.save(update_fields=["phone", "phone_index", "phone_mask", "version"])
    audit.record_access(actor=by, action="phone:rebind", subject=person, reason=reason.strip())
    events.append("people.phone_rebound", subject=f"user:{user.public_id}", payload={"change": str(change.public_id)})
    forget_code(code)
    return change
