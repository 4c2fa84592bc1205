"""就业困难人员: application → community → street → publicity → county, each step by another person, and the ledger."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from core import terms
from core.errors import DomainError
from core.months import add_months
from core.workdays import add_working_days
from messaging import outbox
from people.models import Group, GroupMembership, Person, Region, User
from people.retirement import CannotTellRetirement, months_to_retirement
from unemployment.clocks import remedy_text
from unemployment.models import Registration
from unemployment.models.hardship import (
    CHECKERS,
    DECIDERS,
    UNDER_WAY,
    HardshipRecognition,
    HardshipStatus,
    HardshipStep,
)
from unemployment.registration import new_number

Status, Kind, Office = HardshipStatus, HardshipStep.Kind, HardshipStep.Office
PREFIX = "hardship"
SOURCE = "就业困难人员台账"


class CannotApply(DomainError):
    """The application was not taken."""


class CannotHandle(DomainError):
    """The step was not taken."""


@dataclass(frozen=True, slots=True)
class Category:
    """One of the categories in force: its words, what proves it, where it comes from."""

    code: str
    label: str
    proof: str
    source: str
    confirmed: bool
    version: str
    order: int

    @property
    def title(self) -> str:
        """Return the label, with the mark of what no local document confirms yet."""
        return self.label if self.confirmed else f"{self.label}（示例，待地方确认）"


def categories(*, on: date, region: str = "21") -> dict[str, Category]:
    """Return the categories in force on a day in a place, in their order. One query."""
    found = terms.snapshot(f"{PREFIX}.category")
    rows = []
    for code in found.codes():
        try:
            term = found.get(code, on=on, region=region)
        except terms.TermMissing:
            continue
        rows.append(
            Category(
                code=code.rsplit(".", 1)[1],
                label=term.value["label"],
                proof=term.value["proof"],
                source=f"{term.source}，{term.article}",
                confirmed=term.is_confirmed,
                version=term.version,
                order=int(term.value["order"]),
            )
        )
    return {row.code: row for row in sorted(rows, key=lambda row: row.order)}


def days(code: str, *, on: date, region: Region) -> int:
    """Return a dated number of working days or months."""
    return int(terms.value(f"{PREFIX}.{code}", on=on, region=region.county_code))


@transaction.atomic
def apply(
    *, person: Person, category: str, region: Region, circumstances: str, by: User, on: date, consent: str = ""
) -> HardshipRecognition:
    """Take an application down: the person's own, or by a community worker who wrote how the person agreed.

    A worker who applies for somebody has looked into it: the street is next.

    :raises CannotApply: no such category, too few words, another's community, or one is open already.
    """
    known = categories(on=on, region=region.county_code).get(category)
    if known is None:
        raise CannotApply("请选择列出的类别。")
    own = by.person_id == person.pk
    if not own and not by.serves(region.path, *CHECKERS):
        raise CannotApply("这个社区不归您负责，不能代为申请。")
    if region.level != Region.Level.COMMUNITY:
        raise CannotApply("请选择具体的社区或村。")
    if len(circumstances.strip()) < 6:
        raise CannotApply("请写明情况，至少 6 个字，例如“低保家庭，去年 9 月起没有工作”。")
    if not own and len(consent.strip()) < 4:
        raise CannotApply("请写明本人是怎么同意的，例如“11 月 3 日在社区当面签字”。")
    row = HardshipRecognition(
        person=person,
        category=category,
        category_version=known.version,
        region=region,
        channel=HardshipRecognition.Channel.ONLINE if own else HardshipRecognition.Channel.ON_BEHALF,
        status=Status.COMMUNITY if own else Status.STREET,
        circumstances=circumstances.strip(),
        consent="" if own else consent.strip(),
        applied_on=on,
        due_on=add_working_days(on, days("community_days" if own else "street_days", on=on, region=region)),
        is_demo=person.is_demo,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "hardship_one_open" not in str(error):
            raise
        raise CannotApply("此人的这个类别已经在办或者已经认定，不用重复申请。") from error
    record(row, Kind.APPLY, by=by, office=Office.NONE if own else Office.COMMUNITY, note=row.circumstances)
    return row


@transaction.atomic
def check(*, recognition_id: int, note: str, version: Any, by: User, on: date) -> HardshipRecognition:
    """Write down what the community found out; the street is next.

    :raises CannotHandle: not this worker's, another step, or no words.
    :raises StaleVersion: the page was old.
    """
    row = locked(recognition_id)
    _require(row, Status.COMMUNITY, by, row.region.path, *CHECKERS)
    row.require_version(version)
    return _move(row, Status.STREET, Kind.CHECK, Office.COMMUNITY, note=_words(note), by=by, on=on, clock="street_days")


@transaction.atomic
def review(*, recognition_id: int, note: str, version: Any, by: User, on: date) -> HardshipRecognition:
    """Let the street pass it on to publicity.

    :raises CannotHandle: the user does not serve the whole street, or took another step of it.
    :raises StaleVersion: the page was old.
    """
    row = locked(recognition_id)
    _require(row, Status.STREET, by, _street(row), *CHECKERS)
    row.require_version(version)
    return _move(row, Status.PUBLICITY, Kind.REVIEW, Office.STREET, note=_words(note), by=by, on=on)


@transaction.atomic
def recognise(*, recognition_id: int, note: str, version: Any, by: User, on: date) -> HardshipRecognition:
    """Recognise after the publicity: a number, the day of the next look, and the group that subsidies ask for.

    :raises CannotHandle: not the county's supervisor, or they took another step of it.
    :raises StaleVersion: the page was old.
    """
    row = locked(recognition_id)
    _require(row, Status.COUNTY, by, row.region.path, *DECIDERS)
    row.require_version(version)
    row.number, row.recognised_on, row.recognised_by = f"KN{new_number(row.region, on)}", on, by
    row.valid_until = add_months(on, days("valid_months", on=on, region=row.region))
    row = _move(row, Status.RECOGNISED, Kind.RECOGNISE, Office.COUNTY, note=note.strip(), by=by, on=on)
    begin_membership(row, on=on)
    tell(row, "hardship_recognised", number=row.number, until=row.valid_until)
    return row


@transaction.atomic
def refuse(*, recognition_id: int, reason: str, version: Any, by: User, on: date) -> HardshipRecognition:
    """Refuse, at the street or at the county, with the reason in full and how to object.

    :raises CannotHandle: no reason, or not the user's step.
    :raises StaleVersion: the page was old.
    """
    row = locked(recognition_id)
    row.require(CannotHandle, Status.STREET, Status.COUNTY)
    street = row.status == Status.STREET
    _require(row, row.status, by, _street(row) if street else row.region.path, *(CHECKERS if street else DECIDERS))
    row.require_version(version)
    if len(reason.strip()) < 10:
        raise CannotHandle("请写明不予认定的理由，至少 10 个字：哪一条不符合，本人可以怎么办。")
    row.refusal_reason = f"{reason.strip()}\n{remedy_text(on=on)}"
    office = Office.STREET if street else Office.COUNTY
    row = _move(row, Status.REFUSED, Kind.REFUSE, office, note=reason.strip(), by=by, on=on)
    tell(row, "hardship_refused", reason=reason.strip())
    return row


@transaction.atomic
def withdraw(*, recognition_id: int, by: User, on: date) -> HardshipRecognition:
    """Take one's own application back before it hangs in public.

    :raises CannotHandle: it is somebody else's, or past that.
    """
    row = locked(recognition_id)
    if row.person_id != by.person_id:
        raise CannotHandle("只能撤回自己的申请。")
    row.require(CannotHandle, Status.COMMUNITY, Status.STREET)
    return _move(row, Status.WITHDRAWN, Kind.WITHDRAW, Office.NONE, note="本人撤回", by=by, on=on)


@transaction.atomic
def renew(*, recognition_id: int, note: str, version: Any, by: User, on: date) -> HardshipRecognition:
    """Write down that the person still belongs to the category; the next look is due a term later.

    :raises CannotHandle: not recognised, not the county's officer's, or no words.
    :raises StaleVersion: the page was old.
    """
    row = locked(recognition_id)
    row.require(CannotHandle, Status.RECOGNISED)
    if not by.serves(row.region.path, *CHECKERS, *DECIDERS) or by.person_id == row.person_id:
        raise CannotHandle("这个人不归您复核。")
    row.require_version(version)
    row.valid_until = add_months(max(on, row.valid_until or on), days("valid_months", on=on, region=row.region))
    row.bump()
    row.save()
    record(row, Kind.RENEW, by=by, note=_words(note))
    return row


# What other modules of this app need


def locked(recognition_id: int) -> HardshipRecognition:
    """Return the row, locked, with its person and place."""
    found = HardshipRecognition.objects.select_for_update(of=("self",)).select_related("person", "region__parent")
    return found.get(pk=recognition_id)


def record(row: HardshipRecognition, kind: str, *, by: User | None, office: str = "", note: str = "") -> None:
    """Add one act to the record of a recognition.

    :raises CannotHandle: this person took the part of another office before.
    """
    try:
        with transaction.atomic():
            HardshipStep.objects.create(recognition=row, kind=kind, by=by, office=office, note=note[:1000])
    except IntegrityError as error:
        if "hardship_step_four_eyes" not in str(error):
            raise
        raise CannotHandle("社区核实、街道初审、区县认定要由不同的人办，您已经办过前面的一步。") from error


def tell(row: HardshipRecognition, template: str, **context: Any) -> None:
    """Tell the person, once for each step."""
    outbox.send(
        to=row.person,
        template=template,
        context=context,
        key=f"{template}:{row.public_id}:{row.version}",
        link="/unemployment/hardship/",
    )


def begin_membership(row: HardshipRecognition, *, on: date) -> None:
    """Put the person into the group; its end is open, because nobody leaves it without a decision."""
    rows = GroupMembership.objects.filter(person=row.person, group=Group.HARDSHIP)
    if rows.on(on).exists():
        return
    last = rows.order_by("-valid").first()
    start = max(on, last.valid.upper) if last and last.valid.upper else on
    GroupMembership.objects.create(
        person=row.person, group=Group.HARDSHIP, valid=(start, None), source=SOURCE, document_no=row.number or ""
    )


def end_membership(row: HardshipRecognition, *, on: date) -> None:
    """End the membership that the ledger began, unless another category still holds the person."""
    if HardshipRecognition.objects.recognised().filter(person=row.person_id).exclude(pk=row.pk).exists():
        return
    ours = GroupMembership.objects.filter(person=row.person_id, group=Group.HARDSHIP, source=SOURCE)
    for membership in ours.filter(valid__endswith__isnull=True):
        membership.valid = (membership.valid.lower, max(on, membership.valid.lower) + date.resolution)
        membership.save()


@dataclass(frozen=True, slots=True)
class Fact:
    """What the portal knows by itself, for whoever checks a category."""

    label: str
    value: str


def facts(person: Person, *, on: date) -> list[Fact]:
    """Return what is on record about a person that bears on the categories: no paper is asked for it again."""
    found = []
    registration = Registration.objects.active().filter(person=person).first()
    if registration is None:
        found.append(Fact("失业登记", "现在没有有效的失业登记"))
    else:
        months = registration.months_out_of_work(on)
        found.append(Fact("失业登记", f"{registration.registered_on} 登记，失业 {months} 个月"))
    try:
        left = months_to_retirement(person.birth_date, person.sex, person.original_retirement_age, on=on)
        near = int(terms.value(f"{PREFIX}.near_retirement_months", on=on))
        found.append(Fact("距法定退休年龄", f"{left} 个月{'，在 5 年以内' if 0 <= left <= near else ''}"))
    except CannotTellRetirement as error:
        found.append(Fact("距法定退休年龄", error.message))
    groups = GroupMembership.objects.filter(person=person).on(on).order_by("pk")
    found.append(Fact("名册里的群体", "、".join(g.get_group_display() for g in groups) or "没有"))
    return found


def step_for(user: User, row: HardshipRecognition) -> str:
    """Return which step of it this user may take now: community, street, county or nothing."""
    if row.status not in UNDER_WAY or user.person_id == row.person_id:
        return ""
    if row.status == Status.COMMUNITY:
        return "community" if user.serves(row.region.path, *CHECKERS) else ""
    wanted = {
        Status.STREET: (_street(row), CHECKERS, Office.STREET),
        Status.COUNTY: (row.region.path, DECIDERS, Office.COUNTY),
    }
    path, roles, office = wanted.get(Status(row.status), ("", frozenset(), ""))
    if not roles or not user.serves(path, *roles):
        return ""
    before = row.steps.filter(by=user.pk).exclude(office__in=("", office))
    return "" if before.exists() else str(office)


def _street(row: HardshipRecognition) -> str:
    return row.region.path.rsplit("/", 1)[0]


def _words(note: str) -> str:
    if len(note.strip()) < 4:
        raise CannotHandle("请写明核实了什么，至少 4 个字。")
    return note.strip()


def _require(row: HardshipRecognition, status: str, by: User, path: str, *roles: str) -> None:
    row.require(CannotHandle, status)
    if by.person_id == row.person_id:
        raise CannotHandle("不能办自己的认定。")
    if not by.serves(path, *roles):
        raise CannotHandle("这一步不归您办。")


def _move(
    row: HardshipRecognition,
    status: str,
    kind: str,
    office: str,
    *,
    note: str,
    by: User | None,
    on: date,
    clock: str = "",
) -> HardshipRecognition:
    row.status = status
    row.due_on = add_working_days(on, days(clock, on=on, region=row.region)) if clock else None
    row.bump()
    row.save()
    record(row, kind, by=by, office=office, note=note)
    return row
