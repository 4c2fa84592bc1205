"""每月跟踪调查: one for every registered person every month, opened by county, done by the community's worker."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from core import audit, events, terms
from core.errors import DomainError
from core.months import add_months, first_day, month_range
from people.models import Region, User
from people.models.region import county_path
from unemployment.assignment import fill_workers
from unemployment.clocks import clocks, missed_calls_before_visit
from unemployment.models import (
    Answer,
    Attempt,
    ContactChannel,
    Escalation,
    FollowUp,
    OpenedMonth,
    Outcome,
    PrintedList,
    Registration,
    Situation,
)
from unemployment.models.choices import INTENTIONS, REACHED
from unemployment.permissions import can_record
from unemployment.rules import due_by_day, follow_up_due, next_search_step

MAX_PRINTED = 200
CATCH_UP_MONTHS = 24
WANTED = {"training": "unemployment.training_wanted", "business": "unemployment.business_wanted"}
"""What training and the entrepreneurship advisers hear of, each under its own name."""


class CannotRecord(DomainError):
    """The contact was not written down."""


class CannotPrint(DomainError):
    """The list was not made."""


# Opening a month

_OPEN_MONTH = """
    INSERT INTO unemployment_followup (registration_id, region_id, month, due_on, assignee_id, version)
    SELECT r.id, r.region_id, %(month)s,
           (%(due)s::date[])[extract(day FROM r.registered_on)::int], r.worker_id, 1
      FROM unemployment_registration r
      JOIN people_region g ON g.id = r.region_id
     WHERE r.status = 'active' AND r.registered_on < %(next)s
       AND (g.path = %(path)s OR (g.path >= %(below)s AND g.path < %(beyond)s))
       AND NOT EXISTS (SELECT FROM unemployment_followup f WHERE f.registration_id = r.id AND f.month = %(month)s)
    ON CONFLICT (registration_id, month) DO NOTHING
