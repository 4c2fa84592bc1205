"""What people ask about their own data: a copy, a correction, the closing of the account (个人信息保护法 45–47, 50)."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit, registry
from core.errors import DomainError
from people.models import AccountRequest, User
from people.permissions import can_answer_requests


class CannotRequest(DomainError):
    """The request was not taken down, or not answered."""


def make_request(*, user: User, kind: str, text: str) -> AccountRequest:
    """Take a request down for the officers of the person's region.

    :raises CannotRequest: the same was asked before and is still open, or a correction does not say what.
    """
    if kind == AccountRequest.Kind.CORRECT and len(text.strip()) < 4:
        raise CannotRequest("请写明要更正哪一项、改成什么。")
    try:
        with transaction.atomic():
            return AccountRequest.objects.create(user=user, person=user.person, kind=kind, text=text.strip())
    except IntegrityError as error:
        if "once_open" not in str(error):
            raise
        raise CannotRequest("这件事您已经提过，正在办理。15 个工作日内答复您。") from error


@transaction.atomic
def answer_request(*, request_id: int, done: bool, answer: str, by: User) -> AccountRequest:
    """Answer a request; closing an account that may be closed ends its sessions and takes its phone away.

    :raises CannotRequest: it was answered already, or it is the officer's own.
    """
    row = AccountRequest.objects.select_for_update(of=("self",)).select_related("user").get(pk=request_id)
    if row.status != AccountRequest.Status.OPEN:
        raise CannotRequest("这件事已经有人办了。请刷新页面看结果。")
    if row.user_id == by.pk or not can_answer_requests(by):
        raise CannotRequest("这件事不能由您来办。")
    row.status = AccountRequest.Status.DONE if done else AccountRequest.Status.REFUSED
    row.answer, row.answered_by, row.answered_at = answer.strip(), by, timezone.now()
    row.save()
    if done and row.kind == AccountRequest.Kind.CLOSE:
        _close(row.user)
    audit.record_access(actor=by, action=f"request:{row.kind}", subject=row.user, reason=answer.strip())
    return row


def _close(user: User) -> None:
    """End an account. The person's record stays as long as its matters must be kept (个人信息保护法 47 第二款)."""
    user.is_active = False
    user.set_phone("")
    user.person = None
    user.save(update_fields=["is_active", "phone", "phone_index", "person"])
    user.end_sessions()


def own_copy(user: User) -> dict[str, object]:
    """Return what is on record of somebody, for the copy they may take away at once; sealed values in full."""
    person = user.person
    if person is None:
        return {"账号": {"手机号": user.phone.open() if user.phone else ""}, **registry.own_copy(user)}
    places = {"户籍地": person.household_region, "常住地": person.residence_region}
    return {
        "本人": {
            "姓名": person.name,
            "性别": person.get_sex_display(),
            "出生日期": person.birth_date.isoformat(),
            "证件号码": person.id_number.open(),
            "手机号": person.phone.open() if person.phone else "",
            "常住地址": person.address.open() if person.address else "",
            **{name: place.full_name if place else "" for name, place in places.items()},
        },
        "重点群体": [
            {"群体": row.get_group_display(), "来源": row.source, "从": str(row.valid.lower or "")}
            for row in person.groups.order_by("pk")
        ],
        "同意过的告知书": [
            {"告知书": row.notice, "版本": row.version, "时间": row.agreed_at.isoformat()}
            for row in user.consents.order_by("pk")
        ],
        "材料": [
            {"种类": row.get_kind_display(), "文件名": row.name, "上传时间": row.created_at.isoformat()}
            for row in person.documents.order_by("pk")
        ],
        **registry.own_copy(user),
    }
