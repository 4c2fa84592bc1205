"""Loading programmes from their data files: versions are appended, and what was loaded is never changed."""

import hashlib
import json
from dataclasses import dataclass

from django.db import transaction
from psycopg2.extras import DateRange

from core.errors import DomainError
from people.models import Region
from subsidies.models import Programme, ProgrammeVersion
from subsidies.programme_files import ProgrammeData, VersionData, run_case


class CannotLoadProgramme(DomainError):
    """A file cannot be taken over; nothing of it was loaded."""


@dataclass(frozen=True)
class Loaded:
    """What a run did with one file."""

    code: str
    added: int
    unchanged: int


@transaction.atomic
def load_programme(data: ProgrammeData) -> Loaded:
    """Append the versions of one file that are not in the database yet.

    :raises CannotLoadProgramme: a loaded version was edited, a region is missing, or a case of the file fails.
    """
    for case in data.cases:
        outcome = run_case(data, case)
        amount = None if outcome.amount is None else str(outcome.amount)
        if outcome.verdict != case.expect or (case.amount and amount != case.amount):
            raise CannotLoadProgramme(
                f"{data.code} 的例子“{case.name}”应是 {case.expect} {case.amount or ''}，"
                f"算出来是 {outcome.verdict} {amount or ''}。请核对条款或例子。"
            )
    head = {"name": data.name, "short_name": data.short_name, "summary": data.summary, "order": data.order}
    programme, created = Programme.objects.get_or_create(code=data.code, defaults=head)
    if not created and any(getattr(programme, field) != value for field, value in head.items()):
        for field, value in head.items():
            setattr(programme, field, value)
        programme.save(update_fields=list(head))
    added = sum(
        _append(programme, version) for version in sorted(data.versions, key=lambda v: (v.region, v.effective_from))
    )
    return Loaded(data.code, added, len(data.versions) - added)


def digest(version: VersionData) -> str:
    """Return the fingerprint of everything a version says."""
    said = [version.source, version.article, version.confidence, version.note, version.terms, version.content]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def _append(programme: Programme, version: VersionData) -> bool:
    loaded = programme.versions.filter(key=version.key).first()
    if loaded is not None:
        if loaded.digest != digest(version) or loaded.valid.lower != version.effective_from:
            raise CannotLoadProgramme(
                f"{programme.code} 的版本 {version.key} 已经载入，文件里却改了。"
                "条款只能追加：请恢复原样，另写一个新的 [[version]] 和新的生效日期。"
            )
        return False
    region = Region.objects.open().filter(code=version.region).first()
    if region is None:
        raise CannotLoadProgramme(f"版本 {version.key} 的地区 {version.region} 不存在。请先运行 load_regions。")
    before = programme.versions.filter(
        region=region, valid__endswith=None, valid__startswith__lt=version.effective_from
    )
    for earlier in before:
        earlier.valid = DateRange(earlier.valid.lower, version.effective_from)
        earlier.save(update_fields=["valid"])
    ProgrammeVersion.objects.create(
        programme=programme,
        key=version.key,
        region=region,
        valid=DateRange(version.effective_from, version.effective_to),
        source=version.source,
        article=version.article,
        confidence=version.confidence,
        note=version.note,
        terms=version.terms,
        content=version.content,
        digest=digest(version),
    )
    return True
