"""Taking over postings that another system hands over, row by row: each is taken as a whole or refused with sentences.

A posting is known by its source and its number there; the same message again changes nothing. An organisation with a
key answers for what it hands over: the rules count as for a posting written here, and what they forbid is refused, so
that it is mended at its source. What is fetched from another portal is taken as it stands, like every import.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from core import terms
from core.errors import DomainError
from jobs.checking import facts_of, rules_on, wage_in
from jobs.copies import settle, write_prints
from jobs.import_checks import kept_finding
from jobs.indexing import index_postings
from jobs.models import DEFAULT_DAYS, MAX_DAYS, Posting
from jobs.postings import monthly, sentence
from jobs.prints import ENOUGH_TEXT, bands, city_of
from jobs.rules import BLOCK, REVIEW, Finding, check_posting
from jobs.tokens import piece_set
from jobs.trust import Trust, is_doubtful
from people import reference
from people.models import Organisation, Region
from people.places import SURE, resolve_place
from people.regions import find_region

LOCK = 0x70757368
ADDED, CHANGED, UNCHANGED, REMOVED, REFUSED = "added", "changed", "unchanged", "removed", "refused"
Status = Posting.Status
HELD = "有需要人工看一看的内容，工作人员核验后公开。"
UNKNOWN = "刚开始发布、下架过岗位或者正在复核的单位，岗位由工作人员看过再公开。"
NOT_ITS_OWN = (
    "employer：只能推送本单位的岗位，写单位全称或者留空。替别的单位招人，要先按人力资源服务机构登记并交许可证"
    "（人力资源市场暂行条例第十八条）。"
)
REASONS = {
    "filled": (Status.FILLED, "来源：已招满。"),
    "withdrawn": (Status.WITHDRAWN, "来源：单位撤回。"),
    "gone": (Status.EXPIRED, "来源已不再列出这个岗位。"),
}
"""Why a source removes a posting, and what becomes of it here."""
_CLOSED = {
    Status.TAKEN_DOWN: "这个岗位已被工作人员下架，不能再发布。有疑问请联系当地公共就业服务机构。",
    Status.FILLED: "这个岗位已经招满结束。要再招人，请用新的编号。",
    Status.WITHDRAWN: "单位已经在本站撤回这个岗位，重复推送不会再公开。要再招人，请用新的编号。",
}
_ROUND = Decimal("0.000001")


class NotTaken(DomainError):
    """Nothing of a message was taken: its organisation may hand over nothing now."""


class UnknownPosting(DomainError):
    """The source never handed over a posting of this number."""


@dataclass(frozen=True, slots=True)
class Given:
    """One row as it came: its number, and its values if they can be read, or the sentences why not."""

    source_id: str
    values: Mapping[str, Any] | None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row."""

    source_id: str
    result: str
    posting: UUID | None = None
    status: str | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Who hands over: under which name, and for an organisation with a key, which."""

    name: str
    organisation: Organisation | None = None

    @property
    def answers(self) -> bool:
        """Whether it answers for what it hands over, so that what the rules forbid is sent back."""
        return self.organisation is not None


@transaction.atomic
def take(rows: Sequence[Given], *, source: Source, on: date) -> list[Outcome]:
    """Take over rows of one source; returns what became of each, in their order. All of it or, on an error, nothing.

    :raises NotTaken: the organisation was suspended since its key was looked at.
    """
    lock_source(source.name)
    if source.organisation is not None:
        source.organisation.refresh_from_db(fields=["status"])
        if source.organisation.status != Organisation.Status.VERIFIED:
            raise NotTaken("单位没有通过核验，或者已被暂停，现在不能推送岗位。")
    ids = [row.source_id for row in rows if row.values is not None]
    known = Posting.objects.select_for_update(of=("self",)).select_related("region", "organisation")
    there = {row.source_id: row for row in known.filter(source_site=source.name, source_id__in=ids)}
    intake = _Intake(source, there, on)
    outcomes = [intake.take(row) for row in rows]
    intake.finish()
    return outcomes


@transaction.atomic
def remove(*, source: Source, source_id: str, reason: str) -> Outcome:
    """End a posting because its source says so; once it has ended, nothing changes any more.

    :param reason: one of `REASONS`.
    :raises UnknownPosting: see there.
    """
    lock_source(source.name)
    rows = Posting.objects.select_for_update(of=("self",)).filter(source_site=source.name, source_id=source_id)
    posting = rows.exclude(source_id="").first()
    if posting is None:
        raise UnknownPosting(f"没有编号为“{source_id[:80]}”的岗位。")
    if posting.has_ended:
        return Outcome(source_id, UNCHANGED, posting.public_id, posting.status)
    posting.status, posting.status_reason = REASONS[reason]
    posting.bump()
    posting.save()
    index_postings([posting.pk])
    return Outcome(source_id, REMOVED, posting.public_id, posting.status)


def lock_source(name: str) -> None:
    """Let one message of a source be dealt with at a time, so that a row is looked for and added without a race."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, name])


