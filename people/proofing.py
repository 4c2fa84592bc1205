"""实名核验: an account joins its person only after proof, by the police's data or by the card shown at a counter.

Before that nothing the account does tells it whether a person is on record: a refusal comes before anybody looks.
"""

from datetime import date, timedelta

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from core import audit, connectors, events
from core.crypto import blind_indexes
from core.errors import DomainError
from core.models import AccessLog
from people import identifiers
from people.models import Document, Person, Region, User
from people.notices import REAL_NAME, record_consent
from people.persons import create_person
from people.roles import Role

COUNTER_ROLES = (Role.STATION_STAFF, Role.CASEWORKER, Role.COMMUNITY_WORKER)
"""Who may look at a card across a counter."""
TRIES_A_DAY = 5
CODE_SECONDS = 10 * 60
NOT_PROVED = "姓名和身份证号没有通过核验。请对照身份证核对；都没写错的话，带身份证到就近的服务站当面核验。"
OTHER_ACCOUNT = "这个身份已经有账号了，一个人只能有一个。换了手机号的，请带身份证到服务站换绑。"


class CannotProve(DomainError):
    """The account stays without a person."""


def prove_by_police(*, user: User, name: str, id_number: str, on: date) -> Person:
    """Join an account to its person when the police know this name under this number.

    Only the joining is one transaction: the log of the question and of the failure must outlive a refusal.

    :raises CannotProve: not known so, tried too often, or the person has another account already.
    """
    if user.person_id:
        raise CannotProve("您已经核验过了，不用再办。")
    if tries_left(user) <= 0:
        raise CannotProve("今天试的次数太多了。请明天再试，或带身份证到就近的服务站当面核验。")
    try:
        number = identifiers.check_id_number(id_number, on=on).number
    except identifiers.InvalidId as error:
        raise CannotProve(error.message) from error
    try:
        hits = connectors.connector("police", "identity").query(
            purpose="实名核验", subject_index=blind_indexes(number, purpose="person.id_number"), on=on, by=user
        )
    except connectors.NoDepartmentData as error:
        raise CannotProve("公安的数据现在查不到。请过一会儿再试，或带身份证到就近的服务站当面核验。") from error
    known = [hit for hit in hits if hit.record.get("name") == name.strip() and hit.state in ("", "正常")]
    if not known:
        audit.record_access(actor=user, action="proof:failed", subject=user, reason="实名核验没有通过")
        raise CannotProve(NOT_PROVED)
    household = Region.objects.filter(code=known[0].record.get("household_region") or "").first()
    with transaction.atomic():
        locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if locked.person_id:
            raise CannotProve("您已经核验过了，不用再办。")
        record_consent(user=locked, notice=REAL_NAME)
        return _join(locked, name.strip(), number, Person.Proof.POLICE, household)


def tries_left(user: User) -> int:
    """Return how many proofs this account may still try today."""
    since = timezone.now() - timedelta(days=1)
    tried = AccessLog.objects.filter(subject=str(user.public_id), action="proof:failed", recorded_at__gte=since).count()
    return TRIES_A_DAY - tried


def show_counter_code(user: User) -> str:
    """Return six digits that the owner of the phone shows at a counter; they count for ten minutes, once."""
    for _ in range(20):
        code = get_random_string(6, "0123456789")
        if cache.add(_key(code), user.pk, CODE_SECONDS):
            return code
    raise CannotProve("现在办的人太多，请过一分钟再试。")


def account_behind(code: str, *, by: User) -> User:
    """Return the account whose owner shows this code at the counter.

    :raises CannotProve: there is none; ten wrong ones in ten minutes close the counter's own account for that long.
    """
    tried = f"proof.counter.tries:{by.pk}"
    cache.add(tried, 0, CODE_SECONDS)
    if cache.incr(tried) > 10:
        raise CannotProve("输错的核验码太多，请过 10 分钟再试。")
    found = User.objects.filter(pk=cache.get(_key(code.strip())) or 0, is_active=True).first()
    if found is None:
        raise CannotProve("核验码不对，或者已经过了 10 分钟。请让本人在手机上再生成一个。")
    cache.decr(tried)
    return found


@transaction.atomic
def prove_at_counter(*, code: str, id_number: str, name: str, by: User, on: date) -> Person:
    """Join an account to the person whose card an officer has in hand, by the code on the person's own phone.

    :param name: as it stands on the card; it makes the record of somebody who has none.
    :raises CannotProve: no such code, a wrong number, another name on record, or an account already.
    """
    if not by.has_role(*COUNTER_ROLES):
        raise CannotProve("您的岗位不能办实名核验。")
    try:
        number = identifiers.check_id_number(id_number, on=on).number
    except identifiers.InvalidId as error:
        raise CannotProve(error.message) from error
    user = User.objects.select_for_update(of=("self",)).get(pk=account_behind(code, by=by).pk)
    if user.pk == by.pk:
        raise CannotProve("不能给自己的账号办核验，请找同事办。")
    if user.person_id:
        raise CannotProve("这个账号已经核验过了，不用再办。")
    person = _join(user, name.strip(), number, Person.Proof.COUNTER, None)
    audit.record_access(actor=by, action="proof:counter", subject=person, reason="窗口验看身份证")
    forget_code(code)
    return person


def _join(user: User, name: str, number: str, proof: str, household: Region | None) -> Person:
    person = Person.objects.with_id_number(number).select_for_update(of=("self",)).first()
    if person is None:
        phone = user.phone.open() if user.phone else ""
        person = create_person(name=name, id_number=number, phone=phone, household_region=household, proof=proof)
    elif person.name != name:
        raise CannotProve("档案里的姓名和证件上的不一样。改过名的，请带户口簿到服务站更正后再核验。")
    elif User.objects.filter(person=person).exists():
        raise CannotProve(OTHER_ACCOUNT)
    if person.proof != Person.Proof.COUNTER:
        person.proof = proof
    person.proved_at = timezone.now()
    person.bump()
    person.save(update_fields=["proof", "proved_at", "version"])
    user.person, user.name = person, person.name
    user.save(update_fields=["person", "name"])
    # What was handed in before belongs to the person now.
    Document.objects.filter(uploaded_by=user, person=None, organisation=None).update(person=person)
    events.append("people.proved", subject=f"person:{person.public_id}", payload={"by": proof})
    return person


def forget_code(code: str) -> None:
    """Let a code that was used count no more, once the transaction is safe."""
    transaction.on_commit(lambda: cache.delete(_key(code.strip())))


def _key(code: str) -> str:
    return f"proof.counter:{code}"
