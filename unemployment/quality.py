"""Vouching for the monthly contact: proofs of a visit with consent, and a sample of last month's records asked again."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from core import terms
from core.errors import DomainError
from core.months import first_day
from people.models import Document, Region, User
from unemployment.followups import locked
from unemployment.models import FollowUp, QualityCheck, VisitProof
from unemployment.models.registration import OFFICERS
from unemployment.permissions import can_record


class CannotProve(DomainError):
    """The place or the photo was not kept."""


class CannotCheck(DomainError):
    """The call-back was not written down."""


# Which records are drawn is settled by their ids, so that a run that is repeated draws the same ones.
_DRAW = """
    INSERT INTO unemployment_qualitycheck (follow_up_id, recorded_by_id, drawn_on, version)
    SELECT id, done_by_id, %(on)s, 1
      FROM (SELECT f.id, f.done_by_id, row_number() OVER (ORDER BY md5(f.public_id::text)) AS place,
                   count(*) OVER () AS total
              FROM unemployment_followup f
              JOIN people_region g ON g.id = f.region_id
             WHERE f.month = %(month)s AND f.status = 'done' AND f.done_by_id IS NOT NULL
               AND (g.path = %(path)s OR (g.path >= %(below)s AND g.path < %(beyond)s))) drawn
     WHERE place <= ceil(total * %(percent)s / 100.0)
    ON CONFLICT (follow_up_id) DO NOTHING
"""


@transaction.atomic
def draw(*, region_id: int, month: date, on: date) -> int:
    """Draw a part of a county's records of a month for call-backs; return how many are new. Repeated, it draws none."""
    county = Region.objects.get(pk=region_id)
    values: dict[str, Any] = {
        "month": first_day(month),
        "on": on,
        "percent": int(terms.value("unemployment.quality_percent", on=on, region=county.code)),
        "path": county.path,
        "below": f"{county.path}/",
        "beyond": f"{county.path}0",
    }
    with connection.cursor() as cursor:
        cursor.execute(_DRAW, values)
        return int(cursor.rowcount)


@transaction.atomic
def record_check(*, check_id: int, outcome: str, note: str, version: object, by: User) -> QualityCheck:
    """Write down what the person said when asked again.

    :raises CannotCheck: one's own record, not one's place, done before, or no words where it did not fit.
    :raises StaleVersion: the page was old.
    """
    rows = QualityCheck.objects.select_for_update(of=("self",)).select_related("follow_up__region")
    check = rows.get(pk=check_id)
    if check.recorded_by_id == by.pk:
        raise CannotCheck("不能抽查自己记的联系，请同事来打。")
    if not by.serves(check.follow_up.region.path, *OFFICERS):
        raise CannotCheck("这一条不归您抽查。")
    if check.status == QualityCheck.Status.DONE:
        raise CannotCheck("这一条已经抽查过了。请刷新页面再看。")
    check.require_version(version)
    if outcome not in QualityCheck.Outcome.values:
        raise CannotCheck("请选抽查的结果。")
    if outcome != QualityCheck.Outcome.TRUE and len(note.strip()) < 4:
        raise CannotCheck("请写明哪里不符、打了几次，至少 4 个字。")
    check.status, check.outcome, check.note = QualityCheck.Status.DONE, outcome, note.strip()
    check.done_by, check.done_at = by, timezone.now()
    check.bump()
    check.save()
    return check


@transaction.atomic
def keep_proof(
    *,
    follow_up_id: int,
    consented: bool,
    by: User,
    lng: Decimal | None = None,
    lat: Decimal | None = None,
    photo: Document | None = None,
) -> VisitProof:
    """Keep where a visit was, or a photo of it, with the person's consent.

    :raises CannotProve: no consent, nothing to keep, or the contact is not the user's.
    """
    follow_up: FollowUp = locked(follow_up_id)
    if not can_record(by, follow_up):
        raise CannotProve("这个人不归您联系。")
    if not consented:
        raise CannotProve("请先问本人同意不同意留位置、照片。不同意就不用留，照样可以记走访。")
    if photo is None and (lng is None or lat is None):
        raise CannotProve("请拍一张照片，或者记下位置。")
    return VisitProof.objects.create(follow_up=follow_up, consented=True, lng=lng, lat=lat, photo=photo, by=by)
