"""Papers of the demo's register, made by the same words as in life, many at a time."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from core import terms
from core.bulk import copy_rows
from people.models import Region, User
from unemployment.models import Paper, Registration, Status
from unemployment.papers import day_words, draw_up
from unemployment.registration import PLEDGE_VERSION
from unemployment.rules import grounds, paper_kinds
from unemployment.seals import seal_paper

MOST = 300
"""Registrations that get papers: those of the demo's own desk first."""


def build_papers(rows: Sequence[Registration], *, officer: User, remedy: str) -> int:
    """Give some registrations the papers that their state brought about; return how many papers were made."""
    found = Registration.objects.filter(pk__in=[row.pk for row in rows if row.receipt_number][:MOST])
    counties = {place.path: place for place in Region.objects.counties()}
    known, serials, made = terms.snapshot("unemployment"), Counter[tuple[str, int, str]](), []
    for row in found.select_related("person", "region", "worker").order_by("pk"):
        assert row.region is not None
        place = counties[row.region.county_path]
        for kind, on, facts in _steps_of(row, remedy):
            serials[place.code, on.year, kind] += 1
            serial = serials[place.code, on.year, kind]
            paper = draw_up(
                row, paper_kinds()[kind], place=place, serial=serial, by=officer, on=on, facts=facts, known=known
            )
            paper.seal = seal_paper(number=paper.number, agency=paper.agency, content=paper.content)
            if kind == "certificate" and row.status != Status.ACTIVE:
                paper.status, paper.withdrawn_on, paper.withdrawn_reason = "withdrawn", row.ended_on, "失业登记已注销"
            made.append(paper)
    copy_rows(Paper, made)
    return len(made)


def _steps_of(row: Registration, remedy: str) -> Iterator[tuple[str, date, dict[str, Any]]]:
    if row.imported_history or row.submitted_at is None:
        return
    handed_in = timezone.localdate(row.submitted_at)
    submitted = {"submitted_on": day_words(handed_in)}
    yield "receipt", handed_in, {**submitted, "decide_by": day_words(row.decide_by)}
    yield "pledge", handed_in, {**submitted, "pledge_version": PLEDGE_VERSION}
    if row.status == Status.CORRECTION:
        items = [{"label": Registration.label_of(i["field"]), "text": i["text"]} for i in row.correction_items]
        yield "correction", handed_in, {**submitted, "correction_by": day_words(row.correction_by), "items": items}
    if row.status == Status.REFUSED and row.decided_at:
        reason = row.refusal_reason.partition("\n")[0]
        yield "refusal", timezone.localdate(row.decided_at), {**submitted, "reason": reason, "remedy": remedy}
    if row.registered_on:
        worker = row.worker.get_full_name() if row.worker else "社区工作人员"
        facts = {"registered_on": day_words(row.registered_on), "cause": row.cause_label, "worker": worker}
        yield "certificate", row.registered_on, facts
    if row.status == Status.DEREGISTERED and row.ended_on:
        ground, day = grounds()[row.ended_ground], day_words(row.ended_on)
        facts = {"ground": ground.label, "citation": ground.citation, "happened_on": day, "decided_on": day}
        yield "end", row.ended_on, {**facts, "remedy": remedy}
