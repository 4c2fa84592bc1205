"""What is late rises to the supervisor; who cannot be reached is looked for, step by step. Nothing here closes a case."""

from collections import Counter
from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from core import terms
from core.errors import DomainError
from core.months import add_months, first_day
from messaging import outbox
from people.models import Region, RoleAssignment, User
from people.roles import Role
from unemployment.models import Escalation
from unemployment.models.registration import OFFICERS
from unemployment.permissions import PROPOSERS
from unemployment.rules import next_search_step


class CannotClose(DomainError):
    """The matter stays open."""


_RAISE = """
    INSERT INTO unemployment_escalation (registration_id, region_id, kind, step, month, status, raised_at, result)
    SELECT s.registration_id, s.region_id, s.kind, '', %(month)s, 'open', now(), ''
      FROM (
        SELECT r.id AS registration_id, r.region_id, 'decision' AS kind
          FROM unemployment_registration r
         WHERE r.status IN ('submitted', 'checking') AND r.decide_by < %(on)s
        UNION ALL
        SELECT r.id, r.region_id, 'first_contact'
          FROM unemployment_registration r
         WHERE r.status = 'active' AND r.first_contact_on IS NULL AND r.first_contact_by < %(on)s
        UNION ALL
        SELECT f.registration_id, f.region_id, 'follow_up'
          FROM unemployment_followup f
         WHERE f.status = 'open' AND f.due_on < %(on)s AND f.month = %(month)s AND NOT f.is_first
        UNION ALL
        SELECT t.registration_id, CASE t.direction WHEN 'out' THEN t.target_id ELSE t.origin_id END, 'transfer'
          FROM unemployment_transfer t
         WHERE t.status = 'requested' AND t.answer_by < %(on)s
      ) s
      JOIN people_region g ON g.id = s.region_id
     WHERE g.path = %(path)s OR (g.path >= %(below)s AND g.path < %(beyond)s)
    ON CONFLICT (registration_id, kind, step, month) DO NOTHING
    RETURNING kind
"""


# Months that are over without a contact; one that was caught up later was cancelled, and the later one is done.
_RAISE_SILENT = """
    INSERT INTO unemployment_escalation (registration_id, region_id, kind, step, month, status, raised_at, result, about)
    SELECT r.id, r.region_id, 'unreachable', 'data', %(month)s, 'open', now(), '', %(about)s
      FROM unemployment_registration r
      JOIN people_region g ON g.id = r.region_id
     WHERE r.status = 'active' AND (g.path = %(path)s OR (g.path >= %(below)s AND g.path < %(beyond)s))
       AND (SELECT count(*) FROM unemployment_followup f
             WHERE f.registration_id = r.id AND f.month = ANY(%(months)s) AND f.status <> 'done') = cardinality(%(months)s)
       AND NOT EXISTS (SELECT FROM unemployment_escalation e
                        WHERE e.registration_id = r.id AND e.kind = 'unreachable' AND e.status = 'open')
    ON CONFLICT (registration_id, kind, step, month) DO NOTHING
    RETURNING kind
"""


@transaction.atomic
def raise_overdue(*, region_id: int, on: date) -> dict[str, int]:
    """Raise what is late in a county to its supervisors, each matter once a month; return how many of each kind."""
    county = Region.objects.get(pk=region_id)
    with connection.cursor() as cursor:
        cursor.execute(
            _RAISE,
            {
                "on": on,
                "month": first_day(on),
                "path": county.path,
                "below": f"{county.path}/",
                "beyond": f"{county.path}0",
            },
        )
        raised = Counter(kind for (kind,) in cursor.fetchall())
        failed = int(terms.value("unemployment.failed_months", on=on, region=county.code))
        cursor.execute(
            _RAISE_SILENT,
            {
                "month": first_day(on),
                "months": [add_months(first_day(on), -back) for back in range(1, failed + 1)],
                "about": f"连续 {failed} 个月没有联系上",
                "path": county.path,
                "below": f"{county.path}/",
                "beyond": f"{county.path}0",
            },
        )
        raised.update(kind for (kind,) in cursor.fetchall())
    if raised:
        _tell_supervisors(county, sum(raised.values()), on)
    return dict(raised)


@transaction.atomic
def close_step(*, escalation_id: int, result: str, by: User, found: bool = False) -> Escalation:
    """Write down what came of a matter; of a search the next step is opened unless the person was found.

    :raises CannotClose: not the user's, done already, or no words about it.
    """
    matter = Escalation.objects.select_for_update(of=("self",)).select_related("region").get(pk=escalation_id)
    roles = PROPOSERS if matter.kind in (Escalation.Kind.UNREACHABLE, Escalation.Kind.REPLY) else OFFICERS
    if not by.serves(matter.region.path, *roles):
        raise CannotClose("这件事不归您处理。")
    if matter.status == Escalation.Status.DONE:
        raise CannotClose("这件事已经处理过了。请刷新页面再看。")
    if len(result.strip()) < 4:
        raise CannotClose("请写明处理结果，至少 4 个字。")
    matter.status, matter.result = Escalation.Status.DONE, result.strip()
    matter.done_by, matter.done_at = by, timezone.now()
    matter.save()
    if matter.kind == Escalation.Kind.UNREACHABLE and not found:
        _open_next(matter)
    return matter


def _open_next(matter: Escalation) -> None:
    taken = Escalation.objects.filter(registration=matter.registration_id, kind=matter.kind, month=matter.month)
    if step := next_search_step(set(taken.values_list("step", flat=True))):
        Escalation.objects.create(
            registration_id=matter.registration_id,
            region=matter.region,
            kind=matter.kind,
            step=step.code,
            month=matter.month,
        )


def _tell_supervisors(county: Region, count: int, on: date) -> None:
    rows = RoleAssignment.objects.on(on).filter(region__path=county.path, role=Role.COUNTY_SUPERVISOR)
    for row in rows.select_related("user__person"):
        outbox.send(
            to=row.user,
            template="unemployment_overdue",
            context={"county": county.name, "count": count},
            key=f"unemployment_overdue:{county.code}:{on.isoformat()}:{row.user.public_id}",
            channels=("inbox",),
            link="/work/registrations/matters/",
        )
