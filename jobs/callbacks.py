"""Calling back after a hire, on the days that the dated term names."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from core import audit, events, terms
from core.errors import DomainError
from jobs.limits import PROVINCE
from jobs.models import CallBack, Placement
from people import reveal
from people.models import User
from people.roles import CASE_ROLES


class CannotRecord(DomainError):
    """The call-back stays as it was."""


def plan_call_backs(placement: Placement) -> list[CallBack]:
    """Write down when somebody who was hired is called; run again it makes none twice."""
    found = terms.get("jobs.callback_days", on=placement.starts_on, region=PROVINCE)
    person = placement.person
    region = (person.residence_region if person else None) or placement.posting.region
    rows = [
        CallBack(
            placement=placement,
            region=region,
            days=int(days),
            due_on=placement.starts_on + timedelta(days=int(days)),
            term=found.version,
        )
        for days in found.value
    ]
    return CallBack.objects.bulk_create(rows, ignore_conflicts=True)


def _serves(by: User, row: CallBack) -> bool:
    return row.region is not None and by.serves(row.region.path, *CASE_ROLES)


@transaction.atomic
def record_call_back(*, call_back_id: int, values: Mapping[str, Any], version: object, by: User, on: date) -> CallBack:
    """Write down what was heard. Not reached: it stays open. Left: the later calls are dropped, and others are told.

    :param values: situation, fit, pay, left_on, note.
    :raises CannotRecord: another region's, done before, or the answers do not go together.
    :raises StaleVersion: somebody wrote since the page was opened.
    """
    rows = CallBack.objects.select_for_update(of=("self",)).select_related("region", "placement__person")
    row = rows.get(pk=call_back_id)
    row.require_version(version)
    if not _serves(by, row) or row.status != CallBack.Status.OPEN:
        raise CannotRecord("这次回访已经有人做了，或者不在您的辖区。请刷新页面。")
    situation = values["situation"]
    if situation == CallBack.Situation.WORKING and not (values["fit"] and values["pay"]):
        raise CannotRecord("还在岗的，请选岗位适应得怎么样、工资发得怎么样。")
    left_on = values["left_on"] if situation == CallBack.Situation.LEFT else None
    if situation == CallBack.Situation.LEFT and not (left_on and row.placement.starts_on <= left_on <= on):
        raise CannotRecord("请写哪天离开的：不早于上岗那天，不晚于今天。")
    row.situation, row.note, row.left_on = situation, values["note"].strip(), left_on
    if situation == CallBack.Situation.UNREACHED:
        row.attempts += 1
    else:
        row.fit, row.pay = values["fit"], values["pay"]
        row.status, row.done_by, row.done_at = CallBack.Status.DONE, by, timezone.now()
    row.bump()
    row.save()
    if row.status == CallBack.Status.DONE:
        _tell(row)
    return row


def _tell(row: CallBack) -> None:
    """Let other apps know; who left needs no later call, and perhaps a new registration or plan."""
    person = row.placement.person
    if row.situation == CallBack.Situation.LEFT:
        later = row.placement.call_backs.filter(status=CallBack.Status.OPEN)
        later.update(status=CallBack.Status.DROPPED)
    events.append(
        "jobs.call_back_recorded",
        subject=f"person:{person.public_id}" if person else f"placement:{row.placement.public_id}",
        payload={
            "placement": str(row.placement.public_id),
            "days": row.days,
            "situation": row.situation,
            "fit": row.fit,
            "pay": row.pay,
            "left_on": row.left_on.isoformat() if row.left_on else None,
        },
    )


def open_phone(*, row: CallBack, by: User) -> str:
    """Open the phone for this call and leave a record; the person's own, else the one given to the employer.

    :raises CannotRecord: another region's, or done.
    """
    if not _serves(by, row) or row.status != CallBack.Status.OPEN:
        raise CannotRecord("这次回访已经有人做了，或者不在您的辖区。请刷新页面。")
    task = f"就业回访，上岗后第 {row.days} 天"
    person = row.placement.person
    if person is not None and person.phone:
        return reveal.open_for_task(person=person, field="phone", by=by, task=task)
    application = row.placement.application
    audit.record_access(actor=by, action="task:phone", subject=person or application.applicant, reason=task)
    return application.phone.open()
