"""An employer's roster: uploaded, looked at, then taken over some hundred rows at a time by the worker.

Each portion is one transaction together with its outcomes and the position, so that a worker that dies loses nothing and
does nothing twice; the same roster again changes nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from itertools import islice
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core import audit
from core.crypto import blind_indexes
from core.errors import DomainError
from people import identifiers
from people.models import Organisation, Person, User
from people.roles import Role
from unemployment import employments, roster_files
from unemployment.employment_rules import late_days
from unemployment.models import Employment, EmploymentKind, Roster, RosterRow
from unemployment.models.employment import ENTERERS
from unemployment.roster_files import Line, Preview
from unemployment.uploads import PORTION, alone, content_of, file_name, queue

PURPOSE = "person.id_number"
Outcome, Status = RosterRow.Outcome, Roster.Status


class CannotTakeRoster(DomainError):
    """The roster was not taken over."""


def can_hand_in(user: User, employer: Organisation) -> bool:
    """Say whether this user may hand in a roster: the employer's agent, or an officer of its place."""
    return employer.pk in user.organisation_ids(Role.EMPLOYER_AGENT) or user.serves(employer.region.path, *ENTERERS)


@transaction.atomic
def receive(*, upload: UploadedFile, employer: Organisation, by: User, on: date) -> Roster:
    """Keep an uploaded roster; nothing of it is registered yet.

    :raises CannotTakeRoster: the employer is not the user's, or the file is no roster.
    """
    if not can_hand_in(by, employer):
        raise CannotTakeRoster("这个单位不归您办。")
    found = _look(content_of(upload, refuse=CannotTakeRoster), on)
    return Roster.objects.create(
        employer=employer,
        file_name=file_name(upload),
        upload=upload,
        received_on=on,
        total=found.total,
        by=by,
    )


def preview(roster: Roster) -> Preview:
    """Return what a waiting roster holds, for a person to look at.

    :raises CannotTakeRoster: the file is gone or damaged.
    """
    with _content(roster) as file:
        return _look(file, roster.received_on)


def _look(file: BytesIO, on: date) -> Preview:
    try:
        return roster_files.preview(file, on=on)
    except roster_files.CannotReadRoster as error:
        raise CannotTakeRoster(error.message) from error


@transaction.atomic
def start(*, roster_id: int, version: Any, by: User) -> Roster:
    """Hand the roster to the worker.

    :raises CannotTakeRoster: it began already, or is not the user's.
    :raises StaleVersion: the page was old.
    """
    roster = Roster.objects.select_for_update(of=("self",)).select_related("employer__region").get(pk=roster_id)
    if not can_hand_in(by, roster.employer):
        raise CannotTakeRoster("这个单位不归您办。")
    queue(roster, version=version, begun=CannotTakeRoster("这份名册已经开始登记。请刷新页面。"))
    return roster


def run(*, roster_id: int) -> None:
    """Take a roster over; it goes on where it stopped. Two workers never do the same one."""
    with alone(Roster, roster_id) as mine:
        roster = Roster.objects.select_related("by", "employer__region").get(pk=roster_id)
        if not mine or not roster.is_waiting:
            return
        with audit.context(channel="import", actor=roster.by, reason=f"roster {roster.public_id}"):
            try:
                with _content(roster) as file:
                    rows = roster_files.lines(file, on=roster.received_on)
                    for _ in islice(rows, roster.position):
                        pass
                    while portion := list(islice(rows, PORTION)):
                        take_portion(roster=roster, portion=portion)
            except (CannotTakeRoster, roster_files.CannotReadRoster) as error:
                roster.status, roster.problem = Status.FAILED, error.message[:500]
            else:
                roster.status = Status.DONE
            roster.save()


@dataclass
class _Work:
    """What is known of the people of a portion, and what is to be written."""

    roster: Roster
    limits: employments.Limits
    people: dict[str, Person]
    known: dict[int, list[Employment]]
    new: list[Employment] = field(default_factory=list)
    ended: list[Employment] = field(default_factory=list)
    outcomes: list[RosterRow] = field(default_factory=list)

    def note(self, line: Line, outcome: str, note: str = "") -> None:
        self.outcomes.append(
            RosterRow(
                roster=self.roster,
                line=line.number,
                name=identifiers.mask_name(line.name) if line.id_number else line.name[:20],
                id_mask=line.id_mask,
                outcome=outcome,
                note=note[:200],
            )
        )


@transaction.atomic
def take_portion(*, roster: Roster, portion: list[Line]) -> None:
    """Write one portion: people who are not on file, hires, ends, outcomes, and how far it is. All or nothing."""
    employments.lock_employer(roster.employer)
    good = [line for line in portion if not line.problem]
    people = _people(good)
    known: dict[int, list[Employment]] = {}
    rows = Employment.objects.select_for_update(of=("self",)).filter(
        employer=roster.employer, person__in=[person.pk for person in people.values()]
    )
    for row in rows.select_related("person").order_by("started_on", "pk"):
        known.setdefault(row.person_id, []).append(row)
    work = _Work(roster, employments.limits(on=roster.received_on), people, known)
    for line in portion:
        _take(line, work)
    employments.place(work.new)
    Employment.objects.bulk_create(work.new)
    Employment.objects.bulk_update(
        work.ended, ["ended_on", "end_reported_on", "end_reason", "ended_by", "end_late_days", "version"]
    )
    RosterRow.objects.bulk_create(work.outcomes)
    employments.tell_hired(work.new)
    employments.tell_ended([*work.ended, *(row for row in work.new if not row.is_open)])
    _count(roster, work, len(portion))


