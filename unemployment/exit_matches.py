"""Everybody on the register compared with what the departments know. A hit proposes an end with its facts; people decide."""

import json
from datetime import date

from django.db import connection

from core import connectors
from core.models import DepartmentFile
from core.months import add_months
from people.models import Region, User
from unemployment.deregistration import propose_from_data
from unemployment.models import Deregistration, Registration
from unemployment.rules import CheckKind, Found, check_kinds, is_hit

QUIET_MONTHS = 6
"""For so long nobody is asked again about a ground that an officer did not accept."""

_CANDIDATES = """
    SELECT reg.id, p.name, r.record, r.state, r.valid_from, r.valid_to
      FROM unemployment_registration reg
      JOIN people_region g ON g.id = reg.region_id
       AND (g.path = %(path)s OR (g.path >= %(below)s AND g.path < %(beyond)s))
      JOIN people_person p ON p.id = reg.person_id
      JOIN core_departmentrow r ON r.subject_index = p.id_index AND r.file_id = ANY(%(files)s)
     WHERE reg.status = 'active'
     ORDER BY reg.id, r.file_id, r.row
"""


def compare(*, region_id: int, on: date, by: User | None = None) -> int:
    """Compare a county's register with insurance, licences, pensions, deaths and schools; return how many proposals came.

    One question for each dataset is logged. Where a department has sent nothing, nothing is proposed.
    """
    region = Region.objects.get(pk=region_id)
    return sum(_compare(kind, region, on, by) for kind in check_kinds().values() if kind.ground)


def _compare(kind: CheckKind, region: Region, on: date, by: User | None) -> int:
    source = connectors.connector(kind.source, kind.dataset)
    files = DepartmentFile.objects.filter(department=kind.source, dataset=kind.dataset, as_of__lte=on)
    files = files.order_by("-as_of", "-version")
    if not files.exists():
        return 0
    newest = files[:1] if source.dataset.mode == "snapshot" else files
    with connection.cursor() as cursor:
        cursor.execute(
            _CANDIDATES,
            {
                "path": region.path,
                "below": f"{region.path}/",
                "beyond": f"{region.path}0",
                "files": list(newest.values_list("pk", flat=True)),
            },
        )
        rows = cursor.fetchall()
    hits: dict[int, Found] = {}
    for pk, name, record, state, start, end in rows:
        found = Found(_record(record), state, start, end)
        if pk not in hits and is_hit(kind.code, found, name=name, on=on):
            hits[pk] = found
    proposed = sum(_propose(pk, kind, found, on) for pk, found in _not_asked(hits, kind, on).items())
    source.log_comparison(purpose=f"失业登记退出比对 {region.code}", on=on, by=by, hits=len(hits))
    return proposed


def _not_asked(hits: dict[int, Found], kind: CheckKind, on: date) -> dict[int, Found]:
    """Leave out those with a proposal under way, and those about whom this was asked not long ago."""
    asked = Deregistration.objects.filter(registration__in=list(hits))
    known = set(asked.filter(status=Deregistration.Status.PROPOSED).values_list("registration", flat=True))
    lately = asked.filter(ground=kind.ground, proposed_at__date__gte=add_months(on, -QUIET_MONTHS))
    known |= set(lately.values_list("registration", flat=True))
    return {pk: found for pk, found in hits.items() if pk not in known}


def _propose(pk: int, kind: CheckKind, found: Found, on: date) -> bool:
    shown = [str(found.record.get(name) or "") for name in ("name", "kind", "position", "school", "unit")]
    words = "，".join(filter(None, [*shown, found.state, f"{found.start:%Y-%m-%d} 起" if found.start else ""]))
    made = propose_from_data(
        registration=Registration.objects.get(pk=pk),
        ground=kind.ground,
        evidence=f"{kind.department}数据：{kind.hit}（{words or '无其他内容'}），{on:%Y-%m-%d} 比对。"[:1000],
        happened_on=min(found.start or on, on),
    )
    return made is not None


def _record(record: object) -> dict[str, object]:
    return json.loads(record) if isinstance(record, str) else dict(record or {})  # type: ignore[call-overload]
