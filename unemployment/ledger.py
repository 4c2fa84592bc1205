"""Taking an old ledger over: tried first, then written some hundred rows at a time; what exists is never overwritten.

Each portion is one transaction together with its outcomes and the position, so that a worker that dies loses nothing and
does nothing twice; the same file again changes nothing.
"""

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO
from itertools import islice
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit
from core.columns import Column
from core.crypto import blind_indexes
from core.errors import DomainError
from people import identifiers
from people.models import Person, Region, User
from unemployment.followups import open_for
from unemployment.ledger_files import (
    LABELS,
    REQUIRED,
    CannotReadLedger,
    Line,
    Places,
    columns_shown,
    guess,
    lines,
    look,
    missing,
)
from unemployment.models import Channel, Ledger, LedgerMapping, LedgerRow, Registration, Status
from unemployment.models.registration import OFFICERS
from unemployment.registration import STEPS
from unemployment.uploads import PORTION, alone, content_of, file_name, queue

SHOWN = 5
PURPOSE = "person.id_number"
PLEDGE = "台账"
LOST = "上传的文件不在了。请重新上传。"
NOBODY = "台账里没有人。第一行写列名，从第二行起一行一个人。"
BEGUN = "这份台账已经开始导入。请刷新页面。"
Outcome = LedgerRow.Outcome


class CannotTakeLedger(DomainError):
    """The ledger was not taken over."""


@transaction.atomic
def receive(*, upload: UploadedFile, region: Region, by: User, on: date) -> Ledger:
    """Keep an uploaded ledger and try it: what would become of how many rows. Nobody is registered yet.

    :raises CannotTakeLedger: the place is not the user's, or the file is no ledger.
    """
    if not by.serves(region.path, *OFFICERS):
        raise CannotTakeLedger("这个地区不归您管，不能导入它的台账。")
    content = content_of(upload, refuse=CannotTakeLedger)
    try:
        header, rows = look(content)
    except CannotReadLedger as error:
        raise CannotTakeLedger(error.message) from error
    columns = guess(header, saved=LedgerMapping.objects.of(region))
    if sum(map(bool, header)) < len(REQUIRED):
        raise CannotTakeLedger(f"第一行缺少列：{'、'.join(missing(columns))}。请下载模板，照着填。")
    if not rows:
        raise CannotTakeLedger(NOBODY)
    # Where a column is not found by its name, somebody says which one it is; the trial waits for that.
    trial = {} if missing(columns) else try_out(content, columns=columns, region=region, on=on)
    return Ledger.objects.create(
        region=region,
        file_name=file_name(upload),
        upload=upload,
        received_on=on,
        columns=columns,
        trial=trial,
        total=trial.get("total", 0),
        by=by,
    )


def columns_of(found: Ledger) -> list[Column]:
    """Return the columns of an uploaded ledger with its first rows, masked, and what each is taken for.

    :raises CannotTakeLedger: the file is gone, or no table.
    """
    try:
        with found.upload.open("rb") as stored:
            return columns_shown(BytesIO(stored.read()), found.columns)
    except OSError as error:
        raise CannotTakeLedger(LOST) from error
    except CannotReadLedger as error:
        raise CannotTakeLedger(error.message) from error


@transaction.atomic
def settle_columns(*, ledger_id: int, columns: Mapping[str, str], version: Any, by: User) -> Ledger:
    """Say which column is which, for this ledger and the next ones of its place, and try it so.

    :param columns: our field -> the file's column.
    :raises CannotTakeLedger: it began already or is not the user's, a column is missing, or the file is no ledger.
    :raises StaleVersion: the page was old.
    """
    found = _mine(ledger_id, by)
    found.require_version(version)
    if found.status != Ledger.Status.UPLOADED:
        raise CannotTakeLedger(BEGUN)
    if lacking := missing(columns):
        raise CannotTakeLedger(f"请指出哪一列是{'、哪一列是'.join(lacking)}。")
    found.columns = {field: name for field, name in columns.items() if field in LABELS}
    try:
        with found.upload.open("rb") as stored:
            content = BytesIO(stored.read())
    except OSError as error:
        raise CannotTakeLedger(LOST) from error
    found.trial = try_out(content, columns=found.columns, region=found.region, on=found.received_on)
    found.total = found.trial["total"]
    found.bump()
    found.save()
    LedgerMapping.objects.update_or_create(region=found.region, defaults={"columns": found.columns, "saved_by": by})
    return found


def _mine(ledger_id: int, by: User) -> Ledger:
    found = Ledger.objects.select_for_update(of=("self",)).select_related("region").get(pk=ledger_id)
    if not by.serves(found.region.path, *OFFICERS):
        raise CannotTakeLedger("这个地区不归您管。")
    return found