"""


@transaction.atomic
def open_month(*, region_id: int, month: date) -> int:
    """Open the month's follow-up of every person registered in a county; return how many rows were made.

    Run again it makes none. Somebody registered during the month already has that month's record (the first contact);
    a missed month is opened later for those who were registered then and still are.
    """
    county, month = Region.objects.get(pk=region_id), first_day(month)
    # One run at a time per county and month: the second one waits and then finds nothing to do.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('open_month'), hashtext(%s))", [f"{region_id} {month}"])
    fill_workers(paths=[county.path], on=timezone.localdate())
    limits = clocks(on=month, region=county.code)
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN_MONTH,
            {
                "month": month,
                "next": add_months(month, 1),
                "due": due_by_day(month, clocks=limits),
                "path": county.path,
                "below": f"{county.path}/",
                "beyond": f"{county.path}0",
            },
        )
        opened = cursor.rowcount
    _note_opened(county, month, opened)
    return opened


def months_to_open(*, on: date) -> list[date]:
    """Return the months that have to be open today: from the first one ever opened to this one."""
    first = OpenedMonth.objects.order_by("month").values_list("month", flat=True).first()
    this = first_day(on)
    start = max(first or this, add_months(this, -CATCH_UP_MONTHS))
    return list(month_range(start, this)) if start <= this else [this]


def missing_months(*, on: date) -> list[tuple[int, date]]:
    """Return (county, month) pairs whose run never happened or left somebody out: what has to be queued again."""
    counties = {county.pk: county.path for county in Region.objects.counties()}
    months = months_to_open(on=on)
    known = set(OpenedMonth.objects.filter(month__in=months).values_list("county", "month"))
    found = {(pk, month) for pk in counties for month in months if (pk, month) not in known}
    by_path = {path: pk for pk, path in counties.items()}
    left_out = (
        Registration.objects.active()
        .filter(registered_on__lt=first_day(on))
        .exclude(follow_ups__month=first_day(on))
        .values_list("region__path", flat=True)
        .distinct()
    )
    for path in left_out:
        pk = by_path.get(county_path(path))
        if pk is not None:
            found.add((pk, first_day(on)))
    return sorted(found)


@transaction.atomic
def cancel_orphans() -> int:
    """Cancel open tasks of registrations that ended while their month was being opened."""
    stray = FollowUp.objects.pending().exclude(registration__status=Registration.Status.ACTIVE)
    return stray.update(status=FollowUp.Status.CANCELLED, cancel_reason="登记已经结束")


def open_for(registration: Registration) -> FollowUp:
    """Open the record of the month in which somebody was registered: the first contact, with its own clock."""
    assert registration.registered_on is not None
    assert registration.region is not None
    month = first_day(registration.registered_on)
    limits = clocks(on=registration.registered_on, region=registration.region.county_code)
    found, _ = FollowUp.objects.get_or_create(
        registration=registration,
        month=month,
        defaults={
            "region": registration.region,
            "due_on": follow_up_due(month, registered_on=registration.registered_on, clocks=limits),
            "assignee": registration.worker,
            "is_first": True,
        },
    )
    return found


def cancel_open(registration: Registration, *, reason: str) -> int:
    """Cancel the open tasks of a registration that ends, with the reason."""
    return (
        FollowUp.objects.pending()
        .filter(registration=registration)
        .update(status=FollowUp.Status.CANCELLED, cancel_reason=reason[:128])
    )


# Doing it


@transaction.atomic
def save_contact_draft(*, follow_up_id: int, values: Mapping[str, Any], by: User) -> FollowUp:
    """Keep what the worker has typed so far. It is nobody's record yet and changes no version.

    :raises CannotRecord: the task is done or not the user's.
    """
    follow_up = locked(follow_up_id)
    _require_worker(follow_up, by)
    if follow_up.status != FollowUp.Status.OPEN:
        raise CannotRecord("这条已经记好了，草稿没有保存。")
    follow_up.draft, follow_up.draft_saved_at = dict(values), timezone.now()
    follow_up.save(update_fields=["draft", "draft_saved_at"])
    return follow_up


@transaction.atomic
def record_contact(*, follow_up_id: int, values: Mapping[str, Any], version: Any, by: User, on: date) -> FollowUp:
    """Write down one attempt. Whoever was reached completes the month's record; whoever was not stays to be contacted.

    求职, 培训 and 创业 are each answered, or the reason is given why not; nothing is carried over from last month.

    :param values: channel, outcome, situation, job, training, business, details, difficulties, services, note,
        next_action, next_on.
    :raises CannotRecord: an answer is missing, or the task is not the user's or closed.
    :raises StaleVersion: somebody else wrote in between.
    """
    follow_up = locked(follow_up_id)
    _require_worker(follow_up, by)
    if follow_up.status == FollowUp.Status.CANCELLED:
        raise CannotRecord(f"这个月的任务已经取消：{follow_up.cancel_reason}。")
    follow_up.require_version(version)
    outcome, channel = values.get("outcome", ""), values.get("channel", "")
    if outcome not in Outcome.values:
        raise CannotRecord("请选联系的结果。")
    if channel not in ContactChannel.values:
        raise CannotRecord("请选怎么联系的。")
    Attempt.objects.create(
        follow_up=follow_up, channel=channel, outcome=outcome, note=str(values.get("note", ""))[:255], by=by
    )
    if outcome in REACHED:
        complete(follow_up, values, by=by, on=on)
    else:
        follow_up.failed_attempts += 1
        follow_up.draft = None
        follow_up.bump()
        follow_up.save()
        _search_when_due(follow_up, on=on)
    return follow_up


def complete(follow_up: FollowUp, values: Mapping[str, Any], *, by: User, on: date) -> None:
    """Make a (locked) contact the month's record. `values` are those of `record_contact`.

    :raises CannotRecord: an answer is missing, or only messages went to and fro for too long.
    """
    if values.get("channel") == ContactChannel.SMS and call_due([follow_up], on=on):
        raise CannotRecord("前几个月都只用短信联系，这个月要打电话、见面或者上门。")
    details = dict(values.get("details") or {})
    for code, label in INTENTIONS:
        answer = values.get(code, "")
        if answer not in Answer.values:
            raise CannotRecord(f"“{label}”还没有回答。问到了选“有”或“没有”，没问到选“没问到”并写明原因。")
        if answer == Answer.NOT_ASKED and not str((details.get(code) or {}).get("reason", "")).strip():
            raise CannotRecord(f"“{label}”没问到，请写明原因。")
        setattr(follow_up, code, answer)
    if values.get("situation") not in Situation.values:
        raise CannotRecord("请选本人现在的情况。")
    follow_up.status = FollowUp.Status.DONE
    follow_up.channel, follow_up.reached = values["channel"], values["outcome"]
    follow_up.situation = values["situation"]
    follow_up.details = details
    follow_up.services = list(values.get("services") or [])
    for name in ("difficulties", "note", "next_action"):
        setattr(follow_up, name, str(values.get(name) or ""))
    follow_up.next_on = values.get("next_on")
    follow_up.done_by, follow_up.done_at = by, timezone.now()
    follow_up.draft = None
    follow_up.bump()
    follow_up.save()
    registration = follow_up.registration
    if registration.first_contact_on is None:
        Registration.objects.filter(pk=registration.pk).update(first_contact_on=on)
    _settle_earlier(follow_up)
    events.append(
        "unemployment.contacted",
        subject=f"person:{registration.person.public_id}",
        payload={
            "follow_up": str(follow_up.public_id),
            "month": follow_up.month.isoformat(),
            "situation": follow_up.situation,
            **{code: getattr(follow_up, code) for code, _ in INTENTIONS},
        },
    )
    for code, name in WANTED.items():
        if getattr(follow_up, code) == Answer.YES:
            events.append(
                name,
                subject=f"person:{registration.person.public_id}",
                payload={"follow_up": str(follow_up.public_id), "region": follow_up.region.code, "on": on.isoformat()},
            )


def call_due(follow_ups: Collection[FollowUp], *, on: date) -> set[int]:
    """Return which of these may not be served by a message again: the last months' contacts were messages alone."""
    limit = int(terms.value("unemployment.sms_months_running", on=on, region="21"))
    before: dict[int, list[tuple[date, str]]] = defaultdict(list)
    rows = FollowUp.objects.done().filter(registration__in={row.registration_id for row in follow_ups})
    for registration, month, channel in rows.order_by("-month").values_list("registration", "month", "channel"):
        before[registration].append((month, channel))
    found = set()
    for row in follow_ups:
        last = [channel for month, channel in before[row.registration_id] if month < row.month][:limit]
        if len(last) == limit and set(last) == {ContactChannel.SMS}:
            found.add(row.pk)
    return found


