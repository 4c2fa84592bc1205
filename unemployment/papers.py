"""文书: issued in the transaction of the step they tell of, frozen, numbered without gaps, delivered, signed, withdrawn."""

import secrets
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.urls import reverse

from core import terms
from core.errors import DomainError
from messaging import outbox
from people.models import Document, Region, User
from people.models.region import county_path
from unemployment.models import Employment, Paper, PaperStep, Registration
from unemployment.permissions import can_serve, can_serve_paper, can_serve_proof
from unemployment.rules import PaperKind, paper_kinds
from unemployment.seals import seal_paper

PLAIN = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Signs of a check code: none that is easily taken for another."""
CODE_LENGTH = 16
Step, Way = PaperStep.Step, PaperStep.Way


class CannotIssue(DomainError):
    """The paper was not made."""


class CannotServe(DomainError):
    """The delivery or the signature was not written down."""


@transaction.atomic
def issue(*, registration: Registration, kind: str, by: User, on: date, facts: dict[str, Any] | None = None) -> Paper:
    """Issue a paper about a registration, in the transaction of the step that it tells of.

    Its number is the next one of county, year and kind: whoever issues the same kind there at the same time waits, and
    a step that is rolled back leaves no gap. What stands on it is frozen. A person with an account finds it there,
    which is written down as its delivery.

    :param facts: what this kind says beyond the person and the place; dates as `day_words` writes them.
    :raises CannotIssue: the registration has no place yet.
    """
    if registration.region is None:
        raise CannotIssue("这份登记还没有管理地，不能出具文书。")
    place = county_of(registration.region)
    serial = _next_serial(place, kind, on)
    drawn = draw_up(registration, paper_kinds()[kind], place=place, serial=serial, by=by, on=on, facts=facts or {})
    return _put_out(drawn)


@transaction.atomic
def issue_proof(*, employment_id: int, by: User, on: date) -> Paper:
    """Issue the proof of an employment (就业登记证明), of one that has ended too; the person is told where it lies.

    :raises CannotIssue: not the officer's, or a valid one is there.
    """
    rows = Employment.objects.select_for_update(of=("self",)).select_related("person", "employer", "region")
    row = rows.get(pk=employment_id)
    if not can_serve_proof(by, row):
        raise CannotIssue("这份就业登记不归您办。")
    if row.papers.valid().exists():
        raise CannotIssue("已经有一份有效的就业登记证明，打印那一份就行。")
    place, kind = county_of(row.region), paper_kinds()["employment"]
    serial = _next_serial(place, kind.code, on)
    drawn = draw_up(None, kind, place=place, serial=serial, by=by, on=on, facts=_about_work(row), employment=row)
    paper = _put_out(drawn)
    outbox.send(
        to=row.person,
        template="employment_proof",
        context={"number": paper.number},
        key=f"employment_proof:{paper.public_id}",
        channels=("inbox",),
        link=reverse("unemployment:own-paper", args=[paper.public_id]),
    )
    return paper


def withdraw_proofs(rows: Iterable[Employment]) -> None:
    """Declare the proofs of employments void that have ended: they said that somebody works there."""
    ended = {row.pk: row for row in rows if row.ended_on}
    for paper in Paper.objects.valid().filter(employment__in=ended).order_by("pk"):
        row = ended[paper.employment_id or 0]
        paper.status, paper.withdrawn_on, paper.withdrawn_by = Paper.Status.WITHDRAWN, row.end_reported_on, row.ended_by
        paper.withdrawn_reason = f"{day_words(row.ended_on)}已经解除备案"
        paper.save()


def _next_serial(place: Region, kind: str, on: date) -> int:
    """Wait for whoever issues the same kind there now, and return the next number of the series."""
    series = f"{place.code} {on.year} {kind}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('unemployment.paper'), hashtext(%s))", [series])
    issued = Paper.objects.filter(county=place.code, year=on.year, kind=kind)
    return int(issued.aggregate(last=Max("serial"))["last"] or 0) + 1


def _put_out(paper: Paper) -> Paper:
    paper.seal = seal_paper(number=paper.number, agency=paper.agency, content=paper.content)
    paper.save()
    if getattr(paper.person, "account", None):
        PaperStep.objects.create(
            paper=paper, step=Step.DELIVERED, way=Way.ONLINE, on=paper.issued_on, by=paper.issued_by
        )
    return paper


def draw_up(
    registration: Registration | None,
    kind: PaperKind,
    *,
    place: Region,
    serial: int,
    by: User,
    on: date,
    facts: dict[str, Any],
    known: terms.Snapshot | None = None,
    employment: Employment | None = None,
) -> Paper:
    """Return an unsaved paper with its number, its signature line and its words."""
    known = known or terms.snapshot("unemployment")
    where = place.full_name.removeprefix("辽宁省") or place.name
    names = {"place": where, "word": kind.word, "year": on.year, "serial": serial}
    pattern = known.value(f"unemployment.{kind.number_term}", on=on, region=place.code)
    agency = known.value("unemployment.paper_agency", on=on, region=place.code)
    return Paper(
        registration=registration,
        employment=employment,
        kind=kind.code,
        county=place.code,
        year=on.year,
        serial=serial,
        number=str(pattern).format(**names),
        agency=str(agency).format(**names),
        issued_on=on,
        issued_by=by,
        template=kind.template,
        content={**(_about(registration) if registration else {}), **facts},
        token="".join(secrets.choice(PLAIN) for _ in range(CODE_LENGTH)),
    )


def county_of(region: Region) -> Region:
    """Return the county (or functional zone) that handles a place and signs its papers."""
    path = county_path(region.path) or region.path
    return region if region.path == path else Region.objects.open().get(path=path)


def day_words(day: date | None) -> str:
    """2026 年 11 月 3 日, as a paper writes a day."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日" if day else ""