def try_out(file: BytesIO, *, region: Region, on: date, columns: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Read a whole ledger and look everybody up without writing: counts by outcome, first rows, first problems, masked.

    :param columns: our field -> the file's column; by the usual names, or as settled for the place, when left out.
    :raises CannotTakeLedger: no table, a column is missing, or nobody is in it.
    """
    try:
        header, _ = look(file)
        if columns is None:
            columns = guess(header, saved=LedgerMapping.objects.of(region))
        rows = lines(file, columns=columns, places=Places.within([region.path]), on=on)
        counts: Counter[str] = Counter()
        first: list[list[str]] = []
        problems: list[list[str]] = []
        while portion := list(islice(rows, PORTION)):
            work = _Work.of(portion)
            for line in portion:
                outcome, note = _judge(line, work)
                counts[outcome] += 1
                shown = [str(line.number), _shown(line), line.id_mask, Outcome(outcome).label, note]
                if len(first) < SHOWN:
                    first.append(shown)
                if outcome in (Outcome.REJECTED, Outcome.DUPLICATE) and len(problems) < 20:
                    problems.append(shown)
    except CannotReadLedger as error:
        raise CannotTakeLedger(error.message) from error
    if not counts:
        raise CannotTakeLedger(NOBODY)
    return {
        "total": counts.total(),
        "counts": [[Outcome(code).label, counts[code]] for code in Outcome.values if counts[code]],
        "columns": [LABELS[name] for name in LABELS if name in columns],
        "unknown": [name for name in header if name and name not in columns.values()],
        "first": first,
        "problems": problems,
    }


@transaction.atomic
def start(*, ledger_id: int, version: Any, by: User) -> Ledger:
    """Hand the ledger to the worker.

    :raises CannotTakeLedger: it began already, or is not the user's.
    :raises StaleVersion: the page was old.
    """
    ledger = _mine(ledger_id, by)
    if ledger.status == Ledger.Status.UPLOADED and not ledger.trial:
        raise CannotTakeLedger(f"还没有指出哪一列是{'、哪一列是'.join(missing(ledger.columns))}。请先对好列。")
    queue(ledger, version=version, begun=CannotTakeLedger(BEGUN))
    return ledger


def run(*, ledger_id: int) -> None:
    """Take a ledger over; it goes on where it stopped. Two workers never do the same one."""
    with alone(Ledger, ledger_id) as mine:
        ledger = Ledger.objects.select_related("by", "region").get(pk=ledger_id)
        if not mine or not ledger.is_waiting:
            return
        with audit.context(channel="import", actor=ledger.by, reason=f"ledger {ledger.public_id}"):
            try:
                with ledger.upload.open("rb") as stored:
                    content = BytesIO(stored.read())
                rows = lines(
                    content,
                    columns=ledger.columns,
                    places=Places.within([ledger.region.path]),
                    on=ledger.received_on,
                )
                for _ in islice(rows, ledger.position):
                    pass
                while portion := list(islice(rows, PORTION)):
                    take_portion(ledger=ledger, portion=portion)
            except OSError:
                ledger.status, ledger.problem = Ledger.Status.FAILED, LOST
            except CannotReadLedger as error:
                ledger.status, ledger.problem = Ledger.Status.FAILED, error.message[:500]
            else:
                ledger.status = Ledger.Status.DONE
            ledger.save()


@dataclass
class _Work:
    """What is known about the people of a portion."""

    people: dict[str, Person]
    open: dict[int, Registration]
    closed: set[tuple[int, date | None, date | None]]
    seen: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, portion: list[Line]) -> "_Work":
        people = _on_file([line.id_number for line in portion if line.id_number])
        ids = [person.pk for person in people.values()]
        rows = Registration.objects.filter(person__in=ids).select_related("region")
        return cls(
            people,
            {row.person_id: row for row in rows.open()},
            set(rows.filter(channel=Channel.IMPORT).values_list("person", "registered_on", "ended_on")),
        )


def _judge(line: Line, work: _Work) -> tuple[str, str]:
    """Return what becomes of a row, and why."""
    if line.problem:
        return Outcome.REJECTED, line.problem
    person = work.people.get(line.id_number)
    if person is not None and person.name != line.name:
        return Outcome.REJECTED, "姓名和这个证件号码在档案里的姓名不一致。请对照证件核对。"
    if person is not None and (person.pk, line.registered_on, line.ended_on) in work.closed:
        return Outcome.UNCHANGED, ""
    if line.is_over:
        return Outcome.HISTORY, ""
    standing = work.open.get(person.pk) if person else None
    if standing is not None:
        place = standing.region.full_name if standing.region else "网上草稿"
        return Outcome.DUPLICATE, f"{place}，{standing.get_status_display()}。要换地方管理，请办理转移。"
    if line.id_number in work.seen:
        return Outcome.DUPLICATE, "这份台账里前面已经有这个人有效的一行。"
    work.seen.add(line.id_number)
    return Outcome.REGISTERED, ""


@transaction.atomic
def take_portion(*, ledger: Ledger, portion: list[Line]) -> None:
    """Write one portion: people not on file, registrations, outcomes, and how far it is. All or nothing."""
    _enter([line for line in portion if not line.problem])
    work = _Work.of(portion)
    judged = [(line, *_judge(line, work)) for line in portion]
    wanted = [line for line, outcome, _ in judged if outcome in (Outcome.REGISTERED, Outcome.HISTORY)]
    lost = _write([_registration(line, work.people[line.id_number]) for line in wanted], wanted)
    outcomes = []
    for line, said, why in judged:
        outcome, note = (Outcome.DUPLICATE, "同时有人给他办了登记。") if line.number in lost else (said, why)
        outcomes.append(
            LedgerRow(
                ledger=ledger,
                line=line.number,
                name=_shown(line),
                id_mask=line.id_mask,
                outcome=outcome,
                note=note[:200],
            )
        )
        setattr(ledger, outcome, getattr(ledger, outcome) + 1)
    LedgerRow.objects.bulk_create(outcomes)
    ledger.position += len(portion)
    ledger.status = Ledger.Status.RUNNING
    ledger.save()


def _write(rows: list[Registration], wanted: list[Line]) -> set[int]:
    """Write the registrations; return the lines of those for whom somebody else opened one at this very moment."""
    lost: set[int] = set()
    try:
        with transaction.atomic():
            Registration.objects.bulk_create(rows)
    except IntegrityError as error:
        if "registration_one_open" not in str(error):
            raise
        for row, line in zip(rows, wanted, strict=True):
            row.pk = None
            try:
                with transaction.atomic():
                    row.save(force_insert=True)
            except IntegrityError:
                lost.add(line.number)
    this_month = timezone.localdate().replace(day=1)
    for row in rows:
        # Who came on the register this month has this month's contact still before them; the sweep opens the others.
        if row.pk and row.status == Status.ACTIVE and row.registered_on and row.registered_on >= this_month:
            open_for(row)
    return lost


def _registration(line: Line, person: Person) -> Registration:
    assert line.region is not None
    assert line.registered_on is not None
    at = timezone.make_aware(datetime.combine(line.registered_on, time(9)))
    row = Registration(
        person=person,
        channel=Channel.IMPORT,
        status=Status.ACTIVE,
        region=line.region,
        place_kind="residence",
        steps_done=list(STEPS),
        submitted_at=at,
        # The old ledger holds whom the county had registered; their signed sheets stay in its files.
        pledged_at=at,
        pledge_version=PLEDGE,
        receipt_number=f"{line.region.county_code}{line.registered_on:%y%m%d}{secrets.randbelow(10**8):08d}"[:20],
        registered_on=line.registered_on,
        decided_at=at,
        **line.fields,
    )
    if line.is_over:
        row.status, row.imported_history = Status.DEREGISTERED, True
        row.ended_on, row.ended_ground = line.ended_on, line.ground
    return row


def _enter(good: list[Line]) -> None:
    """Make a record of those who have none, with what the ledger says of them."""
    known = _on_file([line.id_number for line in good])
    fresh: dict[str, Person] = {}
    for line in good:
        if line.id_number in known or line.id_number in fresh:
            continue
        person = Person(name=line.name, residence_region=line.region)
        person.set_id_number(line.id_number)
        person.set_phone(line.phone)
        for name in ("education", "household_kind", "nation", "health"):
            setattr(person, name, line.fields[name])
        fresh[line.id_number] = person
    if fresh:
        # Somebody else may enter the same person at this moment: theirs stays, and is read back.
        Person.objects.bulk_create(fresh.values(), ignore_conflicts=True)


def _on_file(numbers: list[str]) -> dict[str, Person]:
    by_index = {index: number for number in numbers for index in blind_indexes(number, purpose=PURPOSE)}
    return {by_index[row.id_index]: row for row in Person.objects.filter(id_index__in=list(by_index)).order_by("pk")}


def _shown(line: Line) -> str:
    return (line.name if line.problem else identifiers.mask_name(line.name))[:20]