def _settle_earlier(follow_up: FollowUp) -> None:
    """Close what earlier months left open: the person is found; those months stay months without a contact."""
    earlier = FollowUp.objects.pending().filter(registration=follow_up.registration, month__lt=follow_up.month)
    earlier.update(
        status=FollowUp.Status.CANCELLED,
        cancel_reason=f"当月没有联系上，{follow_up.month:%Y-%m} 已联系上",
    )
    Escalation.objects.open().filter(
        registration=follow_up.registration, kind__in=[Escalation.Kind.UNREACHABLE, Escalation.Kind.FOLLOW_UP]
    ).update(
        status=Escalation.Status.DONE, result="已经联系上本人或家属", done_by=follow_up.done_by, done_at=timezone.now()
    )


def _search_when_due(follow_up: FollowUp, *, on: date) -> None:
    """After some failed attempts begin looking for the person: data, then a visit, then the community. Never a closure."""
    registration = follow_up.registration
    if follow_up.failed_attempts < missed_calls_before_visit(on=on):
        return
    if Escalation.objects.open().filter(registration=registration, kind=Escalation.Kind.UNREACHABLE).exists():
        return
    done = Escalation.objects.filter(
        registration=registration, kind=Escalation.Kind.UNREACHABLE, month=follow_up.month
    ).values_list("step", flat=True)
    if step := next_search_step(set(done)):
        Escalation.objects.create(
            registration=registration,
            region=follow_up.region,
            kind=Escalation.Kind.UNREACHABLE,
            step=step.code,
            month=follow_up.month,
        )


@transaction.atomic
def print_list(*, follow_up_ids: Iterable[int], month: date, filters: str, by: User, on: date) -> PrintedList:
    """Make a visiting list on paper; it shows phones and addresses, so each line leaves a record in the access log.

    :raises CannotPrint: nobody on it, too many, or people outside the user's regions.
    """
    wanted = list(follow_up_ids)
    rows = list(FollowUp.objects.visible_to(by).filter(pk__in=wanted).select_related("region", "registration__person"))
    if not rows:
        raise CannotPrint("名单是空的。请先选人，或换一个筛选条件。")
    if len(rows) > MAX_PRINTED:
        raise CannotPrint(f"一次最多打印 {MAX_PRINTED} 人，现在有 {len(rows)} 人。请按社区分开打印。")
    region = _common_region([row.region for row in rows])
    printed = PrintedList.objects.create(
        serial=_new_serial(on),
        month=month,
        region=region,
        printed_by=by,
        filters=filters[:200],
    )
    printed.follow_ups.set(rows)
    for row in rows:
        audit.record_access(
            actor=by, action="print:contact", subject=row.registration.person, reason=f"走访名单 {printed.serial}"
        )
    return printed


def _new_serial(on: date) -> str:
    while True:
        serial = f"ZF{on:%Y%m%d}{secrets.randbelow(10**6):06d}"
        if not PrintedList.objects.filter(serial=serial).exists():
            return serial


def _common_region(regions: list[Region]) -> Region:
    """Return the smallest region that holds them all."""
    parts = [region.path.split("/") for region in regions]
    common = []
    for level in zip(*parts, strict=False):
        if len(set(level)) > 1:
            break
        common.append(level[0])
    return Region.objects.open().get(path="/".join(common))


def _require_worker(follow_up: FollowUp, by: User) -> None:
    if not can_record(by, follow_up):
        raise CannotRecord("这个人不归您联系。换了责任人的，请刷新名单。")


def locked(follow_up_id: int) -> FollowUp:
    """Return a contact with its person, locked until the transaction ends."""
    return (
        FollowUp.objects.select_for_update(of=("self",))
        .select_related("registration__person", "region")
        .get(pk=follow_up_id)
    )


def _note_opened(county: Region, month: date, opened: int) -> None:
    row, made = OpenedMonth.objects.get_or_create(county=county, month=month, defaults={"opened": opened})
    if not made and opened:
        row.opened += opened
        row.save()
