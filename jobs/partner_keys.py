"""The keys of organisations whose own systems come in by machine: made for one thing, shown once, revoked."""

from datetime import date

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core import bearer, idempotency
from core.errors import DomainError
from jobs.models import PartnerFeed, PartnerKey, Posting
from people.models import Organisation, Region, User
from people.roles import Role

LOCK = 0x6B657973
"""Advisory lock: one key at a time is made, so that no two get the same source's name."""
SHOWN = 9
NAME = 40
OFFICES = (Organisation.Kind.DEPARTMENT, Organisation.Kind.PUBLIC_AGENCY)
"""Who may name people by machine: departments, and the agencies of streets and counties."""


class CannotChangeKey(DomainError):
    """No key was made or revoked."""


def can_keep_keys(user: User, organisation: Organisation) -> bool:
    """The system administrator, and whoever acts for the organisation."""
    return user.has_role(Role.SYSTEM_ADMIN) or organisation.pk in user.organisation_ids(Role.EMPLOYER_AGENT)


@transaction.atomic
def make_key(
    *, organisation_id: int, by: User, scope: str = PartnerKey.Scope.POSTINGS, region: Region | None = None
) -> tuple[PartnerKey, str]:
    """Make an organisation's key for one thing; returns it with the text that is shown this once.

    :param region: whose people a key for closures may name; only the system administrator makes such a key.
    :raises CannotChangeKey: not the user's, not verified, no office where people are named, or there is one already.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    organisation = Organisation.objects.get(pk=organisation_id)
    if not can_keep_keys(by, organisation):
        raise CannotChangeKey("只有系统管理员和本单位经办人能开通密钥。")
    if organisation.status != Organisation.Status.VERIFIED:
        raise CannotChangeKey("单位还没有通过核验，或者已被暂停，不能开通密钥。请先完成单位核验。")
    if scope == PartnerKey.Scope.CLOSURES:
        _require_office(organisation, region, by)
    token = bearer.make_token()
    key = PartnerKey(
        organisation=organisation,
        scope=scope,
        region=region,
        source=_source(organisation),
        prefix=token[:SHOWN],
        digest=bearer.digest(token),
        made_by=by,
    )
    try:
        with transaction.atomic():
            key.save()
    except IntegrityError:
        raise CannotChangeKey("这个单位已经有一把在用的密钥。要换新的，请先停用原来那把。") from None
    return key, token


def _require_office(organisation: Organisation, region: Region | None, by: User) -> None:
    if not by.has_role(Role.SYSTEM_ADMIN):
        raise CannotChangeKey("报送退出情形的密钥只能由系统管理员开通。")
    if organisation.kind not in OFFICES:
        raise CannotChangeKey("只有政府部门和公共就业服务机构能报送退出情形，这个单位不是。")
    if region is None:
        raise CannotChangeKey("请写明这把密钥管哪个地区的人。")


def _source(organisation: Organisation) -> str:
    """Return under which name its postings are kept: always the same, and nobody else's."""
    own = PartnerKey.objects.filter(organisation=organisation).order_by("-pk").first()
    if own is not None:
        return own.source
    name = organisation.name[:NAME]
    if not is_taken(name):
        return name
    mark = (organisation.credit_code or organisation.public_id.hex)[-8:]
    return f"{organisation.name[: NAME - 10]}（{mark}）"


def is_taken(name: str) -> bool:
    """Whether a source of this name hands over by machine already, or has postings that were imported."""
    return (
        PartnerKey.objects.filter(source=name).exists()
        or PartnerFeed.objects.filter(source=name).exists()
        or Posting.objects.filter(source_site=name).exclude(source_id="").exists()
    )


@transaction.atomic
def revoke_key(*, key_id: int, reason: str, by: User) -> PartnerKey:
    """Let a key open nothing from now on. What was handed over with it stays.

    :raises CannotChangeKey: not the user's, revoked before, or no reason.
    """
    key = PartnerKey.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=key_id)
    if not can_keep_keys(by, key.organisation):
        raise CannotChangeKey("只有系统管理员和本单位经办人能停用密钥。")
    if not key.is_live:
        raise CannotChangeKey("这把密钥已经停用了。")
    if not reason.strip():
        raise CannotChangeKey("请写明停用原因。")
    key.revoked_at, key.revoked_by, key.revoke_reason = timezone.now(), by, reason.strip()[:200]
    key.save()
    idempotency.forget_answers_of_key(key.digest)
    return key


def find_key(token: str) -> PartnerKey | None:
    """Return the live key of a verified organisation to which this text belongs."""
    found = PartnerKey.objects.live().select_related("organisation").filter(digest=bearer.digest(token)).first()
    return found if found and found.organisation.status == Organisation.Status.VERIFIED else None


def note_use(key: PartnerKey, *, on: date) -> None:
    """Note that it was used on a day; once a day, so that no two calls wait for each other."""
    if key.last_used_on != on:
        PartnerKey.objects.filter(pk=key.pk).update(last_used_on=on)
