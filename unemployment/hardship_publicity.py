"""公示 of those whom a street proposes to recognise: masked, some working days, objections, taken down at the end."""

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction

from core.workdays import add_working_days
from messaging.publicity import CannotObject, CannotPublish, close, conclude, fill_in, require_over
from people.models import Region, User
from people.roles import Role
from unemployment.hardship import days, locked, record
from unemployment.models.hardship import (
    CHECKERS,
    HANDLERS,
    HardshipLine,
    HardshipNotice,
    HardshipNoticeQuerySet,
    HardshipObjection,
    HardshipRecognition,
    HardshipRecognitionQuerySet,
    HardshipStatus,
    HardshipStep,
)

Status, Kind, Office = HardshipStatus, HardshipStep.Kind, HardshipStep.Office


def ready(user: User) -> HardshipRecognitionQuerySet:
    """Return those that this user may put into a notice now."""
    rows = HardshipRecognition.objects.for_staff(user).filter(status=Status.PUBLICITY)
    rows = rows.filter(region__parent__path__within=user.regions(*CHECKERS))
    return rows.exclude(lines__outcome=HardshipLine.Outcome.OPEN)


@transaction.atomic
def post(*, region: Region, recognition_ids: Sequence[int], by: User, on: date) -> HardshipNotice:
    """Post a notice with the masked names of these people; the day of posting does not count.

    :raises CannotPublish: none is ready, one lies elsewhere or hangs already, or the user does not serve the place.
    """
    if not by.serves(region.path, *CHECKERS):
        raise CannotPublish("公示由这个街道的工作人员发布。")
    rows = HardshipRecognition.objects.select_for_update(of=("self",)).filter(
        pk__in=list(recognition_ids), status=Status.PUBLICITY, region__path__within=[region.path]
    )
    found = list(rows.select_related("person", "region").order_by("region__path", "pk"))
    if not found or len(found) != len(set(recognition_ids)):
        raise CannotPublish("勾选的人有的不在待公示名单里了。请刷新页面，重新勾选。")
    ends_on = add_working_days(on, days("publicity_days", on=on, region=region))
    notice = HardshipNotice.objects.create(
        region=region,
        title=f"{region.name}就业困难人员拟认定名单公示",
        starts_on=on,
        ends_on=ends_on,
        posted_by=by,
        is_demo=any(row.is_demo for row in found),
    )
    try:
        with transaction.atomic():
            HardshipLine.objects.bulk_create(
                HardshipLine(
                    notice=notice,
                    recognition=row,
                    number=number,
                    name=row.person.masked_name,
                    community=row.region.name,
                )
                for number, row in enumerate(found, 1)
            )
    except IntegrityError as error:
        raise CannotPublish("有人刚刚被放进另一个公示。请刷新页面，重新勾选。") from error
    for row in found:
        row.due_on = ends_on
        row.bump()
        row.save()
        record(row, Kind.PUBLISH, by=by, note=f"公示到 {ends_on.month} 月 {ends_on.day} 日")
    return notice


def over(*, on: date) -> HardshipNoticeQuerySet:
    """Return the notices that have to be taken down."""
    return HardshipNotice.objects.over(on=on)


@transaction.atomic
def end(*, notice_id: int, on: date) -> HardshipNotice:
    """Take a notice down after its last day; those without an open objection go on to the county.

    Running it again, or late, changes nothing more than is due.

    :raises CannotPublish: its time is not up.
    """
    notice = HardshipNotice.objects.select_for_update().get(pk=notice_id)
    require_over(notice, on=on)
    close(notice)
    _release(notice, on=on)
    return notice


def _release(notice: HardshipNotice, *, on: date) -> None:
    disputed = HardshipObjection.objects.waiting().filter(notice=notice)
    if disputed.filter(line=None).exists():
        return  # an objection against the whole notice stops all of it
    lines = notice.lines.select_for_update().filter(outcome=HardshipLine.Outcome.OPEN)
    for line in lines.exclude(pk__in=disputed.filter(line__isnull=False).values("line")).order_by("number"):
        line.outcome = HardshipLine.Outcome.CLEARED
        line.save(update_fields=["outcome"])
        row = locked(line.recognition_id)
        if row.status == Status.PUBLICITY:
            row.status = Status.COUNTY
            row.due_on = add_working_days(on, days("county_days", on=on, region=row.region))
            row.bump()
            row.save()
            record(row, Kind.END_PUBLICITY, by=None, note="公示期满，没有成立的异议")


@transaction.atomic
def object_to(
    *,
    notice: HardshipNotice,
    line: HardshipLine | None,
    content: str,
    on: date,
    contact_name: str = "",
    contact_phone: str = "",
    channel: str = HardshipObjection.Channel.WEB,
    by: User | None = None,
) -> HardshipObjection:
    """Record an objection to a notice that hangs; anybody may object, with or without a name.

    :raises CannotObject: the notice is over, the line is another's, or the content says too little.
    """
    if line is not None and line.notice_id != notice.pk:
        raise CannotObject("这一行不在这份公示里。请刷新页面再选。")
    if by is not None and not by.serves(notice.region.path, *HANDLERS):
        raise CannotObject("您不是这个地区的经办人员，不能代为登记。")
    objection = HardshipObjection(notice=notice, line=line, channel=channel)
    fill_in(
        objection,
        notice=notice,
        content=content,
        contact_name=contact_name,
        contact_phone=contact_phone,
        days=days("objection_days", on=on, region=notice.region),
        on=on,
    )
    return objection


@transaction.atomic
def answer(
    *, objection_id: int, upheld: bool, finding: str, by: User, on: date, version: object = None
) -> HardshipObjection:
    """Close an objection: upheld sends the person back to the street, rejected lets the matter go on.

    :raises CannotObject: answered already, no finding, or not the user's region.
    :raises StaleVersion: the page was old.
    """
    found = HardshipObjection.objects.select_for_update(of=("self",)).select_related("notice__region", "line")
    objection = found.get(pk=objection_id)
    if not by.serves(objection.notice.region.path, *CHECKERS, Role.COUNTY_SUPERVISOR):
        raise CannotObject("异议由这个地区的工作人员核查。")
    if upheld and objection.line is None:
        raise CannotObject("针对整份公示的异议成立时，请逐行登记异议，再分别处理。")
    conclude(objection, upheld=upheld, finding=finding, by=by, version=version)
    if upheld and objection.line is not None:
        _send_back(objection.line, finding=finding.strip(), by=by, on=on)
    if objection.notice.closed_at is not None:
        _release(objection.notice, on=on)
    return objection


def _send_back(line: HardshipLine, *, finding: str, by: User, on: date) -> None:
    line.outcome = HardshipLine.Outcome.OBJECTED
    line.save(update_fields=["outcome"])
    row = locked(line.recognition_id)
    if row.status == Status.PUBLICITY:
        row.status = Status.STREET
        row.due_on = add_working_days(on, days("street_days", on=on, region=row.region))
        row.bump()
        row.save()
        record(row, Kind.SEND_BACK, by=by, note=f"公示异议成立：{finding}")
