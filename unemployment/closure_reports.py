"""What a department or a street reports by machine: each message proposes an end with its facts, and people decide.

Whoever reports learns one thing about a person: whether somebody of that name and number is registered in the region
of the key. Nobody there, registered elsewhere, ended before, another name: all of these are one answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from core import audit
from jobs.models import PartnerKey
from people import identifiers
from people.models import Person
from unemployment.deregistration import propose_from_data
from unemployment.models import ClosureReport, Deregistration, Registration
from unemployment.rules import closure_obstacles, grounds

PROPOSED, UNCHANGED, REFUSED = "proposed", "unchanged", "refused"
NOBODY = "本地区没有这个姓名和号码、登记有效的人。请核对姓名、号码和地区。"
TAKEN = "这个编号报送过别的内容。请换一个新的编号。"
UNDER_WAY = "这个人已经有一份注销在办，不用再报送。"
ASKED = "同一天发生的这种情形已经有人核实过，没有注销。有新的事实，请写明新的发生日期再报送。"


@dataclass(frozen=True, slots=True)
class Report:
    """One message, or why it cannot be read."""

    number: str
    id_number: str = ""
    name: str = ""
    ground: str = ""
    facts: str = ""
    happened_on: date = date.min
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message."""

    number: str
    result: str
    status: str | None = None
    problems: tuple[str, ...] = ()


def take(reports: Sequence[Report], *, key: PartnerKey, on: date) -> list[Outcome]:
    """Let each message propose the end that it gives a lawful ground and facts for; return the outcomes in their order.

    Sent again it changes nothing. Registrations are locked in one order, so that two messages never wait for each other.
    """
    found = [_matched(report, key, on) for report in reports]
    outcomes: dict[int, Outcome] = {}
    for place in sorted(range(len(found)), key=lambda n: getattr(found[n], "pk", 0)):
        match = found[place]
        outcomes[place] = match if isinstance(match, Outcome) else _take(reports[place], match, key, on)
    return [outcomes[place] for place in range(len(reports))]


def _matched(report: Report, key: PartnerKey, on: date) -> Registration | Outcome:
    """Return whose end is proposed; an outcome where it is refused before anything is written."""
    if report.problems:
        return _refused(report, *report.problems)
    if problems := _obstacles(report, on):
        return _refused(report, *problems)
    try:
        number = identifiers.check_id_number(report.id_number, on=on).number
    except identifiers.InvalidId as error:
        return _refused(report, str(error))
    person = Person.objects.with_id_number(number).first()
    said = f"报送退出情形：{key.organisation.name}，编号 {report.number}"
    audit.record_access(actor=None, action="lookup:id_number", subject=person or "", reason=said)
    if person is None or person.name != report.name.strip():
        return _refused(report, NOBODY)
    assert key.region is not None
    rows = Registration.objects.filter(person=person, region__path__within=[key.region.path]).order_by("-pk")
    known = _known(report, key)
    if known is not None:
        return _again(report, known) if known.proposal.registration in rows else _refused(report, TAKEN)
    return rows.active().first() or _refused(report, NOBODY)


def _obstacles(report: Report, on: date) -> list[str]:
    ground = grounds().get(report.ground)
    if ground is not None and ground.revokes:
        return ["承诺不实不是注销，是撤销，不能由系统报送。请联系登记地的经办人。"]
    if problems := closure_obstacles(report.ground, evidence=report.facts, has_document=False):
        return problems
    return ["情形发生的日期不能晚于今天。"] if report.happened_on > on else []


def _take(report: Report, registration: Registration, key: PartnerKey, on: date) -> Outcome:
    if _was_looked_into(report, registration):
        return _refused(report, ASKED)
    try:
        with transaction.atomic():
            proposal = propose_from_data(
                registration=registration,
                ground=report.ground,
                evidence=f"{key.organisation.name}报送（编号 {report.number}，{on:%Y-%m-%d}）：{report.facts.strip()}",
                happened_on=report.happened_on,
                source=Deregistration.Source.PARTNER,
            )
            if proposal is not None:
                ClosureReport.objects.create(
                    organisation=key.organisation,
                    number=report.number,
                    ground=report.ground,
                    happened_on=report.happened_on,
                    facts=report.facts.strip(),
                    proposal=proposal,
                )
                return Outcome(report.number, PROPOSED, proposal.status)
    except IntegrityError as error:
        if "closure_report_once" not in str(error):
            raise
    # Another call was quicker: with this very message, with its number, or with a proposal about the same person.
    known = _known(report, key)
    return _again(report, known) if known else _refused(report, UNDER_WAY)


def _was_looked_into(report: Report, registration: Registration) -> bool:
    """Say whether a person has answered this very thing before; only a later event asks again."""
    over = (Deregistration.Status.REJECTED, Deregistration.Status.OVERTURNED)
    rows = registration.deregistrations.filter(ground=report.ground, status__in=over)
    return rows.filter(happened_on__gte=report.happened_on).exists()


def _known(report: Report, key: PartnerKey) -> ClosureReport | None:
    rows = ClosureReport.objects.filter(organisation=key.organisation_id, number=report.number)
    return rows.select_related("proposal__registration__person").first()


def _again(report: Report, known: ClosureReport) -> Outcome:
    person = known.proposal.registration.person
    same = (
        (known.ground, known.happened_on, known.facts) == (report.ground, report.happened_on, report.facts.strip())
        and person.name == report.name.strip()
        and Person.objects.with_id_number(identifiers.check_id_number(report.id_number).number)
        .filter(pk=person.pk)
        .exists()
    )
    return Outcome(report.number, UNCHANGED, known.proposal.status) if same else _refused(report, TAKEN)


def _refused(report: Report, *problems: str) -> Outcome:
    return Outcome(report.number, REFUSED, None, problems)
