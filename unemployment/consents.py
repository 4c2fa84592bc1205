"""代办: the person's own yes by a code on their phone. A signed photo does as well; without one of both nothing is handed in."""

import hmac
import secrets
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from core import terms
from core.crypto import blind_index
from core.errors import DomainError
from messaging import outbox
from people.identifiers import mask_phone
from people.models import Person, User
from unemployment.models import ConsentCode
from unemployment.permissions import SERVERS


class CannotAskConsent(DomainError):
    """The code was not sent, or what was told is not it."""


@transaction.atomic
def send_code(*, person: Person, by: User, on: date) -> ConsentCode:
    """Send a fresh code to the person's own phone; an earlier one is dead from now on.

    The message says who asks and for what, so that nobody gives it away unknowing.

    :raises CannotAskConsent: no phone on record, one's own, or too many for this person today.
    """
    if not by.has_role(*SERVERS):
        raise CannotAskConsent("您的岗位不能代办失业登记。")
    if by.person_id == person.pk:
        raise CannotAskConsent("不能代办自己的登记。")
    locked = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if not locked.phone:
        raise CannotAskConsent("此人没有登记手机号，收不到验证码。请上传本人签字的委托书照片。")
    limit = int(terms.value("unemployment.consent_codes_a_day", on=on, region="21"))
    now = timezone.now()
    if ConsentCode.objects.filter(person=locked, sent_at__gt=now - timedelta(days=1)).count() >= limit:
        raise CannotAskConsent(f"一天最多给同一个人发 {limit} 次验证码。请改用本人签字的委托书照片。")
    ConsentCode.objects.live(now).filter(person=locked).update(expires_at=now)
    minutes = int(terms.value("unemployment.consent_code_minutes", on=on, region="21"))
    code = f"{secrets.randbelow(10**6):06d}"
    phone = locked.phone.open()
    made = ConsentCode(
        person=locked,
        sent_by=by,
        phone_mask=mask_phone(phone),
        sent_at=now,
        expires_at=now + timedelta(minutes=minutes),
    )
    made.code_hash = _hash(made, code)
    made.save()
    outbox.send_to_address(
        channel="sms",
        address=phone,
        template="unemployment_consent",
        context={"worker": by.get_full_name() or "社区工作人员", "code": code, "minutes": minutes},
        key=f"unemployment_consent:{made.public_id}",
    )
    return made


@transaction.atomic
def take_code(*, person: Person, code: str, by: User, on: date) -> ConsentCode | None:
    """Take the code that the person told; None when it is wrong, which is counted: the caller must not roll back.

    :raises CannotAskConsent: none was sent, or it is too old or was tried too often.
    """
    limit = int(terms.value("unemployment.consent_code_tries", on=on, region="21"))
    found = (
        ConsentCode.objects.select_for_update(of=("self",))
        .live(timezone.now())
        .filter(person=person, sent_by=by, wrong_tries__lt=limit)
        .order_by("-sent_at")
        .first()
    )
    if found is None:
        raise CannotAskConsent("没有可以用的验证码：还没有发，或者已经过期、填错太多次。请再发一次。")
    if not hmac.compare_digest(found.code_hash.encode(), _hash(found, code.strip()).encode()):
        found.wrong_tries += 1
        found.save()
        return None
    found.used_at = timezone.now()
    found.save()
    return found


def _hash(row: ConsentCode, code: str) -> str:
    return blind_index(f"{row.public_id}:{code}", purpose="unemployment.consent_code")