def _count(roster: Roster, work: _Work, rows: int) -> None:
    said = [row.outcome for row in work.outcomes]
    roster.hired += said.count(Outcome.HIRED) + said.count(Outcome.BOTH)
    roster.ended += said.count(Outcome.ENDED) + said.count(Outcome.BOTH)
    roster.unchanged += said.count(Outcome.UNCHANGED)
    roster.rejected += said.count(Outcome.REJECTED)
    roster.late += sum(1 for row in [*work.new, *work.ended] if row.late_days or row.end_late_days)
    roster.position += rows
    roster.status = Status.RUNNING
    roster.save()


def _people(good: list[Line]) -> dict[str, Person]:
    """Return the people of these rows by ID number; those not on file get a record, with what the roster says of them."""
    numbers = {line.id_number: line for line in good}
    found = _on_file(numbers)
    fresh = []
    for number, line in numbers.items():
        if number not in found:
            person = Person(name=line.name)
            person.set_id_number(number)
            fresh.append(person)
    if fresh:
        # Somebody else may enter the same person at this moment: theirs stays, and is read back.
        Person.objects.bulk_create(fresh, ignore_conflicts=True)
        found |= _on_file({number: line for number, line in numbers.items() if number not in found})
    return found


def _on_file(numbers: dict[str, Line]) -> dict[str, Person]:
    by_index = {index: number for number in numbers for index in blind_indexes(number, purpose=PURPOSE)}
    return {by_index[row.id_index]: row for row in Person.objects.filter(id_index__in=list(by_index)).order_by("pk")}


def _take(line: Line, work: _Work) -> None:
    if line.problem:
        return work.note(line, Outcome.REJECTED, line.problem)
    person = work.people.get(line.id_number)
    if person is None or person.name != line.name:
        return work.note(line, Outcome.REJECTED, "姓名和这个证件号码在档案里的姓名不一致。请对照证件核对。")
    assert line.started_on is not None
    on = work.roster.received_on
    try:
        employments.require_first_day(person, line.started_on, on=on)
    except DomainError as error:
        return work.note(line, Outcome.REJECTED, error.message)
    if line.ended_on and not line.started_on <= line.ended_on <= on:
        return work.note(line, Outcome.REJECTED, "解除日期要在上岗日期和今天之间。")
    mine = work.known.setdefault(person.pk, [])
    same = next((row for row in mine if row.started_on == line.started_on), None)
    if same is None:
        return _hire(line, person, mine, work)
    if line.ended_on is None:
        return work.note(line, Outcome.UNCHANGED, "" if same.is_open else f"已在 {same.ended_on:%Y-%m-%d} 解除。")
    if same.ended_on == line.ended_on:
        return work.note(line, Outcome.UNCHANGED)
    if not same.is_open:
        return work.note(line, Outcome.REJECTED, f"这一段已经在 {same.ended_on:%Y-%m-%d} 解除。写错的，请到窗口更正。")
    _end(line, same, work)
    if same.pk is not None:
        same.bump()
        work.ended.append(same)
    return work.note(line, Outcome.ENDED, _late(same.end_late_days))


def _hire(line: Line, person: Person, mine: list[Employment], work: _Work) -> None:
    assert line.started_on is not None
    standing = next((row for row in mine if row.is_open), None)
    if standing is not None and line.ended_on is None:
        said = f"此人从 {standing.started_on:%Y-%m-%d} 起已经在册。重新录用的，请先写明上一段的解除日期。"
        return work.note(line, Outcome.REJECTED, said)
    roster = work.roster
    row = Employment(
        person=person,
        kind=EmploymentKind.UNIT,
        employer=roster.employer,
        title=line.title,
        region=roster.employer.region,
        started_on=line.started_on,
        reported_on=roster.received_on,
        late_days=late_days(line.started_on, reported_on=roster.received_on, limit=work.limits.hire),
        channel=Employment.Channel.ROSTER,
        number=employments.new_number(roster.employer.region, roster.received_on),
        entered_by=roster.by,
    )
    if line.ended_on:
        _end(line, row, work)
    mine.append(row)
    work.new.append(row)
    outcome = Outcome.BOTH if line.ended_on else Outcome.HIRED
    return work.note(line, outcome, _late(row.late_days or row.end_late_days))


def _end(line: Line, row: Employment, work: _Work) -> None:
    assert line.ended_on is not None
    roster = work.roster
    employments.put_end(
        row, ended_on=line.ended_on, reason=line.reason, by=roster.by, on=roster.received_on, limit=work.limits.end
    )


def _late(days: int | None) -> str:
    return f"超过规定期限 {days} 天。" if days else ""


@contextmanager
def _content(roster: Roster) -> Iterator[BytesIO]:
    try:
        with roster.upload.open("rb") as stored:
            yield BytesIO(stored.read())
    except (OSError, ValueError) as error:
        raise CannotTakeRoster("上传的文件不在了。请重新上传。") from error