def _about(registration: Registration) -> dict[str, Any]:
    person, region = registration.person, registration.region
    assert region is not None
    return {
        "name": person.name,
        "masked_name": person.masked_name,
        "masked_id": person.masked_id,
        "region": region.full_name,
        "place_kind": registration.get_place_kind_display(),
        "unemployed_on": day_words(registration.unemployed_on),
        "receipt_number": registration.receipt_number or "",
        "channel": registration.get_channel_display(),
    }


def _about_work(row: Employment) -> dict[str, Any]:
    return {
        "name": row.person.name,
        "masked_name": row.person.masked_name,
        "masked_id": row.person.masked_id,
        "region": row.region.full_name,
        "kind": row.get_kind_display(),
        "is_unit": row.employer_id is not None,
        "place": row.place,
        "title": row.title,
        "started_on": day_words(row.started_on),
        "reported_on": day_words(row.reported_on),
        "employment_number": row.number,
        "ended_on": day_words(row.ended_on),
        "end_reported_on": day_words(row.end_reported_on),
        "end_reason": row.get_end_reason_display() if row.end_reason else "",
    }


@transaction.atomic
def issue_certificate(*, registration_id: int, by: User, on: date) -> Paper:
    """Issue the certificate of somebody on the register who has none (an imported registration, or a new place).

    :raises CannotIssue: not on the register, or a valid one is there.
    """
    registration = Registration.objects.select_for_update(of=("self",)).get(pk=registration_id)
    if not can_serve_paper(by, registration):
        raise CannotIssue("这份登记不归您办。")
    registration.require(CannotIssue, Registration.Status.ACTIVE)
    if registration.papers.valid().filter(kind="certificate").exists():
        raise CannotIssue("已经有一份有效的登记凭证，打印那一份就行。")
    return certify(registration, by=by, on=on)


def certify(registration: Registration, *, by: User, on: date) -> Paper:
    """Issue the certificate of a (locked) registration in force."""
    worker = registration.worker.get_full_name() if registration.worker else "社区工作人员"
    facts = {
        "registered_on": day_words(registration.registered_on),
        "cause": registration.cause_label,
        "worker": worker,
    }
    return issue(registration=registration, kind="certificate", by=by, on=on, facts=facts)


def withdraw(*, registration: Registration, kinds: tuple[str, ...], reason: str, by: User, on: date) -> int:
    """Declare the valid papers of these kinds void: whoever checks one is told so, with the day. Return how many."""
    return (
        Paper.objects.valid()
        .filter(registration=registration, kind__in=kinds)
        .update(status=Paper.Status.WITHDRAWN, withdrawn_on=on, withdrawn_by=by, withdrawn_reason=reason[:200])
    )


@transaction.atomic
def record_step(
    *, paper_id: int, way: str, on: date, today: date, by: User, note: str = "", document: Document | None = None
) -> PaperStep:
    """Write down that a paper was handed over or signed, with the scan of the signed sheet where there is one.

    :raises CannotServe: not the officer's paper, a day after today or before the paper, or an unknown way.
    """
    paper = Paper.objects.select_related("registration__region", "employment__region", "employment__home_region").get(
        pk=paper_id
    )
    if not can_serve(by, paper):
        raise CannotServe("这份文书不归您送达。")
    if way not in (*PaperStep.DELIVERY, *PaperStep.SIGNATURE) or way == Way.CONFIRMED:
        raise CannotServe("请选送达或者签收的方式。")
    if on > today:
        raise CannotServe("日期不能晚于今天，请改正。")
    if on < paper.issued_on:
        raise CannotServe(f"日期不能早于文书的落款日期（{paper.issued_on:%Y-%m-%d}），请改正。")
    if way in (Way.LEFT, Way.DECLINED) and len(note.strip()) < 4:
        raise CannotServe("留置送达、拒绝签收要写明情况和见证人，至少 4 个字。")
    step = Step.DELIVERED if way in PaperStep.DELIVERY else Step.SIGNED
    return PaperStep.objects.create(paper=paper, step=step, way=way, on=on, by=by, note=note.strip(), document=document)


@transaction.atomic
def confirm_receipt(*, paper_id: int, by: User, on: date) -> PaperStep:
    """The person says, signed in, that they have the paper.

    :raises CannotServe: it is somebody else's, or signed already.
    """
    paper = Paper.objects.select_for_update(of=("self",)).get(pk=paper_id)
    if by.person_id is None or paper.person.pk != by.person_id:
        raise CannotServe("只能签收自己的文书。")
    if paper.steps.filter(step=Step.SIGNED).exists():
        raise CannotServe("这份文书已经签收过了。")
    return PaperStep.objects.create(paper=paper, step=Step.SIGNED, way=Way.CONFIRMED, on=on, by=by)


def find(token: str) -> Paper | None:
    """Return the paper with this check code, however it was typed."""
    plain = "".join(token.upper().split()).replace("-", "")
    return Paper.objects.filter(token=plain).first() if len(plain) == CODE_LENGTH else None