class _Intake:
    """Decides row by row, and writes what is to be written at the end."""

    def __init__(self, source: Source, there: dict[str, Posting], on: date) -> None:
        self._source, self._there, self._on = source, there, on
        self._now = timezone.now()
        self._seen: set[str] = set()
        self._touched: list[Posting] = []
        self._rules = rules_on(on)
        figures = terms.snapshot("minimum_wage")
        self._wage = lru_cache(maxsize=500)(lambda code: wage_in(code, figures, on=on))
        self._region = lru_cache(maxsize=500)(find_region)
        self._trust = Trust(source.organisation, on=on) if source.organisation else None

    def take(self, row: Given) -> Outcome:
        """Decide about one row."""
        if row.values is None:
            return Outcome(row.source_id, REFUSED, problems=row.problems)
        if row.source_id in self._seen:
            return self._refuse(row, "同一批里编号重复，只收了第一条。")
        self._seen.add(row.source_id)
        posting = self._there.get(row.source_id)
        if posting is not None and _is_closed(posting):
            return self._refuse(row, _CLOSED[Status(posting.status)])
        values, problem = self._values(row.values, posting)
        if problem:
            return self._refuse(row, problem)
        changes = self._changes(posting, values) if posting is not None else {"status"}
        if posting is not None and not changes:
            return self._same(row, posting)
        draft = posting or Posting(source_site=self._source.name, source_id=row.source_id, imported_at=self._now)
        before = {name: getattr(draft, name) for name in values}
        for name, value in values.items():
            setattr(draft, name, value)
        found = self._check(draft)
        if problems := self._forbidden(draft, found):
            for name, value in before.items():
                setattr(draft, name, value)
            return self._refuse(row, *problems)
        if draft.status == Status.PUBLISHED and changes == {"valid_until"}:
            draft.bump()  # shown longer: what an officer let pass stays
            draft.imported_at = self._now
        else:
            self._decide(draft, found)
        draft.save()
        self._touched.append(draft)
        return Outcome(
            row.source_id, CHANGED if posting else ADDED, draft.public_id, draft.status, self._why_held(draft)
        )

    def finish(self) -> None:
        """Let the search and the copies follow."""
        ids = [posting.pk for posting in self._touched]
        if not ids:
            return
        index_postings(ids)
        write_prints({posting.pk: _bands(posting) for posting in self._touched})
        settle(ids)

    def _refuse(self, row: Given, *problems: str) -> Outcome:
        posting = self._there.get(row.source_id)
        number, status = (posting.public_id, posting.status) if posting else (None, None)
        return Outcome(row.source_id, REFUSED, number, status, problems)

    def _same(self, row: Given, posting: Posting) -> Outcome:
        if posting.status == Status.RETURNED:
            return self._refuse(row, f"上次被退回：{posting.status_reason}改好后再推送。")
        if self._waited_for_trust(posting):
            posting.status = Status.PUBLISHED
            posting.bump()
            posting.save()
            self._touched.append(posting)
            return Outcome(row.source_id, CHANGED, posting.public_id, posting.status)
        return Outcome(row.source_id, UNCHANGED, posting.public_id, posting.status, self._why_held(posting))

    def _waited_for_trust(self, posting: Posting) -> bool:
        """Whether it waited only because its organisation was unknown, and need not any more."""
        if self._trust is None or posting.status != Status.SUBMITTED or posting.shown_at or posting.decided_by_id:
            return False
        return self._trust.covers(posting) and not is_doubtful(posting, self._check(posting))

    def _why_held(self, posting: Posting) -> tuple[str, ...]:
        if posting.status != Status.SUBMITTED:
            return ()
        unknown = self._trust is not None and not self._trust.covers(posting)
        doubted = any(finding["action"] in (BLOCK, REVIEW) for finding in posting.findings)
        return (UNKNOWN,) if unknown and not doubted else (HELD,)

    def _values(self, given: Mapping[str, Any], posting: Posting | None) -> tuple[dict[str, Any], str]:
        """Return the columns that a row stands for, or why it stands for none."""
        pay, place = given["pay"], given["place"]
        code, region = place["code"], None
        if code:
            region = self._region(code) if code.isascii() and code.isalnum() else None
            if region is None and self._source.answers:
                return {}, f"place.code：没有代码为“{code}”的地区。请用 GB/T 2260 代码，例如 210106。"
        elif where := resolve_place(f"{place['label']} {place['address']}".strip(), at_least=SURE):
            region = Region.objects.get(pk=where.region.pk)
        until, problem = self._until(given["valid_until"], posting)
        if problem:
            return {}, problem
        organisation = self._source.organisation
        employer = given["employer"] or (organisation.name if organisation else "")
        if organisation is not None and _plain(employer) == _plain(organisation.name):
            employer = organisation.name
        elif organisation is not None and not organisation.may_speak_for_others:
            return {}, NOT_ITS_OWN
        if not employer:
            return {}, "employer：没有单位名称。岗位要写明用人单位（人力资源市场暂行条例第二十四条）。"
        if posting is not None:
            posted = given["posted_at"] or posting.posted_at
        else:
            posted = given["posted_at"] or self._now
        low, high, period = pay["min"], pay["max"], pay["period"] if pay["min"] is not None else ""
        values = {
            "organisation": organisation if organisation and employer == organisation.name else None,
            "employer_name": employer,
            "pay_min": low,
            "pay_max": high if low is not None else None,
            "pay_period": period,
            "pay_months": pay["months"],
            "monthly_min": monthly(low, period, pay["months"]),
            "monthly_max": monthly(high or low, period, pay["months"]),
            "region": region,
            "place_text": "" if region else place["label"],
            "address": place["address"],
            "lng": _degree(place["lng"]),
            "lat": _degree(place["lat"]),
            "education_rank": reference.education_rank(given["education"]) if given["education"] else 0,
            "source_url": given["page"],
            "posted_at": min(posted, self._now) if posted else None,
            "valid_until": until,
        }
        return values | {name: given[name] for name in _AS_GIVEN}, ""

    def _until(self, wanted: date | None, posting: Posting | None) -> tuple[date, str]:
        """Return how long it is shown. Without a wish: 30 days, prolonged by a message that comes after half of them."""
        if wanted is not None:
            problem = "valid_until：有效期已经过了。" if wanted < self._on else ""
            return min(wanted, self._on + timedelta(days=MAX_DAYS)), problem
        half_way = self._on + timedelta(days=DEFAULT_DAYS // 2)
        if posting is not None and posting.valid_until and posting.valid_until >= half_way:
            return posting.valid_until, ""
        return self._on + timedelta(days=DEFAULT_DAYS), ""

    def _changes(self, posting: Posting, values: Mapping[str, Any]) -> set[str]:
        """Return which columns a message changes; one that ended here begins anew."""
        ended = {"status"} if posting.status in (Status.EXPIRED, Status.WITHDRAWN) else set()
        return ended | {name for name, value in values.items() if getattr(posting, name) != value}

    def _check(self, posting: Posting) -> list[Finding]:
        facts = replace(facts_of(posting), imported=not self._source.answers)
        county = posting.region.statutory_path.rpartition("/")[2] if posting.region else ""
        return list(check_posting(facts, rules=self._rules, minimum_wage=self._wage(county)))

    def _forbidden(self, posting: Posting, found: Sequence[Finding]) -> list[str]:
        """Return why it cannot be taken at all."""
        if self._source.answers:
            return list(dict.fromkeys(sentence(finding) for finding in found if finding.action == BLOCK))
        if posting.region is not None and "/" in posting.region.path:
            return []
        held = [finding for finding in found if finding.action in (BLOCK, REVIEW)]
        return [f"{finding.name}：不能公开，工作地点不在本省，没有可以核验的地区。" for finding in held[:1]]

    def _decide(self, posting: Posting, found: Sequence[Finding]) -> None:
        """Publish it, or let a person look first; what the employer paused here stays paused."""
        posting.findings = [kept_finding(finding) for finding in found]
        posting.imported_at = self._now
        sent_back = posting.status == Status.RETURNED or self._was_sent_back(posting)
        if posting.pk is not None:
            posting.bump()
        if posting.status == Status.PAUSED:
            return
        posting.status_reason = ""
        if sent_back or self._needs_a_look(posting, found):
            posting.decided_by = posting.decided_by if sent_back else None
            posting.submitted_at = self._now if posting.status != Status.SUBMITTED else posting.submitted_at
            posting.status = Status.SUBMITTED
        else:
            posting.status = Status.PUBLISHED

    @staticmethod
    def _was_sent_back(posting: Posting) -> bool:
        """Whether an officer who sent it back has not seen it since: whoever decided stays with what waits again."""
        return posting.status == Status.SUBMITTED and posting.decided_by_id is not None

    def _needs_a_look(self, posting: Posting, found: Sequence[Finding]) -> bool:
        """As for a posting that is written here (`jobs.trust`); a source that answers for nothing is an import's."""
        if self._trust is None:
            return any(finding.action in (BLOCK, REVIEW) for finding in found)
        return is_doubtful(posting, found) or not self._trust.covers(posting)


def _is_closed(posting: Posting) -> bool:
    """Whether its end is final for the source: only what the source itself took back it may offer again."""
    return posting.status in _CLOSED and (posting.status, posting.status_reason) != REASONS["withdrawn"]


def _plain(name: str) -> str:
    """Return a name as far as it tells organisations apart: full and half width, and blanks, do not."""
    return "".join(unicodedata.normalize("NFKC", name).split())


_AS_GIVEN = (
    "title",
    "kind",
    "occupation",
    "industry",
    "headcount",
    "education",
    "experience_min",
    "experience_max",
    "description",
    "requirement",
    "shifts",
    "insurance",
    "probation_months",
    "probation_pay",
    "contract_months",
    "skills",
    "welfare",
    "suits",
)


def _degree(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(_ROUND)


def _bands(posting: Posting) -> list[int]:
    text = f"{posting.title}\n{posting.description}\n{posting.requirement}"
    return bands(
        employer=posting.employer_name,
        title=posting.title,
        city=city_of(posting.region.path if posting.region else "", posting.place_text),
        words=piece_set(text),
        has_text=len(posting.description) + len(posting.requirement) >= ENOUGH_TEXT,
    )
