"""Comparing 就业登记 with the contributions that 社保 sent: every difference is put before a person, none is acted on."""

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from core import connectors, terms
from core.errors import DomainError
from core.models import DepartmentFile
from core.months import add_months, first_day
from people.models import Region, User
from unemployment import employments
from unemployment.models import Employment, EmploymentKind, EmploymentMatch, EndReason
from unemployment.models.employment import ENTERERS

Kind, Status = EmploymentMatch.Kind, EmploymentMatch.Status
SOURCE = ("social_insurance", "contributions")


class CannotDecideMatch(DomainError):
    """The difference stays open."""


# Contributions are for months. "Recent" are those that reach the month some months before the data's day.
_PAID = """
    WITH paid AS (
      SELECT p.id AS person_id, o.id AS employer_id, o.region_id,
             min(r.valid_from) AS since, max(coalesce(r.valid_to, r.valid_from)) AS until
        FROM people_organisation o
        JOIN people_region g ON g.id = o.region_id
         AND (g.path = %(path)s OR (g.path >= %(below)s AND g.path < %(beyond)s))
        JOIN core_departmentrow r ON r.record ->> 'credit_code' = o.credit_code
        JOIN core_departmentfile f ON f.id = r.file_id
         AND f.department = 'social_insurance' AND f.dataset = 'contributions' AND f.as_of <= %(as_of)s
        JOIN people_person p ON p.id_index = r.subject_index
       WHERE r.record ->> 'capacity' LIKE '%%单位%%' AND r.valid_from IS NOT NULL
       GROUP BY p.id, o.id, o.region_id
    )
"""
_HIRES = """
    INSERT INTO unemployment_employmentmatch (person_id, employer_id, region_id, kind, since, found_on, data_as_of, version)
    SELECT person_id, employer_id, region_id, 'hire', since, %(on)s, %(as_of)s, 1
      FROM paid
     WHERE until >= %(recent)s
       AND NOT EXISTS (SELECT FROM unemployment_employment e
                        WHERE e.person_id = paid.person_id AND e.employer_id = paid.employer_id
                          AND (e.ended_on IS NULL OR e.ended_on >= %(recent)s))
       AND NOT EXISTS (SELECT FROM unemployment_employmentmatch m
                        WHERE m.person_id = paid.person_id AND m.employer_id = paid.employer_id AND m.kind = 'hire'
                          AND (m.status = 'open' OR m.found_on >= %(again)s))
    ON CONFLICT DO NOTHING
"""
_ENDS = """
    INSERT INTO unemployment_employmentmatch (person_id, employer_id, region_id, kind, since, found_on, data_as_of,
                                              employment_id, version)
    SELECT e.person_id, e.employer_id, e.region_id, 'end', paid.until, %(on)s, %(as_of)s, e.id, 1
      FROM paid
      JOIN unemployment_employment e ON e.person_id = paid.person_id AND e.employer_id = paid.employer_id
     WHERE e.ended_on IS NULL AND paid.until < %(recent)s AND e.started_on <= paid.until
       AND NOT EXISTS (SELECT FROM unemployment_employmentmatch m
                        WHERE m.person_id = e.person_id AND m.employer_id = e.employer_id AND m.kind = 'end'
                          AND (m.status = 'open' OR m.found_on >= %(again)s))
    ON CONFLICT DO NOTHING
"""


@transaction.atomic
def compare(*, region_id: int, on: date, by: User | None = None) -> int:
    """Compare a region's employers with the newest contributions; return how many differences were put before people.

    Run again it adds none; what a person dismissed is not asked again for half a year. Logged as one question.

    :raises NoDepartmentData: 社保 has sent nothing.
    """
    region = Region.objects.get(pk=region_id)
    files = DepartmentFile.objects.filter(department=SOURCE[0], dataset=SOURCE[1], as_of__lte=on)
    as_of = files.order_by("-as_of").values_list("as_of", flat=True).first()
    source = connectors.connector(*SOURCE)
    if as_of is None:
        raise connectors.NoDepartmentData("社保还没有送来缴费数据。请联系数据管理员载入文件。")
    months = int(terms.value("unemployment.insurance_months", on=on, region=region.code))
    values: dict[str, Any] = {
        "path": region.path,
        "below": f"{region.path}/",
        "beyond": f"{region.path}0",
        "as_of": as_of,
        "on": on,
        "recent": add_months(first_day(as_of), -months),
        "again": add_months(on, -6),
    }
    with connection.cursor() as cursor:
        cursor.execute("".join((_PAID, _HIRES)), values)
        found = cursor.rowcount
        cursor.execute("".join((_PAID, _ENDS)), values)
        found += cursor.rowcount
    source.log_comparison(purpose=f"就业登记比对 {region.code}", on=on, by=by, hits=found)
    return found


@transaction.atomic
def take(
    *, match_id: int, day: date, note: str, version: Any, by: User, on: date, reason: str = EndReason.OTHER
) -> Employment:
    """Register what a difference said, after having asked; the day is what the employer or the person told.

    :raises CannotDecideMatch: not the user's, decided before, or it is not said how it was found out.
    :raises CannotRecordEmployment: the day cannot be.
    :raises StaleVersion: the page was old.
    """
    match = _locked(match_id, version=version, note=note, by=by)
    if match.kind == Kind.HIRE:
        row = employments.register_hire(
            person=match.person,
            kind=EmploymentKind.UNIT,
            employer=match.employer,
            started_on=day,
            channel=Employment.Channel.DATA,
            by=by,
            on=on,
        )
    else:
        assert match.employment is not None
        row = employments.end_employment(
            employment_id=match.employment.pk,
            ended_on=day,
            reason=reason,
            version=match.employment.version,
            by=by,
            on=on,
        )
    match.employment = row
    _settle(match, Status.TAKEN, note, by)
    return row


@transaction.atomic
def dismiss(*, match_id: int, note: str, version: Any, by: User) -> EmploymentMatch:
    """Leave things as they are, and say what was found out.

    :raises CannotDecideMatch: not the user's, decided before, or no reason is given.
    :raises StaleVersion: the page was old.
    """
    match = _locked(match_id, version=version, note=note, by=by)
    _settle(match, Status.DISMISSED, note, by)
    return match


def _locked(match_id: int, *, version: Any, note: str, by: User) -> EmploymentMatch:
    rows = EmploymentMatch.objects.select_for_update(of=("self",))
    match = rows.select_related("person", "employer__region", "region", "employment").get(pk=match_id)
    if not by.serves(match.region.path, *ENTERERS) or by.person_id == match.person_id:
        raise CannotDecideMatch("这一条不归您核实。")
    match.require_version(version)
    if match.status != Status.OPEN:
        raise CannotDecideMatch("这一条已经有人核实过。请刷新页面。")
    if len(note.strip()) < 4:
        raise CannotDecideMatch("请写明怎么核实的，至少 4 个字，例如“电话问单位，10 月入职”。")
    return match


def _settle(match: EmploymentMatch, status: str, note: str, by: User) -> None:
    match.status, match.note, match.decided_by, match.decided_at = status, note.strip(), by, timezone.now()
    match.bump()
    match.save()
